"""The line for teachers of a partnership that has no target pupil yet: everything else waits for them."""

from django.db.models import Exists, OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.urls import reverse

from programmes.models import DataPoint, Programme
from programmes.models.partnerships import OPEN_TO_VISITS
from pupils.choosing.services import TAKES_OVER
from pupils.models import Place, PlaceChange
from reports.dashboards.to_do import day_of


def with_pupils(partnerships):
    """Each with whether it has target pupils, and when the first grades are due: no query of its own."""
    took = PlaceChange.objects.filter(
        place__partnership=OuterRef("partnership"),
        what=PlaceChange.What.CHOSEN,
        reason=Concat(Value(TAKES_OVER), OuterRef("pupil__ref")),
    )
    gaps = Place.objects.filter(partnership=OuterRef("pk"), ended_because=Place.Ended.REPLACED)
    first = DataPoint.objects.filter(programme=OuterRef("programme")).order_by("due_on", "pk")
    return partnerships.annotate(
        has_pupils=Exists(Place.objects.filter(partnership=OuterRef("pk"))),
        has_gap=Exists(gaps.exclude(Exists(took))),
        first_point=Subquery(first.values("name")[:1]),
        first_due_on=Subquery(first.values("due_on")[:1]),
    )


def choosing_items(partnerships, today):
    """A line for each of these (annotated as above) that runs and has nobody, or a place that nobody has taken over."""
    running = [
        one
        for one in partnerships
        if one.status in OPEN_TO_VISITS
        and one.programme.status == Programme.Status.ACTIVE
        and not one.programme.is_over
    ]
    lacking = [one for one in running if not one.has_pupils]
    gaps = [
        {
            "title": f"Say who takes over: {one.label}",
            "text": f"{one.partner_school}. Another pupil takes the place of one who was replaced.",
            "url": reverse("pupils:choose", args=[one.pk]),
        }
        for one in running
        if one.has_gap
    ]
    return gaps + [
        {
            "title": f"Choose the target pupils: {one.label}",
            "text": f"{one.partner_school}. Your lesson studies, the grades and the results are about them.",
            "url": reverse("pupils:choose", args=[one.pk]),
            **when(one, today),
        }
        for one in lacking
    ]


def when(partnership, today):
    if partnership.first_due_on is None:
        return {}
    is_late = partnership.first_due_on < today
    due = f"{'were' if is_late else 'are'} due on {day_of(partnership.first_due_on, today)}"
    return {"when": f"{partnership.first_point} grades {due}", "late": is_late}
