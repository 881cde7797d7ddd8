"""Money that is asked back, on Today: for whoever asks for it, approves it or receives it, and the head who owes it."""

import datetime as dt

from django.db.models import Q
from django.urls import reverse

from accounts.roles import GRANTS, Role
from funding.models import Recovery
from funding.owing import asked_back_of
from funding.services.folding import made_good, to_make_good, why_owed
from papers.templatetags.plain import money
from reports.dashboards.money import MOST, sum_of
from reports.dashboards.rows import mine

State = Recovery.State
TOLD_FOR = dt.timedelta(days=14)  # whoever approved what somebody gave up reads it so long
STEPS = [  # (state, whose turn it is, what the line says)
    (State.PROPOSED, "recoveries.request", "paid and not used, can be asked back"),
    (State.REQUESTED, "recoveries.approve", "asked back, waits for your approval"),
    (State.APPROVED, "recoveries.receive", "asked back, is not paid back yet"),
]


def asked_back_items(user, acting, today):
    """A line for each step that waits for this person, and for what they approved and somebody gave up since. One
    query; the coordinator's lines come with the programmes."""
    if acting.role == Role.COORDINATOR:
        return []
    if acting.role in GRANTS["money.view"]:
        return office_items(user, acting, today)
    if acting.school_id and acting.role in GRANTS["money.school"]:
        return owed_items(acting)
    return []


def to_ask_items(programmes):
    """For the coordinator: of each programme (with its `to_ask_back`) what was paid and not used."""
    text = "A partnership has folded, or visits were given up. Look at it, and ask for it or say why not."
    return sum_items(programmes, "to_ask_back", f", {STEPS[0][2]}", text)


def ask_ended_items(programmes):
    """For the coordinator who has asked for it: of each programme (with its `ask_ended`) what is not asked back now."""
    text = "It was worked out anew, or somebody has given it up. See why, and what is owed now."
    return sum_items(programmes, "ask_ended", " that you asked for is not asked back any more", text)


def sum_items(programmes, name, what, text):
    """A line for each programme of which this sum is more than nothing."""
    return [
        {
            "title": f"{money(amount)}{what}",
            "text": text,
            "url": reverse("funding:recoveries", args=[programme.slug]),
            "programmes": [programme],
        }
        for programme in programmes
        if (amount := getattr(programme, name))
    ]


def made_good_items(programmes):
    """For the coordinator: of each programme (with its `to_make_good`) what schools gave back and are owed after all,
    until a release has made it good. Others have to act as long as a stage is open that does."""
    return [
        {
            "title": f"{money(recovery.amount)} is to be made good to {recovery.school}",
            "text": f"{recovery.partnership.ref}: {why_owed(recovery)} {made_good(recovery, stage)}",
            "url": reverse("funding:recovery", args=[recovery.pk]),
            "is_for_others": stage is not None,
            "programmes": [programme],
        }
        for programme in programmes
        if programme.to_make_good
        for recovery, stage in to_make_good(programme.funding_plan)[:MOST]
    ]


def office_items(user, acting, today):
    wanted = [(state, words) for state, action, words in STEPS if acting.role in GRANTS[action]]
    turn = Q(state__in=[state for state, _ in wanted], offset_in=None)
    others = Q(ended_by=None) | ~Q(ended_by=user)
    given_up = Q(state=State.DROPPED, ended_on__gt=today - TOLD_FOR) & others
    given_up &= Q(approved_by=user) | Q(requested_by=user)
    rows = mine(Recovery, user, acting, "money.view").filter(turn | given_up)
    rows = rows.select_related("plan__programme", "partnership", "school", "ended_by").order_by("proposed_at", "pk")
    rows = list(rows)
    items = [given_up_item(row, user) for row in rows if row.state == State.DROPPED][:MOST]
    for state, words in wanted:
        own = [row for row in rows if row.state == state and (state, row.requested_by_id) != (State.REQUESTED, user.pk)]
        for plan in list(dict.fromkeys(row.plan for row in own))[:MOST]:
            items.append(item_of(plan, [row for row in own if row.plan == plan], words))
    return items


def item_of(plan, rows, words):
    first, *others = rows
    url = reverse("funding:recoveries", args=[plan.programme.slug])
    more = f" And {len(others)} more." if others else ""
    return {
        "title": f"{money(sum_of(rows))}, {words}",
        "text": f"{first.school}, {first.partnership.ref}: {first.get_reason_display().lower()}.{more}",
        "url": url if others else reverse("funding:recovery", args=[first.pk]),
        "programmes": [plan.programme],
    }


def given_up_item(row, user):
    """To whoever asked for it or approved it: one of two has given it up, or it comes to something else by now."""
    did = "approved" if row.approved_by_id == user.pk else "asked for"
    by = f"given up by {row.ended_by}. " if row.ended_by_id else ""
    return {
        "title": f"{money(row.amount)} that you {did} is not asked back any more",
        "text": f"{row.school}, {row.partnership.ref}: {by}{row.because}",
        "url": reverse("funding:recovery", args=[row.pk]),
        "when": f"Since {row.ended_on:%-d %B}",
        "programmes": [row.plan.programme],
    }


def owed_items(acting):
    rows = asked_back_of(acting.school, acting.organisation)
    if not rows:
        return []
    return [
        {
            "title": f"{money(sum_of(rows))} is asked back from your school",
            "text": f"{rows[0].get_reason_display()}. See what was paid and what is asked back.",
            "url": reverse("funding:school", args=[acting.school.urn]),
            "when": f"Since {rows[0].approved_at:%-d %B}",
            "programmes": list(dict.fromkeys(row.plan.programme for row in rows)),
        }
    ]
