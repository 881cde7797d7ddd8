"""All that a group wrote and saw in a study, as plain values for its members: pupils are letters in it.

Private notes are no part of it, nor words that were kept apart.
"""

from django.db.models import Prefetch
from django.utils import timezone

from lessons.boxes import INTERVIEW, MET_WORDS, STEM, VERBATIM
from lessons.models import Finding, Note, ResearchLesson
from lessons.pages.discussion import steps_of
from lessons.pages.sheet import late_words, sheet_page

FORMAT = "Lesson Study, a study, version 1"


def moment(at):
    """In our time, to the second; None where it is not known."""
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None


class Words:
    """The boxes of a sheet, each with who wrote it last and when."""

    def __init__(self, sheet):
        self.notes = {note.field: note for note in sheet.notes.all()}

    def __getitem__(self, field):
        note = self.notes.get(field)
        if note is None or not note.text.strip():
            return None
        return {"text": note.text, "by": str(note.written_by), "at": moment(note.written_at)}

    def text(self, field):
        note = self.notes.get(field)
        return note.text if note else ""


def with_words(rows):
    return rows.prefetch_related(Prefetch("sheet__notes", Note.objects.select_related("written_by").order_by("pk")))


def lessons_of(study):
    return list(with_words(ResearchLesson.objects.filter(study=study).with_study()).order_by("number"))


def study_words(reader, study, lessons, made_at, *, to_hand_on=False, photos=True) -> dict:
    """The whole study. `lessons` come from `lessons_of`, and `study` with the words of its sheet.

    What is handed on names no finding of others that is not public.
    """
    words = Words(study.sheet)
    partnership = study.partnership
    return {
        "format": FORMAT,
        "made_at": moment(made_at),
        "programme": str(partnership.programme),
        "school": str(partnership.partner_school),
        "partnership": partnership.ref,
        "lessons_planned": study.lessons_planned,
        "begun": {"by": str(study.begun_by), "at": moment(study.begun_at)},
        "finished": {"by": str(study.finished_by), "at": moment(study.finished_at)} if study.finished_at else None,
        "question_begins": STEM,
        **{name: words[name] for name in ("question", "technique", "known")},
        "builds_on": headlines_for(reader, study, only_public=to_hand_on),
        "class_size": words["class-size"],
        "class_kind": words["class-kind"],
        "video": None if to_hand_on else words["video"],
        "members": [
            {"name": str(row.person), "since": row.since.isoformat(), "until": row.until and row.until.isoformat()}
            for row in study.members.all()
        ],
        "case_pupils": [
            {"letter": one.letter, "stands_for": words[f"typifies-{one.letter}"], "now": words[f"grade-{one.letter}"]}
            for one in study.case_pupils.all()
        ],
        "lessons": [lesson_words(reader, lesson, photos=photos) for lesson in lessons],
    }


def headlines_for(reader, study, *, only_public=False) -> list[str]:
    """Of the findings that the study builds on, as far as they are shown to this person, or to anyone."""
    if not reader.may("findings.view"):
        return []
    shown = Finding.objects.allowed(reader, "findings.view").published()
    shown = shown.filter(audience=Finding.Audience.PUBLIC) if only_public else shown
    rows = study.citations.filter(finding__in=shown.values("pk")).select_related("finding")
    return [row.finding.headline for row in rows]


def lesson_words(reader, lesson, *, photos=True) -> dict:
    words, page = Words(lesson.sheet), sheet_page(reader, lesson)
    late = late_words(lesson) if lesson.is_started else {}
    numbers = {row.stage.pk: row.number for row in page.rows}
    letters = [column.letter for column in page.columns]
    return {
        "number": lesson.number,
        "day": lesson.day and lesson.day.isoformat(),
        "time": lesson.at and f"{lesson.at:%H:%M}",
        "cancelled_because": lesson.why_cancelled or None,
        "started": {"by": str(lesson.started_by), "at": moment(lesson.started_at)} if lesson.is_started else None,
        "ended_at": moment(lesson.ended_at),
        "people": [{"name": str(row.person), "part": row.get_part_display()} for row in lesson.standing_parts],
        "watches": [{"name": str(row.person), "letter": row.case_pupil.letter} for row in lesson.standing_watches],
        "guests": [str(row.person) for row in lesson.guests.select_related("person")],
        **{name: words[name] for name in ("change", "intention", "criteria")},
        "stages": [stage_words(row, words, late) for row in page.rows],
        "before_a_stage": [observed(one, letter) for letter, found in page.at_no_stage for one in found],
        "of_the_class": [observed(one, None, numbers.get(one.row.stage_id)) for one in page.of_class],
        "end": [end_words(letter, words) for letter in letters],
        "first_thoughts": words["thoughts"],
        "photos": photos_of(lesson, numbers) if photos else [],
        "interviews": [one for letter in letters if (one := interview_words(letter, words))],
        "discussion": discussion_words(lesson, page, words),
        "agreed": [
            {"name": str(row.person), "at": moment(row.at)} for row in lesson.agreements.select_related("person")
        ],
    }


