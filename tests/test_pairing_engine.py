"""Pairing without the database: as many as possible, as near as possible, no rule broken, and why, in words."""

import itertools
import math
import random

import pytest

from programmes.pairing import Asking, Rule, Teacher, Wish, broken, ranking, suggest
from programmes.pairing.solver import Edge, assign, nearest_first
from programmes.pairing.values import KNOWN_IS_WORTH, kilometres, ordinal

SUBJECTS = ["maths", "reading", "writing"]


def wish(key, at=(0, 0), *, subject="maths", year_group=5, places=1, **more):
    return Wish(
        key=key, ref=f"9{key:05}", school=key, subject=subject, year_group=year_group, places=places, at=at, **more
    )


def teacher(key, at=(0, 0), *, subjects=("maths",), year_groups=(5,), room=1, school=None, **more):
    return Teacher(
        key=key,
        ref=f"S{key:03}",
        school=school or 1000 + key,
        subjects=frozenset(subjects),
        year_groups=frozenset(year_groups),
        room=room,
        at=at,
        **more,
    )


def chosen(result):
    return [(pair["wish"], pair["specialist"]) for pair in result["pairs"]]


def a_county(rng, schools, teachers):
    """Wishes and teachers with every trouble there is: no place, no room, conflicts, earlier pairs, the own school."""

    def somewhere():
        return None if rng.random() < 0.1 else (rng.randrange(60_000), rng.randrange(60_000))

    wishes = [
        wish(
            key,
            somewhere(),
            subject=rng.choice([*SUBJECTS, ""]),
            year_group=rng.choice([4, 5, 4, 5, None]),
            places=rng.choice([1, 1, 2]),
            subjects=frozenset(SUBJECTS),
            year_groups=frozenset([4, 5]),
            is_closed=rng.random() < 0.05,
        )
        for key in range(1, schools + 1)
    ]
    keys = range(1, schools + 1)

    def some(share):
        return frozenset(key for key in keys if rng.random() < share)

    people = [
        teacher(
            key,
            somewhere(),
            subjects=rng.sample(SUBJECTS, 2),
            year_groups=rng.choice([(4,), (5,), (4, 5)]),
            room=rng.choice([0, 1, 1, 2]),
            school=rng.choice([*keys, *range(1000, 1010)]),
            is_able=rng.random() > 0.1,
            paired=some(0.05),
            folded=some(0.05),
            conflicts=some(0.05),
            worked=dict.fromkeys(some(0.15), "2025-26"),
        )
        for key in range(1, teachers + 1)
    ]
    return wishes, people


def allowed(wish, teacher, asking):
    """The rules again, written apart from those of the product."""
    return (
        not wish.is_closed
        and (wish.subject in teacher.subjects or not wish.subject)
        and (wish.year_group in teacher.year_groups or wish.year_group is None)
        and teacher.room > 0
        and teacher.is_able
        and wish.school not in teacher.paired | teacher.folded | teacher.conflicts
        and (asking.own_school or wish.school != teacher.school)
        and (wish.key, teacher.key) not in asking.refused
    )


def far(wish, teacher):
    if wish.school == teacher.school:
        return 0
    return None if None in (wish.at, teacher.at) else round(math.dist(wish.at, teacher.at))


def price(wishes, teachers):
    """What a pair costs: metres, the farthest for an unknown distance, 5 km less for those who worked together."""
    open_wishes = [w for w in wishes if not w.is_closed and w.places]
    known = [d for w in open_wishes for t in teachers if (d := far(w, t)) is not None]
    unknown = max(known, default=0)

    def of(w, t):
        d = far(w, t)
        return (unknown if d is None else d) - (5000 if w.school in t.worked else 0)

    return of


def best_by_trying_all(wishes, teachers, asking):
    """(pairs, cost) of the best assignment there is, by trying every one."""
    cost = price(wishes, teachers)
    order = {t.key: number for number, t in enumerate(teachers)}
    best = (0, 0)

    def try_from(index, room, placed, spent):
        nonlocal best
        if (-placed, spent) < (-best[0], best[1]):
            best = placed, spent
        if index == len(wishes):
            return
        w = wishes[index]
        able = [t for t in teachers if room[order[t.key]] and allowed(w, t, asking)]
        for size in range(min(w.places, len(able)) + 1):
            for group in itertools.combinations(able, size):
                left = list(room)
                for t in group:
                    left[order[t.key]] -= 1
                try_from(index + 1, left, placed + size, spent + sum(cost(w, t) for t in group))

    try_from(0, [t.room for t in teachers], 0, 0)
    return best


def breaches(wishes, teachers, asking, pairs):
    """What is wrong with an assignment: broken rules, too many for a school or a teacher, a pair twice."""
    w, t = {x.key: x for x in wishes}, {x.key: x for x in teachers}
    found = [pair for pair in pairs if not allowed(w[pair[0]], t[pair[1]], asking)]
    found += [key for key in w if sum(pair[0] == key for pair in pairs) > w[key].places]
    found += [key for key in t if sum(pair[1] == key for pair in pairs) > t[key].room]
    return found + [pair for pair in set(pairs) if pairs.count(pair) > 1]


def is_best(wishes, teachers, asking, pairs):
    """No chain of swaps places one more or costs less: Bellman and Ford on what could be moved, written out here."""
    cost, pairs = price(wishes, teachers), set(pairs)
    wished = {x.key: x.places - sum(p[0] == x.key for p in pairs) for x in wishes}
    room = {x.key: x.room - sum(p[1] == x.key for p in pairs) for x in teachers}
    arcs = []
    for w in wishes:
        arcs += [("from", ("w", w.key), 0)] if wished[w.key] else []
        arcs += [(("w", w.key), "from", 0)] if wished[w.key] < w.places else []
    for t in teachers:
        arcs += [(("t", t.key), "to", 0)] if room[t.key] else []
        arcs += [("to", ("t", t.key), 0)] if room[t.key] < t.room else []
    for w in wishes:
        for t in teachers:
            if (w.key, t.key) in pairs:
                arcs.append((("t", t.key), ("w", w.key), -cost(w, t)))
            elif allowed(w, t, asking):
                arcs.append((("w", w.key), ("t", t.key), cost(w, t)))
    reached = {"from"}
    while more := {b for a, b, _ in arcs if a in reached} - reached:
        reached |= more
    if "to" in reached:
        return False
    nodes = {node for a, b, _ in arcs for node in (a, b)}
    least = dict.fromkeys(nodes, 0)
    for _ in nodes:
        changed = False
        for a, b, c in arcs:
            if least[a] + c < least[b]:
                least[b], changed = least[a] + c, True
        if not changed:
            return True
    return False


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
