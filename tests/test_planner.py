"""The planner beside plans that are checked, costed and enumerated by code that knows nothing of its model."""

import datetime as dt
import itertools
import random
from dataclasses import replace

import pytest

from bench.plans import broken_alone, broken_rules, cost_of, county
from tests.planned import HOME, MONDAY, NEXT_DOOR, OTHER, PARTNER, SCHOOL, SPECIALIST, at, elsewhere, plan, visit
from visits.planner import (
    AFTERNOON,
    MORNING,
    Allowance,
    Blocker,
    Outcome,
    Problem,
    Rule,
    Weights,
    day_of,
    slot_of,
    solve,
    words_of_slot,
)

# Beside every plan there is -------------------------------------------------------------------------------------------


def best_of_all(problem):
    """The fewest visits that lose a half-day, then that have none, then the least cost, of all plans there are."""
    ways = []
    for need in problem.needs:
        span = [
            slot_of(need.first + dt.timedelta(days=n), half)
            for n in range((need.last - need.first).days + 1)
            for half in (MORNING, AFTERNOON)
        ]
        alone = [slot for slot in span if not any(broken_alone(problem, need, slot))]
        ways.append([need.stands] if need.is_locked else [*alone, None])
    best = None
    for choice in itertools.product(*ways):
        slots = {need.key: slot for need, slot in zip(problem.needs, choice, strict=True) if slot is not None}
        found = *without(problem, slots), cost_of(problem, slots)
        if (best is None or found < best) and not broken_rules(problem, slots):
            best = found
    return best


def without(problem, slots):
    """How many lose the half-day they have, and how many have none."""
    missing = [need for need in problem.needs if need.key not in slots]
    return sum(need.stands is not None for need in missing), len(missing)


def small(seed):
    """Up to four visits of two partnerships of one specialist teacher in short windows, with a rule of every kind."""
    rng = random.Random(seed)

    def some(most, of):
        return frozenset(rng.sample(of, rng.randint(1, most)))

    needs = []
    for key in range(rng.randint(2, 4)):
        made = rng.choice([visit, elsewhere])
        first = rng.randint(0, 4)
        stands = rng.choice([None, at(rng.randint(0, 4), rng.randint(0, 1))])
        needs.append(
            made(
                key,
                first,
                first + rng.randint(0, 3),
                least_gap=rng.randint(0, 2),
                greatest_gap=rng.choice([None, 3]),
                stands=stands,
                is_locked=stands is not None and rng.random() < 0.2,
            )
        )
    slots = [at(day, half) for day in range(8) for half in (MORNING, AFTERNOON)]
    return Problem(
        needs=tuple(needs),
        closed={SCHOOL: {slot: Blocker(Rule.NO_GO, SCHOOL) for slot in some(4, slots)}},
        busy={PARTNER: {slot: Blocker(Rule.AWAY, PARTNER) for slot in some(3, slots)}},
        released={SPECIALIST: frozenset(range(10)) - some(3, range(10))},
        ppa={OTHER: some(1, range(10))},
        teaches={(PARTNER, 1): frozenset(range(10)) - some(2, range(10))},
        preferred={SPECIALIST: some(4, range(10))},
        allowances={SPECIALIST: Allowance(a_week=rng.choice([None, 1, 2]), a_term=rng.choice([None, 2, 3]))},
        terms=((MONDAY, MONDAY + dt.timedelta(days=30)),),
        edge_weeks=frozenset([at(0) // 14]),
        ceilings={PARTNER: rng.choice([1, 2, 5])},
        cover={HOME: 1, SCHOOL: 1},
        out_already={(SCHOOL, rng.choice(slots)): 1},
        near=frozenset([frozenset((SCHOOL, NEXT_DOOR))]),
        weights=Weights(*(rng.randint(0, 9) for _ in range(6))),
    )


@pytest.mark.parametrize("seed", range(60))
def test_no_other_plan_of_a_small_programme_is_better(seed):
    problem = small(seed)

    results = solve(problem)

    slots = {key: slot for result in results for key, slot in result.slots.items()}
    assert broken_rules(problem, slots) == []
    assert (*without(problem, slots), cost_of(problem, slots)) == best_of_all(problem)
    assert {key for result in results for key in result.missing} == {need.key for need in problem.needs} - set(slots)
    assert sum(result.cost for result in results) == cost_of(problem, slots)
    assert {result.outcome for result in results} <= {Outcome.PROVEN, Outcome.IMPOSSIBLE}


def test_a_generated_programme_breaks_no_rule_and_every_group_is_proven():
    problem = county(40, seed=3)

    results = solve(problem)

    slots = {key: slot for result in results for key, slot in result.slots.items()}
    assert broken_rules(problem, slots) == []
    assert sum(result.cost for result in results) == cost_of(problem, slots)
    assert [result.gap for result in results] == [0] * len(results)
    assert sorted(key for result in results for key in result.needs) == [need.key for need in problem.needs]


def test_the_same_programme_gives_the_same_plan():
    assert solve(county(25, seed=5)) == solve(county(25, seed=5))


def test_a_plan_that_stands_is_left_alone_but_for_what_has_to_move():
    problem = county(20, seed=7)
    stands = {key: slot for result in solve(problem) for key, slot in result.slots.items()}
    needs = tuple(replace(need, stands=stands[need.key]) for need in problem.needs)
    away = needs[4].people[1]
    day = day_of(needs[4].stands)
    gone = {slot_of(day, half): Blocker(Rule.AWAY, away) for half in (MORNING, AFTERNOON)}

    again = {k: slot for r in solve(replace(problem, needs=needs)) for k, slot in r.slots.items()}
    moved = {k: slot for r in solve(replace(problem, needs=needs, busy={away: gone})) for k, slot in r.slots.items()}

    assert again == stands
    assert [key for key in stands if moved[key] != stands[key]] == [needs[4].key]


def test_what_is_locked_stays_whatever_the_rules_say_and_the_others_go_round_it():
    locked = visit(1, stands=at(1), is_locked=True)

    (result,) = plan(locked, elsewhere(2, 1, 1), released={SPECIALIST: frozenset([3])})

    assert (result.outcome, result.slots) == (Outcome.PROVEN, {1: at(1), 2: at(1, AFTERNOON)})


def test_visits_that_share_nobody_are_planned_apart():
    alone = elsewhere(2, people=(4, OTHER), out=((4, 40), (OTHER, NEXT_DOOR)), schools=(40, NEXT_DOOR))

    assert [result.needs for result in plan(visit(1), alone)] == [(1,), (2,)]
    assert [result.needs for result in plan(visit(1), alone, cover={NEXT_DOOR: 1})] == [(1,), (2,)]
    assert [result.needs for result in plan(visit(1), elsewhere(2))] == [(1, 2)]


def test_nothing_more_is_begun_once_somebody_stops_it():
    heard = []

    solve(county(60, seed=2), told=lambda result: heard.append(result.needs) or False)

    assert len(heard) == 1


@pytest.mark.parametrize(
    ("slot", "words"),
    [(at(1), "Tuesday 12 January, morning"), (at(4, AFTERNOON), "Friday 15 January, afternoon")],
)
def test_a_half_day_in_words(slot, words):
    assert words_of_slot(slot) == words
