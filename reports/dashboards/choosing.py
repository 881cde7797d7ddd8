"""The line for teachers of a partnership that has no target pupil yet: everything else waits for them."""

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Concat
from django.urls import reverse

from accounts.roles import Role
from programmes.models import DataPoint, Programme
from programmes.models.partnerships import OPEN_TO_VISITS
from pupils.choosing.services import TAKES_OVER
from pupils.models import Place, PlaceChange, TargetGrade, TargetPupil
from reports.dashboards.to_do import day_of


def with_pupils(partnerships, user, acting):
    """Each with whether it has target pupils, when the first grades are due, and how many target grades of the other
    side wait for this person: no query of its own."""
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
        to_agree=Subquery(to_agree(user, acting).values("n")),
    )


def to_agree(user, acting):
    own = TargetGrade.Side.SPECIALIST if acting.role == Role.SPECIALIST else TargetGrade.Side.PARTNER
    rows = TargetGrade.objects.filter(place__partnership=OuterRef("pk"), place__until=None)
    rows = rows.filter(Q(grade=None) | Q(grade__scale__name=F("place__partnership__programme__scale")))
    rows = rows.filter(agreed_at=None, ended_at=None).exclude(side=own).exclude(proposed_by=user)
    return rows.order_by().values("place__partnership").annotate(n=Count("pk"))


def target_items(partnerships):
    """A line for each of these (annotated as above) in which the other side has proposed target grades."""
    return [
        {
            "title": f"Agree {'1 target grade' if one.to_agree == 1 else f'{one.to_agree} target grades'}: {one.label}",
            "text": f"{one.partner_school}. The other teacher has proposed {'it' if one.to_agree == 1 else 'them'}.",
            "url": reverse("pupils:targets", args=[one.pk]),
        }
        for one in partnerships
        if one.to_agree and one.is_open_to_entries and not one.programme.is_over
    ]


def pupils_moved():
    """Of a programme: how many have moved and have no place. A part of a query, not one more."""
    rows = TargetPupil.objects.filter(programme=OuterRef("pk"), programme__erased_at=None)
    rows = rows.filter(Exists(Place.objects.filter(pupil=OuterRef("pk"), ended_because=Place.Ended.MOVED)))
    rows = rows.exclude(Exists(Place.objects.filter(pupil=OuterRef("pk"), until=None)))
    return Subquery(rows.order_by().values("programme").annotate(n=Count("pk")).values("n"))


def moved_items(programmes):
    """A line for each running programme (with its `pupils_moved`) in which somebody waits for a place elsewhere."""
    return [
        {
            "title": "1 pupil has moved to another partner school and has no place there yet"
            if one.pupils_moved == 1
            else f"{one.pupils_moved} pupils have moved to another partner school and have no place there yet",
            "text": "The teachers there take the pupil over, or you say where and since when.",
            "url": reverse("pupils:moved", args=[one.slug]),
            "act": "Say where",
            "programmes": [one],
        }
        for one in programmes
        if one.pupils_moved and one.status == Programme.Status.ACTIVE and not one.is_over
    ]


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
