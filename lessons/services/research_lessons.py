"""A research lesson: when it is and who does what, its stages, and its start, with which predictions lock."""

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts import audit
from lessons.boxes import OF_STAGE, PREDICTED
from lessons.models import LessonPart, LessonWatch, ResearchLesson, Stage, StudyMember
from lessons.models.research_lessons import MOST_STAGES
from lessons.services.case_pupils import without_pupil
from lessons.services.starting import held_open
from lessons.services.studies import Refused
from lessons.words import why_closed
from visits.models import Visit

# When, and who does what ----------------------------------------------------------------------------------------------


@transaction.atomic
def plan_lesson(person, lesson, visit, on, at, parts, watches):
    """When it is, and who does what. `parts` are (person, part), `watches` (person, case pupil).

    Raises Refused where another lesson took the half-day meanwhile.
    """
    row = held_open(lesson)
    if visit is not None:
        Visit.objects.select_for_update(no_key=True).get(pk=visit.pk)
        if ResearchLesson.objects.filter(visit=visit).exclude(pk=row.pk).exists():
            raise Refused("Another lesson has taken this half-day meanwhile. Choose one of those below.")
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
def cancel_lesson(person, lesson, because) -> bool:
    """It does not take place; its plan stays. A lesson that was started took place."""
    held_open(lesson)
    done = ResearchLesson.objects.filter(pk=lesson.pk, cancelled_at=None, started_at=None).update(
        cancelled_at=timezone.now(), cancelled_because=because
    )
    if done:
        audit.record(person, "lessons.cancelled", lesson)
    return bool(done)


@transaction.atomic
def take_cancelling_back(person, lesson) -> bool:
    held_open(lesson)
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
    lesson = held_open(lesson)
    stages = lesson.stages.filter(removed_at=None)
    if stages.count() >= MOST_STAGES:
        raise Refused(f"A lesson has at most {MOST_STAGES} stages.")
    last = lesson.stages.aggregate(last=Max("position"))["last"] or 0
    return Stage.objects.create(lesson=lesson, position=last + 1)


@transaction.atomic
def move_stage(lesson, stage, up):
    """One place up or down, past the next row that is shown. At the end nothing moves."""
    lesson = held_open(lesson)
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
    rows = held_open(lesson).stages.filter(pk=stage, removed_at=None)
    if not rows:
        return False
    if lesson.observations.filter(stage=stage).exists():
        raise Refused("Something was observed in this stage, so it stays.")
    predicted = lesson.sheet.notes.filter(field__startswith=f"{PREDICTED}{stage}-").exclude(text="")
    if rows[0].lesson.is_started and predicted.exists():
        raise Refused("Something was predicted for this stage before the lesson began, so it stays.")
    return bool(rows.update(removed_at=timezone.now()))


@transaction.atomic
def put_stage_back(lesson, stage) -> bool:
    lesson = held_open(lesson)
    last = lesson.stages.filter(removed_at=None).aggregate(last=Max("position"))["last"] or 0
    rows = lesson.stages.filter(pk=stage, removed_at__isnull=False)
    return bool(rows.update(removed_at=None, position=last + 1))


def why_lesson_closed_now(lesson) -> str:
    """Why nothing goes into the lesson, as it and its study stand by now; empty while something does."""
    row = ResearchLesson.ever.select_related("study__partnership__programme").get(pk=lesson.pk)
    return row.why_taken_out or why_closed(row.study)


def without_place(lesson, fields) -> set[str]:
    """Of these boxes those about a stage that the lesson has not, or about a letter that is no case pupil's. A stage
    that was taken out is there still: it can be put back."""
    staged = {field: int(found[1]) for field in fields if (found := OF_STAGE.match(field))}
    stages = set(lesson.stages.values_list("pk", flat=True)) if staged else set()
    return {field for field, stage in staged.items() if stage not in stages} | without_pupil(lesson.study, fields)


# Who has left ---------------------------------------------------------------------------------------------------------


def lesson_left_by(person, pk) -> ResearchLesson | None:
    """The lesson, if the person was a member of its study and is none any more, or a member took the lesson out."""
    been = StudyMember.objects.filter(person=person)
    is_left = Q(study__in=been.exclude(until=None).values("study"))
    is_taken_out = Q(study__in=been.values("study"), taken_out_at__isnull=False)
    return ResearchLesson.ever.filter(is_left | is_taken_out, pk=pk).with_study().first()
