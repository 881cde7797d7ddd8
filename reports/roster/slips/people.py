"""Somebody has left and nobody is in their place. The coordinator acts."""

from django.urls import reverse

from programmes.models import SpecialistTeacher
from reports.roster.facts import STARTED
from reports.roster.slips.slip import Act, day_words, for_days
from reports.roster.slips.standing import for_the_coordinator


def nobody_follows(facts):
    """A place is empty: the specialist teacher has withdrawn, or there is no partner teacher, or none any more."""
    for p in facts.under_way:
        if p.specialist.status == SpecialistTeacher.Status.WITHDRAWN:
            since = facts.withdrawn_on.get(p.specialist_id, facts.since(p))
            act = Act("Choose who follows", reverse("programmes:specialist_replace", args=[p.pk]))
            what = f"{p.specialist} has withdrawn"
            yield p, for_the_coordinator(facts, p, "place", what, for_days(facts.age(p, since), ""), since, act)
        left = [teacher.until for teacher in facts.partner_sides.get(p.pk, ()) if teacher.until]
        if not facts.partner_teachers[p.pk] and (left or p.status in STARTED):
            since = max(left, default=facts.began(p))
            act = Act("Name a partner teacher", reverse("programmes:partner_teacher_add", args=[p.pk]))
            more = for_days(facts.age(p, since), "") + visits_that_wait(facts, p)
            yield p, for_the_coordinator(facts, p, "place", "No partner teacher", more, since, act)


def visits_that_wait(facts, p):
    n = sum(visit.partnership_id == p.pk for visit in facts.waiting_for_a_successor)
    return f"; {n} visit{' still waits' if n == 1 else 's still wait'} for someone" if n else ""


def half_days_without_a_successor(facts):
    """A visit to come is booked for someone who has left, and whoever followed is not free."""
    for visit in facts.waiting_for_a_successor:
        p = facts.by_pk[visit.partnership_id]
        if p.pk in facts.pks_under_way and facts.partner_teachers[p.pk]:
            act = Act("Choose who comes", reverse("visits:change", args=[visit.pk]))
            what, more = f"Visit of {day_words(visit.on, facts)}", " is booked for someone who has left"
            yield p, for_the_coordinator(facts, p, "successor", what, more, facts.today, act, is_due=False)
