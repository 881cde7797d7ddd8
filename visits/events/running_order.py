"""The running order of an event: slots one after the other, their times worked out from its start."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Max

from accounts import audit
from papers.templatetags.plain import clock
from visits.events.audience import audience, schools_of
from visits.models import Event, Slot

FIVE_MINUTES = 5


@dataclass(frozen=True)
class Timed:
    slot: Slot
    starts_at: dt.time
    ends_at: dt.time

    @property
    def words(self):
        """4:05pm: What our school found, Alder School"""
        said = [self.slot.what, self.slot.who, str(self.slot.school or "")]
        return f"{clock(self.starts_at)}: {', '.join(part for part in said if part)}"


def timed(event) -> tuple[list[Timed], int]:
    """The slots with their times, and by how many minutes they run over the end of the event.

    A number below 0 says how many minutes they leave.
    """
    on = dt.date(2000, 1, 1)
    now, found = dt.datetime.combine(on, event.starts_at), []
    for slot in event.slots.select_related("school"):
        ends = now + dt.timedelta(minutes=slot.minutes)
        found.append(Timed(slot, now.time(), ends.time()))
        now = ends
    over = now - dt.datetime.combine(on, event.ends_at)
    return found, int(over.total_seconds()) // 60


def slots_in(events):
    return Slot.objects.filter(event__in=events.values("pk")).select_related("event__programme", "event__area")


def locked(event):
    """Two who change one running order do so one after the other."""
    return Event.objects.select_for_update().get(pk=event.pk)


@transaction.atomic
def put_slot(person, event, slot, after) -> Slot:
    """The slot, new or changed, stands after another one: `after` is its number, 0 for the start.

    Where the other one has gone meanwhile it stands at the end.
    """
    locked(event)
    slots = [other for other in event.slots.all() if other.pk != slot.pk]
    at = next((place for place, other in enumerate(slots, 1) if other.pk == after), 0 if after == 0 else len(slots))
    slots.insert(at, slot)
    for order, each in enumerate(slots, 1):
        each.event, each.order = event, order
    slot.save()
    Slot.objects.bulk_update([other for other in slots if other is not slot], ["order"])
    audit.record(person, "events.running order", event)
    return slot


@transaction.atomic
def add_slot_for_each_school(person, event) -> int:
    """Five minutes for every school that is expected and has no slot yet, at the end; how many there are new."""
    locked(event)
    expected = {one.school.pk for one in audience(event) if one.school}
    there = set(event.slots.exclude(school=None).values_list("school", flat=True))
    schools = [s for s in schools_of(event.programme, event.area) if s.pk in expected and s.pk not in there]
    last = event.slots.aggregate(last=Max("order"))["last"] or 0
    Slot.objects.bulk_create(
        Slot(event=event, order=last + number, minutes=FIVE_MINUTES, what="What our school found", school=school)
        for number, school in enumerate(schools, 1)
    )
    if schools:
        audit.record(person, "events.running order", event)
    return len(schools)


def first_with_order(series, today):
    """The next meeting of a series that has a running order; None where none has."""
    ahead = series.events.standing().filter(on__gte=today, slots__isnull=False)
    return ahead.annotate(items=Count("slots")).order_by("on", "pk").first()


def copy_order(event, other):
    """In the caller's transaction: the other event, which has no running order, has the one of this event."""
    slots = [
        Slot(event=other, order=slot.order, minutes=slot.minutes, what=slot.what, who=slot.who, school=slot.school)
        for slot in event.slots.select_related("school")
    ]
    Slot.objects.bulk_create(slots)


@transaction.atomic
def move_slot(person, slot, step):
    """The slot changes places with the one before it (step -1) or after it (step 1); at the end nothing happens."""
    event = locked(slot.event)
    slots = list(event.slots.all())
    at = next((place for place, other in enumerate(slots) if other.pk == slot.pk), None)
    if at is None or not 0 <= at + step < len(slots):
        return
    one, other = slots[at], slots[at + step]
    Slot.objects.filter(pk=one.pk).update(order=other.order)
    Slot.objects.filter(pk=other.pk).update(order=one.order)
    audit.record(person, "events.running order", event)


@transaction.atomic
def remove_slot(person, slot):
    """The slot is gone and those after it move up."""
    event = locked(slot.event)
    if Slot.objects.filter(pk=slot.pk).delete()[0]:
        event.slots.filter(order__gt=slot.order).update(order=F("order") - 1)
        audit.record(person, "events.running order", event)
