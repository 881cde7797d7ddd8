"""When a school takes no part in visits, checked against its calendar: what is wrong with days that somebody enters."""

import datetime as dt

from papers.templatetags.plain import listed, longdate, year_words
from programmes.calendar import SATURDAY, Calendar, bank_holidays, days_between
from programmes.models import SchoolClosure, academic_year
from programmes.years import written

Kind = SchoolClosure.Kind
YEARS_AHEAD = 2
A_PART = {"am": "A morning", "pm": "An afternoon"}
SHORT_KINDS = {Kind.INSET: "INSET day", Kind.CLOSED: "Closed", Kind.NO_GO: "No-go"}


def years_open(today: dt.date) -> list[dt.date]:
    """The first days of the school years of which days may be entered: this one and the next ones."""
    first, _ = academic_year(today)
    return [first.replace(year=first.year + ahead) for ahead in range(YEARS_AHEAD + 1)]


def wrong_with(closure: SchoolClosure, calendar: Calendar, today: dt.date) -> list[tuple[str, str]]:
    """(field, sentence) of everything that is wrong with the row itself; the other rows of the school come apart."""
    wrong = wrong_with_part(closure)
    first, last = closure.first_on, closure.last_on
    if last < first:
        sentence = f"The last day, {longdate(last)}, is before the first day, {longdate(first)}. Swap or correct them."
        return [*wrong, ("last_on", sentence)]
    if closure.half and last != first:
        sentence = f"{A_PART[closure.half]} is one of a single day: leave the last day blank, or choose the whole day."
        return [*wrong, ("half", sentence)]
    years = years_open(today)
    for field, day in (("first_on", first), ("last_on", last)):
        if academic_year(day)[0] not in years:
            return [*wrong, (field, f"{longdate(day)} is in the school year {written(day)}. {offered(years)}")]
    if academic_year(first) != academic_year(last):
        sentence = f"These days begin in {written(first)} and end in {written(last)}: enter each school year apart."
        return [*wrong, ("last_on", sentence)]
    sentence = wrong_with_days(closure, calendar)
    return [*wrong, ("first_on", sentence)] if sentence else wrong


def part_of(closure) -> str:
    return {"am": "morning", "pm": "afternoon"}[closure.half]


def offered(years) -> str:
    return f"Enter days of {listed([written(year) for year in years], 'or')}."


def wrong_with_part(closure) -> list[tuple[str, str]]:
    wrong = []
    if closure.kind == Kind.INSET and closure.half:
        wrong.append(("half", "An INSET day is a whole day. Choose the whole day, or enter a no-go for the half-day."))
    if closure.kind != Kind.NO_GO and closure.year_groups:
        kind = "An INSET day" if closure.kind == Kind.INSET else "A closure"
        wrong.append(("year_groups", f"{kind} is for the whole school. Leave the year groups out, or choose no-go."))
    return wrong


def wrong_with_days(closure, calendar: Calendar) -> str:
    """Why these days need not or cannot be entered: nobody is at school on them anyway."""
    first, last = closure.first_on, closure.last_on
    days = list(days_between(first, last))
    if sentence := at_a_weekend(first, last):
        return sentence
    amiss = [day for day in days if day.weekday() < SATURDAY and not calendar.is_school_day(day)]
    if not amiss or (closure.kind != Kind.INSET and calendar.school_days(first, last)):
        return ""
    day = amiss[0]
    why = "a bank holiday" if day in bank_holidays(day.year) else "in the holidays"
    near = calendar.nearest_school_day(day)
    nearest = f" The nearest school day is {longdate(near)}." if near else ""
    if closure.kind == Kind.INSET:
        return f"{longdate(day)} is {why}: an INSET day is a day of term on which pupils stay at home.{nearest}"
    return f"{longdate(day)} is {why}, when nobody is at school anyway.{nearest}"


def at_a_weekend(first, last) -> str:
    """The sentence where none of the days is a weekday."""
    if any(day.weekday() < SATURDAY for day in days_between(first, last)):
        return ""
    what = f"{longdate(first)} is at a weekend" if first == last else "These days are a weekend"
    return f"{what}, when schools are closed anyway. Choose a day from Monday to Friday."


def overlap(closure, others) -> str:
    """The sentence about the first of the others, of the same school, that says the same kind of part of these days."""
    for other in others:
        itself = other is closure or (closure.pk is not None and other.pk == closure.pk)
        if not itself and other.kind == closure.kind and meet(closure, other):
            return (
                f"{SHORT_KINDS[other.kind]} of {days_in_words(other)}{called(other)} is there already and overlaps "
                "with this. Change that one, or choose other days."
            )
    return ""


def meet(one, other) -> bool:
    """Whether two closures have a half-day in common, for someone in common."""
    groups = set(one.year_groups) & set(other.year_groups)
    return (
        one.first_on <= other.last_on
        and other.first_on <= one.last_on
        and (not one.half or not other.half or one.half == other.half)
        and bool(groups or not one.year_groups or not other.year_groups)
    )


def holds(one, other) -> bool:
    """Whether one closure says all that the other does."""
    return (
        one.kind == other.kind
        and one.first_on <= other.first_on
        and one.last_on >= other.last_on
        and one.half in {"", other.half}
        and (not one.year_groups or (bool(other.year_groups) and set(one.year_groups) >= set(other.year_groups)))
    )


def key_of(closure):
    """What makes two entries the same, in whatever words."""
    return (
        closure.school_id,
        closure.kind,
        closure.first_on,
        closure.last_on,
        closure.half,
        tuple(closure.year_groups),
    )


def called(closure) -> str:
    return f", “{closure.words}”," if closure.words else ""


def days_in_words(closure) -> str:
    """Tuesday 9 February 2027, morning; or from the first to the last day."""
    if closure.first_on != closure.last_on:
        return f"{longdate(closure.first_on)} to {longdate(closure.last_on)}"
    return f"{longdate(closure.first_on)}{f', {part_of(closure)}' if closure.half else ''}"


def groups_in_words(year_groups) -> str:
    """Year 5; Reception and Year 1; everyone."""
    names = [year_words(group) for group in sorted(year_groups)]
    return listed(names) or "everyone"
