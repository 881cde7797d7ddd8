"""Suggestions for a generated county of 500 schools and 500 specialist teachers, beside nearest-first."""

import random

from programmes.pairing import Asking, Teacher, Wish, suggest
from programmes.pairing.values import kilometres

SIZE = 500
SUBJECTS = ["maths", "reading", "speaking and listening", "writing"]


def build(rng):
    """Schools around twelve towns of a county of 80 by 60 km; a teacher takes two subjects and two year groups."""
    towns = [(rng.randrange(540_000, 620_000), rng.randrange(185_000, 245_000)) for _ in range(12)]

    def somewhere():
        town = rng.choice(towns)
        return round(rng.gauss(town[0], 4_000)), round(rng.gauss(town[1], 4_000))

    wishes = [
        Wish(
            key=n,
            ref=f"{900_000 + n}",
            school=n,
            subject=rng.choice(SUBJECTS),
            year_group=rng.choice([3, 4, 5, 6]),
            places=1,
            at=somewhere(),
        )
        for n in range(SIZE)
    ]
    teachers = [
        Teacher(
            key=n,
            ref=f"S{n:03}",
            school=SIZE + n,
            subjects=frozenset(rng.sample(SUBJECTS, 2)),
            year_groups=frozenset(rng.sample([3, 4, 5, 6], 2)),
            room=1,
            at=somewhere(),
            conflicts=frozenset(rng.sample(range(SIZE), 2)),
            worked=dict.fromkeys(rng.sample(range(SIZE), 2), "2025-26"),
        )
        for n in range(SIZE)
    ]
    return wishes, teachers


def pairing(seconds):
    wishes, teachers = build(random.Random(1))
    suggest(wishes[:5], teachers[:5], Asking())  # the solver is loaded once
    taken, found = seconds(lambda: suggest(wishes, teachers, Asking()), 3)
    greedy = found["nearest_first"]
    placed = len(found["pairs"])
    return {
        "500 schools x 500 specialist teachers, with reasons (s)": taken,
        "placed": f"{placed} of {SIZE}, {kilometres(found['metres'])}, {kilometres(found['metres'] // placed)} each",
        "placed by taking the nearest pair first": f"{greedy['placed']} of {SIZE}, {kilometres(greedy['metres'])}, "
        f"{kilometres(greedy['metres'] // greedy['placed'])} each",
    }
