"""Lines about pairing: schools that wait, schools that object, and pairings that a head may still decline."""

import datetime as dt

from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from programmes.models import Objection, PartnerSchool, Partnership, Programme
from reports.dashboards.rows import mine

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
        .order_by()
        .values_list("programme")
        .annotate(Count("pk"))
        .order_by("programme__slug")
    )
    numbers = dict(waiting[:SHOWN])
    programmes = Programme.objects.in_bulk(numbers)
    return [
        {
            "title": f"{number} school{' waits' if number == 1 else 's wait'} for a specialist teacher",
            "text": "Suggestions with reasons take a moment; you decide on each.",
            "url": reverse("programmes:pairing", args=[programmes[pk].slug]),
            "act": "Pair them" if number > 1 else "Pair it",
            "programmes": [programmes[pk]],
        }
        for pk, number in numbers.items()
    ]


def proposed_items(user, acting, today):
    """A line for each pairing that is proposed to the school and that its head may still decline."""
    rows = (
        mine(Partnership, user, acting, "pairing.object")
        .filter(status=Partnership.Status.PROPOSED, programme__status=Programme.Status.ACTIVE)
        .annotate(proposed_on=Max("steps__on", filter=Q(steps__status=Partnership.Status.PROPOSED)))
        .filter(proposed_on__gte=today - Objection.WITHIN)
        .exclude(pk__in=Objection.objects.open().filter(school=acting.school_id).values("partnership"))
        .select_related("partner_school", "specialist__user", "specialist__home_school")
        .order_by("proposed_on", "ref")
    )
    items = []
    for row in rows[:SHOWN]:
        here = row.partner_school_id == acting.school_id
        with_whom = (
            f"{row.specialist} of {row.specialist.home_school} would work with your school"
            if here
            else f"{row.specialist} of your school would work with {row.partner_school}"
        )
        items.append(
            {
                "title": f"A partnership is proposed: {row.label}",
                "text": f"{with_whom}.",
                "url": row.get_absolute_url(),
                "when": f"You can decline it or ask until {row.proposed_on + Objection.WITHIN:%A %-d %B}",
            }
        )
    return items
