"""What the planner reads and gives."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MORNING, AFTERNOON = 0, 1
HALVES = {MORNING: "morning", AFTERNOON: "afternoon"}
WEEK = 14  # half-days from one day to the same day of the next week


def slot_of(day: dt.date, half: int) -> int:
    """A half-day as one number: two for every day, the afternoon after the morning."""
    return 2 * day.toordinal() + half


def day_of(slot: int) -> dt.date:
    return dt.date.fromordinal(slot // 2)


def half_of(slot: int) -> int:
    return slot % 2


def week_of(slot: int) -> int:
    """The number of its week; weeks begin on Mondays."""
    return (slot // 2 - 1) // 7


def half_day_of_week(slot: int) -> int:
    """0 is Monday morning, 9 is Friday afternoon."""
    return 2 * day_of(slot).weekday() + half_of(slot)


def words_of_slot(slot: int) -> str:
    """Tuesday 9 February, morning"""
    return f"{day_of(slot):%A %-d %B}, {HALVES[half_of(slot)]}"


class Rule(StrEnum):
    """Why a half-day is not possible, or a plan is not. The words say it of whoever owns the rule."""

    PAST = "has passed"
    SOON = "too soon for cover"
    HOLIDAY = "holiday"
    INSET = "INSET day"
    CLOSED = "closed"
    NO_GO = "no-go"
    NOT_RELEASED = "not released"
    PPA = "PPA"
    CLASS = "not with the class"
    AWAY = "away"
    BUSY = "busy"
    WINDOW = "window"
    GAP = "gap"
    WEEK = "half-days a week"
    TERM = "half-days a term"
    CEILING = "ceiling of the class"
    COVER = "cover"


@dataclass(frozen=True, order=True)
class Blocker:
    """One rule that keeps a half-day from being used: whose it is, and the words that were entered for it."""

    rule: Rule
    owner: int
    words: str = ""


@dataclass(frozen=True)
class Allowance:
    """How many half-days a person may be out of class in a week and in a term; None is no limit."""

    a_week: int | None = None
    a_term: int | None = None


@dataclass(frozen=True)
class Need:
    """A visit of the timetable that needs a half-day.

    `out` are the people it takes out of class, with the school that covers for each; `classes` lose a half-day by it.
    `year_group` says which no-go half-days of a school concern it.
    `least_gap` and `greatest_gap` are days after the visit before it in the same partnership. `stands` is where the
    present plan has it; one that is locked stays there whatever the rules say.
    """

    key: int
    partnership: int
    order: int
    first: dt.date
    last: dt.date
    people: tuple[int, ...]
    schools: tuple[int, ...]
    host: int
    out: tuple[tuple[int, int], ...] = ()
    classes: tuple[int, ...] = ()
    with_class: tuple[int, ...] = ()
    year_group: int | None = None
    least_gap: int = 1
    greatest_gap: int | None = None
    stands: int | None = None
    is_locked: bool = False

    @property
    def window(self) -> range:
        """Its half-days, weekends and holidays included."""
        return range(slot_of(self.first, MORNING), slot_of(self.last, AFTERNOON) + 1)

    @property
    def middle(self) -> int:
        return (self.window.start + self.window.stop - 1) // 2


@dataclass(frozen=True)
class Weights:
    """How much each wish counts against the others; 0 is not at all."""

    preferred: int = 6
    spread: int = 1
    edges: int = 8
    together: int = 5
    weekday: int = 3
    changes: int = 20


@dataclass(frozen=True)
class Problem:
    """Everything the planner knows. Keys are ids; half-days are those of `slot_of`.

    Nothing is planned before the half-day `earliest`, which leaves the schools time to find cover after `today`.
    `closed` and `busy` say of a school's and of a person's half-day which rule keeps it from being used, `closed_to` of
    a school's for the visits of one year group. `teaches` are the half-days of the week in which a teacher has the
    class for the subject, by person and partnership; who is not in it has no such limit. `released` and `preferred`
    are half-days of the week as well. `lost` and `ceilings` count half-days of a class over the year; `out_already`
    people of a school who are out anyway. `near` are pairs of schools close enough to be visited on one day. `terms`
    are first and last days; `edge_weeks` the weeks which are better left alone.
    """

    needs: tuple[Need, ...]
    today: dt.date = dt.date.min
    earliest: int = 0
    closed: Mapping[int, Mapping[int, Blocker]] = field(default_factory=dict)
    closed_to: Mapping[tuple[int, int], Mapping[int, Blocker]] = field(default_factory=dict)
    busy: Mapping[int, Mapping[int, Blocker]] = field(default_factory=dict)
    released: Mapping[int, frozenset[int]] = field(default_factory=dict)
    ppa: Mapping[int, frozenset[int]] = field(default_factory=dict)
    teaches: Mapping[tuple[int, int], frozenset[int]] = field(default_factory=dict)
    preferred: Mapping[int, frozenset[int]] = field(default_factory=dict)
    allowances: Mapping[int, Allowance] = field(default_factory=dict)
    terms: tuple[tuple[dt.date, dt.date], ...] = ()
    edge_weeks: frozenset[int] = frozenset()
    ceilings: Mapping[int, int] = field(default_factory=dict)
    lost: Mapping[int, int] = field(default_factory=dict)
    cover: Mapping[int, int] = field(default_factory=dict)
    out_already: Mapping[tuple[int, int], int] = field(default_factory=dict)
    near: frozenset[frozenset[int]] = frozenset()
    weights: Weights = Weights()

    def of_partnership(self) -> dict[int, list[Need]]:
        """The visits of each partnership in the order of its timetable."""
        found = defaultdict(list)
        for need in sorted(self.needs, key=lambda need: (need.partnership, need.order, need.key)):
            found[need.partnership].append(need)
        return dict(found)

    def term_of(self, slot: int) -> int | None:
        day = day_of(slot)
        return next((n for n, (first, last) in enumerate(self.terms) if first <= day <= last), None)


class Outcome(StrEnum):
    PROVEN = "proven best"
    FOUND = "best found in the time"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True)
class Relaxation:
    """What would have to give way for a visit to be placed: the rule, whose it is, and what of it."""

    rule: Rule
    owner: int
    what: str
    slot: int | None = None


@dataclass(frozen=True)
class Why:
    """Why a visit has no half-day: how many of its window's are ruled out by what, and the smallest thing to relax.

    `culprits` are all that would have to give way together; empty where nothing that may give way is enough.
    """

    need: int
    counts: Mapping[Blocker, int]
    culprits: tuple[Relaxation, ...]
    yields: int | None = None


@dataclass(frozen=True)
class Result:
    """The plan of one group: visits that hang together by people, by a class, or by a school's cover."""

    needs: tuple[int, ...]
    outcome: Outcome
    slots: Mapping[int, int]
    missing: tuple[int, ...] = ()
    cost: int = 0
    bound: int = 0
    reasons: tuple[Why, ...] = ()

    @property
    def gap(self) -> int:
        """By how much the plan may cost more than the best one there can be."""
        return self.cost - self.bound
