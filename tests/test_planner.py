"""The planner beside plans that are checked, costed and enumerated by code that knows nothing of its model."""

import datetime as dt
import itertools
import random
from dataclasses import replace

import pytest

from bench.plans import broken_alone, broken_rules, cost_of, county
from visits.planner import (
    AFTERNOON,
    MORNING,
    Allowance,
    Blocker,
    Need,
    Outcome,
    Problem,
    Rule,
    Weights,
    day_of,
    slot_of,
    solve,
    words_of_slot,
)

MONDAY = dt.date(2027, 1, 11)
SPECIALIST, PARTNER, OTHER = 1, 2, 3
HOME, SCHOOL, NEXT_DOOR = 10, 20, 30


def at(day, half=MORNING):
    """The half-day of a day counted from Monday 11 January 2027."""
    return slot_of(MONDAY + dt.timedelta(days=day), half)


def visit(key=1, first=0, last=4, **fields):
    """A visit of the specialist teacher to the partner school in the week of Monday 11 January."""
    plain = {
        "partnership": 1,
        "order": key,
        "people": (SPECIALIST, PARTNER),
        "schools": (HOME, SCHOOL),
        "host": SCHOOL,
        "out": ((SPECIALIST, HOME), (PARTNER, SCHOOL)),
        "classes": (PARTNER,),
        "with_class": (PARTNER,),
    }
    window = {"first": MONDAY + dt.timedelta(days=first), "last": MONDAY + dt.timedelta(days=last)}
    return Need(key=key, **plain | window | fields)


def elsewhere(key, first=0, last=4, person=OTHER, **fields):
    """A visit of the same specialist teacher to another school."""
    there = {"partnership": 2, "people": (SPECIALIST, person), "schools": (HOME, NEXT_DOOR), "host": NEXT_DOOR}
    there |= {"out": ((SPECIALIST, HOME), (person, NEXT_DOOR)), "classes": (person,), "with_class": (person,)}
    return visit(key, first, last, **there | fields)


def plan(*needs, **rules):
    return solve(Problem(needs=tuple(needs), **rules))


# Beside every plan there is -------------------------------------------------------------------------------------------


def best_of_all(problem):
    """The fewest visits without a half-day and the least cost of all plans there are, each of them looked at."""
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
        found = len(problem.needs) - len(slots), cost_of(problem, slots)
        if (best is None or found < best) and not broken_rules(problem, slots):
            best = found
    return best


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
        teaches={PARTNER: frozenset(range(10)) - some(2, range(10))},
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
    missing = sum(len(result.missing) for result in results)
    assert broken_rules(problem, slots) == []
    assert (missing, cost_of(problem, slots)) == best_of_all(problem)
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


# Why not --------------------------------------------------------------------------------------------------------------

EVERY_HALF_DAY = [at(day, half) for day in range(-28, 40) for half in (MORNING, AFTERNOON)]


def blocked(rule, owner, slots=EVERY_HALF_DAY, words="", but=()):
    return {owner: {slot: Blocker(rule, owner, words) for slot in slots if slot not in but}}


MORNINGS = frozenset(range(0, 10, 2))
AFTERNOONS = frozenset(range(1, 10, 2))

