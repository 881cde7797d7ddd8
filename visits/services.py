from django.db import IntegrityError, transaction

from accounts import audit
from visits.models import Booking, Visit


class Taken(Exception):
    """Someone is booked on that half-day already. `bookings` are the ones in the way."""

    def __init__(self, bookings):
        super().__init__(", ".join(f"booking {booking.pk}" for booking in bookings))
        self.bookings = bookings


@transaction.atomic
def keep_visit(person, visit, people):
    """Write the visit and book its people's half-day, or write nothing and raise Taken.

    The unique booking decides, not a look beforehand: of two who book one teacher at once, one gets the half-day.
    """
    new = visit.pk is None
    visit.save()
    visit.bookings.all().delete()
    wanted = [Booking(visit=visit, person=someone, on=visit.on, half=visit.half) for someone in people]
    try:
        with transaction.atomic():
            Booking.objects.bulk_create(wanted)
    except IntegrityError as error:
        raise Taken(in_the_way(visit, people)) from error
    audit.record(person, "visits.planned" if new else "visits.changed", visit)
    return visit


def in_the_way(visit, people):
    taken = Booking.objects.filter(person__in=people, on=visit.on, half=visit.half).exclude(visit=visit)
    return list(taken.select_related("person", "visit__host"))


@transaction.atomic
def cancel_visit(person, visit, reason):
    """The visit will not take place, its people's half-day is free again, and the reason is kept."""
    visit.move_to(Visit.Status.CANCELLED, cancelled_because=reason)
    visit.bookings.all().delete()
    audit.record(person, "visits.cancelled", visit)
    return visit


@transaction.atomic
def visit_took_place(person, visit):
    visit.move_to(Visit.Status.TOOK_PLACE)
    audit.record(person, "visits.took place", visit)
    return visit
