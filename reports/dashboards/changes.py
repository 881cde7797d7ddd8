"""Visits on Today: the half-days that a teacher has not confirmed, and the times that others propose to them."""

from django.urls import reverse

from accounts.roles import TEACHERS
from papers.templatetags.plain import longday
from reports.dashboards.rows import mine
from visits.models import ProposedTime, Visit

MOST = 10


def change_items(user, acting, today):
    """A line for each proposed time to answer, and one for all half-days to confirm."""
    if acting.role not in TEACHERS:
        return []
    rows = mine(Visit, user, acting, "visits.plan").of_open_programmes().not_resting()
    return times_to_answer(user, acting, rows, today) + half_days_to_confirm(rows, user, today)


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


def half_days_to_confirm(rows, user, today):
    """Without those for which another time is proposed: whoever answers that has answered both."""
    rows = rows.waiting_for_person(user, today).without_proposal().select_related("host")
    waiting = list(rows[:200])
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
