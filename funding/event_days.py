"""What each side is paid for the required events of the timetable: by the registers, once these are closed."""

from collections import defaultdict

from funding.models import Side
from programmes.models import Partnership, PartnerTeacher
from visits.models import Attendance, Event


def read_events(facts, everyone):
    """For each side and required step of an event: the half-days it is paid, once its registers are closed.

    A person who was there is paid once, with the first of their partnerships. Until a register is closed everybody is
    taken to come.
    """
    first = first_partnerships(everyone)
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
                key = (partnership.pk, side, item.pk)
                people = {person for person, pk in first[side].items() if pk == partnership.pk}
                if not people and item.half_days(side):
                    facts.event_half_days[key] = 0  # its teachers are paid with another partnership of theirs
                elif own and all(event.register_closed_at for event in own):
                    there = sum(event.half_days for event in own for person in people if (event.pk, person) in present)
                    facts.event_half_days[key] = min(item.half_days(side), there)


def first_partnerships(everyone) -> dict:
    """side -> person -> the partnership with which they are paid for an event: their first that has not folded."""
    order = sorted(everyone, key=lambda row: (row.status == Partnership.Status.FOLDED, row.ref))
    teachers = PartnerTeacher.objects.filter(partnership__in=order, until=None).values_list("partnership", "user")
    by_partnership = defaultdict(list)
    for partnership, person in teachers:
        by_partnership[partnership].append(person)
    found = {side: {} for side in Side}
    for row in order:
        found[Side.SPECIALIST].setdefault(row.specialist.user_id, row.pk)
        for person in by_partnership[row.pk]:
            found[Side.PARTNER].setdefault(person, row.pk)
    return found


def presences(events) -> set:
    rows = Attendance.objects.filter(event__in=list(events), present=True, person__isnull=False)
    return set(rows.values_list("event", "person"))
