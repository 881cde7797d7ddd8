"""The columns of the year planner as plain values: a week of term each, and a narrow one for each break between."""

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass, replace
from itertools import groupby

from programmes.calendar import bank_holidays, days_between

DAY = dt.timedelta(days=1)
WEEK = 7 * DAY
TERMS = ["Autumn term", "Spring term", "Summer term"]
BREAKS = ["Half-term", "Christmas", "Half-term", "Easter", "Half-term"]


@dataclass(frozen=True)
class Column:
    """A week from Monday to Sunday, or a break from its first to its last day. `term` counts from 0; None without."""

    number: int
    first: dt.date
    last: dt.date
    term: int | None = None
    break_name: str = ""
    holidays: tuple[dt.date, ...] = ()
    is_now: bool = False

    @property
    def is_break(self):
        return bool(self.break_name)

    @property
    def month(self):
        """Of its Thursday, in which most of a week lies."""
        return (self.first + 3 * DAY).replace(day=1)


@dataclass(frozen=True)
class Span:
    """Some columns beside each other under one heading; `goes_on` where the heading is that of an earlier span."""

    width: int
    words: str = ""
    goes_on: bool = False
    column: Column | None = None  # a break, which no heading spans


class Columns:
    """Those of a year, or of one term of it. A year without term dates has a column for every week, and no break."""

    def __init__(self, calendar, starts_on: dt.date, ends_on: dt.date, today: dt.date, term: int | None = None):
        half_terms = [h for h in calendar.half_terms(starts_on) if h.weeks]
        everything = of_half_terms(half_terms, today) if half_terms else of_weeks(starts_on, ends_on, today)
        if term is not None:
            everything = trimmed([column for column in everything if column.term == term])
        self.all = [replace(column, number=n) for n, column in enumerate(everything)]
        self._firsts = [column.first for column in self.all]

    def __iter__(self):
        return iter(self.all)

    def __len__(self):
        return len(self.all)

    @property
    def first(self):
        return self.all[0].first

    @property
    def last(self):
        return self.all[-1].last

    def at(self, day: dt.date) -> int | None:
        """The number of the column in which the day lies; None outside."""
        if not self.all or not self.first <= day <= self.last:
            return None
        return bisect_right(self._firsts, day) - 1

    def nearest(self, day: dt.date) -> int:
        """The same, and outside the first or the last one."""
        return self.at(min(max(day, self.first), self.last)) if self.all else 0

    @property
    def now(self) -> Column | None:
        return next((column for column in self.all if column.is_now), None)

    @property
    def terms(self) -> list[Span]:
        """The first row of the heading; a break stands in it by itself."""
        return self._spans(
            lambda column: column.term, lambda column: TERMS[column.term] if column.term is not None else ""
        )

    @property
    def months(self) -> list[Span]:
        return self._spans(lambda column: column.month, lambda column: f"{column.month:%B}")

    def _spans(self, key, words):
        spans, seen = [], set()
        for _, together in groupby(self.all, lambda column: (column.is_break and column.number, key(column))):
            columns = list(together)
            if columns[0].is_break:
                spans.append(Span(1, column=columns[0]))
                continue
            spans.append(Span(len(columns), words(columns[0]), key(columns[0]) in seen))
            seen.add(key(columns[0]))
        return spans


def of_half_terms(half_terms, today) -> list[Column]:
    columns = []
    for number, half_term in enumerate(half_terms):
        term = min(number // 2, len(TERMS) - 1)
        for days in half_term.weeks:
            first = days[0] - days[0].weekday() * DAY
            columns.append(week(first, term))
        if number + 1 < len(half_terms):
            following = half_terms[number + 1].weeks[0][0]
            monday = following - following.weekday() * DAY
            first = columns[-1].last + DAY
            if first < monday:
                name = BREAKS[number] if number < len(BREAKS) else "Break"
                next_term = min((number + 1) // 2, len(TERMS) - 1)
                columns.append(Column(0, first, monday - DAY, next_term if next_term == term else None, name))
    return with_now(columns, today)


def of_weeks(starts_on, ends_on, today) -> list[Column]:
    first = starts_on - starts_on.weekday() * DAY
    weeks = (first + n * WEEK for n in range((ends_on - first).days // 7 + 1))
    return with_now([week(monday) for monday in weeks], today)


def week(monday, term=None) -> Column:
    holidays = tuple(day for day in days_between(monday, monday + 4 * DAY) if day in bank_holidays(day.year))
    return Column(0, monday, monday + 6 * DAY, term, holidays=holidays)


def with_now(columns, today):
    return [replace(column, is_now=column.first <= today <= column.last) for column in columns]


def trimmed(columns):
    """Without a break at either end."""
    while columns and columns[0].is_break:
        columns = columns[1:]
    while columns and columns[-1].is_break:
        columns = columns[:-1]
    return columns
