"""Which half-days a visit could have by itself, and which rule keeps each of the others from it."""

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


def candidates(problem: Problem, need: Need) -> list[int]:
    """The half-days of the window on which nothing keeps it from taking place; for a locked one where it stands."""
    if need.is_locked:
        return [need.stands]
    return [slot for slot in school_week(need.window) if not blockers(problem, need, slot)]
