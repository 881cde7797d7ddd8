"""Whether a proposal still holds: every rule that its visits would break, in words. Nothing is searched for here."""

from collections import defaultdict
from collections.abc import Mapping

from visits.planner import Need, Problem, day_of, week_of, words_of_slot
from visits.planner.candidates import blockers
from visits.planner.words import Names, cause, half_days


def broken(problem: Problem, names: Names, slots: Mapping[int, int], changed) -> dict[int, list[str]]:
    """Need -> what keeps it from its half-day, of those `changed`; `slots` is where every visit would be then."""
    needs = {need.key: need for need in problem.needs}
    found = defaultdict(list)
    for key in changed:
        need, slot = needs[key], slots[key]
        if slot not in need.window:
            found[key].append("this is outside its window")
        found[key] += [cause(blocker, names) for blocker in blockers(problem, need, slot)]
    counted = Counted(problem, names, [(needs[key], slot) for key, slot in slots.items()])
    for key in changed:
        found[key] += counted.against(needs[key], slots[key])
    return {key: list(dict.fromkeys(sentences)) for key, sentences in found.items() if sentences}


class Counted:
    """What all visits take together, and which limit one of them is over."""

    def __init__(self, problem, names, placed):
        self.problem, self.names = problem, names
        self.taken, self.weeks, self.terms = defaultdict(list), defaultdict(int), defaultdict(int)
        self.lost, self.out = defaultdict(int, problem.lost), defaultdict(int, problem.out_already)
        self.theirs = defaultdict(list)
        for need, slot in placed:
            self.theirs[need.partnership].append((need, slot))
            for person in need.people:
                self.taken[person, slot].append(need)
            for person, school in need.out:
                self.weeks[person, week_of(slot)] += 1
                self.terms[person, problem.term_of(slot)] += 1
                self.out[school, slot] += 1
            for each in need.classes:
                self.lost[each] += 1

    def against(self, need: Need, slot: int):
        problem, people, schools = self.problem, self.names.people, self.names.schools
        for person in need.people:
            # What stays where it is is in the way as a booking already.
            others = [other for other in self.taken[person, slot] if other.key != need.key and not other.is_locked]
            yield from (f"{people[person]} is booked ({self.names.visits[other.key]})" for other in others)
        for person, school in need.out:
            most = problem.allowances.get(person)
            if most and most.a_week is not None and self.weeks[person, week_of(slot)] > most.a_week:
                yield f"{people[person]} would be out more than {half_days(most.a_week)} in that week"
            term = problem.term_of(slot)
            if most and most.a_term is not None and term is not None and self.terms[person, term] > most.a_term:
                yield f"{people[person]} would be out more than {half_days(most.a_term)} in that term"
            if school in problem.cover and self.out[school, slot] > problem.cover[school]:
                yield f"{schools[school]} has nobody left to cover"
        for each in need.classes:
            if each in problem.ceilings and self.lost[each] > problem.ceilings[each]:
                yield f"the class of {people[each]} would lose more than {half_days(problem.ceilings[each])}"
        yield from self.out_of_order(need, slot)

    def out_of_order(self, need, slot):
        order = self.problem.of_partnership()[need.partnership]
        for other, there in self.theirs[need.partnership]:
            if other.key == need.key:
                continue
            (first, a), (second, b) = sorted([(need, slot), (other, there)], key=lambda pair: pair[0].order)
            gap = (day_of(b) - day_of(a)).days
            between = [one for one in order if first.order < one.order <= second.order]
            next_to_it = len(between) == 1 and second.greatest_gap is not None
            if gap < sum(one.least_gap for one in between) or (next_to_it and gap > second.greatest_gap):
                yield (
                    f"{self.names.visits[second.key]} would come {gap} days after {self.names.visits[first.key]}"
                    if gap >= 0
                    else f"{self.names.visits[second.key]} would come before {self.names.visits[first.key]}"
                )


def sentence(names, key, slot, why) -> str:
    return f"{names.visits[key]}, {words_of_slot(slot)}: {why}."