def stage_words(row, words, late) -> dict:
    start = f"stage-{row.stage.pk}-"
    return {
        "number": row.number,
        **{name: words[f"{start}{name}"] for name in ("name", "minutes", "teacher", "pattern")},
        "planned": row.planned or None,
        "took": row.took or None,
        "pupils": [
            {
                "letter": cell.letter,
                "predicted": words[cell.predicted.field],
                "typed_after_the_lesson": [
                    {"text": one.text, "by": str(one.by), "at": moment(one.at)}
                    for one in late.get(cell.predicted.field, [])
                ]
                + ([added] if (added := words[f"late-{row.stage.pk}-{cell.letter}"]) else []),
                "observed": [observed(one) for one in cell.seen],
            }
            for cell in row.cells
        ],
    }


def observed(one, letter=None, stage=None) -> dict:
    row = one.row
    found = {
        "text": row.text,
        "by": str(row.person),
        "at": moment(row.at),
        "kind": row.get_kind_display() or None,
        "worked": row.get_grouping_display() or None,
        "typed_after_the_lesson": one.is_late,
        "from_paper": row.from_paper,
    }
    return found | ({"letter": letter} if letter else {}) | ({"stage": stage} if stage else {})


def end_words(letter, words) -> dict:
    met = words[f"met-{letter}"]
    return {
        "letter": letter,
        "criterion": words[f"criterion-{letter}"],
        "met": met and met | {"text": MET_WORDS.get(met["text"], met["text"])},
        "evidence": words[f"evidence-{letter}"],
        "thoughts": words[f"thoughts-{letter}"],
    }


def photos_of(lesson, numbers) -> list[dict]:
    """Each with the name that it has in the bundle."""
    rows = lesson.photos.filter(apart="").select_related("person", "case_pupil").order_by("at", "pk")
    return [
        {
            "file": f"photos/lesson-{lesson.number}-{number:03}.jpg",
            "letter": row.case_pupil and row.case_pupil.letter,
            "stage": numbers.get(row.stage_id),
            "caption": row.caption,
            "by": str(row.person),
            "at": moment(row.at),
        }
        for number, row in enumerate(rows, start=1)
    ]


def photo_files(lessons):
    """(its name in the bundle, the photo as it is stored) of each, in the same order."""
    for lesson in lessons:
        rows = lesson.photos.filter(apart="").order_by("at", "pk")
        for number, row in enumerate(rows, start=1):
            yield f"photos/lesson-{lesson.number}-{number:03}.jpg", row.file


def interview_words(letter, words) -> dict | None:
    start = f"interview-{letter}-"
    answers = [
        {
            "asked": asked.format(letter=letter),
            "said": words[f"{start}{name}"],
            "word_for_word": bool(words.text(f"{start}{name}{VERBATIM}").strip()),
        }
        for name, asked in INTERVIEW
        if words[f"{start}{name}"]
    ]
    if not answers:
        return None
    by, at = (words.text(f"{start}{what}").strip() or None for what in ("by", "at"))
    return {"letter": letter, "talked_with": by, "when": at, "answers": answers}


def discussion_words(lesson, page, words) -> list[dict]:
    """In the order of the protocol: the pupils first, the teaching last."""
    boxes = [box for step in steps_of(lesson, page, words.notes) for box in step.boxes]
    return [{"asked": box.label, "answer": words[box.field]} for box in boxes if words[box.field]]
