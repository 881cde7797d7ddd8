"""Pairing without the database: as many as possible, as near as possible, no rule broken, and why, in words."""

import random

import pytest

from programmes.pairing import Asking, Rule, broken, ranking, suggest
from programmes.pairing.solver import Edge, assign, nearest_first
from programmes.pairing.values import KNOWN_IS_WORTH, kilometres, ordinal
from tests.counties import SUBJECTS, a_county, best_by_trying_all, breaches, chosen, is_best, price, teacher, wish


@pytest.mark.parametrize("seed", range(25))
def test_a_small_county_is_paired_as_well_as_trying_everything_would(seed):
    rng = random.Random(seed)
    wishes, teachers = a_county(rng, rng.randint(1, 5), rng.randint(1, 6))
    asking = Asking(own_school=rng.random() < 0.5, refused=frozenset({(1, 1)}))

    pairs = chosen(suggest(wishes, teachers, asking))

    cost, w, t = price(wishes, teachers), {x.key: x for x in wishes}, {x.key: x for x in teachers}
    assert breaches(wishes, teachers, asking, pairs) == []
    assert (len(pairs), sum(cost(w[a], t[b]) for a, b in pairs)) == best_by_trying_all(wishes, teachers, asking)


@pytest.mark.parametrize("seed", range(3))
def test_a_larger_county_is_paired_without_a_breach_and_nothing_can_be_made_better(seed):
    wishes, teachers = a_county(random.Random(seed), 40, 45)

    pairs = chosen(suggest(wishes, teachers, Asking()))

    assert breaches(wishes, teachers, Asking(), pairs) == []
    assert is_best(wishes, teachers, Asking(), pairs)
    assert not is_best(wishes, teachers, Asking(), pairs[1:])


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(400))
def test_many_counties_of_many_sizes_are_paired_as_well_as_can_be(seed):
    rng = random.Random(seed)
    small = seed % 2 == 0
    wishes, teachers = a_county(rng, rng.randint(1, 6 if small else 80), rng.randint(1, 7 if small else 80))
    asking = Asking(own_school=rng.random() < 0.5)

    pairs = chosen(suggest(wishes, teachers, asking))

    cost, w, t = price(wishes, teachers), {x.key: x for x in wishes}, {x.key: x for x in teachers}
    assert breaches(wishes, teachers, asking, pairs) == []
    assert is_best(wishes, teachers, asking, pairs)
    if small:
        assert (len(pairs), sum(cost(w[a], t[b]) for a, b in pairs)) == best_by_trying_all(wishes, teachers, asking)


def test_the_order_in_which_rows_come_changes_nothing():
    rng = random.Random(7)
    wishes, teachers = a_county(rng, 20, 20)
    first = suggest(wishes, teachers, Asking())

    rng.shuffle(wishes)
    rng.shuffle(teachers)

    assert suggest(wishes, teachers, Asking()) == first


def test_of_equals_the_earlier_school_gets_the_earlier_teacher():
    wishes, teachers = [wish(key) for key in (3, 1, 2)], [teacher(key) for key in (2, 4, 3, 1)]

    assert chosen(suggest(wishes, teachers, Asking())) == [(1, 1), (2, 2), (3, 3)]


def test_costs_beyond_what_the_tie_weights_can_hold_are_solved_as_well():
    edges = [Edge(w, t, 2**50 if w == t else 2**50 + 1) for w in range(40) for t in range(40)]

    found = assign([1] * 40, [1] * 40, edges)

    assert [(edge.wish, edge.teacher) for edge in found] == [(n, n) for n in range(40)]


def test_nobody_is_left_out_for_the_sake_of_a_short_way():
    """Nearest first would give the school in the middle its neighbour, and the far one nobody."""
    wishes = [wish(1, (0, 0)), wish(2, (0, 40_000), year_group=4)]
    teachers = [teacher(1, (0, 1_000), year_groups=(4, 5)), teacher(2, (0, 90_000))]

    result = suggest(wishes, teachers, Asking())

    assert chosen(result) == [(1, 2), (2, 1)]
    assert (result["metres"], result["nearest_first"]) == (129_000, {"placed": 1, "metres": 1_000, "unknown": 0})
    assert result["pairs"][0]["against"] == [
        "the nearer one goes to another school, so that as many as possible are placed and all together travel least"
    ]


def test_a_pair_that_worked_before_counts_five_kilometres_nearer_and_no_more():
    before = {1: "2025-26"}
    near = teacher(1, (0, 1_000))

    just = suggest([wish(1)], [near, teacher(2, (0, 999 + KNOWN_IS_WORTH), worked=before)], Asking())
    not_quite = suggest([wish(1)], [near, teacher(2, (0, 1_001 + KNOWN_IS_WORTH), worked=before)], Asking())

    assert (chosen(just), chosen(not_quite)) == ([(1, 2)], [(1, 1)])
    assert just["pairs"][0]["for"] == [
        "2nd nearest of 2 with room who teach Year 5 maths: 6.0 km",
        "worked together in 2025-26",
        "has room for 1 more partnership",
    ]


