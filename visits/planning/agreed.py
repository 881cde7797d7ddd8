"""Which rules the visits to come stand against, each in words: somebody put them there, or the rule came later.

A half-day that is gone is another matter: a visit whose half-day was taken must move.
"""

from visits.planner import Blocker, Rule
from visits.planner.candidates import GONE
from visits.planner.words import cause, half_days
from visits.planning.checking import Against, What, as_it_stands, is_beside_the_point
from visits.planning.reading import Read
from visits.planning.what_took import may_have_lost, what_took

NO_MATTER = GONE | {Rule.PAST, Rule.SOON, What.BOOKED}


def how_they_stand(plan: Read, today, partnerships=None) -> tuple[dict[int, str], dict[int, str]]:
    """Visit -> what took its half-day; and visit -> the rule that others stand against. Of these partnerships, or all.

    Of a visit that a plan leaves where it is, or whose people are to follow others, it does not know what took it.
    """
    took, ruled, others = {}, {}, []
    for need, asked, against in against_of(plan, today, partnerships):
        if need.is_locked or len(need.people) != len(asked.booked):
            others.append(asked.visit)
        elif gone := [one for one in against if one.what in GONE]:
            took[asked.visit.pk] = in_words(plan, asked, gone[0])
        if rules := [one for one in against if one.what not in NO_MATTER]:
            ruled[asked.visit.pk] = in_words(plan, asked, rules[0])
    return took | what_took(others, today), ruled


def against_of(plan: Read, today, partnerships=None):
    """(need, asked, what stands against it) of each visit to come that has a half-day."""
    to_come = []
    for need in plan.problem.needs:
        asked = plan.asked[need.key]
        is_meant = partnerships is None or asked.partnership.pk in partnerships
        if need.stands is not None and is_meant and may_have_lost(asked.visit, today):
            to_come.append((need, asked))
    slugs = {key: asked.slug for key, asked in plan.asked.items()}
    found = as_it_stands(plan.problem, slugs, [need.key for need, _ in to_come])
    for need, asked in to_come:
        against = [one for one in found.get(need.key, ()) if not is_beside_the_point(one, asked)]
        yield need, asked, against


def in_words(plan: Read, asked, against: Against) -> str:
    """Said of what is, where `checking.in_words` says what would be."""
    person = plan.names.people.get(against.owner, "")
    match against.what:
        case What.OUTSIDE:
            return f"it is outside the window of {asked.step.name}"
        case What.WEEK:
            return f"{person} is out more than {half_days(against.said)} in that week"
        case What.TERM:
            return f"{person} is out more than {half_days(against.said)} in that term"
        case What.CEILING:
            return f"the class of {person} loses more than {half_days(against.said)}"
        case What.ORDER:
            titles = {one.slug: one.title for one in plan.asked.values() if one.partnership == asked.partnership}
            later, earlier = (titles[slug] for slug in against.others)
            days = int(against.said)
            return f"{later} comes {f'{days} days after' if days >= 0 else 'before'} {earlier}"
    return cause(Blocker(Rule(against.what), against.owner, against.said), plan.names)
