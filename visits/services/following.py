"""What becomes of visits when their partnership folds, or someone else follows in it."""

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone

from accounts import audit
from visits.models import Booking, Visit
from visits.services.keeping import cancel_visit, schools_of
from visits.services.telling import tell_people


def last_visit_held(partnership, person=None):
    """The last day on which a visit took place; with a person, one on which they were there. None without any."""
    held = Visit.objects.filter(partnership=partnership, status=Visit.Status.TOOK_PLACE)
    if person is not None:
        held = held.filter(pk__in=Booking.objects.filter(person=person).values("visit"))
    return held.aggregate(on=Max("on"))["on"]


FOLDED = "The partnership has folded."


def cancel_visits_after(person, partnership, on):
    """Those still planned for a day after the partnership's last one will not take place; half-days are free again.

    One whose day has gone by may have taken place: it stays, to be confirmed or cancelled.
    """
    ahead = Visit.objects.filter(partnership=partnership, on__gt=on, status=Visit.Status.PLANNED)
    ahead = ahead.filter(on__gte=timezone.localdate())
    changes = []
    for visit in ahead.order_by("pk").select_for_update():
        cancel_visit(person, visit, FOLDED, changes=changes)
    tell_people(person, changes)


def hand_bookings_over(person, partnership, left, joined, on):
    """Half-days to come of whoever left the same side go to the one who joined it, where that person is free.

    Where not, the booking stays, and the visit waits for a successor: somebody chooses another half-day or person.
    """
    if joined is None:
        return
    first = max(on, timezone.localdate())
    ahead = Booking.objects.of_who_has_left().filter(
        visit__partnership=partnership, visit__status=Visit.Status.PLANNED, on__gte=first
    )
    past_specialists = partnership.past_specialists.values("specialist__user")
    if joined.pk == partnership.specialist.user_id:
        ahead = ahead.filter(person__in=past_specialists)
    else:
        ahead = ahead.exclude(person__in=past_specialists)
    for booking in ahead.order_by("on", "half", "pk").select_related("visit"):
        if Booking.objects.filter(visit=booking.visit, person=joined).exists():
            booking.delete()
            continue
        try:
            with transaction.atomic():
                Booking.objects.filter(pk=booking.pk).update(person=joined, confirmed_at=None)
                Visit.objects.filter(pk=booking.visit_id).update(sequence=F("sequence") + 1)
        except IntegrityError:
            continue
        audit.record(person, "visits.handed over", booking.visit)


def visit_the_new_home_school(person, partnership, left, joined, on):
    """Visits to come at the home school of a specialist teacher who left take place at that of whoever followed."""
    first = max(on, timezone.localdate())
    ahead = Visit.objects.filter(partnership=partnership, status=Visit.Status.PLANNED, on__gte=first)
    astray = list(ahead.exclude(host__in=schools_of(partnership)).order_by("pk").select_for_update())
    home = partnership.specialist.home_school
    Visit.objects.filter(pk__in=[visit.pk for visit in astray]).update(host=home, sequence=F("sequence") + 1)
    for visit in astray:
        audit.record(person, "visits.moved", visit, about=f"school {home.pk}")