# What is asked, and which rule of whom has to give way: by one constructed cause each.
IMPOSSIBLE = {
    "a trip on the only day of the window": (
        [visit(1, 0, 0)],
        {"closed": blocked(Rule.NO_GO, SCHOOL, [at(0), at(0, AFTERNOON)], "Year 4 trip")},
        [(Rule.NO_GO, SCHOOL)],
    ),
    "the partner school is closed for weeks, the trip is on one day": (
        [visit(1)],
        {
            "closed": {
                SCHOOL: blocked(Rule.CLOSED, SCHOOL, words="Flood")[SCHOOL]
                | blocked(Rule.NO_GO, SCHOOL, [at(2), at(2, AFTERNOON)], "Trip")[SCHOOL]
            }
        },
        [(Rule.NO_GO, SCHOOL)],
    ),
    "an INSET day never gives way, so the window has to": (
        [visit(1, 0, 0)],
        {"closed": blocked(Rule.INSET, HOME, [at(0), at(0, AFTERNOON)])},
        [(Rule.WINDOW, 1)],
    ),
    "a window in the holidays is too short by a week": (
        [visit(1, 0, 4)],
        {"closed": blocked(Rule.HOLIDAY, SCHOOL, [at(day, half) for day in range(5) for half in (0, 1)])},
        [(Rule.WINDOW, 1)],
    ),
    "the two teachers are released on different half-days": (
        [visit(1)],
        {"released": {SPECIALIST: frozenset([2]), PARTNER: frozenset(range(10)) - {2}}},
        [(Rule.NOT_RELEASED, SPECIALIST)],
    ),
    "the partner teacher has PPA whenever the specialist teacher is released": (
        [visit(1)],
        {"released": {SPECIALIST: frozenset([2])}, "ppa": {PARTNER: frozenset([2])}},
        [(Rule.NOT_RELEASED, SPECIALIST)],
    ),
    "the class has the subject in the mornings, and the specialist teacher comes in the afternoons": (
        [visit(1)],
        {"teaches": {PARTNER: MORNINGS}, "released": {SPECIALIST: AFTERNOONS}},
        [(Rule.CLASS, PARTNER)],
    ),
    "the specialist teacher is away in that week": (
        [visit(1, 0, 1)],
        {"busy": blocked(Rule.AWAY, SPECIALIST, EVERY_HALF_DAY, "Residential")},
        [(Rule.AWAY, SPECIALIST)],
    ),
    "everybody is at the launch": (
        [visit(1, 2, 2)],
        {
            "busy": blocked(Rule.BUSY, PARTNER, words="Launch"),
            "closed": blocked(Rule.HOLIDAY, SCHOOL, but=[at(2), at(2, AFTERNOON)]),
        },
        [(Rule.BUSY, PARTNER)],
    ),
    "two visits in one week, and one half-day a week": (
        [visit(1, 0, 0), visit(2, 4, 4)],
        {
            "allowances": {PARTNER: Allowance(a_week=1)},
            "closed": blocked(Rule.HOLIDAY, HOME, but=[at(d, h) for d in range(5) for h in (0, 1)]),
        },
        [(Rule.WEEK, PARTNER)],
    ),
    "three visits in a term, and two half-days a term": (
        [visit(1, 0, 4), visit(2, 7, 11), visit(3, 14, 18)],
        {
            "allowances": {SPECIALIST: Allowance(a_term=2)},
            "terms": ((MONDAY - dt.timedelta(days=60), MONDAY + dt.timedelta(days=60)),),
        },
        [(Rule.TERM, SPECIALIST)],
    ),
    "the class has lost all half-days that it may lose": (
        [visit(1)],
        {"ceilings": {PARTNER: 3}, "lost": {PARTNER: 3}},
        [(Rule.CEILING, PARTNER)],
    ),
    "two visits, and the class may lose one half-day": (
        [visit(1, 0, 4), visit(2, 7, 11)],
        {"ceilings": {PARTNER: 1}},
        [(Rule.CEILING, PARTNER)],
    ),
    "the school can cover one teacher, and one is out": (
        [visit(1, 0, 0)],
        {
            "cover": {SCHOOL: 1},
            "out_already": {(SCHOOL, slot): 1 for slot in EVERY_HALF_DAY},
        },
        [(Rule.COVER, SCHOOL)],
    ),
    "two teachers of one school on its one free half-day": (
        [
            visit(1, 0, 0),
            elsewhere(2, 0, 0, people=(4, OTHER), out=((4, HOME), (OTHER, NEXT_DOOR))),
        ],
        {"cover": {HOME: 1}, "closed": blocked(Rule.HOLIDAY, HOME, but=[at(0)])},
        [(Rule.COVER, HOME)],
    ),
    "two visits have to lie two weeks apart in one week": (
        [visit(1, 0, 4), visit(2, 0, 4, least_gap=14)],
        {"closed": blocked(Rule.HOLIDAY, SCHOOL, but=[at(d, h) for d in range(5) for h in (0, 1)])},
        [(Rule.GAP, 2)],
    ),
    "the second visit has to come within three days, and its window begins later": (
        [visit(1, 0, 4), visit(2, 21, 25, greatest_gap=3)],
        {},
        [(Rule.GAP, 2)],
    ),
    "one specialist teacher and two schools on one half-day": (
        [visit(1, 0, 0), elsewhere(2, 0, 0)],
        {"released": {SPECIALIST: frozenset([0])}},
        [(Rule.WINDOW, 2)],
    ),
    "a locked visit of another school has the only half-day": (
        [elsewhere(1, 0, 0, stands=at(0), is_locked=True), visit(2, 0, 0)],
        {"released": {SPECIALIST: frozenset([0])}},
        [(Rule.WINDOW, 2)],
    ),
    "a trip of one school and an absence on the two days of a window": (
        [visit(1, 0, 1)],
        {
            "closed": blocked(Rule.NO_GO, SCHOOL, [at(0), at(0, AFTERNOON)], "Trip"),
            "busy": blocked(Rule.AWAY, SPECIALIST, [at(1), at(1, AFTERNOON)], "Course"),
        },
        [(Rule.NO_GO, SCHOOL)],
    ),
    "a trip and an absence on the same and only half-day": (
        [visit(1, 0, 0)],
        {
            "closed": {
                HOME: blocked(Rule.HOLIDAY, HOME, but=[at(0)])[HOME],
                SCHOOL: blocked(Rule.NO_GO, SCHOOL, [at(0)], "Trip")[SCHOOL],
            },
            "busy": blocked(Rule.AWAY, SPECIALIST, [at(0)], "Course"),
        },
        [(Rule.AWAY, SPECIALIST), (Rule.NO_GO, SCHOOL)],
    ),
    "nobody is ever there": (
        [visit(1)],
        {"closed": blocked(Rule.HOLIDAY, SCHOOL)},
        [],
    ),
    "the partner teacher has PPA on every half-day of the window's only day, the week before is free": (
        [visit(1, 2, 2)],
        {"ppa": {PARTNER: frozenset([4, 5])}},
        [(Rule.WINDOW, 1)],
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_the_true_culprit_is_named(case):
    needs, rules, culprits = IMPOSSIBLE[case]

    results = plan(*needs, **rules)

    whys = [why for result in results for why in result.reasons]
    assert {result.outcome for result in results if result.missing} == {Outcome.IMPOSSIBLE}
    assert len(whys) == 1
    assert sorted((way.rule, way.owner) for way in whys[0].culprits) == culprits
    assert (whys[0].yields is not None) == bool(culprits)


def test_once_the_culprits_give_way_the_visit_has_its_half_day():
    needs, rules, _ = IMPOSSIBLE["a trip and an absence on the same and only half-day"]

    (result,) = plan(*needs, closed={HOME: rules["closed"][HOME]})

    assert (result.outcome, result.slots) == (Outcome.PROVEN, {1: at(0)})
    assert plan(*needs, **rules)[0].reasons[0].yields == at(0)


def test_the_half_days_that_are_ruled_out_are_counted_once_each():
    trip = blocked(Rule.NO_GO, SCHOOL, [at(0), at(0, AFTERNOON), at(1)], "Trip")
    away = blocked(Rule.AWAY, SPECIALIST, [at(day, half) for day in range(1, 5) for half in (0, 1)])

    (result,) = plan(visit(1), closed=trip, busy=away)

    (why,) = result.reasons
    assert dict(why.counts) == {
        Blocker(Rule.NO_GO, SCHOOL, "Trip"): 3,
        Blocker(Rule.AWAY, SPECIALIST): 7,
    }


@pytest.mark.parametrize(
    ("slot", "words"),
    [(at(1), "Tuesday 12 January, morning"), (at(4, AFTERNOON), "Friday 15 January, afternoon")],
)
def test_a_half_day_in_words(slot, words):
    assert words_of_slot(slot) == words
