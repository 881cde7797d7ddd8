"""What each side is paid for the required events of the timetable: by the registers, once these are closed."""

from collections import defaultdict

from django.db.models import F

from funding.models import Side
from programmes.models import Partnership, PartnerTeacher, PastSpecialist
from visits.models import Attendance, Event


def read_events(facts, everyone):
    """For each side and required step of an event: the half-days it is paid, once its registers are closed.

    A person who was there is paid once, with the first of their partnerships. Until a register is closed everybody is
    taken to come.
    """
    order = sorted(everyone, key=lambda row: (row.status == Partnership.Status.FOLDED, row.ref))
    teaching, left = teachers_of(order)
    first = first_partnerships(order, teaching, left)
    refs = {row.pk: row.ref for row in everyone}
    steps = {item.step_id: item for item in facts.items if item.step_id and item.step.type == "event"}
    events = Event.objects.standing().filter(step__in=steps).order_by("on", "pk")
    by_step = defaultdict(list)
    for event in events:
        by_step[event.step_id].append(event)
    present = presences(event.pk for rows in by_step.values() for event in rows)
    for step, item in steps.items():
        held = by_step[step]
        for partnership in facts.partnerships.values():
            own = [event for event in held if event.area_id in (None, partnership.area_id)] or held
            for side in Side:
                key, whose = (partnership.pk, side, item.pk), (partnership.pk, side)
                people = [person for person in teaching[whose] if first[side][person] == partnership.pk]
                if not people and item.half_days(side):
                    facts.event_half_days[key] = 0  # its teachers are paid with another partnership of theirs
                    if teaching[whose]:
                        facts.paid_with[key] = refs[first[side][teaching[whose][0]]]
                elif own and all(event.register_closed_at for event in own):
                    there = sum(
                        event.half_days
                        for event in own
                        for person in people
                        if (event.pk, person) in present and event.on <= left.get((*whose, person), event.on)
                    )
                    facts.event_half_days[key] = min(item.half_days(side), there)


def teachers_of(partnerships) -> tuple[dict, dict]:
    """(partnership, side) -> its teachers, those of today first, then who has left; and the last day of each of these:
    what they were at before stays with the partnership."""
    found, left = defaultdict(list), {}
    rows = PartnerTeacher.objects.filter(partnership__in=partnerships).order_by(F("until").desc(nulls_first=True), "pk")
    past = PastSpecialist.objects.filter(partnership__in=partnerships).order_by("-until", "pk")
    for row in partnerships:
        found[row.pk, Side.SPECIALIST].append(row.specialist.user_id)
    there = [(pk, Side.PARTNER, *of) for pk, *of in rows.values_list("partnership", "user", "until")]
    there += [(pk, Side.SPECIALIST, *of) for pk, *of in past.values_list("partnership", "specialist__user", "until")]
    for pk, side, person, until in there:
        if person not in found[pk, side]:
            found[pk, side].append(person)
            if until:
                left[pk, side, person] = until
    return found, left


def first_partnerships(order, teaching, left) -> dict:
    """side -> person -> the partnership with which they are paid for an event: their first that has not folded. Who
    teaches in one comes before who has left another."""
    found = {side: {} for side in Side}
    for is_past in (False, True):
        for row in order:
            for side in Side:
                for person in teaching[row.pk, side]:
                    if ((row.pk, side, person) in left) == is_past:
                        found[side].setdefault(person, row.pk)
    return found


def presences(events) -> set:
    rows = Attendance.objects.filter(event__in=list(events), present=True, person__isnull=False)
    return set(rows.values_list("event", "person"))
