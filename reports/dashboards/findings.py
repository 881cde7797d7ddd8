"""The lines about findings: one to which a colleague has agreed waits for the others. They say nothing of its words."""

from django.db.models import Exists, F, OuterRef
from django.urls import reverse
from django.utils import timezone

from accounts.roles import GRANTS
from lessons.models import Finding, FindingConsent
from reports.dashboards.rows import mine
from reports.dashboards.to_do import day_of


def finding_items(user, acting, today):
    """A line for each finding of one's own that somebody else has agreed to show as it stands, and oneself has not."""
    if acting.role not in GRANTS["studies.write"]:
        return []
    said = FindingConsent.objects.filter(finding=OuterRef("pk"), withdrawn_at=None, version=OuterRef("sheet__version"))
    rows = mine(Finding, user, acting, "studies.write").exclude(version=F("sheet__version"))
    rows = rows.filter(Exists(said), ~Exists(said.filter(person=user)))
    rows = rows.select_related("sheet", "study__partnership__partner_school").prefetch_related("consents__person")
    return [item_of(row, today) for row in rows.order_by("pk")[:10]]


def item_of(finding, today):
    agreed = [row for row in finding.consents.all() if not row.withdrawn_at and row.version == finding.sheet.version]
    return {
        "title": "Say who may read a finding of your study",
        "text": f"{finding.study.label}. {agreed[0].person} agrees to show it; it is shown once all of you do.",
        "url": reverse("lessons:finding_agree", args=[finding.pk]),
        "when": f"Waits for you since {day_of(timezone.localdate(agreed[0].at), today)}",
    }
