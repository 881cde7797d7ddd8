"""The year of one school in order: its half terms and holidays, bank holidays, and what the school has entered."""

import datetime as dt
from dataclasses import dataclass, field
from itertools import pairwise

from programmes.calendar import DAY, SATURDAY, Calendar, bank_holidays, days_between
from programmes.models import SchoolClosure, academic_year

LONG = 5  # weekdays from which on a break is a holiday, not a long weekend
INSET_DAYS = 5  # what a school has in a year, by its teachers' contracts


@dataclass
class Entry:
    """What the school entered, or a bank holiday; `visits` are the planned ones that fall on it, words and address."""

    first_on: dt.date
    closure: SchoolClosure | None = None
    visits: list = field(default_factory=list)


@dataclass
class Part:
    """A half term or the holidays after it."""

    name: str
    first_on: dt.date
    last_on: dt.date
    is_term: bool
    entries: list[Entry] = field(default_factory=list)
    bank_holidays: list[dt.date] = field(default_factory=list)  # of holidays, where they change nothing


def parts_of(year: dt.date, calendar: Calendar, closures, hits) -> list[Part]:
    """The year as half terms and holidays, each with its entries by day; one part where no term dates are known."""
    first, last = academic_year(year)
    half_terms = calendar.half_terms(year)
    parts = []
    for place, half_term in enumerate(half_terms):
        parts.append(Part(half_term.name, half_term.starts_on, half_term.ends_on, True))
        if place + 1 < len(half_terms):
            start, end = half_term.ends_on + DAY, half_terms[place + 1].starts_on - DAY
            if sum(day.weekday() < SATURDAY for day in days_between(start, end)) >= LONG:
                parts.append(Part("Holidays", start, end, False))
    parts = parts or [Part("The school year", first, last, True)]
    entries = [Entry(row.first_on, row, hits.get(row.pk, [])) for row in closures]
    for day in bank_holidays_between(parts[0].first_on, parts[-1].last_on):
        part = part_for(day, parts)
        if part.is_term:
            entries.append(Entry(day))
        else:
            part.bank_holidays.append(day)
    for entry in sorted(entries, key=lambda entry: (entry.first_on, entry.closure is None)):
        part_for(entry.first_on, parts).entries.append(entry)
    return parts


def part_for(day, parts) -> Part:
    return next((part for part in parts if day <= part.last_on), parts[-1])


def bank_holidays_between(first, last):
    found = [day for year in range(first.year, last.year + 1) for day in bank_holidays(year)]
    return sorted(day for day in found if first <= day <= last and day.weekday() < SATURDAY)


def days_of(closures, kind) -> int:
    """On how many weekdays the school has entered this kind."""
    found = {day for row in closures if row.kind == kind for day in days_between(row.first_on, row.last_on)}
    return sum(day.weekday() < SATURDAY for day in found)


def first_days_after_breaks(calendar: Calendar, year: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The first and the last day of each first week after a holiday, that of the summer included."""
    half_terms = calendar.half_terms(year)
    breaks = [half_terms[0]] if half_terms else []
    breaks += [
        after
        for before, after in pairwise(half_terms)
        if sum(day.weekday() < SATURDAY for day in days_between(before.ends_on + DAY, after.starts_on - DAY)) >= LONG
    ]
    return [(half_term.weeks[0][0], half_term.weeks[0][-1]) for half_term in breaks if half_term.weeks]
