"""Writing a visit: the people's half-days with it, and a line of its history."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.models import School, User
from programmes.models import AreaConsultant, Partnership, Programme
from programmes.models.partnerships import OPEN_TO_VISITS
from visits.models import Booking, NotOpenToVisits, ProposedTime, Visit, VisitChange, WrongState
from visits.services.history import Changed, tell
from visits.services.out import bookings_for
from visits.services.telling import tell_people
from visits.used import used_otherwise


class Taken(Exception):
    """Someone is booked on that half-day already. `bookings` are the ones in the way."""

    def __init__(self, bookings):
        super().__init__(", ".join(f"booking {booking.pk}" for booking in bookings))
        self.bookings = bookings


@transaction.atomic
def keep_visit(person, visit, people, *, reason="", changes=None):
    """Write the visit and book its people's half-day, or write nothing and raise Taken.

    The unique booking decides, not a look beforehand: of two who book one teacher at once, one gets the half-day.
    Everybody whom it concerns is told, unless the caller collects the `changes` to tell of all of them together.
    """
    new = visit.pk is None
    hold_partnerships([visit.partnership_id], new=new)
    before = None if new else Visit.objects.select_for_update().filter(pk=visit.pk, status=Visit.Status.PLANNED).first()
    if not new and before is None:
        raise WrongState(f"visit {visit.pk} is not planned any more")
    booked = [] if new else list(before.bookings.select_related("person"))
    hold_people([*people, *(booking.person for booking in booked)])
    # In one order for everybody, as the people are held.
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
    line = tell(person, visit, before=before, booked=booked, reason=reason)
    if line.what == VisitChange.What.MOVED:
        overtake(visit)
    audit.record(person, "visits.planned" if new else "visits.changed", visit)
    after_late_cover(person, [line])
    tell_or_collect(person, Changed(visit, line, before, tuple(booked)), changes)
    return visit


def after_late_cover(person, lines):
    """Cover that these changes gave up late is counted as if it was used."""
    if late := [line for line in lines if line.late_specialist_half_days or line.late_partner_half_days]:
        partnerships = {line.visit.partnership_id for line in late}
        used_otherwise(person, partnerships, "Cover was given up late.")


def hold_partnerships(partnerships, *, new=False):
    """Until the transaction ends nobody pauses, folds or closes them; refused where that has happened already.

    Whoever holds several things does so in this order: partnerships, visits, people, each by its key.
    """
    rows = Partnership.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=partnerships).order_by("pk")
    for pk, status, programme in rows.values_list("pk", "status", "programme__status"):
        rests = status not in OPEN_TO_VISITS if new else status == Partnership.Status.PAUSED
        if rests or programme == Programme.Status.CLOSED:
            raise NotOpenToVisits(f"partnership {pk} is {status} in a programme that is {programme}")


def hold_people(people):
    """Two who exchange half-days of the same people would else each wait for what the other has freed already."""
    rows = User.objects.select_for_update(no_key=True).filter(pk__in={someone.pk for someone in people})
    list(rows.order_by("pk").values_list("pk"))


def overtake(visit):
    """Another change of the visit answers the time that was proposed for it."""
    visit.proposed_times.filter(answer="").update(answer=ProposedTime.Answer.OVERTAKEN, answered_at=timezone.now())


def tell_or_collect(person, changed, changes):
    if changes is None:
        tell_people(person, [changed])
    else:
        changes.append(changed)


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
def cancel_visit(person, visit, reason, *, changes=None):
    """The visit will not take place, its people's half-day is free again, and the reason is kept. People are told, or
    the caller collects the `changes`."""
    booked = list(visit.bookings.select_related("person"))
    visit.move_to(Visit.Status.CANCELLED, cancelled_because=reason, sequence=F("sequence") + 1)
    visit.bookings.all().delete()
    overtake(visit)
    line = tell(person, visit, before=visit, booked=booked, what=VisitChange.What.CANCELLED, reason=reason)
    audit.record(person, "visits.cancelled", visit)
    if changes is None:  # of a fold, which collects them, all that follows comes after the last one
        after_late_cover(person, [line])
    tell_or_collect(person, Changed(visit, line, visit, tuple(booked)), changes)
    return visit


@transaction.atomic
def visit_took_place(person, visit):
    visit.move_to(Visit.Status.TOOK_PLACE)
    tell(person, visit, before=visit, what=VisitChange.What.TOOK_PLACE)
    audit.record(person, "visits.took place", visit)
    used_otherwise(person, [visit.partnership_id], f"The visit of {visit.on:%-d %B %Y} took place.")
    return visit
