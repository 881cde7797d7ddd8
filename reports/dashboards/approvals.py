"""Approvals on Today: whoever approved a release reads that it is not approved any more, and why."""

from django.urls import reverse
from django.utils import timezone

from accounts.roles import GRANTS
from funding.models import LedgerEntry
from funding.taken_back import ended_since
from papers.templatetags.plain import listed, money
from reports.dashboards.asked_back import TOLD_FOR
from reports.dashboards.money import MOST, sum_of
from reports.dashboards.rows import mine


def approval_items(user, acting, today):
    """A line for each partnership of which somebody else has taken approvals back, for two weeks."""
    if acting.role not in GRANTS["releases.approve"]:
        return []
    found = {}
    entries = mine(LedgerEntry, user, acting, "money.view")
    for one in ended_since(user, entries, timezone.now() - TOLD_FOR):
        found.setdefault((one.entry.partnership, one.because), []).append(one)
    return [approval_item(rows) for rows in list(found.values())[:MOST]]


def approval_item(rows):
    first, programme = rows[0].entry, rows[0].entry.plan.programme
    stages = listed(list(dict.fromkeys(row.entry.stage.name for row in rows)))
    url = reverse("funding:stage", args=[programme.slug, first.stage_id])
    return {
        "title": f"{money(sum_of(rows))} that you approved is not approved any more",
        "text": f"{stages}, {first.partnership.ref}: {rows[0].because}. What is still due is approved anew.",
        "url": url if len(rows) > 1 else rows[0].release.get_absolute_url(),
        "when": f"Since {timezone.localdate(first.at):%-d %B}",
        "programmes": [programme],
    }
