"""The discussion after a lesson, in the order of the protocol: the pupils first, the teaching last."""

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone

from desks.boxes import Box, boxes_from
from lessons.boxes import TALK
from lessons.models import LessonPart, NoteRevision, PrivateNote, ResearchLesson
from lessons.pages.interviews import Interview, interview_of
from lessons.pages.sheet import Column, Row, sheet_page
from lessons.pages.studies import Reader
from papers.templatetags.plain import listed

AMBER, RED = dt.timedelta(hours=24), dt.timedelta(hours=36)
IN_HOURS = 72  # beyond it is said in days
LEAST_MINUTES = 45


@dataclass
class Beside:
    """What the group has of a pupil, to look at while it talks."""

    column: Column
    rows: list[Row]
    interview: Interview
    at_no_stage: list  # seen before a stage was tapped

    @property
    def cells(self):
        """(stage, its cell) of this pupil, where something was predicted or seen."""
        letter = self.column.letter
        found = [(row, cell) for row in self.rows for cell in row.cells if cell.letter == letter]
        return [(row, cell) for row, cell in found if cell.predicted.text or cell.seen]

    @property
    def said(self):
        return [answer for answer in self.interview.answers if answer.words.text.strip()]


@dataclass
class Step:
    number: int
    title: str
    boxes: list[Box]
    after: str = ""  # what comes before it, for a step that is still to come
    is_open: bool = True
    beside: Beside | None = None

    @property
    def is_begun(self):
        return any(box.text.strip() for box in self.boxes)

    @property
    def is_whole(self):
        return all(box.text.strip() for box in self.boxes)


@dataclass
class Gap:
    """How long after the lesson the group talks: in a day it still remembers."""

    words: str
    tone: str = ""  # amber, red
    tag: str = ""


@dataclass
class Agreed:
    person: object
    at: dt.datetime | None
    is_stale: bool

    @property
    def stands(self):
        return self.at is not None and not self.is_stale


@dataclass
class DiscussionPage:
    lesson: ResearchLesson
    me: Reader
    steps: list[Step]
    gap: Gap | None  # none once all of them agree
    agreed: list[Agreed]
    mine: Agreed | None
    shared: list[tuple]  # (author, text) of private notes that stand here
    chairs: list = field(default_factory=list)
    records: list = field(default_factory=list)

    @property
    def boxes(self):
        return [box for step in self.steps for box in step.boxes]

    @property
    def is_begun(self):
        return any(step.is_begun for step in self.steps)

    @property
    def open_steps(self):
        return sum(step.is_open for step in self.steps)

    @property
    def unwritten(self) -> list[str]:
        """Steps without a word, by title; of the last one, the members who have none where others have."""
        *before, last = self.steps
        missing = [step.title for step in before if not step.is_begun]
        if not last.is_begun:
            return [*missing, last.title]
        return missing + [box.label for box in last.boxes if not box.text.strip()]

    @property
    def all_agree(self):
        return all(one.stands for one in self.agreed)


def discussion_page(person, lesson) -> DiscussionPage:
    page = sheet_page(person, lesson)
    notes = {note.field: note for note in lesson.sheet.notes.all()}
    steps = steps_of(lesson, page, notes)
    fold(steps)
    talked = max((note.in_sheet for name, note in notes.items() if name.startswith(TALK)), default=0)
    agreed = agreements_of(lesson, talked)
    return DiscussionPage(
        lesson=lesson,
        me=page.me,
        steps=steps,
        gap=None if all(one.stands for one in agreed) else gap_of(lesson, first_words(lesson)),
        agreed=agreed,
        mine=next((one for one in agreed if one.person == person), None),
        shared=shared_notes(lesson),
        chairs=lesson.people_who(LessonPart.Part.CHAIRS),
        records=lesson.people_who(LessonPart.Part.RECORDS),
    )


