"""After a lesson: its discussion is agreed and handed on to the next plan; a member's own notes stay theirs."""

import uuid
from functools import partial

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from desks.services import Cell, keep_apart, write_cells
from lessons.boxes import HANDED_ON, TALK
from lessons.models import DiscussionAgreement, PrivateNote, ResearchLesson, Sheet, Stage
from lessons.services.research_lessons import why_lesson_closed_now
from lessons.services.starting import held, held_open
from lessons.services.studies import Refused
from papers.templatetags.plain import listed

# The discussion -------------------------------------------------------------------------------------------------------


@transaction.atomic
def agree(person, lesson, seen) -> bool:
    """The member agrees that this is what the group said; `seen` is the version of the sheet that they read.

    What somebody else wrote in it after that has to be read first. Agreed twice it is once; agreed again after a
    change, the agreement is about the new words.
    """
    row = held_open(lesson)
    if not row.is_ended:
        raise Refused("You can agree the discussion once the lesson has ended.")
    notes = row.sheet.notes.filter(field__startswith=TALK)
    if not notes.exclude(text="").exists():
        raise Refused("Nothing is written of the discussion yet, so there is nothing to agree.")
    newer = notes.filter(in_sheet__gt=seen).exclude(written_by=person).select_related("written_by")
    if newer:
        people = listed(list(dict.fromkeys(note.written_by for note in newer)))
        raise Refused(f"{people} wrote in the discussion after you opened the page. Read it again, then agree.")
    talked = notes.aggregate(last=Max("in_sheet"))["last"]
    if row.agreements.filter(person=person, version__gte=talked).exists():
        return False
    DiscussionAgreement.objects.update_or_create(
        lesson=row, person=person, defaults={"version": row.sheet.version, "at": timezone.now()}
    )
    audit.record(person, "lessons.discussion agreed", row)
    hand_on(person, row)
    return True


def hand_on(person, lesson):
    """What is to change stands in the plan of the next lesson, unless somebody has written there."""
    rows = lesson.study.research_lessons.standing().filter(number__gt=lesson.number)
    following = rows.select_related("sheet").order_by("number").first()
    if following is None or following.is_started or following.sheet.notes.filter(field="change").exists():
        return
    texts = lesson.sheet.texts
    text = "\n\n".join(texts[name] for name in HANDED_ON if texts.get(name, "").strip())
    if text:
        write_cells(person, following.sheet, [Cell("change", text, 0, 1)], uuid.uuid4())


# The plan of the lesson before ------------------------------------------------------------------------------------


@transaction.atomic
def begin_with_plan(person, lesson, number) -> bool:
    """The lesson has the plan of that earlier one wherever it had none: stages, intention, criteria. Done twice it is
    done once. Predictions are made anew."""
    row = held_open(lesson)
    if row.is_started:
        raise Refused("The lesson has begun, so its plan stays as it is.")
    earlier = ResearchLesson.objects.filter(study=row.study_id, number=number, number__lt=row.number)
    earlier = earlier.select_related("sheet").first()
    if earlier is None:
        return False
    there, notes = earlier.sheet.texts, {note.field: note for note in row.sheet.notes.all()}
    wanted = {
        name: text for name, text in there.items() if name in {"intention", "criteria"} or name.startswith("criterion-")
    }
    if not any(note.text for name, note in notes.items() if name.startswith(("stage-", "predicted-"))):
        wanted |= stages_like(earlier, row, there)
    empty = {name: text for name, text in wanted.items() if text and not (name in notes and notes[name].text)}
    cells = [
        Cell(name, text, notes[name].version if name in notes else 0, seq)
        for seq, (name, text) in enumerate(empty.items(), start=1)
    ]
    if not cells:
        return False
    write_cells(person, row.sheet, cells, uuid.uuid4())
    audit.record(person, "lessons.plan taken over", row)
    return True


def stages_like(earlier, lesson, texts) -> dict[str, str]:
    """Makes the stages of a plan in a lesson whose own are blank; the words for their boxes."""
    blank = list(lesson.stages.filter(removed_at=None))
    last = lesson.stages.aggregate(last=Max("position"))["last"] or 0
    words = {}
    for old in earlier.stages.filter(removed_at=None):
        of_it = {part: texts.get(f"stage-{old.pk}-{part}", "") for part in ("name", "minutes", "teacher")}
        if not any(of_it.values()):
            continue
        if blank:
            stage = blank.pop(0)
        else:
            last += 1
            stage = Stage.objects.create(lesson=lesson, position=last)
        words |= {f"stage-{stage.pk}-{part}": text for part, text in of_it.items()}
    if words:
        Stage.objects.filter(pk__in=[stage.pk for stage in blank]).update(removed_at=timezone.now())
    return words


# A member's own notes -------------------------------------------------------------------------------------------------


def own_note(person, lesson) -> PrivateNote | None:
    return PrivateNote.objects.filter(lesson=lesson, author=person).select_related("sheet").first()


def begun_note(person, lesson) -> PrivateNote:
    """The member's own note of the lesson, begun if need be; the lesson is held until the transaction ends."""
    held(lesson)
    note = own_note(person, lesson)
    if note is None:
        sheet = Sheet.objects.create(programme=lesson.study.partnership.programme)
        note = PrivateNote.objects.create(lesson=lesson, author=person, sheet=sheet)
    return note


@transaction.atomic
def write_private(person, lesson, cells, client):
    sheet = begun_note(person, lesson).sheet
    return write_cells(person, sheet, cells, client, closed=partial(why_lesson_closed_now, lesson))


@transaction.atomic
def keep_private_apart(person, lesson, cells, client):
    keep_apart(person, begun_note(person, lesson).sheet, cells, client)


@transaction.atomic
def share_note(person, lesson, shared) -> bool:
    """The group reads the member's own notes of the lesson, or does not any more. Taking them back is open for ever:
    they are the author's. In a finished study nothing new is shared, since its discussion stays as it is."""
    if shared:
        held_open(lesson)
    rows = PrivateNote.objects.filter(lesson=lesson, author=person, shared_at__isnull=shared)
    done = rows.update(shared_at=timezone.now() if shared else None)
    if done:
        audit.record(person, f"lessons.private note {'shared' if shared else 'taken back'}", lesson)
    return bool(done)
