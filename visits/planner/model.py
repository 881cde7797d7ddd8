"""The model of one group for CP-SAT: a truth value for every half-day that a visit could have, and the rules.

The same rules serve two questions. Asked for a plan, every rule holds. Asked why a visit has no half-day, a rule that
may give way gets a truth value for giving way, and as few as possible do.
"""

from collections import defaultdict
from itertools import combinations

from visits.planner.values import AFTERNOON, MORNING, Need, Problem, Relaxation, Rule, day_of, half_day_of_week, week_of

SEED = 1
FEW = 400  # pairs of half-days that are forbidden one by one; for more a sum over the days is cheaper


def ortools():
    from ortools.sat.python import cp_model

    return cp_model


class Model:
    """`domains` are the half-days of each visit. `give` says what may give way: a function of a Relaxation, or None."""

    def __init__(self, problem: Problem, needs: list[Need], domains, give=None):
        self.problem, self.needs, self.domains, self.give = problem, needs, domains, give
        self.cp = ortools().CpModel()
        self.at = {
            need.key: {slot: self.cp.new_bool_var(f"{need.key}@{slot}") for slot in domains[need.key]} for need in needs
        }
        self.missing = {need.key: self.cp.new_bool_var(f"{need.key} missing") for need in needs}
        for need in needs:
            self.cp.add_exactly_one(*self.at[need.key].values(), self.missing[need.key])
            if need.is_locked:
                self.cp.add(self.missing[need.key] == 0)
        self.one_thing_at_a_time()
        self.in_order()
        self.allowances()
        self.ceilings()
        self.cover()

    def gives_way(self, rule, owner, what, slot=None) -> list:
        """The literals that let a rule give way: none where it has to hold."""
        literal = self.give and self.give(self.cp, Relaxation(rule, owner, what, slot))
        return [] if literal is None else [literal]

    def at_most(self, uses, limit, way):
        """No more than `limit` of these uses, unless the rule gives way. What is locked is taken as it stands.

        `uses` are pairs of a visit and its literal. Nothing is written where the bound is out of reach.
        """
        limit = max(limit, sum(1 for need, _ in uses if need.is_locked))
        literals = [literal for _, literal in uses]
        if len(literals) > limit:
            excess = len(literals) - limit
            self.cp.add(sum(literals) <= limit + sum(excess * literal for literal in way))

    def one_thing_at_a_time(self):
        """One visit per person and half-day; it never gives way."""
        taken = defaultdict(list)
        for need in self.needs:
            for slot, literal in self.at[need.key].items():
                for person in need.people:
                    taken[person, slot].append((need, literal))
        for uses in taken.values():
            self.at_most(uses, 1, [])

    def in_order(self):
        """The visits of a partnership in the order of its timetable, none too soon or too late after the one before."""
        theirs = defaultdict(list)
        for need in self.needs:
            theirs[need.partnership].append(need)
        for needs in theirs.values():
            needs.sort(key=lambda need: (need.order, need.key))
            for (i, earlier), (j, later) in combinations(enumerate(needs), 2):
                least = sum(need.least_gap for need in needs[i + 1 : j + 1])
                greatest = later.greatest_gap if j == i + 1 else None
                self.apart(earlier, later, least, greatest)

    def apart(self, earlier, later, least, greatest):
        first, second = self.at[earlier.key], self.at[later.key]
        if not first or not second or (earlier.is_locked and later.is_locked):
            return
        gaps = (min(second) // 2 - max(first) // 2, max(second) // 2 - min(first) // 2)
        if gaps[0] >= least and (greatest is None or gaps[1] <= greatest):
            return
        way = self.gives_way(Rule.GAP, later.key, f"{least} to {greatest}" if greatest else f"{least}")
        if len(first) * len(second) <= FEW:
            for a, x in first.items():
                for b, y in second.items():
                    gap = b // 2 - a // 2
                    if gap < least or (greatest is not None and gap > greatest):
                        self.cp.add_bool_or(~x, ~y, *way)
            return
        days = [sum(slot // 2 * literal for slot, literal in at.items()) for at in (first, second)]
        both = [~self.missing[earlier.key], ~self.missing[later.key], *(~literal for literal in way)]
        self.cp.add(days[1] - days[0] >= least).only_enforce_if(both)
        if greatest is not None:
            self.cp.add(days[1] - days[0] <= greatest).only_enforce_if(both)

    def allowances(self):
        weeks, terms = defaultdict(list), defaultdict(list)
        for need in self.needs:
            people = [person for person, _ in need.out if person in self.problem.allowances]
            for slot, literal in self.at[need.key].items() if people else ():
                for person in people:
                    weeks[person, week_of(slot)].append((need, literal))
                    if (term := self.problem.term_of(slot)) is not None:
                        terms[person, term].append((need, literal))
        for (person, week), uses in weeks.items():
            if (limit := self.problem.allowances[person].a_week) is not None:
                self.at_most(uses, limit, self.gives_way(Rule.WEEK, person, str(limit), 14 * week + 2))
        for (person, term), uses in terms.items():
            if (limit := self.problem.allowances[person].a_term) is not None:
                self.at_most(
                    uses,
                    limit,
                    self.gives_way(Rule.TERM, person, str(limit), self.problem.terms[term][0].toordinal() * 2),
                )

    def ceilings(self):
        lost = defaultdict(list)
        for need in self.needs:
            for each in need.classes:
                if each in self.problem.ceilings:
                    lost[each] += [(need, literal) for literal in self.at[need.key].values()]
        for each, uses in lost.items():
            left = max(0, self.problem.ceilings[each] - self.problem.lost.get(each, 0))
            self.at_most(uses, left, self.gives_way(Rule.CEILING, each, str(self.problem.ceilings[each])))

    def cover(self):
        out = defaultdict(list)
        for need in self.needs:
            for _, school in need.out:
                if school in self.problem.cover:
                    for slot, literal in self.at[need.key].items():
                        out[school, slot].append((need, literal))
        for (school, slot), uses in out.items():
            left = max(0, self.problem.cover[school] - self.problem.out_already.get((school, slot), 0))
            self.at_most(uses, left, self.gives_way(Rule.COVER, school, str(self.problem.cover[school]), slot))

    def solved(self, time):
        """The solver with the best plan that it found, and whether it is proven; None where it found none."""
        solver = ortools().CpSolver()
        solver.parameters.random_seed = SEED
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2  # proves the wish for two schools on one day twenty times sooner
        solver.parameters.max_deterministic_time = time
        status = solver.solve(self.cp)
        if status not in (ortools().OPTIMAL, ortools().FEASIBLE):
            return None, False
        return solver, status == ortools().OPTIMAL

    def slots(self, solver) -> dict[int, int]:
        """The half-day of each visit that has one."""
        return {key: slot for key, at in self.at.items() for slot, x in at.items() if solver.boolean_value(x)}

    # What is better -----------------------------------------------------------------------------------------------

    def cost(self):
        """What a plan costs, visits without a half-day apart."""
        return (
            sum(
                slot_cost(self.problem, need, slot) * literal
                for need in self.needs
                for slot, literal in self.at[need.key].items()
            )
            + self.weekdays()
            - self.together()
        )

    def weekdays(self):
        """A partnership that keeps to one day of the week costs least."""
        weight, total = self.problem.weights.weekday, 0
        if not weight:
            return 0
        days = defaultdict(list)
        for need in self.needs:
            for slot, literal in self.at[need.key].items():
                days[need.partnership, half_day_of_week(slot) // 2].append(literal)
        for key, literals in sorted(days.items()):
            used = self.cp.new_bool_var(f"weekday {key}")
            for literal in literals:
                self.cp.add_implication(literal, used)
            total += weight * used
        return total

    def together(self):
        """Two schools near each other, visited by one person on one day: morning here, afternoon there."""
        weight, total = self.problem.weights.together, 0
        for a, b, day in pairs_on_one_day(self.problem, self.needs, self.domains) if weight else ():
            both = self.cp.new_bool_var(f"{a.key} and {b.key} on {day}")
            for need in (a, b):
                there = [self.at[need.key][slot] for slot in slots_of(day) if slot in self.at[need.key]]
                self.cp.add(both <= sum(there))
            total += weight * both
        return total


def slots_of(day: int):
    return (2 * day + MORNING, 2 * day + AFTERNOON)


def pairs_on_one_day(problem, needs, domains):
    """Two visits of different partnerships that share a person who travels, and each day that both could have."""
    by_host = [need for need in needs if any(school != need.host for _, school in need.out)]
    for a, b in combinations(by_host, 2):
        if a.partnership == b.partnership or not set(a.people) & set(b.people):
            continue
        if a.host != b.host and frozenset((a.host, b.host)) not in problem.near:
            continue
        for day in sorted({slot // 2 for slot in domains[a.key]} & {slot // 2 for slot in domains[b.key]}):
            yield a, b, day


def slot_cost(problem: Problem, need: Need, slot: int) -> int:
    """What this half-day costs by itself: 0 is the best there is."""
    weights = problem.weights
    at = half_day_of_week(slot)
    cost = weights.preferred * sum(1 for person in need.people if at not in problem.preferred.get(person, range(10)))
    cost += weights.spread * (abs(day_of(slot).toordinal() - need.middle // 2))
    if week_of(slot) in problem.edge_weeks:
        cost += weights.edges
    if need.stands is not None and slot != need.stands:
        cost += weights.changes
    return cost
