"""Where the steps of a timetable come to lie: whole weeks of half terms, and always in term time."""

import datetime as dt
from dataclasses import dataclass

from programmes.calendar import Calendar
from programmes.models import academic_year

WEEK = dt.timedelta(days=7)


class NoTermDates(Exception):
    """The six half terms of the year must be entered first."""


@dataclass(frozen=True)
class Placed:
    """A window, and the sentence that says where it could not be the weeks that were asked for."""

    start: dt.date
    end: dt.date
    note: str = ""


def place(step, calendar: Calendar, year: dt.date) -> Placed:
    """The window of a template's step in the year: from the first to the last school day of its weeks.

    Weeks that the half term does not have are cut off. Raises NoTermDates.
    """
    if not calendar.has_term_dates(year):
        raise NoTermDates(f"{year:%Y}")
    half_term = calendar.half_terms(year)[step.half_term - 1]
    weeks = half_term.weeks
    first, last = min(step.first_week, len(weeks)), min(step.last_week, len(weeks))
    note = cut_to_fit(half_term) if last < step.last_week else ""
    return Placed(weeks[first - 1][0], weeks[last - 1][-1], note)


def cut_to_fit(half_term) -> str:
    number = len(half_term.weeks)
    return f"{half_term.name} has {number} week{'' if number == 1 else 's'}: the window is cut to fit."


def moved(day: dt.date, before: Calendar, after: Calendar, year: dt.date) -> dt.date:
    """The school day of the new year that lies where this day lay in its own: half term, week and weekday.

    Where that day is none, the nearest of the same week; where the half term is shorter, its last week. A day of a
    year without term dates moves by whole weeks. Raises NoTermDates where the new year has none.
    """
    if not after.has_term_dates(year):
        raise NoTermDates(f"{year:%Y}")
    on = before.nearest_school_day(day) or day
    position = before.position(on) if before.has_term_dates(on) else None
    if position is None:
        return moved_by_weeks(day, after, year)
    weeks = after.weeks(year, position.half_term)
    days = weeks[min(position.week, len(weeks)) - 1]
    return min(days, key=lambda school_day: abs(school_day.weekday() - position.weekday))


def moved_by_weeks(day, after, year):
    """The same weekday of the new year, or the nearest school day of its term."""
    start, end = academic_year(year)
    ahead = round((start - academic_year(day)[0]) / WEEK)
    return after.nearest_school_day(min(max(day + ahead * WEEK, start), end))


def moved_window(start: dt.date, end: dt.date, before: Calendar, after: Calendar, year: dt.date) -> Placed:
    """Both ends of a window, moved to the new year, and a note where its half term has fewer weeks than it needs."""
    first, last = moved(start, before, after, year), moved(end, before, after, year)
    return Placed(min(first, last), max(first, last), shorter(end, before, after, year))


def shorter(end, before, after, year) -> str:
    """The sentence about a window whose last week the half term of the new year has not, or nothing."""
    on = before.nearest_school_day(end) or end
    position = before.position(on) if before.has_term_dates(on) else None
    if position is None:
        return ""
    half_term = after.half_terms(year)[position.half_term - 1]
    return cut_to_fit(half_term) if position.week > len(half_term.weeks) else ""


def moved_days(days: list[dt.date], before: Calendar, after: Calendar, year: dt.date) -> list[dt.date]:
    """Days in their order, moved to the new year, and no two on one day."""
    open_days = after.school_days_of_year(year)
    found, earliest = [], 0
    for day in sorted(days):
        found.append(max(open_days.index(moved(day, before, after, year)), earliest))
        earliest = found[-1] + 1
    latest = len(open_days) - 1
    for place_in_order in reversed(range(len(found))):
        found[place_in_order] = min(found[place_in_order], latest)
        latest = found[place_in_order] - 1
    return [open_days[index] for index in found]


def wrong_with_window(start: dt.date, end: dt.date, calendar: Calendar, year: dt.date) -> str:
    """A sentence about a window that cannot be kept, or nothing."""
    first, last = academic_year(year)
    if end < start:
        return f"The last day, {said(end)}, is before the first day, {said(start)}. Swap or correct them."
    for day, which in ((start, "first"), (end, "last")):
        if not first <= day <= last:
            return f"The {which} day, {said(day)}, is outside the year: {said(first)} to {said(last)}."
    if not calendar.school_days(start, end):
        when = f"On {said(start)}" if start == end else f"From {said(start)} to {said(end)}"
        return f"{when} there is no school day. Choose days on which schools are open."
    for day, which in ((start, "first"), (end, "last")):
        if not calendar.is_term_time(day):
            return f"The {which} day, {said(day)}, is not in term time. Choose a day on which schools are open."
    return ""


def said(day: dt.date) -> str:
    return f"{day:%A %-d %B %Y}"