def steps_of(lesson, page, notes) -> list[Step]:
    box = boxes_from(notes)
    at_no_stage = dict(page.at_no_stage)
    steps = []
    for column in page.columns:
        letter = column.letter
        boxes = [
            box(f"talk-{letter}-happened", f"What was planned for {letter}, what happened, and why was it different?"),
            box(f"talk-{letter}-progress", f"How much progress did {letter} make, and was it enough?", lines=3),
            box(
                f"talk-{letter}-group",
                f"What does this say about the others whom {letter} stands for?",
                hint=column.typifies,
                lines=3,
            ),
        ]
        beside = Beside(column, page.rows, interview_of(column.case_pupil, notes), at_no_stage.get(letter, []))
        steps.append(Step(len(steps) + 1, f"Pupil {letter}", boxes, beside=beside))
    teaching = [
        (
            "How the technique worked",
            [
                box("talk-technique", "How did the technique help, or hinder?"),
                box("talk-surprises", "What surprised us?", lines=3),
            ],
        ),
        ("What to adjust", [box("talk-adjust", "What do we adjust?", hint=GOES_ON)]),
        ("Next time", [box("talk-next", "What do we do next time?", hint=GOES_ON)]),
        ("What each of us learned", learned(lesson, notes, box)),
    ]
    return steps + [Step(number, *step) for number, step in enumerate(teaching, start=len(steps) + 1)]


GOES_ON = "It stands above the plan of the next lesson."


def learned(lesson, notes, box) -> list[Box]:
    """A box for each member, and for whoever has left and wrote in theirs."""
    start = f"{TALK}learned-"
    people = {member.person_id: member.person for member in lesson.study.members.all()}
    current = lesson.study.current_members

    def by(person):
        """Who wrote it for them; the group's recorder may."""
        note = notes.get(f"{start}{person.pk}")
        is_theirs = note is None or not note.text.strip() or note.written_by_id == person.pk
        return "" if is_theirs else str(people.get(note.written_by_id) or note.written_by)

    return [
        box(f"{start}{person.pk}", f"What {person} learned", lines=3, by=by(person))
        for person in people.values()
        if person in current or (f"{start}{person.pk}" in notes and notes[f"{start}{person.pk}"].text)
    ]


def fold(steps):
    """Everything up to the step at which the group is stands open; each later one says what comes before it."""
    begun = [place for place, step in enumerate(steps) if step.is_begun]
    here = begun[-1] if begun else 0
    if begun and steps[here].is_whole:
        here += 1
    letters = [step.beside.column.letter for step in steps if step.beside]
    for place, step in enumerate(steps):
        step.is_open = place <= here
        if not step.is_open:
            before = letters if not step.beside else letters[:place]
            step.after = f"comes after {listed(before)}" if before else ""


def gap_of(lesson, talked_at) -> Gap | None:
    if not lesson.is_ended:
        return None
    gap = (talked_at or timezone.now()) - lesson.ended_at
    long = in_words(gap)
    tone = "red" if gap > RED else "amber" if gap > AMBER else ""
    tag = {"red": "over 36 hours", "amber": "over 24 hours"}.get(tone, "within a day")
    if talked_at:
        return Gap(f"First written down {long} after the lesson.", tone, tag)
    now = {"red": "Talk as soon as you can: memory fades.", "amber": "Talk today."}.get(tone, "")
    return Gap(f"The lesson ended {long} ago. {now}".strip(), tone, tag)


def in_words(gap):
    hours = int(gap.total_seconds() // 3600)
    if hours < 1:
        return "less than an hour"
    if hours <= IN_HOURS:
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{hours // 24} days"


def first_words(lesson):
    """When somebody first wrote in the discussion."""
    rows = NoteRevision.objects.filter(sheet=lesson.sheet_id, field__startswith=TALK, made__isnull=False)
    return rows.exclude(text="").order_by("at").values_list("at", flat=True).first()


def agreements_of(lesson, talked) -> list[Agreed]:
    """Of each member whether they agree; `talked` is the version of the sheet that the last words made."""
    given = {agreement.person_id: agreement for agreement in lesson.agreements.all()}
    return [
        Agreed(person, agreement.at if agreement else None, agreement is not None and agreement.version < talked)
        for person in lesson.study.current_members
        for agreement in [given.get(person.pk)]
    ]


def shared_notes(lesson) -> list[tuple]:
    rows = PrivateNote.objects.filter(lesson=lesson, shared_at__isnull=False).select_related("author", "sheet")
    found = [(row.author, row.sheet.texts.get("private", "")) for row in rows.prefetch_related("sheet__notes")]
    return [(author, text) for author, text in found if text]
