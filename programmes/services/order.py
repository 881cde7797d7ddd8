"""The order of the steps of one timetable: each number is taken once."""

from django.db.models import F

ROOM = 10_000


def number_of(siblings) -> int:
    """The number that a step at the end gets."""
    last = siblings.order_by("-order").first()
    return last.order + 1 if last else 1


def make_room(siblings, order):
    """The steps from this number on move up by one. Each number is taken once, so they move aside first."""
    later = siblings.filter(order__gte=order)
    later.update(order=F("order") + ROOM)
    siblings.filter(order__gte=ROOM).update(order=F("order") - ROOM + 1)


def move(siblings, step, *, up: bool) -> bool:
    """The step changes places with the one before or after it. False where there is none."""
    step.refresh_from_db(fields=["order"])
    near = siblings.filter(order__lt=step.order).order_by("-order") if up else siblings.filter(order__gt=step.order)
    other = near.first()
    if other is None:
        return False
    siblings.filter(pk=step.pk).update(order=ROOM)
    siblings.filter(pk=other.pk).update(order=step.order)
    siblings.filter(pk=step.pk).update(order=other.order)
    return True