def test_a_distance_that_is_not_known_counts_as_the_farthest_and_says_so():
    wishes = [wish(1, (0, 0))]
    nowhere, far_away = teacher(1, None), teacher(2, (0, 30_000))

    result = suggest(wishes, [nowhere, far_away], Asking())
    alone = suggest(wishes, [nowhere], Asking())

    assert chosen(result) == [(1, 1)], "as far as the farthest, so the reference decides"
    assert (alone["metres"], alone["unknown"]) == (0, 1)
    assert alone["pairs"][0] == {
        "wish": 1,
        "specialist": 1,
        "metres": None,
        "for": ["has room for 1 more partnership"],
        "against": [
            "the distance is not known: the register does not say where the school of the specialist teacher is"
        ],
    }


def test_a_pair_inside_one_school_comes_only_when_asked_for():
    wishes, teachers = [wish(1)], [teacher(1, school=1)]

    assert chosen(suggest(wishes, teachers, Asking())) == []
    assert suggest(wishes, teachers, Asking(own_school=True))["pairs"][0]["for"][0] == (
        "in the same school: nobody travels"
    )


def test_what_was_accepted_stays_and_what_was_rejected_does_not_come_back():
    wishes, teachers = [wish(1, (0, 0)), wish(2, (0, 10))], [teacher(1, (0, 0)), teacher(2, (0, 10))]

    kept = suggest(wishes, teachers, Asking(kept=frozenset({(1, 2)})))
    refused = suggest(wishes, teachers, Asking(refused=frozenset({(1, 1), (2, 1)})))

    assert chosen(kept) == [(1, 2), (2, 1)]
    assert kept["pairs"][0]["for"][0] == "accepted by you before"
    assert chosen(refused) == [(2, 2)]
    assert refused["unplaced"][0]["relax"]["rule"] == Rule.REFUSED


def test_a_school_that_wants_two_gets_two_different_teachers():
    result = suggest([wish(1, places=3)], [teacher(1, room=3), teacher(2)], Asking())

    assert chosen(result) == [(1, 1), (1, 2)]
    assert (result["unplaced"][0]["missing"], result["unplaced"][0]["why"]) == (
        1,
        "No further specialist teacher with room teaches Year 5 maths.",
    )


@pytest.mark.parametrize(
    ("wishes", "teachers", "why", "rule"),
    [
        (
            [wish(1, year_group=3, subject="reading")],
            [teacher(1, subjects=["reading"], year_groups=(4, 5))],
            "No specialist teacher with room teaches Year 3 reading.",
            Rule.YEAR_GROUP,
        ),
        ([wish(1)], [teacher(1, room=0)], "No specialist teacher with room teaches Year 5 maths.", Rule.ROOM),
        (
            [wish(1), wish(2)],
            [teacher(1)],
            "The only one with room who teaches Year 5 maths goes to another school.",
            Rule.ROOM,
        ),
        (
            [wish(1), wish(2), wish(3)],
            [teacher(1), teacher(2)],
            "Both with room who teach Year 5 maths go to other schools.",
            Rule.ROOM,
        ),
        (
            [wish(1)],
            [teacher(1, conflicts=frozenset({1}))],
            "No specialist teacher with room teaches Year 5 maths.",
            None,
        ),
        (
            [wish(1, subject="")],
            [teacher(1, year_groups=(4,))],
            "No specialist teacher with room teaches Year 5.",
            Rule.YEAR_GROUP,
        ),
        (
            [wish(1, year_group=None)],
            [teacher(1, room=0)],
            "No specialist teacher with room teaches maths.",
            Rule.ROOM,
        ),
        (
            [wish(1, subject="", year_group=None), wish(2, subject="", year_group=None)],
            [teacher(1)],
            "The only one with room goes to another school.",
            Rule.ROOM,
        ),
        (
            [wish(1, subject="", year_group=None)],
            [teacher(1, room=0)],
            "No specialist teacher with room is possible.",
            Rule.ROOM,
        ),
        ([wish(1, is_closed=True)], [teacher(1)], "The school is closed.", None),
        (
            [wish(1)],
            [teacher(1, is_able=False, is_coming=True)],
            "No specialist teacher with room teaches Year 5 maths.",
            Rule.ABLE,
        ),
    ],
)
def test_a_school_that_stays_without_is_told_why_and_which_one_rule_would_do(wishes, teachers, why, rule):
    row = suggest(wishes, teachers, Asking())["unplaced"][-1]

    assert (row["why"], row["relax"] and row["relax"]["rule"]) == (why, rule)


