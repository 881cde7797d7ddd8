"""The history of a visit, and which of its changes came so late that cover was booked already."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from programmes.calendar import calendar_of
from visits.models import Booking, Visit, VisitChange

NOTICE = 2  # school days: with less, the cover of a half-day that is given up is counted


@dataclass(frozen=True)
class Changed:
    """A visit that was changed, for those who are told of it: as it stood (None: it is new), as it stands, and who was
    booked. `line` is what its history says."""

    visit: Visit
    line: VisitChange
    before: Visit | None = None
    booked: tuple[Booking, ...] = ()


def tell(person, visit, **how) -> VisitChange:
    """One more line of the history, as `line_of` says it."""
    line = line_of(person, visit, **how)
    line.save()
    return line


def line_of(person, visit, *, before=None, booked=(), still=None, what=None, reason="", calendar=None) -> VisitChange:
    """From how it stood `before`, with the half-days that were `booked` then, to how it stands now; not yet saved.

    `still` are the ids of those who are booked now; left out, the database is asked.
    """
    if what is None:
        what = what_happened(before, visit)
    given_up = booked if what != VisitChange.What.CHANGED else ()
    out = [booking for booking in given_up if booking.is_out]
    is_counted = bool(out) and before is not None and not puts_right(what, before, visit)
    late = out if is_counted and is_late(before, calendar=calendar) else []
    specialist = visit.partnership.specialist.user_id
    return VisitChange(
        visit=visit,
        what=what,
        by=person,
        before_on=before and before.on,
        before_half=before.half if before else "",
        before_host_id=before and before.host_id,
        after_on=visit.on,
        after_half=visit.half,
        after_host_id=visit.host_id,
        reason=reason,
        given_up=not_any_more(visit, booked, still),
        late_specialist_half_days=sum(booking.person_id == specialist for booking in late),
        late_partner_half_days=sum(booking.person_id != specialist for booking in late),
    )


def puts_right(what, before, visit) -> bool:
    """Of a day that is over only the half-day is said otherwise: nobody gives up cover by it."""
    return what == VisitChange.What.MOVED and before.on == visit.on and before.on < timezone.localdate()


def not_any_more(visit, booked, still=None) -> list[dict]:
    """Those who were booked for the visit and are not now."""
    if still is None:
        still = set(visit.bookings.values_list("person", flat=True)) if booked else set()
    return [
        {"person": booking.person_id, "school": booking.school_id, "is_out": booking.is_out}
        for booking in booked
        if booking.person_id not in still
    ]


def what_happened(before, visit):
    if before is None:
        return VisitChange.What.PLANNED
    moved = (before.on, before.half) != (visit.on, visit.half)
    return VisitChange.What.MOVED if moved else VisitChange.What.CHANGED


def is_late(visit, today: dt.date | None = None, calendar=None) -> bool:
    """Whether at most two school days of the host school are left until the visit, its own included, or it is past."""
    today = today or timezone.localdate()
    calendar = calendar or calendar_of(visit.partnership.programme.organisation_id, visit.host_id)
    return calendar.number_of_school_days(today + dt.timedelta(days=1), visit.on) <= NOTICE
