"""The days on which schools are open, as plain values: term dates, the bank holidays of England, weekends.

A calendar is made by one query, for one school or for many, and asks the database nothing after that. A year whose
term dates nobody has entered counts every weekday that is no bank holiday.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import holidays
from django.db.models import Q

from programmes.models import TermDate, academic_year

DAY = dt.timedelta(days=1)
SATURDAY = 5
HALF_TERMS = 6


@cache
def bank_holidays(year: int) -> frozenset[dt.date]:
    """The bank holidays of England in a calendar year."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: dt.date) -> bool:
    """A weekday that is no bank holiday, whatever the term dates say."""
    return day.weekday() < SATURDAY and day not in bank_holidays(day.year)


def working_day_from(day: dt.date) -> dt.date:
    """The day itself where it is a working day, else the next one."""
    while not is_working_day(day):
        day += DAY
    return day


def days_between(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    return (first + DAY * n for n in range((last - first).days + 1))


@dataclass(frozen=True)
class HalfTerm:
    """From its first to its last day. `weeks` are the school days of each calendar week that has any."""

    name: str
    starts_on: dt.date
    ends_on: dt.date
    weeks: tuple[tuple[dt.date, ...], ...]

    @property
    def school_days(self) -> int:
        return sum(map(len, self.weeks))


@dataclass(frozen=True)
class Position:
    """Where a school day lies in its year: the half term and the week from 1, and the weekday from Monday = 0."""

    half_term: int
    week: int
    weekday: int


class Calendar:
    """The school days of one organisation, or of one school of its programmes.

    `closed_on` are further days on which the school is closed to pupils, such as its INSET days.
    """

    def __init__(self, term_dates: Iterable[tuple[str, dt.date, dt.date]] = (), closed_on: Iterable[dt.date] = ()):
        self._given = defaultdict(list)
        self._closed = frozenset(closed_on)
        self._days, self._half_terms = {}, {}
        for name, starts_on, ends_on in sorted(term_dates, key=lambda row: row[1]):
            self._given[academic_year(starts_on)[0]].append((name, starts_on, ends_on))

    def has_term_dates(self, day: dt.date) -> bool:
        """Whether the six half terms of the academic year of this day are entered, each with a school day."""
        half_terms = self.half_terms(day)
        return len(half_terms) == HALF_TERMS and all(half_term.weeks for half_term in half_terms)

    def half_terms(self, day: dt.date) -> list[HalfTerm]:
        """Those of the academic year of this day, in order; none where nobody has entered them."""
        year = academic_year(day)[0]
        if year not in self._half_terms:
            self._half_terms[year] = [self._half_term(*given) for given in self._given.get(year, ())]
        return self._half_terms[year]

    def _half_term(self, name, starts_on, ends_on):
        weeks = defaultdict(list)
        for day in self.school_days(starts_on, ends_on):
            weeks[day.isocalendar()[:2]].append(day)
        return HalfTerm(name, starts_on, ends_on, tuple(map(tuple, weeks.values())))

    def weeks(self, day: dt.date, half_term: int) -> tuple[tuple[dt.date, ...], ...]:
        """The weeks of half term 1 to 6 of the academic year of this day, each as its school days."""
        return self.half_terms(day)[half_term - 1].weeks

    def is_term_time(self, day: dt.date) -> bool:
        """From the first to the last day of a half term, weekends included; always where no term dates are entered."""
        given = self._given.get(academic_year(day)[0])
        return given is None or any(starts_on <= day <= ends_on for _, starts_on, ends_on in given)

    def is_school_day(self, day: dt.date) -> bool:
        return is_working_day(day) and day not in self._closed and self.is_term_time(day)

    def school_days(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """All school days from the first to the last day, both included."""
        found = []
        start = academic_year(first)[0]
        while start <= last:
            days = self.school_days_of_year(start)
            found += days[bisect_left(days, first) : bisect_right(days, last)]
            start = start.replace(year=start.year + 1)
        return found

    def number_of_school_days(self, first: dt.date, last: dt.date) -> int:
        return len(self.school_days(first, last))

    def school_days_late(self, due_on: dt.date, today: dt.date) -> int:
        """How many school days have begun since the day by which something was due: 0 on that day and before it."""
        return self.number_of_school_days(due_on + DAY, today)

    def next_school_day(self, day: dt.date) -> dt.date | None:
        """The first one after this day; None where there is none within a year."""
        return next(iter(self.school_days(day + DAY, day + 366 * DAY)), None)

    def previous_school_day(self, day: dt.date) -> dt.date | None:
        """The last one before this day; None where there is none within a year."""
        return next(reversed(self.school_days(day - 366 * DAY, day - DAY)), None)

    def nearest_school_day(self, day: dt.date) -> dt.date | None:
        """The day itself where it is one, else the last one before it in its academic year, else the first after it."""
        days = self.school_days_of_year(day)
        before = bisect_right(days, day)
        return days[max(before - 1, 0)] if days else None

    def school_days_of_year(self, day: dt.date) -> list[dt.date]:
        """All school days of the academic year of this day."""
        start, end = academic_year(day)
        if start not in self._days:
            self._days[start] = [day for day in days_between(start, end) if self.is_school_day(day)]
        return self._days[start]

    def position(self, day: dt.date) -> Position | None:
        """Where the day lies among the half terms of its year; None where it is no school day of theirs."""
        for number, half_term in enumerate(self.half_terms(day), 1):
            for week, days in enumerate(half_term.weeks, 1):
                if day in days:
                    return Position(number, week, day.weekday())
        return None


class Calendars:
    """Those of many schools, after one query."""

    def __init__(self, term_dates: Iterable[TermDate]):
        self._given = defaultdict(lambda: defaultdict(list))
        self._made = {}
        for row in term_dates:
            year = academic_year(row.starts_on)[0]
            self._given[row.organisation_id, row.school_id][year].append((row.name, row.starts_on, row.ends_on))

    def of(self, organisation_id: int, school_id: int | None = None) -> Calendar:
        """The organisation's calendar; a school's own dates of a year replace the organisation's."""
        # Schools without dates of their own share one, so that its days are counted once for all of them.
        key = organisation_id, school_id if (organisation_id, school_id) in self._given else None
        if key not in self._made:
            years = dict(self._given.get((organisation_id, None), {}))
            years |= self._given.get(key, {})
            self._made[key] = Calendar(row for rows in years.values() for row in rows)
        return self._made[key]


def calendars_of(organisations, schools=None) -> Calendars:
    """The calendars of these organisations, and of these schools in them, or of every school; one query."""
    rows = TermDate.objects.filter(organisation__in=organisations)
    if schools is not None:
        rows = rows.filter(Q(school=None) | Q(school__among=schools))
    return Calendars(rows)


def calendar_of(organisation_id: int, school_id: int | None = None) -> Calendar:
    """The calendar of an organisation, or of one school in its programmes; one query."""
    return calendars_of([organisation_id], [school_id] if school_id else []).of(organisation_id, school_id)
