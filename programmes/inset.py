"""Uncommon INSET, as plain values: days on which a school trains while the schools it could visit are open.

A school is its key; what it has entered is a Year. Nothing here asks the database.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from papers.templatetags.plain import listed, plural_count

MOST_PROPOSED = 5
MOST_COMMON = 5
PARTNERS = "partner school,partner schools"


@dataclass(frozen=True)
class Year:
    """A school year of one school: the days on which pupils are expected by its term dates, and what takes some out.

    `unseen` are days on which it is open and lets nobody in, with the words for it.
    """

    name: str
    school_days: frozenset[dt.date]
    after_break: frozenset[dt.date] = frozenset()
    inset: frozenset[dt.date] = frozenset()
    closed: frozenset[dt.date] = frozenset()
    unseen: Mapping[dt.date, str] = field(default_factory=dict)

    def why_not_open(self, day) -> str:
        """Why nobody can visit the school on a day; empty where somebody can."""
        if day not in self.school_days:
            return "is in its holidays"
        if day in self.inset:
            return "trains too"
        if day in self.closed:
            return "is closed"
        if day in self.unseen:
            return f"lets nobody in ({self.unseen[day]})" if self.unseen[day] else "lets nobody in"
        return ""


@dataclass(frozen=True)
class Verdict:
    """Whether the staff of a training school could use that day to visit the others, and why not."""

    day: dt.date
    is_good: bool
    words: str


def verdicts(own: Year, others: list[Year], kind: str = PARTNERS) -> list[Verdict]:
    """One for each INSET day of the school, in order."""
    return [verdict(day, own, others, kind) for day in sorted(own.inset)]


def verdict(day, own, others, kind) -> Verdict:
    shut = [(other.name, why) for other in others if (why := other.why_not_open(day))]
    against = [f"{name} {why}" for name, why in shut]
    if day in own.after_break:
        against.append("it is in the first week after the holidays")
    if not others:
        return Verdict(day, False, f"There is no {kind.partition(',')[0]} to visit.")
    if against:
        words = f"{listed(against)}."
        return Verdict(day, False, f"{words[0].upper()}{words[1:]}")
    who = f"{others[0].name} is" if len(others) == 1 else f"All {plural_count(len(others), kind)} are"
    return Verdict(day, True, f"{who} open: staff could visit.")


def proposed(
    own: Year, others: list[Year], today: dt.date, trains: Mapping[dt.date, int], is_taken: Callable[[dt.date], bool]
) -> list[dt.date]:
    """Days to come on which the school could train and all the others are open, the best first.

    Not in the week after a break, and not where a visit or an event takes place. Best are days on which few other
    schools train, then early ones.
    """
    if not others:
        return []
    free = [
        day
        for day in own.school_days
        if day > today
        and day not in own.after_break
        and day not in own.inset
        and not own.why_not_open(day)
        and not any(other.why_not_open(day) for other in others)
        and not is_taken(day)
    ]
    return sorted(free, key=lambda day: (trains.get(day, 0), day))[:MOST_PROPOSED]


def training(years: Iterable[Year]) -> Counter:
    """How many schools train on each day."""
    return Counter(day for year in years for day in year.inset)


def common(years: Iterable[Year]) -> list[tuple[dt.date, int]]:
    """The days on which the most schools train, at least two; the most first, then early ones."""
    found = [(day, number) for day, number in training(years).items() if number > 1]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:MOST_COMMON]
