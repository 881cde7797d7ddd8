"""The free half-days of one visit, beside the rules as code that knows nothing of them looks at every half-day."""

import datetime as dt
import random
from dataclasses import replace

import pytest

from bench.plans import broken_rules, cost_of, county
from tests.planned import HOME, NEXT_DOOR, PARTNER, SCHOOL, SPECIALIST, at, elsewhere, visit
from visits.planner import AFTERNOON, MORNING, Allowance, Blocker, Problem, Rule, Weights, slot_of, solve
from visits.planner.choosing import choices


def standing(problem):
    """The programme as it is once its plan is accepted."""
    slots = {key: slot for result in solve(problem) for key, slot in result.slots.items()}
    return replace(problem, needs=tuple(replace(need, stands=slots.get(need.key)) for need in problem.needs)), slots


def every_half_day(need):
    days = (need.first + dt.timedelta(days=n) for n in range((need.last - need.first).days + 1))
    return [slot_of(day, half) for day in days if day.weekday() < 5 for half in (MORNING, AFTERNOON)]


@pytest.mark.parametrize("seed", range(4))
def test_free_are_exactly_the_half_days_that_break_no_rule_and_the_cheapest_is_first(seed):
    problem, slots = standing(county(8, seed))
    rng = random.Random(seed)

    for need in rng.sample(problem.needs, 12):
        found = choices(problem, need)

        def cost(slot, need=need):
            return cost_of(problem, slots | {need.key: slot})

        sound = [slot for slot in every_half_day(need) if not broken_rules(problem, slots | {need.key: slot})]
        assert sorted(choice.slot for choice in found.free) == sorted(sound)
        assert set(found.ruled_out) == set(every_half_day(need)) - set(sound)
        assert [cost(choice.slot) for choice in found.free] == sorted(cost(slot) for slot in sound)


def choose(need, *others, **rules):
    return choices(Problem(needs=(need, *others), **rules), need, lambda other: f"visit {other.key}")


def test_what_stands_of_the_same_people_is_in_the_way_and_named():
    found = choose(visit(1), elsewhere(2, stands=at(0)))

    assert found.ruled_out == {at(0): Blocker(Rule.BUSY, SPECIALIST, "visit 2")}
    assert len(found.free) == 9


def test_the_order_of_the_timetable_and_its_gaps_rule_half_days_out():
    found = choose(visit(2, least_gap=2, greatest_gap=3), visit(1, stands=at(1)), visit(3, stands=at(4, AFTERNOON)))

    ruled_out = {slot: (blocker.owner, blocker.words) for slot, blocker in found.ruled_out.items()}
    assert ruled_out == {
        **dict.fromkeys([at(0), at(0, AFTERNOON), at(1), at(1, AFTERNOON)], (1, "not after visit 1")),
        **dict.fromkeys([at(2), at(2, AFTERNOON)], (1, "too soon after visit 1")),
        **dict.fromkeys([at(4), at(4, AFTERNOON)], (3, "not before visit 3")),
    }
    assert [choice.slot for choice in found.free] == [at(3), at(3, AFTERNOON)]
    assert [(choice.after, choice.before) for choice in found.free] == [((1, 2), (3, 1))] * 2


def test_allowances_ceiling_and_cover_rule_out_what_is_beyond_them():
    other = elsewhere(2, stands=at(0))

    by_week = choose(visit(1), other, allowances={SPECIALIST: Allowance(a_week=1)})
    by_class = choose(visit(1), visit(2, partnership=5, stands=at(0, AFTERNOON)), ceilings={PARTNER: 1})
    by_cover = choose(visit(1), cover={SCHOOL: 1}, out_already={(SCHOOL, at(3)): 1})

    assert {one.rule for one in by_week.ruled_out.values()} == {Rule.BUSY, Rule.WEEK}
    assert not by_week.free
    assert not by_class.free
    assert by_cover.ruled_out == {at(3): Blocker(Rule.COVER, SCHOOL)}


def test_a_choice_says_what_speaks_for_it_and_against_it():
    found = choose(
        visit(1),
        elsewhere(2, stands=at(2)),
        preferred={SPECIALIST: frozenset({5}), PARTNER: frozenset({5})},
        near=frozenset({frozenset({SCHOOL, NEXT_DOOR})}),
        weights=Weights(spread=0),
    )

    best, second = found.free[0], found.free[1]
    assert (best.slot, best.preferred, best.on_that_day) == (at(2, AFTERNOON), (SPECIALIST, PARTNER), 2)
    assert (second.preferred, second.disliked, second.on_that_day) == ((), (SPECIALIST, PARTNER), None)
    assert best.out == {HOME: 0, SCHOOL: 0}
