"""The half-days that one visit could have while every other one stays where it is: the free ones, best first, and the
rule that keeps each of the others from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from visits.planner.candidates import NEVER, blockers, school_week
from visits.planner.model import slot_cost
from visits.planner.values import Blocker, Need, Problem, Rule, half_day_of_week, week_of


@dataclass(frozen=True)
class Choice:
    """A free half-day. `preferred` and `disliked` are people; `on_that_day` another visit near by of whoever travels;
    `out` how many of each school are out already; `before` and `after` the days to the visits beside it."""

    slot: int
    cost: int
    preferred: tuple[int, ...] = ()
    disliked: tuple[int, ...] = ()
    is_edge: bool = False
    on_that_day: int | None = None
    out: Mapping[int, int] = field(default_factory=dict)
    after: tuple[int, int] | None = None  # the visit before it, and how many days later
    before: tuple[int, int] | None = None  # the visit after it, and how many days earlier


@dataclass(frozen=True)
class Choices:
    free: tuple[Choice, ...]
    ruled_out: Mapping[int, Blocker]


def choices(problem: Problem, need: Need, called: Callable[[Need], str] = lambda need: "") -> Choices:
    """Every half-day of the window, either free or with the rule against it. `called` names a visit in the way.

    Of several rules that is the one which gives way least, since it would still stand were the others gone.
    """
    others = Others(problem, need, called)
    free, ruled_out = [], {}
    for slot in school_week(need.window):
        found = [*blockers(problem, need, slot), *others.blockers(slot)]
        if found:
            ruled_out[slot] = min(found, key=lambda one: (one.rule not in NEVER, found.index(one)))
        else:
            free.append(others.choice(slot))
    free.sort(key=lambda choice: (choice.cost, choice.slot))
    return Choices(tuple(free), ruled_out)


class Others:
    """The visits that have a half-day, without the one that looks for one."""

    def __init__(self, problem: Problem, need: Need, called):
        self.problem, self.need, self.called = problem, need, called
        standing = (one for one in problem.needs if one.stands is not None and one.key != need.key)
        self.placed = [one for one in standing if touch(one, need)]
        self.theirs = [one for one in self.placed if one.partnership == need.partnership]
        order = [one for one in problem.needs if one.partnership == need.partnership]
        self.order = sorted(order, key=lambda one: (one.order, one.key))

    def blockers(self, slot) -> list[Blocker]:
        return [
            *self.out_of_order(slot),
            *self.taken(slot),
            *self.beyond_allowance(slot),
            *self.beyond_what_is_spared(slot),
        ]

    def taken(self, slot):
        for other in self.placed:
            if other.stands == slot:
                for person in set(other.people) & set(self.need.people):
                    yield Blocker(Rule.BUSY, person, self.called(other))

    def out_of_order(self, slot):
        place = {one.key: n for n, one in enumerate(self.order)}
        here = place[self.need.key]
        for other in self.theirs:
            there = place[other.key]
            low, high = sorted((here, there))
            least = sum(one.least_gap for one in self.order[low + 1 : high + 1])
            greatest = self.order[high].greatest_gap if high == low + 1 else None
            gap = (slot // 2 - other.stands // 2) * (1 if there < here else -1)
            if gap < least or (greatest is not None and gap > greatest):
                yield Blocker(Rule.GAP, other.key, f"{relation(gap, least, there < here)} {self.called(other)}")

    def beyond_allowance(self, slot):
        for person, _ in self.need.out:
            allowed = self.problem.allowances.get(person)
            if allowed is None:
                continue
            theirs = [one.stands for one in self.placed if any(person == who for who, _ in one.out)]
            in_week = sum(week_of(at) == week_of(slot) for at in theirs)
            if allowed.a_week is not None and in_week >= allowed.a_week:
                yield Blocker(Rule.WEEK, person, str(allowed.a_week))
            term = self.problem.term_of(slot)
            in_term = sum(self.problem.term_of(at) == term for at in theirs) if term is not None else 0
            if allowed.a_term is not None and in_term >= allowed.a_term:
                yield Blocker(Rule.TERM, person, str(allowed.a_term))

    def beyond_what_is_spared(self, slot):
        for each in self.need.classes:
            ceiling = self.problem.ceilings.get(each)
            lost = self.problem.lost.get(each, 0) + sum(each in one.classes for one in self.placed)
            if ceiling is not None and lost >= ceiling:
                yield Blocker(Rule.CEILING, each, str(ceiling))
        for school in dict.fromkeys(school for _, school in self.need.out):
            cover = self.problem.cover.get(school)
            mine = sum(1 for _, theirs in self.need.out if theirs == school)
            if cover is not None and self.out_at(school, slot) + mine > cover:
                yield Blocker(Rule.COVER, school, str(cover))

    def out_at(self, school, slot) -> int:
        placed = sum(theirs == school for one in self.placed if one.stands == slot for _, theirs in one.out)
        return self.problem.out_already.get((school, slot), 0) + placed

    def choice(self, slot) -> Choice:
        problem, need, at = self.problem, self.need, half_day_of_week(slot)
        said = [person for person in need.people if person in problem.preferred]
        near, same_day = self.near(slot), self.keeps_the_weekday(slot)
        cost = slot_cost(problem, need, slot) - (problem.weights.together if near is not None else 0)
        days = [(one, one.stands // 2 - slot // 2) for one in self.theirs]
        earlier = max((item for item in days if item[1] < 0), key=lambda item: item[1], default=None)
        later = min((item for item in days if item[1] > 0), key=lambda item: item[1], default=None)
        return Choice(
            slot=slot,
            cost=cost + (0 if same_day else problem.weights.weekday),
            preferred=tuple(person for person in said if at in problem.preferred[person]),
            disliked=tuple(person for person in said if at not in problem.preferred[person]),
            is_edge=week_of(slot) in problem.edge_weeks,
            on_that_day=near,
            out={school: self.out_at(school, slot) for _, school in need.out},
            after=earlier and (earlier[0].key, -earlier[1]),
            before=later and (later[0].key, later[1]),
        )

    def near(self, slot) -> int | None:
        """Another visit of a person who travels on that day, at the same school or one near it."""
        if not travels(self.need):
            return None
        for other in self.placed:
            if other.stands // 2 != slot // 2 or other.partnership == self.need.partnership or not travels(other):
                continue
            close = other.host == self.need.host or frozenset((other.host, self.need.host)) in self.problem.near
            if close and set(other.people) & set(self.need.people):
                return other.key
        return None

    def keeps_the_weekday(self, slot) -> bool:
        days = {half_day_of_week(one.stands) // 2 for one in self.theirs}
        return not days or half_day_of_week(slot) // 2 in days


def relation(gap, least, is_later) -> str:
    """How a half-day lies to another visit that keeps it from being used."""
    if gap <= 0:
        return "not after" if is_later else "not before"
    far = "too soon" if gap < least else "too long"
    return f"{far} {'after' if is_later else 'before'}"


def touch(one: Need, other: Need) -> bool:
    """Whether they share a partnership, somebody who comes, a class, or a school that covers."""
    covering = {school for _, school in one.out} & {school for _, school in other.out}
    alike = one.partnership == other.partnership or covering
    return bool(alike or set(one.people) & set(other.people) or set(one.classes) & set(other.classes))


def travels(need: Need) -> bool:
    return any(school != need.host for _, school in need.out)
