"""Why a visit has no half-day: constructed causes, and what the planner says of each."""

import datetime as dt

import pytest

from tests.planned import HOME, MONDAY, NEXT_DOOR, OTHER, PARTNER, SCHOOL, SPECIALIST, at, elsewhere, plan, visit
from visits.planner import AFTERNOON, MORNING, Allowance, Blocker, Outcome, Rule
from visits.planner.words import Names, number, ruled_out, smallest_thing

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
        {"teaches": {(PARTNER, 1): MORNINGS}, "released": {SPECIALIST: AFTERNOONS}},
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


NAMES = Names(
    people={SPECIALIST: "Ann Able", PARTNER: "Bea Brook", OTHER: "Cy Crane"},
    schools={HOME: "Home School", SCHOOL: "Alder School", NEXT_DOOR: "Birch School"},
    visits={1: "Observation 1"},
)
SAID = {
    "a trip on the only day of the window": (
        ["2 half-days: Alder School lets nobody go (Year 4 trip)"],
        "It could be on Monday 11 January, morning if Alder School let people go on Monday 11 January (Year 4 trip).",
    ),
    "an INSET day never gives way, so the window has to": (
        ["2 half-days: Home School has an INSET day"],
        "It could be on Tuesday 12 January, morning if its window ended 1 week later.",
    ),
    "the two teachers are released on different half-days": (
        ["9 half-days: Ann Able is not released", "1 half-day: Bea Brook is not released"],
        "It could be on Wednesday 13 January, morning if Ann Able were released on Wednesday mornings.",
    ),
    "the class has the subject in the mornings, and the specialist teacher comes in the afternoons": (
        ["5 half-days: Ann Able is not released", "5 half-days: Bea Brook does not teach the class the subject"],
        "It could be on Tuesday 12 January, afternoon if Bea Brook taught the class the subject on Tuesday afternoons.",
    ),
    "two visits in one week, and one half-day a week": (
        ["2 half-days: Bea Brook is out 1 half-day that week already"],
        "It could be on Friday 15 January, morning if Bea Brook could be out more than 1 half-day in the week of "
        "Monday 11 January.",
    ),
    "three visits in a term, and two half-days a term": (
        ["10 half-days: Ann Able is out 2 half-days that term already"],
        "It could be on Wednesday 27 January, morning if Ann Able could be out more than 2 half-days in that term.",
    ),
    "two visits, and the class may lose one half-day": (
        ["10 half-days: the class of Bea Brook may lose no more than 1 half-day"],
        "It could be on Wednesday 20 January, morning if the class of Bea Brook could lose more than 1 half-day.",
    ),
    "the school can cover one teacher, and one is out": (
        ["2 half-days: Alder School has nobody left to cover"],
        "It could be on Monday 11 January, morning if Alder School could cover more than 1 at once on "
        "Monday 11 January.",
    ),
    "a trip and an absence on the same and only half-day": (
        ["1 half-day: Home School is on holiday", "1 half-day: Alder School lets nobody go (Trip)"],
        "It could be on Monday 11 January, morning if Ann Able were back on Monday 11 January (Course) and "
        "Alder School let people go on Monday 11 January (Trip).",
    ),
    "nobody is ever there": (
        ["10 half-days: Alder School is on holiday"],
        "Nothing that could give way is enough: look at the window and at who comes.",
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_the_reason_is_said_in_words(case):
    needs, rules, _ = IMPOSSIBLE[case]

    (why,) = [why for result in plan(*needs, **rules) for why in result.reasons]

    need = next(need for need in needs if need.key == why.need)
    said = [f"{number(n, 'half-day')}: {words}" for _, n, words in ruled_out(why, NAMES)]
    assert (said, smallest_thing(why, need, NAMES)) == SAID[case]
