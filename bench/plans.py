"""Plans checked, and made, by code that knows nothing of the planner's model: rule by rule, half-day by half-day."""

import datetime as dt
import itertools
import random
from collections import Counter

from visits.planner import Allowance, Blocker, Need, Problem, Rule, slot_of

MONDAY = dt.date(2026, 9, 7)


def on(slot):
    return dt.date.fromordinal(slot // 2)


def broken_rules(problem, slots) -> list[str]:
    """Every hard rule that a plan breaks, in words; `slots` is the half-day of each visit that has one."""
    needs = {need.key: need for need in problem.needs}
    placed = [(needs[key], slot) for key, slot in slots.items()]
    found = []
    for need, slot in placed:
        if need.is_locked:
            if slot != need.stands:
                found.append(f"{need.key} is locked and was moved")
            continue
        found += [f"{need.key}: {broken}" for broken in broken_alone(problem, need, slot)]
    taken = Tally()
    for need, slot in placed:
        for person in need.people:
            taken.count((person, slot), need)
    found += [f"person {person} is {n} times on {on(slot)}" for (person, slot), n in taken.over(lambda key: 1)]
    found += broken_order(placed, problem.needs) + broken_allowances(problem, placed) + broken_numbers(problem, placed)
    return found


def broken_alone(problem, need, slot):
    day = on(slot)
    weekday = day.weekday() * 2 + slot % 2
    if not need.first <= day <= need.last:
        yield "outside its window"
    if day.weekday() > 4:
        yield "at a weekend"
    if slot < problem.earliest:
        yield "too soon"
    for school in need.schools:
        if slot in problem.closed.get(school, {}):
            yield f"school {school} is closed"
        if slot in problem.closed_to.get((school, need.year_group), {}):
            yield f"school {school} is closed to year {need.year_group}"
    for person in need.people:
        if slot in problem.busy.get(person, {}):
            yield f"person {person} is busy"
        if weekday in problem.ppa.get(person, set()):
            yield f"person {person} has PPA"
        if person in problem.released and weekday not in problem.released[person]:
            yield f"person {person} is not released"
    for person in need.with_class:
        key = person, need.partnership
        if key in problem.teaches and weekday not in problem.teaches[key]:
            yield f"person {person} has another class"


def broken_order(placed, order=()):
    """`order` are all visits of the timetable: one without a half-day keeps its place between the others."""
    found, theirs = [], {}
    for need, slot in placed:
        theirs.setdefault(need.partnership, []).append((need, slot))
    everything = {}
    for need in order or [need for need, _ in placed]:
        everything.setdefault(need.partnership, []).append(need)
    for partnership, visits in theirs.items():
        for (one, here), (other, there) in itertools.permutations(visits, 2):
            if one.order >= other.order or (one.is_locked and other.is_locked):
                continue
            gap = (on(there) - on(here)).days
            between = [need for need in everything[partnership] if one.order < need.order <= other.order]
            if gap < sum(need.least_gap for need in between):
                found.append(f"{other.key} comes {gap} days after {one.key}")
            if len(between) == 1 and other.greatest_gap is not None and gap > other.greatest_gap:
                found.append(f"{other.key} comes as late as {gap} days after {one.key}")
    return found


class Tally:
    """How often something is used, and how often by what is locked, which no rule undoes."""

    def __init__(self, already=()):
        self.all, self.locked = Counter(already), Counter(already)

    def count(self, key, need):
        self.all[key] += 1
        self.locked[key] += need.is_locked

    def over(self, most):
        for key, number in self.all.items():
            limit = most(key)
            if limit is not None and number > max(limit, self.locked[key]):
                yield key, number


def broken_allowances(problem, placed):
    weeks, terms = Tally(), Tally()
    for need, slot in placed:
        for person, _ in need.out:
            weeks.count((person, week(slot)), need)
            for number, (first, last) in enumerate(problem.terms):
                if first <= on(slot) <= last:
                    terms.count((person, number), need)
    allowances = problem.allowances
    found = [*weeks.over(lambda key: allowances.get(key[0], Allowance()).a_week)]
    found += terms.over(lambda key: allowances.get(key[0], Allowance()).a_term)
    return [f"person {person} is out {number} times in {when}" for (person, when), number in found]


def broken_numbers(problem, placed):
    lost, out = Tally(problem.lost), Tally(problem.out_already)
    for need, slot in placed:
        for each in need.classes:
            lost.count(each, need)
        for _, school in need.out:
            out.count((school, slot), need)
    found = [f"class {each} loses {number}" for each, number in lost.over(problem.ceilings.get)]
    over = out.over(lambda key: problem.cover.get(key[0]))
    return found + [f"school {school} has {number} out on {on(slot)}" for (school, slot), number in over]


def cost_of(problem, slots) -> int:
    """What a plan costs by the weights, added up visit by visit."""
    needs = {need.key: need for need in problem.needs}
    weights, total, weekdays, days = problem.weights, 0, set(), {}
    for key, slot in slots.items():
        need, day = needs[key], on(slot)
        for person in need.people:
            if person in problem.preferred and day.weekday() * 2 + slot % 2 not in problem.preferred[person]:
                total += weights.preferred
        middle = need.first.toordinal() + (need.last.toordinal() - need.first.toordinal()) // 2
        total += weights.spread * abs(day.toordinal() - middle)
        if (day.toordinal() - 1) // 7 in problem.edge_weeks:
            total += weights.edges
        if need.stands not in (None, slot):
            total += weights.changes
        weekdays.add((need.partnership, day.weekday()))
        days[key] = day
    total += weights.weekday * len(weekdays)
    on_one_day = {}
    for key, day in days.items():
        for person in needs[key].people:
            on_one_day.setdefault((person, day), []).append(key)
    met = {pair for keys in on_one_day.values() for pair in itertools.combinations(sorted(keys), 2)}
    for one, other in ((needs[a], needs[b]) for a, b in met):
        travels = all(any(school != need.host for _, school in need.out) for need in (one, other))
        close = one.host == other.host or frozenset((one.host, other.host)) in problem.near
        if travels and close and one.partnership != other.partnership:
            total -= weights.together
    return total


def county(number, seed=1, visits=9, release=4) -> Problem:
    """A generated programme: 15 % of the schools' half-days and 60 % of the teachers' are not possible."""
    rng = random.Random(seed)
    needs, closed, released, ppa, visited, home, left = [], {}, {}, {}, {}, 0, 0
    for partnership in range(number):
        if not left:
            left, home = rng.choice([1, 1, 2, 2, 3, 4]), home + 1
        left -= 1
        specialist, partner = 100_000 + home, 200_000 + partnership
        schools = 10_000 + home, partnership
        # The coordinator has seen to it that both are released on at least one half-day of the week.
        for person in (specialist, partner):
            if person not in released:
                shared = rng.sample(sorted(released.get(specialist, range(10))), 2 if person == partner else 1)
                rest = rng.sample([at for at in range(10) if at not in shared], release - len(shared))
                released[person] = frozenset([*shared, *rest])
                ppa[person] = frozenset([rng.choice([at for at in range(10) if at not in released[person]])])
        for school in schools:
            if school not in closed:
                days = (MONDAY + dt.timedelta(days=n) for n in range(320))
                halves = (slot_of(day, half) for day in days for half in (0, 1))
                closed[school] = {at: Blocker(Rule.NO_GO, school, "no-go") for at in halves if rng.random() < 0.15}
        for order in range(visits):
            first = MONDAY + dt.timedelta(weeks=4 * order + rng.choice([0, 0, 1]))
            host = schools[0] if order == 4 else schools[1]
            needs.append(
                Need(
                    key=len(needs),
                    partnership=partnership,
                    order=order,
                    first=first,
                    last=first + dt.timedelta(days=rng.choice([18, 25])),
                    people=(specialist, partner),
                    schools=schools,
                    host=host,
                    out=((specialist, schools[0]), (partner, schools[1])),
                    classes=(partnership,),
                    least_gap=7,
                    greatest_gap=60,
                )
            )
        visited.setdefault(specialist, []).append(partnership)
    terms = ((MONDAY, dt.date(2026, 12, 18)), (dt.date(2027, 1, 4), dt.date(2027, 3, 26)))
    terms = (*terms, (dt.date(2027, 4, 12), dt.date(2027, 7, 22)))
    return Problem(
        needs=tuple(needs),
        closed=closed,
        released=released,
        ppa=ppa,
        allowances={person: Allowance(a_week=2, a_term=14) for person in released},
        terms=terms,
        edge_weeks=frozenset((day.toordinal() - 1) // 7 for term in terms for day in term),
        preferred={
            person: frozenset(rng.sample(sorted(at), 2)) for person, at in released.items() if rng.random() < 0.5
        },
        near=frozenset(pair for theirs in visited.values() for pair in pairs(theirs) if rng.random() < 0.4),
        ceilings=dict.fromkeys(range(number), 12),
        cover=dict.fromkeys(closed, 3),
    )


def pairs(schools):
    return map(frozenset, itertools.combinations(schools, 2))


def first_fit(problem) -> dict[int, int]:
    """What a patient person does by hand: visit by visit the first half-day that breaks no rule."""
    slots, by_hand = {}, ByHand(problem)
    for need in sorted(problem.needs, key=lambda need: (need.order, need.partnership)):
        fits = (slot for slot in need.window if by_hand.takes(need, slot))
        if (slot := next(fits, None)) is not None:
            slots[need.key] = slot
            by_hand.put(need, slot)
    return slots


class ByHand:
    """The plan as it grows, with what is counted in it."""

    def __init__(self, problem):
        self.problem = problem
        self.taken, self.out, self.lost = set(), Counter(problem.out_already), Counter(problem.lost)
        self.weeks, self.terms, self.placed = Counter(), Counter(), {}

    def takes(self, need, slot):
        if any(broken_alone(self.problem, need, slot)) or any((person, slot) in self.taken for person in need.people):
            return False
        allowances = self.problem.allowances
        for person, school in need.out:
            most = allowances.get(person, Allowance())
            if most.a_week is not None and self.weeks[person, week(slot)] >= most.a_week:
                return False
            if most.a_term is not None and self.terms[person, self.term(slot)] >= most.a_term:
                return False
            if self.out[school, slot] >= self.problem.cover.get(school, 1_000):
                return False
        if any(self.lost[each] >= self.problem.ceilings.get(each, 1_000) for each in need.classes):
            return False
        theirs = [*self.placed.get(need.partnership, ()), (need, slot)]
        return not broken_order(theirs)

    def put(self, need, slot):
        self.taken |= {(person, slot) for person in need.people}
        for person, school in need.out:
            self.weeks[person, week(slot)] += 1
            self.terms[person, self.term(slot)] += 1
            self.out[school, slot] += 1
        self.lost.update(need.classes)
        self.placed.setdefault(need.partnership, []).append((need, slot))

    def term(self, slot):
        return next((n for n, (first, last) in enumerate(self.problem.terms) if first <= on(slot) <= last), None)


def week(slot):
    return on(slot).isocalendar()[:2]
