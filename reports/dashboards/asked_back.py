"""Money that is asked back, on Today: for whoever asks for it, approves it or receives it, and the head who owes it."""

from django.urls import reverse

from accounts.roles import GRANTS, Role
from funding.models import Recovery
from funding.owing import asked_back_of
from papers.templatetags.plain import money
from reports.dashboards.money import MOST, sum_of
from reports.dashboards.rows import mine

State = Recovery.State
STEPS = [  # (state, whose turn it is, what the line says)
    (State.PROPOSED, "recoveries.request", "paid and not used, can be asked back"),
    (State.REQUESTED, "recoveries.approve", "asked back, waits for your approval"),
    (State.APPROVED, "recoveries.receive", "asked back, is not paid back yet"),
]


def asked_back_items(user, acting, today):
    """A line for each step that waits for this person. One query; the coordinator's lines come with the programmes."""
    if acting.role == Role.COORDINATOR:
        return []
    if acting.role in GRANTS["money.view"]:
        return office_items(user, acting)
    if acting.school_id and acting.role in GRANTS["money.school"]:
        return owed_items(acting)
    return []


def to_ask_items(programmes):
    """For the coordinator: of each programme (with its `to_ask_back`) what was paid and not used."""
    return [
        {
            "title": f"{money(programme.to_ask_back)}, {STEPS[0][2]}",
            "text": "A partnership has folded, or visits were given up. Look at it, and ask for it or say why not.",
            "url": reverse("funding:recoveries", args=[programme.slug]),
            "programmes": [programme],
        }
        for programme in programmes
        if programme.to_ask_back
    ]


def office_items(user, acting):
    wanted = [(state, words) for state, action, words in STEPS if acting.role in GRANTS[action]]
    rows = mine(Recovery, user, acting, "money.view").filter(state__in=[state for state, _ in wanted], offset_in=None)
    rows = list(rows.select_related("plan__programme", "partnership", "school").order_by("proposed_at", "pk"))
    items = []
    for state, words in wanted:
        own = [row for row in rows if row.state == state and (state, row.requested_by_id) != (State.REQUESTED, user.pk)]
        for plan in list(dict.fromkeys(row.plan for row in own))[:MOST]:
            items.append(item_of(plan, [row for row in own if row.plan == plan], words))
    return items


def item_of(plan, rows, words):
    first, *others = rows
    url = reverse("funding:recoveries", args=[plan.programme.slug])
    more = f" and {len(others)} more" if others else ""
    return {
        "title": f"{money(sum_of(rows))}, {words}",
        "text": f"{first.school}, {first.partnership.ref}: {first.get_reason_display().lower()}{more}.",
        "url": url if others else reverse("funding:recovery", args=[first.pk]),
        "programmes": [plan.programme],
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
