"""What all observers saw, side by side: stage by stage, with what was predicted, by pupil or by observer."""

from dataclasses import dataclass, field

from lessons.forms.timeline import TimelineFilter
from lessons.models import LessonPart, Observation
from lessons.pages.observing import StageRow, stages_of

EDGES = 4  # kinds of line by which observers are told apart, beside their initials


@dataclass(frozen=True)
class Observer:
    person: object
    initials: str
    edge: int

    def __str__(self):
        return str(self.person)


@dataclass
class Line:
    """One thing that was seen, with whose it is."""

    row: object
    observer: Observer
    is_early: bool = False
    is_late: bool = False

    @property
    def letter(self):
        return self.row.case_pupil.letter if self.row.case_pupil else ""

    @property
    def is_photo(self):
        return not isinstance(self.row, Observation)


@dataclass
class Column:
    title: str
    predicted: str = ""
    lines: list = field(default_factory=list)


@dataclass
class Part:
    """A stage of the lesson; None for what was seen at none."""

    stage: StageRow | None
    began: list  # (initials, when) of each observer who tapped it
    columns: list

    @property
    def is_empty(self):
        return not any(column.lines or column.predicted for column in self.columns)


@dataclass
class Timeline:
    lesson: object
    filter: TimelineFilter
    observers: list
    parts: list
    seen: int
    shown: int
    times: tuple  # when the first and the last of those that are shown were made; empty where none has a time
    apart: list  # Lines that are no part of it, for the chair


def initials_of(people) -> dict:
    """Person's id -> initials; two with the same ones go by their names."""
    found = {one.pk: "".join(word[0] for word in str(one).split()).upper() for one in people}
    twice = {short for short in found.values() if list(found.values()).count(short) > 1}
    return {one.pk: str(one) if found[one.pk] in twice else found[one.pk] for one in people}


def reads_apart(person, lesson):
    """Its chair; where nobody chairs it, every member of the group."""
    chairs = lesson.people_who(LessonPart.Part.CHAIRS)
    return person in (chairs or lesson.study.current_members)


def timeline_of(person, lesson, asked) -> Timeline:
    kept = (
        lesson.observations.select_related("person", "case_pupil"),
        lesson.photos.select_related("person", "case_pupil"),
    )
    rows = sorted((row for found in kept for row in found), key=lambda row: (row.at or row.arrived_at, row.pk))
    people = {row.person_id: row.person for row in rows if not row.apart}
    short = initials_of(list({row.person_id: row.person for row in rows}.values()))
    observers = {
        pk: Observer(one, short[pk], place % EDGES + 1)
        for place, (pk, one) in enumerate(sorted(people.items(), key=lambda pair: str(pair[1])))
    }
    letters = [pupil.letter for pupil in lesson.study.case_pupils.all()]
    looked = TimelineFilter(asked, letters=letters, observers=people.values())
    seen = [row for row in rows if not row.apart and not is_mark(row)]
    shown = looked.narrowed(seen)
    stages = stages_of(lesson, lesson.sheet.texts)
    return Timeline(
        lesson=lesson,
        filter=looked,
        observers=list(observers.values()),
        parts=parts_of(
            lesson, stages, shown, [row for row in rows if not row.apart and is_mark(row)], observers, looked
        ),
        seen=len(seen),
        shown=len(shown),
        times=first_and_last([row.at for row in shown if row.at]),
        apart=[
            Line(row, Observer(row.person, short[row.person_id], 1)) for row in rows if row.apart and not is_mark(row)
        ]
        if reads_apart(person, lesson)
        else [],
    )


def first_and_last(times):
    return (min(times), max(times)) if times else ()


def is_mark(row):
    return getattr(row, "kind", "") == Observation.Kind.STAGE


def parts_of(lesson, stages, rows, marks, observers, looked):
    by_stage = {stage.pk: [] for stage in stages}
    others = []
    for row in rows:
        late = bool(lesson.ended_at and row.at and row.at > lesson.ended_at)
        line = Line(row, observers[row.person_id], is_early=lesson.began_after(row.at), is_late=late)
        by_stage.get(row.stage_id, others).append(line)
    parts = [
        Part(
            stage,
            [(observers[mark.person_id].initials, mark.at) for mark in marks if mark.stage_id == stage.pk],
            columns_of(by_stage[stage.pk], stage, observers, looked),
        )
        for stage in stages
    ]
    return [*parts, Part(None, [], columns_of(others, None, observers, looked))] if others else parts


def columns_of(lines, stage, observers, looked):
    asked = looked.cleaned_data if looked.is_valid() else {}
    if looked.by_observer:
        chosen = [one for pk, one in observers.items() if asked.get("observer") in {"", None, str(pk)}]
        return [Column(str(one), lines=[line for line in lines if line.observer == one]) for one in chosen]
    letters = [
        value for value, _ in looked.fields["pupil"].choices if value and asked.get("pupil") in {"", None, value}
    ]
    return [
        Column(
            dict(looked.fields["pupil"].choices)[letter],
            predicted=stage.predictions.get(letter, "") if stage else "",
            lines=[line for line in lines if (line.letter or "class") == letter],
        )
        for letter in letters
    ]
