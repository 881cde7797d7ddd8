"""Visits on Today: the half-days that a teacher has not confirmed, and the times that others propose to them."""

from django.urls import reverse

from accounts.roles import TEACHERS
from papers.templatetags.plain import longday
from reports.dashboards.rows import mine
from visits.models import Visit

MOST = 10


def change_items(user, acting, today):
    """A line for each proposed time to answer, and one for all half-days to confirm."""
    if acting.role not in TEACHERS:
        return []
    rows = mine(Visit, user, acting, "visits.plan").of_open_programmes().not_resting()
    return times_to_answer(rows, user, today) + half_days_to_confirm(rows, user, today)


def times_to_answer(rows, user, today):
    rows = rows.with_time_proposed_by_others(user).filter(on__gte=today).with_standing()
    return [
        {
            "title": f"Answer: {visit.proposal.by} proposes {when(visit.proposal)}",
            "text": f"For the {visit.get_kind_display().lower()} at {visit.host}, now on {when(visit)}.",
            "url": visit.get_absolute_url(),
            "act": "Answer",
        }
        for visit in rows[:MOST]
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
