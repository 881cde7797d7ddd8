"""Which half-days a visit could have by itself, and which rule keeps each of the others from it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from visits.planner.values import Blocker, Need, Problem, Rule, day_of, half_day_of_week

SATURDAY = 10
NEVER = frozenset({Rule.PAST, Rule.SOON, Rule.HOLIDAY, Rule.INSET, Rule.PPA})  # nobody gives way here

# What takes a planned half-day away. A release pattern does not: whoever is out on another day has agreed to it.
GONE = frozenset({Rule.HOLIDAY, Rule.INSET, Rule.CLOSED, Rule.NO_GO, Rule.AWAY, Rule.BUSY})


def blockers(problem: Problem, need: Need, slot: int) -> list[Blocker]:
    """Every rule that keeps this half-day from being used for the visit, its own window apart; in a fixed order."""
    found = [] if slot >= problem.earliest else [Blocker(gone(problem, slot), need.host)]
    found += [closed[slot] for school in need.schools if slot in (closed := problem.closed.get(school, {}))]
    if problem.closed_to:
        owners = [(school, need.year_group) for school in need.schools]
        found += [closed[slot] for owner in owners if slot in (closed := problem.closed_to.get(owner, {}))]
    at = half_day_of_week(slot)
    for person in need.people:
        if slot in (busy := problem.busy.get(person, {})):
            found.append(busy[slot])
        if at in problem.ppa.get(person, ()):
            found.append(Blocker(Rule.PPA, person))
        elif at not in problem.released.get(person, range(SATURDAY)):
            found.append(Blocker(Rule.NOT_RELEASED, person))
    for person in need.with_class:
        if at not in problem.teaches.get((person, need.partnership), range(SATURDAY)):
            found.append(Blocker(Rule.CLASS, person))
    for school in dict.fromkeys(school for _, school in need.out):
        if (cover := problem.cover.get(school)) is not None:
            out = sum(1 for _, at_school in need.out if at_school == school)
            if problem.out_already.get((school, slot), 0) + out > cover:
                found.append(Blocker(Rule.COVER, school))
    return list(dict.fromkeys(found))


def gone(problem, slot) -> Rule:
    return Rule.PAST if day_of(slot) <= problem.today else Rule.SOON


def school_week(slots) -> list[int]:
    """Those from Monday to Friday."""
    return [slot for slot in slots if half_day_of_week(slot) < SATURDAY]


def with_locked(problem: Problem) -> Problem:
    """The same for a look at one half-day: what locked visits take of a school's cover counts as taken."""
    out = Counter(problem.out_already)
    for need in problem.needs:
        if need.is_locked:
            out.update((school, need.stands) for _, school in need.out)
    return replace(problem, out_already=out)


def candidates(problem: Problem, need: Need) -> list[int]:
    """The half-days of the window on which nothing keeps it from taking place; for a locked one where it stands."""
    if need.is_locked:
        return [need.stands]
    return [slot for slot in school_week(need.window) if not blockers(problem, need, slot)]


def counted(problem: Problem, need: Need) -> Mapping[Blocker, int]:
    """How many half-days of the window each rule rules out, each half-day counted once, by the first of its rules.

    The first is the one that gives way least, since it would still stand were the others gone.
    """
    counts, problem = {}, with_locked(problem)
    for slot in school_week(need.window):
        if found := blockers(problem, need, slot):
            first = min(found, key=lambda blocker: (blocker.rule not in NEVER, found.index(blocker)))
            counts[first] = counts.get(first, 0) + 1
    return counts
