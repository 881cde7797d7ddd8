"""What speaks against a day, and the days on which a series meets."""

import datetime as dt

from django.utils import timezone

from programmes.calendar import bank_holidays, calendar_of
from programmes.models import academic_year
from visits.models import EventSeries

WEEK = dt.timedelta(days=7)
SATURDAY = 5
MOST_MEETINGS = 60


class NoTermDates(Exception):
    """A rhythm by half terms needs the half terms of every year that it lies in."""


def doubts(programme, on, school=None) -> list[str]:
    """What someone must confirm before an event is kept on this day, at this school; nothing for a school day."""
    said, today = [], timezone.localdate()
    calendar = calendar_of(programme.organisation_id, school.pk if school else None)
    if on < today:
        said.append(f"{on:%-d %B %Y} is past. Nobody is invited any more: you record an event that took place.")
    if not programme.starts_on <= on <= programme.ends_on:
        said.append(
            f"{on:%-d %B %Y} is outside the programme's year, which is {programme.starts_on:%-d %B %Y} "
            f"to {programme.ends_on:%-d %B %Y}."
        )
    if on.weekday() >= SATURDAY:
        said.append(f"{on:%-d %B %Y} is a {on:%A}.")
    if on in bank_holidays(on.year):
        said.append(f"{on:%A %-d %B %Y} is a bank holiday.")
    elif not calendar.is_term_time(on):
        said.append(f"{on:%A %-d %B %Y} is outside term time: schools are on holiday.")
    return said


def meetings(rhythm, first, until, calendar) -> list[dt.date]:
    """The days from `first` to `until` on which a series in this rhythm meets: school days only, holidays skipped.

    Weekly and fortnightly keep the weekday. Monthly keeps which one of the month it is ("the second Tuesday"), or takes
    the next week in which schools are open. Once a half term keeps the weekday and the week of the half term.
    """
    days = {
        EventSeries.Rhythm.WEEKLY: lambda: every(WEEK, first, until, calendar),
        EventSeries.Rhythm.FORTNIGHTLY: lambda: every(2 * WEEK, first, until, calendar),
        EventSeries.Rhythm.MONTHLY: lambda: monthly(first, until, calendar),
        EventSeries.Rhythm.HALF_TERM: lambda: by_half_terms(first, until, calendar),
    }[EventSeries.Rhythm(rhythm)]()
    return [on for on in days if first <= on <= until][:MOST_MEETINGS]


def every(step, first, until, calendar):
    days = (first + step * n for n in range((until - first) // step + 1))
    return [on for on in days if calendar.is_school_day(on)]


def monthly(first, until, calendar):
    nth, found = (first.day - 1) // 7, []
    month = first.replace(day=1)
    while month <= until:
        start = month + dt.timedelta(days=(first.weekday() - month.weekday()) % 7) + nth * WEEK
        weeks = (start + n * WEEK for n in range(5))
        found += [on for on in weeks if on.month == month.month and calendar.is_school_day(on)][:1]
        month = (month + dt.timedelta(days=32)).replace(day=1)
    return found


def by_half_terms(first, until, calendar):
    half_terms, start = [], academic_year(first)[0]
    while start <= until:
        if not calendar.has_term_dates(start):
            raise NoTermDates
        half_terms += calendar.half_terms(start)
        start = start.replace(year=start.year + 1)
    week = next((n for h in half_terms for n, days in enumerate(h.weeks) if first in days), 0)
    found = []
    for half_term in half_terms:
        days = [on for days in half_term.weeks for on in days if on.weekday() == first.weekday()]
        in_time = [on for days in half_term.weeks[week:] for on in days if on.weekday() == first.weekday()]
        found += (in_time or days[-1:])[:1]
    return found
