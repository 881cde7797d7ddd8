"""What becomes of visits when their partnership folds, or someone else follows in it."""

from copy import copy

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.models import User
from programmes.services.concerned import people_concerned
from programmes.services.life import Enclosure
from visits.models import Booking, Visit
from visits.services.history import Changed, tell
from visits.services.keeping import cancel_visit, hold_people, schools_of
from visits.services.out import places_of
from visits.services.telling import tell_people


def last_visit_held(partnership, person=None):
    """The last day on which a visit took place; with a person, one on which they were there. None without any."""
    held = Visit.objects.filter(partnership=partnership, status=Visit.Status.TOOK_PLACE)
    if person is not None:
        held = held.filter(pk__in=Booking.objects.filter(person=person).values("visit"))
    return held.aggregate(on=Max("on"))["on"]


FOLDED = "The partnership has folded."
ANOTHER_TEACHER = "Another teacher follows in the partnership."


def cancel_visits_after(person, partnership, on) -> list[Enclosure]:
    """Those still planned for a day after the partnership's last one will not take place; half-days are free again.

    One whose day has gone by may have taken place: it stays, to be confirmed or cancelled. What those read whom the
    fold concerns is returned, to go with the mail about it. A fold that a file says is nobody's, and has no such mail.
    """
    ahead = Visit.objects.filter(partnership=partnership, on__gt=on, status=Visit.Status.PLANNED)
    ahead = ahead.filter(on__gte=timezone.localdate())
    changes = []
    for visit in ahead.order_by("pk").select_for_update():
        cancel_visit(person, visit, FOLDED, changes=changes)
    told_anyway = frozenset(people_concerned(partnership)) if person else frozenset()
    return [enclosure_of(letter) for letter in tell_people(person, changes, told_anyway)]


def enclosure_of(letter) -> Enclosure:
    if letter.file:
        words = "Your visits that are cancelled; the half-days are free again, and the file corrects your calendar:"
        lines = letter.context["lines"]["cancelled"]
        return Enclosure(letter.person, f"{words}\n\n{lines}", letter.file, letter.method)
    words = f"No longer out of class at {letter.context['school']}, so cover for them is not needed:"
    return Enclosure(letter.person, f"{words}\n\n{letter.context['back']}")


def let_visits_follow(person, partnership, left, joined, on):
    """Visits to come follow the people: who joined the same side takes over the half-days of whoever left it, where
    free, and what was to take place at the home school of a specialist teacher who left does so at the new one.

    Where somebody is not free their predecessor's booking stays, and the visit waits for a successor: somebody chooses
    another half-day or person. Each person is told of all of it in one mail.
    """
    visits = to_come(partnership, max(on, timezone.localdate()))
    booked = User.objects.filter(bookings__visit__in=visits)
    hold_people([*booked, *([joined] if joined else [])])
    hosts = {school.pk for school in schools_of(partnership)}
    followed = [follow(person, visit, joined, hosts) for visit in visits]
    tell_people(person, [changed for changed in followed if changed])


def to_come(partnership, first):
    """Those that stand, held in one order, with their people as the partnership has them now."""
    ahead = Visit.objects.filter(partnership=partnership, status=Visit.Status.PLANNED, on__gte=first)
    ahead = list(ahead.order_by("pk").select_for_update())
    for visit in ahead:
        visit.partnership = partnership
    return sorted(ahead, key=lambda visit: (visit.on, visit.half, visit.pk))


def follow(person, visit, joined, hosts) -> Changed | None:
    before, booked = copy(visit), list(visit.bookings.select_related("person", "school").order_by("pk"))
    handed = joined is not None and hand_over(visit, joined)
    astray = visit.host_id not in hosts
    if not handed and not astray:
        return None
    if astray:
        visit.host = visit.partnership.specialist.home_school
        audit.record(person, "visits.moved", visit, about=f"school {visit.host_id}")
    if handed:
        audit.record(person, "visits.handed over", visit)
    visit.sequence += 1
    visit.save(update_fields=["host", "sequence"])
    place_people(visit)
    line = tell(person, visit, before=before, booked=booked, reason=ANOTHER_TEACHER)
    return Changed(visit, line, before, tuple(booked))


def hand_over(visit, joined) -> bool:
    """Whether half-days of people who left the side of the one who joined are theirs now."""
    past_specialists = visit.partnership.past_specialists.values("specialist__user")
    theirs = Booking.objects.of_who_has_left().filter(visit=visit)
    if joined.pk == visit.partnership.specialist.user_id:
        theirs = theirs.filter(person__in=past_specialists)
    else:
        theirs = theirs.exclude(person__in=past_specialists)
    done = False
    for booking in theirs.order_by("pk"):
        if Booking.objects.filter(visit=visit, person=joined).exists():
            booking.delete()
            done = True
            continue
        try:
            with transaction.atomic():
                Booking.objects.filter(pk=booking.pk).update(person=joined, confirmed_at=None, covered_by="")
        except IntegrityError:
            continue
        done = True
    return done


def place_people(visit):
    """Whoever is of the partnership is booked for their school, and out of class or not by where the visit is."""
    bookings = list(visit.bookings.select_related("person"))
    places = places_of(visit, [booking.person for booking in bookings])
    teachers = set(visit.partnership.teachers)
    for booking in bookings:
        if booking.person in teachers:
            booking.school, booking.is_out = places[booking.person]
    Booking.objects.bulk_update(bookings, ["school", "is_out"])
