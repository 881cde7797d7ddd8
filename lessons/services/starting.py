"""A research lesson begins and ends: from its start on, what was predicted stays as it is."""

from django.db import transaction

from accounts import audit
from lessons.models import ResearchLesson
from lessons.services.sheets import held

PREDICTIONS = "predicted-"


@transaction.atomic
def start_lesson(person, lesson, at) -> bool:
    """The lesson has begun, and no prediction changes any more. Of two who start it one does; False for the other."""
    begun = ResearchLesson.objects.filter(pk=lesson.pk, started_at=None, cancelled_at=None)
    if not begun.update(started_at=at, started_by=person):
        return False
    sheet = held(lesson.sheet)
    sheet.locked = [*sheet.locked, PREDICTIONS]
    sheet.save(update_fields=["locked"])
    audit.record(person, "lessons.started", lesson)
    return True


@transaction.atomic
def end_lesson(person, lesson, at) -> bool:
    """The lesson is over, not before it began, whatever a clock says; False where it had not begun, or has ended."""
    running = ResearchLesson.objects.select_for_update(no_key=True).filter(pk=lesson.pk, ended_at=None)
    row = running.exclude(started_at=None).first()
    if row is None:
        return False
    row.ended_at = max(at, row.started_at)
    row.save(update_fields=["ended_at"])
    audit.record(person, "lessons.ended", lesson)
    return True