@pytest.mark.parametrize(
    ("wanted", "what", "reasons"),
    [
        (
            {"subject": ""},
            "Year 5, any subject",
            [
                "nearest of 2 with room who teach Year 5: 1.0 km",
                "the school takes any subject: teaches maths and writing",
            ],
        ),
        (
            {"year_group": None},
            "maths, any year group",
            [
                "the only one with room who teaches maths: 1.0 km",
                "the school takes any year group: teaches Years 4 and 5",
            ],
        ),
        (
            {"subject": "", "year_group": None},
            "any subject and year group",
            [
                "nearest of 2 with room: 1.0 km",
                "the school takes any subject: teaches maths and writing",
                "the school takes any year group: teaches Years 4 and 5",
            ],
        ),
    ],
)
def test_a_school_that_takes_any_subject_or_year_group_is_paired_and_told_what_it_gets(wanted, what, reasons):
    asked = wish(1, **wanted, subjects=frozenset(SUBJECTS), year_groups=frozenset([4, 5]))
    near = teacher(1, (0, 1_000), subjects=["maths", "writing", "art"], year_groups=(3, 4, 5))
    others = [teacher(2, (0, 9_000), subjects=["reading"]), teacher(3, subjects=["art"], year_groups=(1,))]

    result = suggest([asked], [near, *others], Asking())

    assert asked.what == what
    assert [(pair["specialist"], pair["for"]) for pair in result["pairs"]] == [
        (1, [*reasons, "has room for 1 more partnership"])
    ]
    assert ranking(asked, [near, *others], Asking()).others[-1].teachers[-1] == 3, "art is no subject of the programme"


def test_the_ranked_list_of_one_school_counts_everybody_else_under_one_rule():
    teachers = [
        teacher(1, (0, 9_000)),
        teacher(2, (0, 3_240), against=("recruited, not trained yet",)),
        teacher(3, None),
        teacher(4, subjects=["reading"], room=0),
        teacher(5, year_groups=(3,)),
        teacher(6, room=0),
        teacher(7, subjects=["reading"]),
        teacher(8, subjects=[]),
        teacher(9, conflicts=frozenset({1}), is_able=False),
    ]

    found = ranking(wish(1, against=("the school is in another project: York",)), teachers, Asking())

    assert [(c.teacher, c.metres) for c in found.best] == [(2, 3_240), (1, 9_000), (3, None)]
    assert found.best[0].reasons_for == [
        "nearest of 3 with room who teach Year 5 maths: 3.2 km",
        "has room for 1 more partnership",
    ]
    assert found.best[0].reasons_against == ["recruited, not trained yet", "the school is in another project: York"]
    assert [(group.rule, group.teachers) for group in found.others] == [
        (Rule.CONFLICT, [9]),
        (Rule.UNKNOWN, [8]),
        (Rule.SUBJECT, [4, 7]),
        (Rule.YEAR_GROUP, [5]),
        (Rule.ROOM, [6]),
    ]
    assert len(found.best) + sum(group.count for group in found.others) == len(teachers)


def test_the_rules_that_a_pair_breaks_come_in_their_order():
    everything = teacher(
        1, school=1, room=0, is_able=False, subjects=["art"], year_groups=(1,), conflicts=frozenset({1})
    )

    assert list(broken(wish(1), everything, Asking(refused=frozenset({(1, 1)})))) == [
        Rule.CONFLICT,
        Rule.ABLE,
        Rule.OWN_SCHOOL,
        Rule.SUBJECT,
        Rule.YEAR_GROUP,
        Rule.ROOM,
        Rule.REFUSED,
    ]


def test_nearest_first_takes_the_cheapest_pair_again_and_again():
    edges = [Edge(0, 0, 5), Edge(0, 1, 6), Edge(1, 0, 4)]

    assert nearest_first([1, 1], [1, 1], edges) == [Edge(1, 0, 4), Edge(0, 1, 6)]
    assert nearest_first([1, 1], [1, 0], edges) == [Edge(1, 0, 4)]


def test_kilometres_and_places_are_said_as_people_say_them():
    assert [kilometres(m) for m in (0, 49, 50, 3_249, 3_250, 12_345_678)] == [
        "0.0 km",
        "0.0 km",
        "0.1 km",
        "3.2 km",
        "3.3 km",
        "12,345.7 km",
    ]
    assert [ordinal(n) for n in (2, 3, 4, 11, 12, 13, 21, 22, 111)] == [
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "13th",
        "21st",
        "22nd",
        "111th",
    ]
