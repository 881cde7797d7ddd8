"""Writing a visit: the people's half-days with it, and a line of its history."""

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts import audit
from accounts.models import School, User
from programmes.models import AreaConsultant, Partnership
from programmes.models.partnerships import OPEN_TO_VISITS
from visits.models import Booking, NotOpenToVisits, Visit, VisitChange, WrongState
from visits.services.history import tell
from visits.services.out import bookings_for


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
    # Held until the visit is there, so that nobody pauses or folds the partnership in between.
    partnership = Partnership.objects.select_for_update(no_key=True).filter(pk=visit.partnership_id)
    standing = partnership.values_list("status", flat=True).get()
    if standing not in OPEN_TO_VISITS if new else standing == Partnership.Status.PAUSED:
        raise NotOpenToVisits(f"partnership {visit.partnership_id} is {standing}")
    before = None if new else Visit.objects.select_for_update().filter(pk=visit.pk, status=Visit.Status.PLANNED).first()
    if not new and before is None:
        raise WrongState(f"visit {visit.pk} is not planned any more")
    booked = [] if new else list(before.bookings.all())
    # In one order for everybody, so that two who book the same people at once do not wait for each other.
    people = sorted(people, key=lambda someone: someone.pk)
    try:
        with transaction.atomic():
            if not new:
                visit.sequence = before.sequence + 1
            visit.save(update_fields=None if new else ["kind", "on", "half", "host", "sequence"])
            visit.bookings.all().delete()
            Booking.objects.bulk_create(bookings_for(visit, people, person, booked))
    except IntegrityError as error:
        raise Taken(in_the_way(visit, people)) from error
    tell(person, visit, before=before, booked=booked)
    audit.record(person, "visits.planned" if new else "visits.changed", visit)
    return visit


def same_visit(visit, people):
    """The planned visit that agrees with this one in everything, or None: what a second click would save again."""
    agreeing = Visit.objects.filter(
        partnership=visit.partnership_id,
        on=visit.on,
        half=visit.half,
        kind=visit.kind,
        host=visit.host_id,
        status=Visit.Status.PLANNED,
    ).first()
    if agreeing is None:
        return None
    booked = set(agreeing.bookings.values_list("person", flat=True))
    return agreeing if booked == {someone.pk for someone in people} else None


def in_the_way(visit, people):
    taken = Booking.objects.filter(person__in=people, on=visit.on, half=visit.half).exclude(visit=visit.pk)
    return list(taken.select_related("person", "visit__host"))


def who_may_come(partnership, booked=()):
    """Both sides of the partnership, the consultants of its area, and whoever is booked for the visit already."""
    consultants = AreaConsultant.objects.filter(area=partnership.area_id).values_list("user", flat=True)
    people = {someone.pk for someone in [*partnership.teachers, *booked]} | set(consultants)
    return User.objects.filter(pk__in=people).order_by("last_name", "first_name")


def booked_and_gone(visit):
    """Who is booked for a visit and still belongs there, and who has left its partnership since."""
    if visit.pk is None:
        return [], []
    gone = set(Booking.objects.of_who_has_left().filter(visit=visit).values_list("person", flat=True))
    people = list(visit.people.all())
    return [someone for someone in people if someone.pk not in gone], [p for p in people if p.pk in gone]


def schools_of(partnership):
    """The schools of both sides; one, when it is the same."""
    return School.objects.filter(pk__in=[partnership.partner_school_id, partnership.specialist.home_school_id])


@transaction.atomic
def cancel_visit(person, visit, reason):
    """The visit will not take place, its people's half-day is free again, and the reason is kept."""
    booked = list(visit.bookings.all())
    visit.move_to(Visit.Status.CANCELLED, cancelled_because=reason, sequence=F("sequence") + 1)
    visit.bookings.all().delete()
    tell(person, visit, before=visit, booked=booked, what=VisitChange.What.CANCELLED, reason=reason)
    audit.record(person, "visits.cancelled", visit)
    return visit


@transaction.atomic
def visit_took_place(person, visit):
    visit.move_to(Visit.Status.TOOK_PLACE)
    tell(person, visit, before=visit, what=VisitChange.What.TOOK_PLACE)
    audit.record(person, "visits.took place", visit)
    return visit
