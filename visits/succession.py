"""What of the calendar follows a school that has closed to its successor: what is still to come."""

from django.utils import timezone

from accounts.register.succession import Following
from programmes.succession import of_open_programmes
from visits.models import Event, Slot, Visit


def visits_to_come(organisation):
    ahead = Visit.objects.filter(status=Visit.Status.PLANNED, on__gte=timezone.localdate())
    return ahead.filter(of_open_programmes(organisation, "partnership__"))


def events_to_come(organisation):
    ahead = Event.objects.standing().filter(on__gte=timezone.localdate())
    return ahead.filter(of_open_programmes(organisation))


def slots_to_come(organisation):
    return Slot.objects.filter(event__in=events_to_come(organisation).order_by().values("pk"))


FOLLOWING = [
    Following("visit to come,visits to come", visits_to_come, "host"),
    Following("event that the school hosts,events that the school hosts", events_to_come, "host"),
    Following("event that takes place there,events that take place there", events_to_come, "place"),
    Following("item of a running order,items of running orders", slots_to_come, "school"),
]
