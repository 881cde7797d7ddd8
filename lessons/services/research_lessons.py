"""A research lesson: when it is and who does what, its stages, and its start, with which predictions lock."""

import uuid

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from lessons.boxes import PREDICTED
from lessons.models import LessonPart, LessonWatch, NoteRevision, ResearchLesson, Stage
from lessons.models.research_lessons import MOST_STAGES
from lessons.services.sheets import held as held_sheet
from lessons.services.studies import Refused


def held(lesson):
    """The lesson with its sheet as they stand now, held until the transaction ends; the sheet first, as for writing."""
    sheet = held_sheet(lesson.sheet)
    row = ResearchLesson.objects.select_for_update(no_key=True).get(pk=lesson.pk)
    row.sheet = sheet
    return row


# When, and who does what ----------------------------------------------------------------------------------------------


@transaction.atomic
def plan_lesson(person, lesson, visit, on, at, parts, watches):
    """When it is, and who does what. `parts` are (person, part), `watches` (person, case pupil)."""
    row = held(lesson)
    row.visit, row.on, row.at = visit, None if visit else on, at
    row.save(update_fields=["visit", "on", "at"])
    row.parts.all().delete()
    LessonPart.objects.bulk_create(LessonPart(lesson=row, person=one, part=part) for one, part in parts)
    row.watches.all().delete()
    LessonWatch.objects.bulk_create(
        LessonWatch(lesson=row, person=one, case_pupil=case_pupil) for one, case_pupil in watches
    )
    audit.record(person, "lessons.planned", row)


@transaction.atomic
def start_lesson(person, lesson, at=None) -> ResearchLesson:
    """The lesson has begun, now or at that earlier moment: its predictions stay as they were then. Said twice it began
    once. A prediction that was written after that moment is set back, and its words show as typed after the lesson."""
    lesson, now = held(lesson), timezone.now()
    if lesson.is_started:
        return lesson
    if why := lesson.why_cancelled:
        raise Refused(f"This lesson was cancelled ({why}), so it was not started.")
    at = min(at or now, now)
    set_predictions_back(person, lesson.sheet, at, now)
    lesson.sheet.locked = [PREDICTED]
    lesson.sheet.save(update_fields=["locked", "version"])
    lesson.started_at, lesson.started_by = at, person
    lesson.save(update_fields=["started_at", "started_by"])
    audit.record(person, "lessons.started", lesson)
    return lesson


def set_predictions_back(person, sheet, at, now):
    """To the last text of each that was there at that moment."""
    later = list(sheet.notes.filter(field__startswith=PREDICTED, written_at__gt=at))
    for note in later:
        rows = NoteRevision.objects.filter(sheet=sheet, field=note.field, made__isnull=False, at__lte=at)
        before = rows.order_by("-made").first()
        text = before.text if before else ""
        if text != note.text:
            note.version, note.text, note.in_sheet = note.version + 1, text, sheet.version + 1
            NoteRevision.objects.create(
                sheet=sheet,
                field=note.field,
                client=uuid.uuid4(),
                seq=1,
                base=note.version - 1,
                made=note.version,
                text=text,
                by=person,
                at=now,
            )
            note.save(update_fields=["version", "text", "in_sheet"])
    if later:
        sheet.version += 1


@transaction.atomic
def take_start_back(person, lesson) -> bool:
    """It was started by mistake, and nobody has observed anything: its predictions can be changed again."""
    lesson = held(lesson)
    if not lesson.is_started:
        return False
    if lesson.observations.exists() or lesson.photos.exists():
        raise Refused("Something was observed already, so the lesson has begun.")
    lesson.sheet.locked = []
    lesson.sheet.save(update_fields=["locked"])
    lesson.started_at = lesson.started_by = lesson.ended_at = None
    lesson.save(update_fields=["started_at", "started_by", "ended_at"])
    audit.record(person, "lessons.start taken back", lesson)
    return True


@transaction.atomic
def end_lesson(person, lesson, at=None) -> bool:
    """The lesson is over, now or since that earlier moment. Said twice it ended once."""
    lesson, now = held(lesson), timezone.now()
    if not lesson.is_started or lesson.is_ended:
        return False
    lesson.ended_at = max(min(at or now, now), lesson.started_at)
    lesson.save(update_fields=["ended_at"])
    audit.record(person, "lessons.ended", lesson)
    return True


@transaction.atomic
def cancel_lesson(person, lesson, because) -> bool:
    """It does not take place; its plan stays. A lesson that was started took place."""
    done = ResearchLesson.objects.filter(pk=lesson.pk, cancelled_at=None, started_at=None).update(
        cancelled_at=timezone.now(), cancelled_because=because
    )
    if done:
        audit.record(person, "lessons.cancelled", lesson)
    return bool(done)


@transaction.atomic
def take_cancelling_back(person, lesson) -> bool:
    done = ResearchLesson.objects.filter(pk=lesson.pk, cancelled_at__isnull=False).update(
        cancelled_at=None, cancelled_because=""
    )
    if done:
        audit.record(person, "lessons.on again", lesson)
    return bool(done)


# Stages ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_stage(lesson) -> Stage:
    """A row at the end of the grid."""
    lesson = held(lesson)
    stages = lesson.stages.filter(removed_at=None)
    if stages.count() >= MOST_STAGES:
        raise Refused(f"A lesson has at most {MOST_STAGES} stages.")
    last = lesson.stages.aggregate(last=Max("position"))["last"] or 0
    return Stage.objects.create(lesson=lesson, position=last + 1)


@transaction.atomic
def move_stage(lesson, stage, up):
    """One place up or down, past the next row that is shown. At the end nothing moves."""
    lesson = held(lesson)
    rows = list(lesson.stages.filter(removed_at=None))
    place = next((number for number, row in enumerate(rows) if row.pk == stage), None)
    other = None if place is None else place + (-1 if up else 1)
    if other is None or not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            Stage.objects.filter(pk=row.pk).update(position=position)


@transaction.atomic
def remove_stage(lesson, stage) -> bool:
    """The row leaves the grid. Its words are kept, and it can be put back."""
    rows = held(lesson).stages.filter(pk=stage, removed_at=None)
    if not rows:
        return False
    if lesson.observations.filter(stage=stage).exists():
        raise Refused("Something was observed in this stage, so it stays.")
    return bool(rows.update(removed_at=timezone.now()))


@transaction.atomic
def put_stage_back(lesson, stage) -> bool:
    lesson = held(lesson)
    last = lesson.stages.filter(removed_at=None).aggregate(last=Max("position"))["last"] or 0
    rows = lesson.stages.filter(pk=stage, removed_at__isnull=False)
    return bool(rows.update(removed_at=None, position=last + 1))
