"""What the page for the classroom shows one observer: the stage, the pupils with what was predicted, the own notes."""

import re
from dataclasses import dataclass, field

from django.utils import timezone

from desks.boxes import Box
from lessons.boxes import MET
from lessons.models import LessonPart, Observation
from papers.templatetags.plain import longday

CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
JUDGED = re.compile(r"(met|evidence|thoughts)-[A-F]")
WHOLE_CLASS = "Class"


@dataclass
class StageRow:
    pk: int
    number: int
    name: str
    minutes: str = ""
    teacher: str = ""
    predictions: dict = field(default_factory=dict)  # letter -> text

    @property
    def label(self):
        return self.name or f"Stage {self.number}"


@dataclass
class Watched:
    """A case pupil, with who watches it and what success would be."""

    letter: str
    criterion: str
    watchers: list
    is_mine: bool
    boxes: list = field(default_factory=list)  # at the end of the lesson


@dataclass
class Classroom:
    lesson: object
    stages: list
    pupils: list  # those of the observer first
    kept: list  # Seen of the observer, newest first
    stage: StageRow | None  # where the lesson is, as far as this observer has tapped
    since: object
    may_start: bool  # a member of the group

    @property
    def next_stage(self):
        if self.stage is None:
            return self.stages[0] if self.stages else None
        return next((row for row in self.stages if row.number == self.stage.number + 1), None)

    @property
    def boxes(self):
        return [box for pupil in self.pupils for box in pupil.boxes]

    @property
    def mine(self):
        return [pupil for pupil in self.pupils if pupil.is_mine]

    @property
    def teachers(self):
        return self.lesson.people_who(LessonPart.Part.TEACHES)


def stages_of(lesson, texts):
    """The stages in their order, with their words and what was predicted for each pupil."""
    letters = [pupil.letter for pupil in lesson.study.case_pupils.all()]
    rows = []
    for number, stage in enumerate(lesson.stages.filter(removed_at=None), start=1):
        said = {what: texts.get(f"stage-{stage.pk}-{what}", "").strip() for what in ("name", "minutes", "teacher")}
        predicted = {letter: texts.get(f"predicted-{stage.pk}-{letter}", "").strip() for letter in letters}
        rows.append(StageRow(stage.pk, number, **said, predictions={k: v for k, v in predicted.items() if v}))
    return rows


def classroom_of(person, lesson, is_member) -> Classroom:
    notes = {note.field: note for note in lesson.sheet.notes.all()}
    stages = stages_of(lesson, {name: note.text for name, note in notes.items()})
    own = lesson.observations.filter(person=person).select_related("case_pupil")
    photos = lesson.photos.filter(person=person).select_related("case_pupil")
    kept = sorted([*own, *photos], key=lambda row: (row.at or row.arrived_at, row.pk), reverse=True)
    marks = [row for row in kept if getattr(row, "kind", "") == Observation.Kind.STAGE and not row.apart]
    by_pk = {row.pk: row for row in stages}
    mark = next((row for row in marks if row.stage_id in by_pk), None)
    first = stages[0] if stages and lesson.is_started else None
    return Classroom(
        lesson=lesson,
        stages=stages,
        pupils=watched_of(person, lesson, notes, with_boxes=is_member),
        kept=kept,
        stage=by_pk[mark.stage_id] if mark else first,
        since=mark.at if mark else lesson.started_at,
        may_start=is_member,
    )


def how_it_stands(lesson, *, is_closed):
    """What the page of an observer is told of the lesson: how far it is, since when, and a sentence once it ended."""
    state = "ended" if lesson.is_ended else "running" if lesson.is_started else "planned"
    words = ""
    if lesson.is_ended and not is_closed:
        ended = timezone.localtime(lesson.ended_at)
        day = "" if ended.date() == timezone.localdate() else f" on {longday(ended.date())}"
        words = f"The lesson was ended{day} at {ended:%H:%M}. What you write now is marked as typed after the lesson."
    return {"state": state, "began": lesson.started_at, "words": words}


@dataclass
class PaperRow:
    """A stage in the table for what was written on paper."""

    stage: StageRow
    time: str
    error: str
    cells: list  # boxes, one for each pupil and one for the class


@dataclass
class PaperTable:
    rows: list

    @property
    def unread(self):
        return [row for row in self.rows if row.error]


def sheet_of_paper(lesson, typed) -> PaperTable:
    """The table, with what was typed so far; without stages it has one row, for the whole lesson."""
    letters = [pupil.letter for pupil in lesson.study.case_pupils.all()]
    rows = []
    for stage in stages_of(lesson, lesson.sheet.texts) or [StageRow(0, 1, "The lesson")]:
        time = typed.get(f"time-{stage.pk}", "").strip()
        cells = [
            Box(f"seen-{stage.pk}-{letter}", label, text=typed.get(f"seen-{stage.pk}-{letter}", ""), lines=3)
            for letter, label in [*((letter, f"Pupil {letter}") for letter in letters), ("class", "Class and teacher")]
        ]
        wrong = (
            f"“{time}” is no time. Write it like 10:25, or leave it empty."
            if time and not CLOCK.fullmatch(time)
            else ""
        )
        rows.append(PaperRow(stage, time, wrong, cells))
    return PaperTable(rows)


def watched_of(person, lesson, notes, with_boxes):
    watches = lesson.standing_watches
    pupils = []
    for case in lesson.study.case_pupils.all():
        watchers = [watch.person for watch in watches if watch.case_pupil_id == case.pk]
        criterion = notes.get(f"criterion-{case.letter}")
        pupils.append(
            Watched(
                case.letter,
                criterion.text if criterion else "",
                watchers,
                person in watchers,
                judged_boxes(case.letter, notes) if with_boxes else [],
            )
        )
    return sorted(pupils, key=lambda pupil: not pupil.is_mine)


def judged_boxes(letter, notes):
    """At the end of the lesson: whether the pupil's success criterion was met, and what shows it."""

    def box(what, label, **more):
        note = notes.get(f"{what}-{letter}")
        text, version = (note.text, note.version) if note else ("", 0)
        return Box(f"{what}-{letter}", label, text=text, version=version, **more)

    return [
        box("met", f"Did {letter} meet the success criterion?", kind="radios", choices=MET),
        box("evidence", f"What shows it for {letter}?", hint="What was said, done or written.", lines=3),
        box("thoughts", f"First thoughts about {letter}", lines=2),
    ]
