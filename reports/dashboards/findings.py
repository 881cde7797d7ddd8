"""The lines about findings: one to which a colleague has agreed waits for the others. They say nothing of its words."""

from django.db.models import Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Concat
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
    said = FindingConsent.objects.filter(
        finding=OuterRef("pk"), withdrawn_at=None, version=OuterRef("sheet__version")
    ).annotate(name=Concat("person__first_name", Value(" "), "person__last_name"))
    first = said.order_by("at", "pk")[:1]
    rows = mine(Finding, user, acting, "studies.write").exclude(version=F("sheet__version"))
    rows = rows.filter(Exists(said), ~Exists(said.filter(person=user)))
    rows = rows.annotate(agreed_at=Subquery(first.values("at")), agreed_by=Subquery(first.values("name")))
    rows = rows.select_related("study__partnership__partner_school").order_by("pk")
    return [
        {
            "title": "Say who may read a finding of your study",
            "text": f"{row.study.label}. {row.agreed_by} agrees to show it; it is shown once all of you do.",
            "url": reverse("lessons:finding_agree", args=[row.pk]),
            "when": f"Waits for you since {day_of(timezone.localdate(row.agreed_at), today)}",
        }
        for row in rows[:10]
    ]
