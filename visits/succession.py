"""What of the calendar follows a school that has closed to its successor: what is still to come."""

from django.utils import timezone

from accounts.models import Membership
from accounts.register.succession import Following
from programmes.succession import of_open_programmes
from visits.models import Booking, CalendarFeed, Event, Slot, Visit


def visits_to_come(organisation):
    ahead = Visit.objects.filter(status=Visit.Status.PLANNED, on__gte=timezone.localdate())
    return ahead.filter(of_open_programmes(organisation, "partnership__"))


def half_days_to_come(organisation):
    """For which the school finds the cover. Those of the past were covered by the school as it was."""
    return Booking.objects.filter(visit__in=visits_to_come(organisation).order_by().values("pk"), school__isnull=False)


def calendar_addresses(organisation):
    """Those in force of whoever finds the cover at a school of this organisation."""
    people = Membership.objects.live().filter(organisation=organisation, school__isnull=False).values("user")
    return CalendarFeed.objects.filter(school__isnull=False, revoked_at=None, made_by__in=people)


def revoke_addresses_made_twice(person, rows, successor):
    """A school has one address: where the successor has one already, that one counts."""
    if CalendarFeed.objects.filter(school=successor, revoked_at=None).exists():
        rows.update(revoked_at=timezone.now())


def events_to_come(organisation):
    ahead = Event.objects.standing().filter(on__gte=timezone.localdate())
    return ahead.filter(of_open_programmes(organisation))


def slots_to_come(organisation):
    return Slot.objects.filter(event__in=events_to_come(organisation).order_by().values("pk"))


FOLLOWING = [
    Following("visit to come,visits to come", visits_to_come, "host"),
    Following("half-day that needs cover,half-days that need cover", half_days_to_come, "school"),
    Following(
        "calendar address of the school,calendar addresses of the school",
        calendar_addresses,
        "school",
        revoke_addresses_made_twice,
    ),
    Following("event that the school hosts,events that the school hosts", events_to_come, "host"),
    Following("event that takes place there,events that take place there", events_to_come, "place"),
    Following("item of a running order,items of running orders", slots_to_come, "school"),
]
