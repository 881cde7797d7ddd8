"""Suggestions for all open wishes at once, as plain data that a run keeps: ids, metres and reasons in words."""

from collections import Counter
from dataclasses import replace

from programmes.pairing.ranking import against, nearer, possible, reasons_for
from programmes.pairing.rules import (
    RELAXED,
    Rule,
    broken,
    can_be_relaxed,
    first_broken,
    is_open,
    kept_out,
    kept_out_words,
)
from programmes.pairing.solver import Edge, assign, nearest_first
from programmes.pairing.values import cost, farthest, metres, who_teach

STEPS = 4  # what is possible, the assignment, the reasons, what is kept


def suggest(wishes, teachers, asking, progress=lambda step: None) -> dict:
    """The pairs with their reasons, the wishes that stay open with theirs, and what nearest-first would have given."""
    wishes = sorted(wishes, key=lambda wish: (wish.ref, wish.key))
    teachers = sorted(teachers, key=lambda teacher: (teacher.ref, teacher.key))
    kept = still_possible(wishes, teachers, asking)
    left, free = after(wishes, teachers, kept)
    possible_for = [possible(wish, teachers, asking) if is_open(wish) else [] for wish in wishes]
    edges = edges_of(left, free, possible_for, kept)
    progress(1)
    places, room = [wish.places for wish in left], [teacher.room for teacher in free]
    chosen = kept | {(edge.wish, edge.teacher) for edge in assign(places, room, edges)}
    greedy = kept | {(edge.wish, edge.teacher) for edge in nearest_first(places, room, edges)}
    progress(2)
    used = Counter(teacher for _, teacher in chosen)
    full = {teacher.key for index, teacher in enumerate(teachers) if used[index] >= teacher.room}
    got = [[] for _ in wishes]
    for wish, teacher in sorted(chosen):
        got[wish].append(teachers[teacher])
    pairs = [
        pair_of(wishes[wish], teachers[teacher], possible_for[wish], full, got[wish], (wish, teacher) in kept)
        for wish, teacher in sorted(chosen)
    ]
    unplaced = [
        unplaced_of(wish, got[index], teachers, possible_for[index], asking)
        for index, wish in enumerate(wishes)
        if wish.places > len(got[index])
    ]
    progress(3)
    return {
        "pairs": pairs,
        "unplaced": unplaced,
        **distance_of(wishes, teachers, chosen),
        "nearest_first": {"placed": len(greedy), **distance_of(wishes, teachers, greedy)},
    }


def still_possible(wishes, teachers, asking) -> set[tuple[int, int]]:
    """The pairs that the coordinator keeps from earlier suggestions, as far as there are places and room for them."""
    places, room, kept = [wish.places for wish in wishes], [teacher.room for teacher in teachers], set()
    at = {wish.key: index for index, wish in enumerate(wishes)}
    of = {teacher.key: index for index, teacher in enumerate(teachers)}
    for w, t in sorted((at[wish], of[teacher]) for wish, teacher in asking.kept if wish in at and teacher in of):
        fits = places[w] > 0 and room[t] > 0 and is_open(wishes[w])
        if fits and first_broken(wishes[w], teachers[t], asking) is None:
            places[w] -= 1
            room[t] -= 1
            kept.add((w, t))
    return kept


def after(wishes, teachers, pairs):
    """The wishes and teachers with what these pairs leave of their places and their room."""
    w, t = Counter(wish for wish, _ in pairs), Counter(teacher for _, teacher in pairs)
    return (
        [replace(wish, places=wish.places - w[index]) for index, wish in enumerate(wishes)],
        [replace(teacher, room=teacher.room - t[index]) for index, teacher in enumerate(teachers)],
    )


def edges_of(wishes, teachers, possible_for, kept) -> list[Edge]:
    index = {teacher.key: number for number, teacher in enumerate(teachers)}
    open_wishes = [wish for wish in wishes if is_open(wish)]
    unknown = farthest(open_wishes, teachers)
    return [
        Edge(number, index[teacher.key], cost(wish, teacher, unknown))
        for number, wish in enumerate(wishes)
        for teacher in possible_for[number]
        if is_open(wish) and teachers[index[teacher.key]].room > 0 and (number, index[teacher.key]) not in kept
    ]


def pair_of(wish, teacher, near, full, got, is_kept) -> dict:
    speaks_against = [*passed_over(wish, teacher, near, full, got), *against(wish, teacher)]
    speaks_for = reasons_for(wish, teacher, near)
    return {
        "wish": wish.key,
        "specialist": teacher.key,
        "metres": metres(wish, teacher),
        "for": ["accepted by you before", *speaks_for] if is_kept else speaks_for,
        "against": speaks_against,
    }


def passed_over(wish, teacher, near, full, got) -> list[str]:
    """What became of those who are nearer than the one that was chosen."""
    far = metres(wish, teacher)
    if far is None:
        return []
    passed = [other for other in near if nearer(wish, other, far) and other not in got]
    elsewhere = sum(other.key in full for other in passed)
    if not elsewhere:
        return []
    if len(passed) == 1:
        who = "the nearer one goes to another school"
    elif elsewhere == len(passed):
        who = f"the {elsewhere} nearer ones go to other schools"
    else:
        who = f"{elsewhere} of the {len(passed)} nearer ones {'goes' if elsewhere == 1 else 'go'} to other schools"
    return [f"{who}, so that as many as possible are placed and all together travel least"]


def unplaced_of(wish, got, teachers, near, asking) -> dict:
    """Why a wish stays open, counted, and the nearest single rule that would cure it."""
    others = [] if not is_open(wish) else kept_out(wish, teachers, asking).items()
    return {
        "wish": wish.key,
        "missing": wish.places - len(got),
        "why": why_open(wish, got, near),
        "others": [
            {"rule": rule, "count": len(group), "words": kept_out_words(rule, len(group))} for rule, group in others
        ],
        "relax": nearest_cure(wish, got, teachers, asking) if is_open(wish) else None,
    }


def why_open(wish, got, near) -> str:
    if wish.is_closed:
        return "The school is closed."
    taken = len(near) - len(got)
    teaches = f"teaches {wish.taught}" if wish.taught else "is possible"
    if not near:
        return f"No specialist teacher with room {teaches}."
    if not taken:
        return f"No further specialist teacher with room {teaches}."
    if taken == 1:
        return f"The {'other' if got else 'only'} one with room{who_teach(wish, 1)} goes to another school."
    all_of_them = "Both" if taken == 2 else f"All {taken}"
    return f"{all_of_them} {'others ' if got else ''}with room{who_teach(wish, taken)} go to other schools."


def nearest_cure(wish, got, teachers, asking) -> dict | None:
    """Of those whom one rule alone keeps out, the nearest, and which rule that is."""
    best = None
    for teacher in teachers:
        if teacher in got:
            continue
        rules = list(broken(wish, teacher, asking)) or [Rule.ROOM]  # possible, but their room went to other schools
        if not can_be_relaxed(rules, teacher):
            continue
        far = metres(wish, teacher)
        place = (far is None, far, teacher.ref, teacher.key)
        if best is None or place < best[0]:
            best = place, {"rule": rules[0], "specialist": teacher.key, "metres": far, "words": RELAXED[rules[0]]}
    return best and best[1]


def distance_of(wishes, teachers, pairs) -> dict:
    """The metres of all pairs whose distance is known, and of how many it is not."""
    found = [metres(wishes[wish], teachers[teacher]) for wish, teacher in pairs]
    return {"metres": sum(far for far in found if far is not None), "unknown": found.count(None)}
