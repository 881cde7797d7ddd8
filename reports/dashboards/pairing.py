"""Lines about pairing: schools that wait, schools that object, and pairings to which a head is asked to agree."""

import datetime as dt

from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from programmes.models import Acceptance, Objection, PartnerSchool, Partnership, Programme
from reports.dashboards.rows import by_programme, mine
from reports.dashboards.to_do import day_of

ANSWER_WITHIN = dt.timedelta(days=5)
SHOWN = 10


def objection_items(user, acting, today):
    """A line for each school that waits for an answer; after five days it is late."""
    rows = (
        mine(Objection, user, acting, "pairing.manage")
        .open()
        .exclude(partnership__programme__status=Programme.Status.CLOSED)
        .select_related(
            "school", "partnership__programme", "partnership__specialist__user", "partnership__partner_school"
        )
    )
    items = []
    for row in rows[:SHOWN]:
        since = timezone.localdate(row.at)
        declines = row.kind == Objection.Kind.DECLINE
        items.append(
            {
                "title": f"{row.school} {'declines its pairing' if declines else 'has a question about its pairing'}",
                "text": f"{row.partnership.label}, {row.partnership.partner_school} with {row.partnership.specialist}. "
                f"{row.reason}.",
                "when": f"Waiting for your answer since {since:%A %-d %B}",
                "url": reverse("programmes:objection_answer", args=[row.pk]),
                "act": "Answer the school",
                "late": today - since > ANSWER_WITHIN,
                "programmes": [row.partnership.programme],
            }
        )
    return items


def waiting_items(user, acting):
    """A line for each programme in which schools take part that have nobody yet."""
    paired = (
        Partnership.objects.filter(programme=OuterRef("programme"), partner_school=OuterRef("school"))
        .exclude(status=Partnership.Status.FOLDED)
        .order_by()
        .values("partner_school")
        .annotate(number=Count("pk"))
        .values("number")
    )
    waiting = (
        mine(PartnerSchool, user, acting, "pairing.manage")
        .filter(stage=PartnerSchool.Stage.JOINED)
        .exclude(programme__status=Programme.Status.CLOSED)
        .annotate(paired=Coalesce(Subquery(paired), 0))
        .filter(partnerships_wanted__gt=F("paired"), programme__ends_on__gte=timezone.localdate())
    )
    return [
        {
            "title": f"{number} school{' waits' if number == 1 else 's wait'} for a specialist teacher",
            "text": "Suggestions with reasons take a moment; you decide on each.",
            "url": reverse("programmes:pairing", args=[programme.slug]),
            "act": "Pair them" if number > 1 else "Pair it",
            "programmes": [programme],
        }
        for programme, number in by_programme(waiting, "programme")[:SHOWN]
    ]


def proposed_items(user, acting, today):
    """A line for each pairing that is proposed and to which the head has not agreed yet; after 14 days it is late."""
    agreed = Acceptance.objects.filter(school=acting.school_id, taken_back_at=None)
    rows = (
        mine(Partnership, user, acting, "pairing.agree")
        .filter(status=Partnership.Status.PROPOSED, programme__status=Programme.Status.ACTIVE)
        .annotate(proposed_on=Max("steps__on", filter=Q(steps__status=Partnership.Status.PROPOSED)))
        .exclude(pk__in=agreed.values("partnership"))
        .exclude(pk__in=Objection.objects.open().filter(school=acting.school_id).values("partnership"))
        .select_related("partner_school", "specialist__user", "specialist__home_school")
        .order_by("proposed_on", "ref")
    )
    items = []
    for row in rows[:SHOWN]:
        items.append(
            {
                "title": f"A partnership is proposed: {row.label}",
                "text": f"{with_whom(row, acting.school_id)}. Agree, if it suits your school.",
                "url": reverse("programmes:agree", args=[row.pk]),
                "act": "Read and agree",
                **until_when(row.proposed_on, today),
            }
        )
    return items


def with_whom(row, school) -> str:
    if row.is_in_own_school:
        return f"{row.specialist} would work with a colleague in your school"
    if row.partner_school_id == school:
        return f"{row.specialist} of {row.specialist.home_school} would work with your school"
    return f"{row.specialist} of your school would work with {row.partner_school}"


def until_when(proposed_on, today) -> dict:
    """How long the head may still decline, or since when it waits. A folder may not say when it was proposed."""
    if proposed_on is None:
        return {}
    until = proposed_on + Objection.WITHIN
    if today <= until:
        return {"when": f"You can decline it or ask until {until:%A %-d %B}"}
    return {"when": f"Waiting for your answer since {day_of(proposed_on, today)}", "late": True}
