"""Group by group: the best half-day for every visit, or the reason why there is none."""

import math
import os
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from visits.planner.candidates import candidates
from visits.planner.model import Model
from visits.planner.values import Need, Outcome, Problem, Result
from visits.planner.why import reasons

TIME = 8.0  # of the solver's own clock, which counts work and not seconds: the same input gives the same plan
MISSING = 1_000_000  # a visit without a half-day costs more than everything that could be wished for
STANDING = 10  # times as much for one that has a half-day: it is not taken from it to give it to a few others


def solve(problem: Problem, time=TIME, told: Callable[[Result], bool | None] = lambda result: None) -> list[Result]:
    """One result for each group, in the order of their first visits.

    `told` hears of each result as it comes; where it answers False no further group is planned.
    """
    stopped, results = threading.Event(), []

    def plan(group):
        return None if stopped.is_set() else solve_group(problem, group, time)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for result in pool.map(plan, groups(problem)):
            results.append(result)
            if told(result) is False:
                stopped.set()
                break
    return results


def groups(problem: Problem) -> list[list[Need]]:
    """The visits that hang together: by a person, by a class, or by a school that could run out of cover."""
    parent = {need.key: need.key for need in problem.needs}

    def root(key):
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    tight = schools_that_could_run_out(problem)
    first = {}
    for need in problem.needs:
        links = [("partnership", need.partnership), *(("person", person) for person in need.people)]
        links += [("class", each) for each in need.classes if each in problem.ceilings]
        links += [("school", school) for _, school in need.out if school in tight]
        for link in links:
            a, b = root(first.setdefault(link, need.key)), root(need.key)
            parent[max(a, b)] = min(a, b)
    together = defaultdict(list)
    for need in sorted(problem.needs, key=lambda need: need.key):
        together[root(need.key)].append(need)
    return [together[key] for key in sorted(together)]


def schools_that_could_run_out(problem: Problem) -> set[int]:
    """Those with more people in the plan than can be covered at once."""
    people = defaultdict(set)
    for need in problem.needs:
        for person, school in need.out:
            people[school].add(person)
    already = defaultdict(int)
    for (school, _), number in problem.out_already.items():
        already[school] = max(already[school], number)
    return {
        school
        for school, those in people.items()
        if school in problem.cover and len(those) + already[school] > problem.cover[school]
    }


def solve_group(problem: Problem, needs: list[Need], time=TIME) -> Result:
    domains = {need.key: candidates(problem, need) for need in needs}
    model = Model(problem, needs, domains)
    # Of two that cannot both have one, and cost the same, the earlier visit has its half-day.
    last = {need.key: len(needs) - place for place, need in enumerate(needs)}
    scale = sum(last.values()) + 1
    rank = sum(last[key] * literal for key, literal in model.missing.items())
    prices = {need.key: MISSING * (1 if need.stands is None else STANDING) for need in needs}
    without = sum(prices[key] * literal for key, literal in model.missing.items())
    model.cp.minimize(scale * (without + model.cost()) + rank)
    for need in needs:
        if need.stands is not None:
            for slot, literal in model.at[need.key].items():
                model.cp.add_hint(literal, slot == need.stands)
    solver, is_proven = model.solved(time)
    if solver is None:
        raise NoPlan(f"no plan for a group of {len(needs)} visits")
    slots = model.slots(solver)
    missing = tuple(need.key for need in needs if need.key not in slots)
    cost, bound = (
        math.floor(value / scale) - sum(prices[key] for key in missing)
        for value in (round(solver.objective_value), solver.best_objective_bound)
    )
    return Result(
        needs=tuple(need.key for need in needs),
        outcome=Outcome.FOUND if not is_proven else Outcome.IMPOSSIBLE if missing else Outcome.PROVEN,
        slots=slots,
        missing=missing,
        cost=cost,
        bound=cost if is_proven else min(cost, bound),
        reasons=tuple(reasons(problem, needs, slots, missing, time)),
    )


class NoPlan(Exception):
    """The solver gave no answer in its time, though leaving every visit out is one."""
