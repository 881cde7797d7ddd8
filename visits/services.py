from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.models import School, User
from programmes.models import AreaConsultant, Partnership
from programmes.models.partnerships import OPEN_TO_VISITS
from visits.models import Booking, NotOpenToVisits, Visit, WrongState


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
    if not new and not Visit.objects.select_for_update().filter(pk=visit.pk, status=Visit.Status.PLANNED).exists():
        raise WrongState(f"visit {visit.pk} is not planned any more")
    # In one order for everybody, so that two who book the same people at once do not wait for each other.
    people = sorted(people, key=lambda someone: someone.pk)
    try:
        with transaction.atomic():
            visit.save(update_fields=None if new else ["kind", "on", "half", "host"])
            visit.bookings.all().delete()
            Booking.objects.bulk_create(
                Booking(visit=visit, person=someone, on=visit.on, half=visit.half) for someone in people
            )
    except IntegrityError as error:
        raise Taken(in_the_way(visit, people)) from error
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
    visit.move_to(Visit.Status.CANCELLED, cancelled_because=reason)
    visit.bookings.all().delete()
    audit.record(person, "visits.cancelled", visit)
    return visit


@transaction.atomic
def visit_took_place(person, visit):
    visit.move_to(Visit.Status.TOOK_PLACE)
    audit.record(person, "visits.took place", visit)
    return visit


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
    visits = list(ahead.order_by("pk").select_for_update())
    Booking.objects.filter(visit__in=visits).delete()
    Visit.objects.filter(pk__in=[visit.pk for visit in visits]).update(
        status=Visit.Status.CANCELLED, cancelled_because=FOLDED
    )
    for visit in visits:
        audit.record(person, "visits.cancelled", visit)


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
                Booking.objects.filter(pk=booking.pk).update(person=joined)
        except IntegrityError:
            continue
        audit.record(person, "visits.handed over", booking.visit)


def visit_the_new_home_school(person, partnership, left, joined, on):
    """Visits to come at the home school of a specialist teacher who left take place at that of whoever followed."""
    first = max(on, timezone.localdate())
    ahead = Visit.objects.filter(partnership=partnership, status=Visit.Status.PLANNED, on__gte=first)
    astray = list(ahead.exclude(host__in=schools_of(partnership)).order_by("pk").select_for_update())
    home = partnership.specialist.home_school
    Visit.objects.filter(pk__in=[visit.pk for visit in astray]).update(host=home)
    for visit in astray:
        audit.record(person, "visits.moved", visit, about=f"school {home.pk}")
