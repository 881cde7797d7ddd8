"""Changes of planned visits: move, swap, move many, confirm.

Each leaves a line of history and tells whoever it concerns. The unique booking decides who gets a half-day.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import audit
from visits.models import Booking, Visit, VisitChange, WrongState
from visits.services.history import Changed, tell
from visits.services.keeping import (
    after_late_cover,
    booked_and_gone,
    hold_partnerships,
    hold_people,
    in_the_way,
    keep_visit,
    overtake,
)
from visits.services.out import bookings_for
from visits.services.telling import tell_people

# A day on which nothing is planned: where one half-day of a partnership waits while another one takes its place.
ASIDE = dt.date.max


@dataclass(frozen=True)
class Target:
    """Where a visit is to go, from how somebody saw it: `seen` is its sequence then."""

    visit: Visit
    on: dt.date
    half: str
    seen: int | None = None


class CannotMove(Exception):
    """Nothing was moved; `problems` are (visit, bookings in its way); none where its partnership is in its own way."""

    def __init__(self, problems):
        super().__init__(", ".join(f"visit {visit.pk}" for visit, _ in problems))
        self.problems = problems


@transaction.atomic
def move_visit(person, visit, on, half, reason="", *, host=None, people=None, seen=None, changes=None) -> Visit:
    """The visit is on another half-day, and everybody but whoever moved it has to confirm it anew.

    Raises Taken where one of its people is booked, and WrongState where the visit is not what was `seen` any more.
    """
    (visit,) = held([visit])
    check_seen(visit, seen)
    visit.on, visit.half, visit.host = on, half, host or visit.host
    people = who_comes(visit) if people is None else people
    return keep_visit(person, visit, people, reason=reason, changes=changes)


def held(visits) -> list[Visit]:
    """The planned visits as they stand, in the same order, with their partnerships held until the transaction ends."""
    hold_partnerships([visit.partnership_id for visit in visits])
    rows = Visit.objects.select_for_update(of=("self",)).filter(pk__in=[visit.pk for visit in visits])
    rows = rows.filter(status=Visit.Status.PLANNED).order_by("pk")
    standing = {visit.pk: visit for visit in rows.with_people()}
    if missing := {visit.pk for visit in visits} - standing.keys():
        raise WrongState(f"visits {sorted(missing)} are not planned any more")
    return [standing[visit.pk] for visit in visits]


def check_seen(visit, seen):
    if seen is not None and visit.sequence != seen:
        raise WrongState(f"visit {visit.pk} was changed since it was seen")


def who_comes(visit):
    """Whoever is booked; where one of them has left the partnership, its teachers of today beside the others."""
    booked, gone = booked_and_gone(visit)
    return list(dict.fromkeys([*booked, *visit.partnership.teachers])) if gone else booked


def swap_visits(person, one, other, reason="", *, seen=(None, None)) -> None:
    """Two visits have exchanged their half-days, in one step: also where the same people are in both."""
    targets = [Target(one, other.on, other.half, seen[0]), Target(other, one.on, one.half, seen[1])]
    move_all(person, targets, reason, what=VisitChange.What.SWAPPED)


def move_many(person, targets, reason="") -> int:
    """All these visits are on the half-days given, or none is: then CannotMove lists each that has no room."""
    return move_all(person, targets, reason)


@transaction.atomic
def move_all(person, targets, reason, what=None) -> int:
    visits = held([target.visit for target in targets])
    for visit, target in zip(visits, targets, strict=True):
        check_seen(visit, target.seen)
        if what == VisitChange.What.SWAPPED:
            # Of what was shown on the page nothing may have changed, or they would not exchange what people saw.
            check_seen_day(visit, target.visit)
    befores = {visit.pk: Visit.objects.get(pk=visit.pk) for visit in visits}
    booked = {visit.pk: list(visit.bookings.select_related("person")) for visit in visits}
    people = {visit.pk: who_comes(visit) for visit in visits}
    hold_people([*(b.person for rows in booked.values() for b in rows), *(p for rows in people.values() for p in rows)])
    for visit, target in zip(visits, targets, strict=True):
        visit.on, visit.half, visit.sequence = target.on, target.half, visit.sequence + 1
    try:
        with transaction.atomic():
            put(person, visits, people, booked)
    except IntegrityError as error:
        raise CannotMove(problems_of(visits, people)) from error
    changes = []
    for visit in visits:
        line = tell(person, visit, before=befores[visit.pk], booked=booked[visit.pk], what=what, reason=reason)
        overtake(visit)
        changes.append(Changed(visit, line, befores[visit.pk], tuple(booked[visit.pk])))
    audit.record_all(person, "visits.changed", [(visit, "") for visit in visits])
    after_late_cover(person, [change.line for change in changes])
    tell_people(person, changes)
    return len(visits)


def check_seen_day(visit, seen):
    if (visit.on, visit.half) != (seen.on, seen.half):
        raise WrongState(f"visit {visit.pk} was moved since it was seen")


def put(person, visits, people, booked):
    """All bookings are freed before the first is made, and no two visits of a partnership meet on the way."""
    keys = [visit.pk for visit in visits]
    Booking.objects.filter(visit__in=keys).delete()
    for number, visit in enumerate(visits):
        Visit.objects.filter(pk=visit.pk).update(on=ASIDE - dt.timedelta(days=number))
    Visit.objects.bulk_update(visits, ["on", "half", "sequence"])
    made = [booking for v in visits for booking in bookings_for(v, people[v.pk], person, booked[v.pk])]
    Booking.objects.bulk_create(sorted(made, key=lambda booking: (booking.person_id, booking.on, booking.half)))


def problems_of(visits, people):
    """Each visit that has no room, with the bookings in its way: of other visits, and of those that move with it."""
    moving = {visit.pk for visit in visits}
    wanted = {}
    found = []
    for visit in visits:
        theirs = [row for row in in_the_way(visit, people[visit.pk]) if row.visit_id not in moving]
        clash = [wanted[key] for p in people[visit.pk] if (key := (p.pk, visit.on, visit.half)) in wanted]
        wanted |= {(p.pk, visit.on, visit.half): visit for p in people[visit.pk]}
        same = Visit.objects.standing().filter(partnership=visit.partnership_id, on=visit.on, half=visit.half)
        if theirs or clash or same.exclude(pk__in=moving).exists():
            found.append((visit, theirs))
    return found


@transaction.atomic
def lock_visit(person, visit, is_locked: bool) -> None:
    """Whether the planner leaves the visit on its half-day. By hand it moves all the same."""
    Visit.objects.filter(pk=visit.pk).update(is_locked=is_locked)
    audit.record(person, "visits.locked" if is_locked else "visits.unlocked", visit)


def confirm(person, visits) -> list[Visit]:
    """The half-days of these visits suit the person; those of them that are confirmed now, by this. `visits` are as
    the person saw them: one that was moved since is left out."""
    now, done = timezone.now(), []
    for visit in sorted(visits, key=lambda visit: visit.pk):
        own = Booking.objects.filter(
            visit=visit.pk,
            visit__status=Visit.Status.PLANNED,
            visit__sequence=visit.sequence,
            person=person,
            confirmed_at=None,
        )
        if own.update(confirmed_at=now):
            tell(person, visit, before=visit, what=VisitChange.What.CONFIRMED)
            done.append(visit)
    audit.record_all(person, "visits.confirmed", [(visit, "") for visit in done])
    return done
