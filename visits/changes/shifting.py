"""What moving many visits by some weeks would do: from where to where, and what is in the way of each."""

import datetime as dt
from dataclasses import dataclass, field

from programmes.calendar import calendars_of
from visits import services
from visits.forms import who_is_booked
from visits.models import Booking, Visit
from visits.planning.objections import objections_to
from visits.services.history import is_late


@dataclass
class Shift:
    """One visit with its new day, whether cover is given up late, the sentences about what is in the way, and those
    about what speaks against it all the same."""

    visit: Visit
    on: dt.date
    is_late: bool = False
    problems: list[str] = field(default_factory=list)
    warned: tuple[str, ...] = ()

    @property
    def seen(self):
        return f"{self.visit.pk}:{self.visit.sequence}"

    @property
    def target(self):
        return services.Target(self.visit, self.on, self.visit.half, self.visit.sequence)


def shifts_of(user, visits, weeks, today) -> list[Shift]:
    """Looked at all together: a half-day that one of them leaves is free for another."""
    shifts = [Shift(visit, visit.on + dt.timedelta(weeks=weeks)) for visit in visits]
    calendars = calendars_of({visit.partnership.programme.organisation_id for visit in visits})
    moving = {visit.pk for visit in visits}
    taken = booked_elsewhere(shifts, moving)
    wanted = {shift.visit.pk: (shift.on, shift.visit.half) for shift in shifts}
    objections = objections_to(user, visits, wanted, today)
    for shift in shifts:
        visit, programme = shift.visit, shift.visit.partnership.programme
        shift.is_late = (visit.on - today).days < 7 and is_late(visit, today)
        if not programme.starts_on <= shift.on <= programme.ends_on:
            shift.problems.append("This day is outside the programme's year.")
        elif shift.on < today:
            shift.problems.append("This day is past.")
        elif not calendars.of(programme.organisation_id, visit.host_id).is_school_day(shift.on):
            shift.problems.append(f"{shift.on:%A %-d %B} is no school day at {visit.host}.")
        else:
            shift.problems += objections[visit.pk].refused
        shift.warned = objections[visit.pk].warned
        for person in visit.people.all():
            if booking := taken.get((person.pk, shift.on, visit.half)):
                shift.problems.append(who_is_booked(user, booking, ""))
    return shifts


def booked_elsewhere(shifts, moving):
    people = {person.pk for shift in shifts for person in shift.visit.people.all()}
    rows = Booking.objects.filter(person__in=people, on__in={shift.on for shift in shifts}).exclude(visit__in=moving)
    rows = rows.select_related("person", "visit__host")
    return {(row.person_id, row.on, row.half): row for row in rows}
