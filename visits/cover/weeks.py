"""The half-days of a school's teachers, by week and day."""

import datetime as dt
from dataclasses import dataclass, field

WEEK = dt.timedelta(days=7)


@dataclass
class Week:
    """From a Monday on: the bookings of teachers who are out of class, in order."""

    monday: dt.date
    bookings: list = field(default_factory=list)

    @property
    def friday(self):
        return self.monday + dt.timedelta(days=4)


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def weeks_of(bookings, first: dt.date, number: int) -> list[Week]:
    """`number` weeks from that of `first` on, also those in which nobody is out."""
    weeks = [Week(monday_of(first) + WEEK * n) for n in range(number)]
    by_monday = {week.monday: week for week in weeks}
    for booking in bookings:
        if week := by_monday.get(monday_of(booking.on)):
            week.bookings.append(booking)
    return weeks
