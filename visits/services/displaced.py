"""Which planned visits fall on days that somebody has just taken out of the calendar."""

from collections import defaultdict

from papers.templatetags.plain import longday
from visits.models import Visit


def planned_between(person, first, last):
    """Those in the person's reach that are planned and do not rest."""
    rows = Visit.objects.allowed(person, "visits.view").filter(status=Visit.Status.PLANNED, on__range=(first, last))
    return rows.not_resting()


def visits_on_closures(person, closures) -> dict[int, list[tuple[str, str]]]:
    """For each closure the planned visits that take place at its school or take one of its teachers out of class."""
    closures = list(closures)
    if not closures:
        return {}
    span = min(row.first_on for row in closures), max(row.last_on for row in closures)
    rows = planned_between(person, *span).select_related("partnership").prefetch_related("bookings")
    of_school = defaultdict(list)
    for visit in rows:
        for school in {visit.host_id, *(booking.school_id for booking in visit.bookings.all())}:
            of_school[school].append(visit)
    return {row.pk: [said(visit) for visit in of_school[row.school_id] if falls_on(visit, row)] for row in closures}


def falls_on(visit, closure) -> bool:
    """Whether the visit is on one of the half-days, and the closure is about its class where it names year groups."""
    about = not closure.year_groups or visit.partnership.year_group in closure.year_groups
    return about and closure.first_on <= visit.on <= closure.last_on and visit.half in closure.halves


def said(visit) -> tuple[str, str]:
    """Tuesday 9 February, morning: Observation; and where it is."""
    words = f"{longday(visit.on)}, {visit.get_half_display()}: {visit.get_kind_display().lower()}"
    return words, visit.get_absolute_url()
