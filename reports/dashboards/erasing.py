"""Programmes past the day until which their pupil data is kept: somebody has to look at what would go."""

from django.urls import reverse

from accounts.roles import GRANTS
from programmes.models import Programme
from reports.dashboards.rows import mine
from reports.dashboards.to_do import day_of


def erasing_items(user, acting, today):
    """A line for each of them, the longest past first."""
    if acting.role not in GRANTS["pupils.erase"]:
        return []
    rows = mine(Programme, user, acting, "pupils.erase").past_their_date(today).filter(frozen=None)
    return [
        {
            "title": f"The pupil data of {programme.title} is past its date: look at what would go",
            "text": "Nothing is erased before you have looked at it and confirmed it. Its results stay.",
            "url": reverse("reports:erasing", args=[programme.slug]),
            "when": f"It was kept until {day_of(programme.pupils_kept_until, today)}",
            "act": "Look at what would go",
            "late": True,
        }
        for programme in rows.order_by("ends_on", "pk")[:10]
    ]
