"""Which visits can be chosen for a change, out of those that a person reaches."""

import datetime as dt

from django.utils import timezone

from programmes.models import Area, Programme
from visits.models import Booking, Visit
from visits.year_planner.half_day import HalfDay

OFFERED = 6  # free half-days: more of them are on the page that chooses one
NEAR = dt.timedelta(days=14)
MOST = 60


def swappable(user, visit):
    """Visits to come that the person may change too: of the same people at any time, else within two weeks of it."""
    theirs = Booking.objects.filter(person__in=visit.bookings.values("person")).values("visit")
    rows = Visit.objects.allowed(user, "visits.plan").open_to_change().filter(on__gte=timezone.localdate())
    rows = rows.filter(partnership__programme=visit.partnership.programme_id).exclude(pk=visit.pk)
    rows = rows.exclude(on=visit.on, half=visit.half)
    near = rows.filter(on__range=(visit.on - NEAR, visit.on + NEAR)).order_by("on", "half", "pk")
    keys = [*rows.filter(pk__in=theirs).values_list("pk", flat=True)[:MOST], *near.values_list("pk", flat=True)[:MOST]]
    return Visit.objects.filter(pk__in=keys).with_people()


def free_half_days(user, visit):
    """The best ones that the visit could have instead, with what speaks for them; none once its partnership is over."""
    if not visit.partnership.is_open_to_visits:
        return []
    return HalfDay(user, visit.partnership.programme, f"v{visit.pk}").free[:OFFERED]


def programmes_and_areas(rows):
    """Those of these visits."""
    rows = rows.order_by()
    programmes = Programme.objects.filter(pk__in=rows.values("partnership__programme"))
    areas = Area.objects.filter(pk__in=rows.values("partnership__area")).select_related("programme")
    return programmes.order_by("name", "pk"), areas.order_by("programme__name", "name")
