"""The actions of a programme's plan that wait for the person who reads."""

import datetime as dt

from django.urls import reverse

from accounts.roles import GRANTS
from programmes.models import ActionItem, Programme
from reports.dashboards.rows import mine
from reports.dashboards.to_do import day_of

SOON = dt.timedelta(days=7)


def action_items(user, acting, today):
    """A line for each of one's own open actions that is due within a week or overdue."""
    if acting.role not in GRANTS["actions.view"]:
        return []
    rows = mine(ActionItem, user, acting, "actions.view").open()
    rows = rows.filter(owner=user, due_on__lte=today + SOON, programme__status=Programme.Status.ACTIVE)
    return [
        {
            "title": row.what,
            "text": f"From the action plan of {row.programme.title}.",
            "url": reverse("programmes:action", args=[row.pk]),
            "when": f"Overdue since {day_of(row.due_on, today)}"
            if row.due_on < today
            else f"Due on {row.due_on:%A} {day_of(row.due_on, today)}",
            "act": "Say how it goes",
            "late": row.due_on < today,
        }
        for row in rows.select_related("programme")[:20]
    ]
