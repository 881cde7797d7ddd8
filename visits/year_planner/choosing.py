"""Keeping the half-day that somebody chose, unless it was taken meanwhile."""

from dataclasses import dataclass

from papers.templatetags.plain import longday
from visits import services
from visits.models import NotOpenToVisits, Visit, WrongState
from visits.planner.values import day_of, half_of
from visits.planner.words import cause
from visits.year_planner.half_day import SHORT, HalfDay, slot_from

OVERTAKEN = "Someone else changed this visit a moment ago, so nothing was moved. This is how it stands now."


@dataclass(frozen=True)
class Kept:
    """The visit on its half-day, or a sentence on why nothing was changed."""

    visit: Visit | None = None
    error: str = ""


def choose(person, page: HalfDay, value: str, seen: str) -> Kept:
    """The visit is on the chosen half-day, once everything was looked at again."""
    slot = slot_from(value)
    if slot is None:
        return Kept(error="Choose one of the half-days that are free.")
    if str(page.visit.sequence if page.visit else "") != seen:
        return Kept(error=OVERTAKEN)
    if slot not in {free.choice.slot for free in page.free}:
        found = page.against(slot)
        why = f": {cause(found[0], page.names)}" if found else ""
        when = f"{longday(day_of(slot))}, {'morning' if half_of(slot) == 0 else 'afternoon'}"
        return Kept(error=f"{when} is not free any more{why}. Nothing was changed. Choose another half-day.")
    return keep(person, page, slot)


def keep(person, page, slot) -> Kept:
    asked, on, half = page.asked, day_of(slot), SHORT[half_of(slot)]
    try:
        if asked.visit:
            return Kept(services.move_visit(person, asked.visit, on, half, seen=asked.visit.sequence))
        fields = {"partnership": asked.partnership, "step": asked.step, "kind": asked.kind, "host": asked.host}
        return Kept(services.keep_visit(person, Visit(on=on, half=half, **fields), asked.people))
    except services.Taken as taken:
        return Kept(error=taken_words(page, taken))
    except NotOpenToVisits:
        return Kept(error="This partnership was paused or ended a moment ago, so nothing was changed.")
    except WrongState:
        return Kept(error=OVERTAKEN)


def taken_words(page, taken) -> str:
    """Who is booked where; of a visit that the reader does not reach only that there is one."""
    said = []
    known = Visit.objects.allowed(page.reader, "visits.view").filter(pk__in=[one.visit_id for one in taken.bookings])
    known = set(known.values_list("pk", flat=True))
    for booking in taken.bookings:
        visit, where = booking.visit, ""
        if booking.visit_id in known:
            where = f": {visit.get_kind_display().lower()} at {visit.host}"
        when = f"{longday(booking.on)}, {booking.get_half_display()}"
        said.append(f"{booking.person} was booked on {when} a moment ago{where}.")
    return " ".join([*said, "Nothing was changed. Choose another half-day."])
