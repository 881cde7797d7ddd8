"""The line for teachers of a partnership that has no target pupil yet: everything else waits for them."""

from django.urls import reverse

from programmes.models import DataPoint, Programme
from programmes.models.partnerships import OPEN_TO_VISITS
from pupils.models import Place
from reports.dashboards.to_do import day_of


def choosing_items(partnerships, today):
    open_ones = [
        one
        for one in partnerships
        if one.status in OPEN_TO_VISITS
        and one.programme.status == Programme.Status.ACTIVE
        and not one.programme.is_over
    ]
    chosen = set(Place.objects.filter(partnership__in=open_ones).order_by().values_list("partnership", flat=True))
    lacking = [one for one in open_ones if one.pk not in chosen]
    due = first_grades(lacking)
    return [
        {
            "title": f"Choose the target pupils: {one.label}",
            "text": f"{one.partner_school}. Your lesson studies, the grades and the results are about them.",
            "url": reverse("pupils:choose", args=[one.pk]),
            **when(due.get(one.programme_id), today),
        }
        for one in lacking
    ]


def when(point, today):
    if point is None:
        return {}
    is_late = point.due_on < today
    due = f"{'were' if is_late else 'are'} due on {day_of(point.due_on, today)}"
    return {"when": f"{point} grades {due}", "late": is_late}


def first_grades(partnerships):
    """Programme -> its first data point."""
    points = DataPoint.objects.filter(programme__in={one.programme_id for one in partnerships}).order_by("-due_on")
    return {point.programme_id: point for point in points}
