"""Visits on Today: the half-days that a teacher has not confirmed, and the times that others propose to them."""

from django.urls import reverse

from papers.templatetags.plain import longday
from reports.dashboards.rows import mine
from visits.models import ProposedTime, Visit
from visits.planning.what_took import what_took

MOST, SOME = 10, 200
SCHOOLS = ["partnership__programme", "partnership__partner_school", "partnership__specialist__home_school"]


def took_of(user, acting, today):
    """Of the person's own visits to come those whose half-day is gone, each with why."""
    rows = mine(Visit, user, acting, "visits.plan").open_to_change().filter(on__gt=today)
    rows = rows.select_related("host", *SCHOOLS).order_by("on", "half", "pk")
    visits = {visit.pk: visit for visit in rows[:SOME]}
    return {visits[pk]: why for pk, why in what_took(visits.values(), today).items()}


def change_items(user, acting, today, took):
    """A line for each proposed time to answer, for each visit that must move, and one for all half-days to confirm."""
    rows = mine(Visit, user, acting, "visits.plan").of_open_programmes().not_resting()
    return [
        *times_to_answer(user, acting, rows, today),
        *visits_that_must_move(took),
        *half_days_to_confirm(rows.exclude(pk__in=[visit.pk for visit in took]), user, today),
    ]


def times_to_answer(user, acting, visits, today):
    rows = mine(ProposedTime, user, acting, "visits.plan").filter(answer="").exclude(by=user)
    rows = rows.filter(visit__status=Visit.Status.PLANNED, visit__on__gte=today, visit__in=visits.values("pk"))
    return [
        {
            "title": f"Answer: {proposal.by} proposes {when(proposal)}",
            "text": f"For the {proposal.visit.get_kind_display().lower()} at {proposal.visit.host}, "
            f"now on {when(proposal.visit)}.",
            "url": proposal.visit.get_absolute_url(),
            "act": "Answer",
        }
        for proposal in rows.select_related("by", "visit__host").order_by("visit__on", "pk")[:MOST]
    ]


def visits_that_must_move(took):
    """Either teacher may choose another half-day, so both are asked."""
    return [
        {
            "title": f"Choose another half-day: the visit of {when(visit)} must move",
            "text": f"{sentence(why)} then. {visit.get_kind_display()} at {visit.host}.",
            "url": reverse("planner:half_day", args=[visit.planner_slug]),
            "act": "Choose a half-day",
        }
        for visit, why in list(took.items())[:MOST]
    ]


def sentence(words):
    return words[:1].upper() + words[1:]


def half_days_to_confirm(rows, user, today):
    """Without those for which another time is proposed: whoever answers that has answered both."""
    rows = rows.waiting_for_person(user, today).without_proposal().select_related("host")
    waiting = list(rows[:SOME])
    if not waiting:
        return []
    first, one = waiting[0], len(waiting) == 1
    return [
        {
            "title": f"Confirm {'a half-day' if one else f'{len(waiting)} half-days'}",
            "text": f"{'' if one else 'The first: '}{when(first)}, {first.get_kind_display().lower()} at {first.host}.",
            "url": first.get_absolute_url() if one else reverse("visits:confirm_all"),
            "act": "Confirm",
        }
    ]


def when(row):
    return f"{longday(row.on)}, {row.get_half_display()}"
