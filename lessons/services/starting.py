"""A research lesson begins and ends: from its start on, what was predicted stays as it is."""

import uuid

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from desks.services import held as held_sheet
from lessons.boxes import PREDICTED
from lessons.models import ResearchLesson
from lessons.services.studies import Refused, while_open

AFTERWARDS = r"^((met|evidence|thoughts)-[A-F]|thoughts|interview-.*|talk-.*)$"  # boxes of what came of the lesson


def held(lesson):
    """The lesson with its sheet as they stand now, held until the transaction ends; the sheet first, as for writing."""
    sheet = held_sheet(lesson.sheet)
    row = ResearchLesson.ever.select_related("visit").select_for_update(of=["self"], no_key=True).get(pk=lesson.pk)
    row.sheet = sheet
    return row


def held_open(lesson):
    """The lesson, held, while something in its study may change. Raises Closed."""
    row = held(lesson)
    while_open(row.study)
    return row


@transaction.atomic
def start_lesson(person, lesson, at=None) -> bool:
    """The lesson has begun, now or at that earlier moment, and its predictions stay as they were then. Of two who start
    it one does; False for the other, and for a lesson that was cancelled.

    A prediction that was written after that moment is set back, and its words show as typed after the lesson.
    """
    row, now = held_open(lesson), timezone.now()
    if row.is_started or row.why_cancelled or row.taken_out_at:
        return False
    at = min(at or now, now)
    set_predictions_back(person, row.sheet, at, now)
    row.sheet.locked = [PREDICTED]
    row.sheet.save(update_fields=["locked", "version"])
    row.started_at, row.started_by = at, person
    row.save(update_fields=["started_at", "started_by"])
    audit.record(person, "lessons.started", row)
    return True


def set_predictions_back(person, sheet, at, now):
    """To the last text of each that was there at that moment."""
    later = list(sheet.notes.filter(field__startswith=PREDICTED, written_at__gt=at))
    for note in later:
        rows = sheet.revisions.filter(field=note.field, made__isnull=False, at__lte=at)
        before = rows.order_by("-made").first()
        text = before.text if before else ""
        if text != note.text:
            put(sheet, note, text, person, now, set_back_in(sheet))
    if later:
        sheet.version += 1


def set_back_in(sheet):
    """The client of the revisions of this sheet that nobody typed: with them a start set predictions back."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"set back in sheet {sheet.pk}")


def put(sheet, note, text, person, now, client):
    """Another text stands in the box, as its next version; who wrote there stays."""
    last = sheet.revisions.filter(client=client).aggregate(last=Max("seq"))["last"] or 0
    note.version, note.text, note.in_sheet = note.version + 1, text, sheet.version + 1
    sheet.revisions.create(
        field=note.field,
        client=client,
        seq=last + 1,
        base=note.version - 1,
        made=note.version,
        text=text,
        by=person,
        at=now,
    )
    note.save(update_fields=["version", "text", "in_sheet"])


def bring_predictions_back(sheet, now):
    """Those that a start had set back say again what they said before it."""
    sheet.locked = []
    sheet.save(update_fields=["locked"])  # a box that is locked takes nothing
    notes = {(note.field, note.version): note for note in sheet.notes.filter(field__startswith=PREDICTED)}
    set_back = [row for row in sheet.revisions.filter(client=set_back_in(sheet)) if (row.field, row.made) in notes]
    for row in set_back:
        if before := sheet.revisions.filter(field=row.field, made=row.base).first():
            put(sheet, notes[row.field, row.made], before.text, before.by, now, uuid.uuid4())
    if set_back:
        sheet.version += 1
        sheet.save(update_fields=["version"])


def why_start_stays(lesson) -> str:
    """Why its start cannot be taken back; empty where it can: nobody has observed or written anything of the lesson."""
    if lesson.observations.exists() or lesson.photos.exists():
        return "Something was observed already, so the lesson has begun."
    if lesson.sheet.notes.filter(field__regex=AFTERWARDS).exclude(text="").exists():
        return "Something of the lesson is written already, so it has begun."
    return ""


@transaction.atomic
def take_start_back(person, lesson) -> bool:
    """It was started by mistake, and nothing of it is kept: its predictions can be changed again, and say what they
    said before."""
    lesson = held_open(lesson)
    if not lesson.is_started:
        return False
    if why := why_start_stays(lesson):
        raise Refused(why)
    bring_predictions_back(lesson.sheet, timezone.now())
    lesson.started_at = lesson.started_by = lesson.ended_at = None
    lesson.save(update_fields=["started_at", "started_by", "ended_at"])
    audit.record(person, "lessons.start taken back", lesson)
    return True


@transaction.atomic
def end_lesson(person, lesson, at=None) -> bool:
    """The lesson is over, now or since that earlier moment, not before it began, whatever a clock says; False where it
    had not begun, or has ended."""
    row, now = held(lesson), timezone.now()
    if not row.is_started or row.is_ended:
        return False
    row.ended_at = max(min(at or now, now), row.started_at)
    row.save(update_fields=["ended_at"])
    audit.record(person, "lessons.ended", row)
    return True
