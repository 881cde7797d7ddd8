"""What speaks against other half-days for visits that are planned: what is refused, and what is asked about first."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from programmes.models import Programme
from visits.models import Booking, Plan
from visits.planner import Rule, day_of, slot_of
from visits.planner.candidates import NEVER, blockers
from visits.planner.words import cause
from visits.planning.calendars import HALVES
from visits.planning.checking import Against, Refusal, What, broken, in_words, is_beside_the_point
from visits.planning.reading import read

REFUSED = NEVER - {Rule.PAST, Rule.SOON} | {Rule.CLOSED, Rule.NO_GO, Rule.AWAY}


@dataclass(frozen=True)
class Objections:
    """Sentences about one visit: why it cannot be there, and what to know before it is put there."""

    refused: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()


def objections_to(reader, visits, wanted: Mapping[int, tuple], today) -> dict[int, Objections]:
    """By the key of the visit; `wanted` are day and half-day by key. All of them are looked at as if all had moved.

    Days that are over are not looked at: what took place there did so. Who is booked for another visit then is not said
    here, since the bookings themselves decide about that.
    """
    of_programmes = defaultdict(dict)
    for visit in visits:
        on, half = wanted[visit.pk]
        if on >= today:
            of_programmes[visit.partnership.programme_id][visit.pk] = slot_of(on, HALVES[half])
    found = {visit.pk: Objections() for visit in visits}
    programmes = Programme.objects.select_related("organisation").prefetch_related("timetable")
    for programme in programmes.filter(pk__in=of_programmes):
        found |= in_programme(reader, programme, of_programmes[programme.pk], today)
    return found


def never_then(reader, visit, people, today) -> list[str]:
    """Why a visit, new or changed, cannot be on its half-day, whatever anybody says. Nothing of what is over."""
    if visit.on < today:
        return []
    plan = read(visit.partnership.programme, moves=Plan.Moves.EVERYTHING, reader=reader, today=today)
    alike = (need for need in plan.problem.needs if plan.asked[need.key].partnership.pk == visit.partnership_id)
    if (need := next(alike, None)) is None:
        return []
    people = tuple(someone.pk for someone in people)
    need = replace(need, people=people, host=visit.host_id, out=(), with_class=())
    found = blockers(plan.problem, need, slot_of(visit.on, HALVES[visit.half]))
    said = [cause(one, plan.names) for one in found if one.rule in REFUSED]
    return [f"{words[0].upper()}{words[1:]} then. Choose another half-day." for words in said]


def in_programme(reader, programme, wanted, today) -> dict[int, Objections]:
    plan = read(programme, moves=Plan.Moves.EVERYTHING, reader=reader, today=today)
    moved = {asked.key: asked for asked in plan.asked.values() if asked.visit and asked.visit.pk in wanted}
    slots = {need.key: need.stands for need in plan.problem.needs if need.stands is not None}
    slots |= {key: wanted[asked.visit.pk] for key, asked in moved.items()}
    slugs = {key: asked.slug for key, asked in plan.asked.items()}
    titles = {asked.slug: asked.title for asked in plan.asked.values()}
    booked = booked_then(slots[key] for key in moved)
    against = broken(plan.problem, slugs, slots, moved)
    found = {}
    for key, asked in moved.items():
        refused, warned = [], []
        for one in against.get(key, ()):
            if is_beside_the_point(one, asked) or is_said_by_bookings(one, slots[key], booked):
                continue
            if one.what in {Rule.PAST, Rule.SOON}:
                said = "it is too soon to find cover"
            elif one.what == What.OUTSIDE:
                first, last = asked.step.window_start, asked.step.window_end
                said = f"it is outside the window of {asked.step.name}, {first:%-d %B} to {last:%-d %B}"
            else:
                said = in_words(Refusal(asked.slug, asked.partnership.pk, slots[key], one), plan.names, titles)
            sentence = f"{said[0].upper()}{said[1:]}."
            (refused if one.what in REFUSED else warned).append(sentence)
        found[asked.visit.pk] = Objections(tuple(dict.fromkeys(refused)), tuple(dict.fromkeys(warned)))
    return found


def booked_then(slots) -> set[tuple[int, int]]:
    """(person, half-day) of every visit on the days of these half-days."""
    rows = Booking.objects.filter(on__in={day_of(slot) for slot in slots}).values_list("person", "on", "half")
    return {(person, slot_of(on, HALVES[half])) for person, on, half in rows}


def is_said_by_bookings(one: Against, slot, booked) -> bool:
    return one.what == What.BOOKED or (one.what == Rule.BUSY and (one.owner, slot) in booked)
