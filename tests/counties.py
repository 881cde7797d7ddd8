"""Counties to be paired without the database, and the rules and costs of pairing written apart from the product."""

import itertools
import math

from programmes.pairing import Teacher, Wish

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
