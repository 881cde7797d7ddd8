"""Why a visit has no half-day: the smallest thing that would have to give way, found by letting rules give way."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from visits.planner.candidates import NEVER, blockers, candidates, school_week
from visits.planner.choosing import choices
from visits.planner.model import Model
from visits.planner.values import (
    AFTERNOON,
    MORNING,
    Blocker,
    Need,
    Problem,
    Relaxation,
    Rule,
    Why,
    half_day_of_week,
    slot_of,
)

FAR = 10_000  # more than any distance in half-days
ANOTHER = "another visit"
WEEKS = 3  # so far beyond its window a visit is looked at
# What people give way on first: a day of a trip before a release pattern, a pattern before what was agreed for all.
COSTS = {
    Rule.NO_GO: 10,
    Rule.WINDOW: 11,  # for each week
    Rule.AWAY: 14,
    Rule.CLOSED: 15,
    Rule.CLASS: 16,
    Rule.NOT_RELEASED: 17,
    Rule.GAP: 18,
    Rule.WEEK: 20,
    Rule.COVER: 21,
    Rule.TERM: 22,
    Rule.CEILING: 24,
    Rule.BUSY: 30,
}


def reasons(problem: Problem, needs: list[Need], slots, missing, time):
    """For each visit that has no half-day what it takes to give it one, every placed visit staying placed."""
    by_key = {need.key: need for need in needs}
    for key in missing:
        there = [need for need in needs if need.key in slots or need.key == key]
        yield explain(problem, by_key[key], there, counted(problem, by_key[key], needs, slots), time)


def counted(problem: Problem, need: Need, needs: list[Need], slots) -> Mapping[Blocker, int]:
    """How many half-days of the window each rule rules out, as where a half-day is chosen: every placed visit stays
    where it is, and each half-day is counted once, by the first of its rules."""
    there = tuple(replace(one, stands=slots.get(one.key)) for one in needs)
    return Counter(choices(replace(problem, needs=there), need, lambda other: ANOTHER).ruled_out.values())


def explain(problem: Problem, need: Need, needs: list[Need], counts, time) -> Why:
    given = {}

    def give(cp, relaxation):
        if relaxation not in given:
            given[relaxation] = cp.new_bool_var(str(relaxation))
        return given[relaxation]

    open_to = {slot: ways for slot in beyond(need) if (ways := ways_to(problem, need, slot)) is not None}
    domains = {each.key: candidates(problem, each) for each in needs} | {need.key: list(open_to)}
    model = Model(problem, needs, domains, give)
    for literal in model.missing.values():
        model.cp.add(literal == 0)
    for slot, ways in open_to.items():
        for way in ways:
            model.cp.add_implication(model.at[need.key][slot], give(model.cp, way))
    # Among what costs the same the half-day nearest to the middle of the window is taken.
    near = sum(abs(slot - need.middle) * literal for slot, literal in model.at[need.key].items())
    model.cp.minimize(FAR * sum(price(way) * literal for way, literal in given.items()) + near)
    solver, _ = model.solved(time)
    if solver is None:
        return Why(need.key, counts, ())
    ways = [way for way, literal in given.items() if solver.boolean_value(literal)]
    ways.sort(key=lambda way: (-price(way), way.owner))
    return Why(need.key, counts, tuple(ways), model.slots(solver)[need.key])


def price(way: Relaxation) -> int:
    return COSTS[way.rule] * (int(way.what) if way.rule == Rule.WINDOW else 1)


def beyond(need: Need) -> list[int]:
    weeks = dt.timedelta(weeks=WEEKS)
    return school_week(range(slot_of(need.first - weeks, MORNING), slot_of(need.last + weeks, AFTERNOON) + 1))


def distance(need: Need, slot: int) -> int:
    """In half-days from the window; 0 in it."""
    return max(need.window.start - slot, slot - need.window.stop + 1, 0)


def ways_to(problem: Problem, need: Need, slot: int) -> list[Relaxation] | None:
    """What would have to give way for this half-day by itself; None where something never does."""
    found = blockers(problem, need, slot)
    if any(blocker.rule in NEVER for blocker in found):
        return None
    ways = [relaxation_of(blocker, slot) for blocker in found if blocker.rule != Rule.COVER]
    if away := distance(need, slot):
        weeks = -(-away // 14)
        ways.append(Relaxation(Rule.WINDOW, need.key, str(weeks), slot))
    return ways


def relaxation_of(blocker, slot) -> Relaxation:
    """A pattern gives way for a half-day of the week, everything else for one half-day."""
    if blocker.rule in {Rule.NOT_RELEASED, Rule.CLASS}:
        return Relaxation(blocker.rule, blocker.owner, str(half_day_of_week(slot)))
    return Relaxation(blocker.rule, blocker.owner, blocker.words, slot)
