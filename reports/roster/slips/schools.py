"""A school of the partnership is no more. The coordinator moves what hangs on it to the school that took its place."""

from django.urls import reverse

from accounts.models import School
from reports.roster.slips.slip import Act, day_words, for_days
from reports.roster.slips.standing import for_the_coordinator


def closed_schools(facts):
    """Since the day that the register names; where it names none, as old as the partnership's status and not due."""
    for p in facts.under_way:
        for school in p.schools:
            if school.status != School.Status.CLOSED:
                continue
            since = school.closed_on or facts.since(p)
            day = f" on {day_words(school.closed_on, facts)}" if school.closed_on else ""
            more = for_days(facts.age(p, since)) if school.closed_on else ""
            act = Act(label_for(p, school), reverse("accounts:succeed", args=[school.urn]))
            what, is_due = f"{school} has closed{day}", school.closed_on is not None
            yield p, for_the_coordinator(facts, p, "school", what, more, since, act, is_due=is_due, about=school)


def label_for(p, school):
    """The row names the partner school, and a home school has to be named."""
    return "Move to its successor" if school == p.partner_school else f"Move {school} to its successor"
