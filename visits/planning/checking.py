"""Whether a proposal still holds: what stands against its visits by now, as raw values, and the words for it.

Nothing is searched for here.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from visits.planner import Blocker, Need, Problem, Rule, week_of, words_of_slot
from visits.planner.candidates import GONE, blockers
from visits.planner.words import Names, cause, half_days


class What(StrEnum):
    """What stands against a half-day besides the rules of the planner."""

    GONE = "not asked for"
    CANCELLED = "cancelled"
    CHOSEN = "chosen by hand"
    SETTLED = "settled"
    OUTSIDE = "outside its window"
    BOOKED = "booked by the plan"
    WEEK = "over a week"
    TERM = "over a term"
    CEILING = "over the ceiling"
    ORDER = "out of order"
    RACED = "taken a moment ago"


@dataclass(frozen=True)
class Against:
    """One thing that stands against a half-day: a rule or a What, whose it is, what is said of it, another half-day,
    and which other visits by their slugs."""

    what: str
    owner: int | None = None
    said: str = ""
    at: int | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """A visit of a plan, named as the plan names it, with the half-day it cannot have, and what stands against it."""

    slug: str
    partnership: int
    to: int
    against: Against

    @classmethod
    def of(cls, kept):
        """As it was kept."""
        against = Against(**kept["against"] | {"others": tuple(kept["against"]["others"])})
        return cls(kept["slug"], kept["partnership"], kept["to"], against)


def broken(problem: Problem, slugs: Mapping[int, str], slots: Mapping[int, int], changed) -> dict[int, list[Against]]:
    """Need -> what keeps it from its half-day, of those `changed`; `slots` is where every visit would be then."""
    needs = {need.key: need for need in problem.needs}
    found = defaultdict(list)
    for key in changed:
        need, slot = needs[key], slots[key]
        if slot not in need.window:
            found[key].append(Against(What.OUTSIDE))
        found[key] += [Against(each.rule, each.owner, each.words) for each in blockers(problem, need, slot)]
    counted = Counted(problem, slugs, [(needs[key], slot) for key, slot in slots.items()])
    for key in changed:
        found[key] += counted.against(needs[key], slots[key])
    return {key: list(dict.fromkeys(against)) for key, against in found.items() if against}


def as_it_stands(problem: Problem, slugs: Mapping[int, str], keys) -> dict[int, list[Against]]:
    """Need -> what keeps it from the half-day on which it stands, of these needs, which all have one."""
    slots = {need.key: need.stands for need in problem.needs if need.stands is not None}
    return broken(problem, slugs, slots, keys)


def is_gone(against) -> bool:
    """Its half-day is not there any more; all else somebody may have agreed to."""
    return any(one.what in GONE or one.what == What.BOOKED for one in against)


def is_beside_the_point(one: Against, asked) -> bool:
    """Two of one step may come in either order; one besides the timetable has no window."""
    if one.what == What.ORDER:
        return int(one.said) < 0 and len({slug.rpartition("-")[0] for slug in one.others}) == 1
    return one.what == What.OUTSIDE and asked.step is None


class Counted:
    """What all visits take together, and which limit one of them is over."""

    def __init__(self, problem, slugs, placed):
        self.problem, self.slugs = problem, slugs
        self.taken, self.weeks, self.terms = defaultdict(list), defaultdict(int), defaultdict(int)
        self.lost, self.out = defaultdict(int, problem.lost), defaultdict(int, problem.out_already)
        self.theirs = defaultdict(list)
        self.before = {key: up_to_each(needs) for key, needs in problem.of_partnership().items()}
        self.term = {slot: problem.term_of(slot) for slot in {slot for _, slot in placed}}
        for need, slot in placed:
            self.theirs[need.partnership].append((need, slot))
            for person in need.people:
                self.taken[person, slot].append(need)
            for person, school in need.out:
                self.weeks[person, week_of(slot)] += 1
                self.terms[person, self.term[slot]] += 1
                self.out[school, slot] += 1
            for each in need.classes:
                self.lost[each] += 1

    def against(self, need: Need, slot: int):
        problem = self.problem
        for person in need.people:
            # What stays where it is is in the way as a booking already.
            others = [other for other in self.taken[person, slot] if other.key != need.key and not other.is_locked]
            yield from (Against(What.BOOKED, person, others=(self.slugs[other.key],)) for other in others)
        term = self.term[slot]
        for person, school in need.out:
            most = problem.allowances.get(person)
            if most and most.a_week is not None and self.weeks[person, week_of(slot)] > most.a_week:
                yield Against(What.WEEK, person, str(most.a_week))
            if most and most.a_term is not None and term is not None and self.terms[person, term] > most.a_term:
                yield Against(What.TERM, person, str(most.a_term))
            if school in problem.cover and self.out[school, slot] > problem.cover[school]:
                yield Against(Rule.COVER, school)
        for each in need.classes:
            if each in problem.ceilings and self.lost[each] > problem.ceilings[each]:
                yield Against(What.CEILING, each, str(problem.ceilings[each]))
        yield from self.out_of_order(need, slot)

    def out_of_order(self, need, slot):
        before = self.before[need.partnership]
        for other, there in self.theirs[need.partnership]:
            if other.key == need.key:
                continue
            first, second, gap = need, other, there // 2 - slot // 2
            if other.order < need.order:
                first, second, gap = other, need, -gap
            (steps, least), (more_steps, more) = before[first.order], before[second.order]
            next_to_it = more_steps - steps == 1 and second.greatest_gap is not None
            if gap < more - least or (next_to_it and gap > second.greatest_gap):
                yield Against(What.ORDER, said=str(gap), others=(self.slugs[second.key], self.slugs[first.key]))


def up_to_each(needs) -> dict[int, tuple[int, int]]:
    """By order: how many of the visits of a partnership come up to it, and their least gaps together."""
    found, least = {}, 0
    for number, need in enumerate(needs, 1):
        least += need.least_gap
        found[need.order] = number, least
    return found


# Words ----------------------------------------------------------------------------------------------------------------


def in_words(refusal: Refusal, names: Names, visits: Mapping[str, str]) -> str:
    """What stands against it, as the end of a sentence; `visits` are the names of visits by slug."""
    against = refusal.against
    person, others = names.people.get(against.owner, ""), [visits.get(slug, "a visit") for slug in against.others]
    match against.what:
        case What.CANCELLED:
            return "it was cancelled after the plan was made"
        case What.CHOSEN if against.at == refusal.to:
            return "it was planned for this half-day after the plan was made"
        case What.CHOSEN:
            return f"somebody has chosen {words_of_slot(against.at)} after the plan was made"
        case What.SETTLED:
            return "it is locked, recorded or too near now"
        case What.OUTSIDE:
            return "this is outside its window"
        case What.BOOKED:
            return f"{person} is booked ({others[0]})"
        case What.WEEK:
            return f"{person} would be out more than {half_days(against.said)} in that week"
        case What.TERM:
            return f"{person} would be out more than {half_days(against.said)} in that term"
        case What.CEILING:
            return f"the class of {person} would lose more than {half_days(against.said)}"
        case What.ORDER:
            days = f"{against.said} days after" if int(against.said) >= 0 else "before"
            return f"{others[0]} would come {days} {others[1]}"
    return cause(Blocker(Rule(against.what), against.owner, against.said), names)
