"""The sheet of a research lesson: the grid of the method, as one reader sees it."""

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import zip_longest

from django.utils import timezone

from desks.boxes import Box, boxes_from
from lessons.boxes import MET, MET_WORDS, OF_STAGE, PREDICTED, STEM
from lessons.models import CasePupil, Observation, ResearchLesson, Stage
from lessons.pages.before import Before, before
from lessons.pages.observing import CLOCK
from lessons.pages.studies import Reader, initials_of, reader_of
from lessons.services.starting import set_back_in, why_start_stays
from pupils.models import Assessment

SHOWN_IN_A_CELL = 5
# Among other words, a day for example: 10:40, 10.40, 2pm.
TIME = re.compile(rf"(?<!\d)({CLOCK.pattern}|(0?[1-9]|1[0-2]) ?[ap]\.?m)(?!\d)|midday|noon", re.IGNORECASE)
AFTER_THE_PLAN = re.compile(r"(met|evidence|thoughts)(-|$)|(late|stage-\d+-pattern)")
USUAL_PUPILS, USUAL_STAGES = 4, 8  # what one A3 or two A4 hold


@dataclass
class Seen:
    """One observation, with who saw it and whether that was before the lesson or typed once it was over."""

    row: Observation
    initials: str
    edge: int  # which of the observers: each has an edge of its own
    is_early: bool
    is_late: bool


@dataclass
class Late:
    """Words for a prediction that came once the lesson had begun."""

    text: str
    by: object
    at: dt.datetime


@dataclass
class Cell:
    """Where a stage and a case pupil meet."""

    letter: str
    predicted: Box
    late: list[Late]
    late_box: Box | None
    seen: list[Seen]

    @property
    def newest(self):
        return self.seen[-SHOWN_IN_A_CELL:]

    @property
    def earlier(self):
        return self.seen[:-SHOWN_IN_A_CELL]


@dataclass
class Row:
    """A stage: its name, when it was to be and when it was, what the teacher does, and a cell for each pupil."""

    stage: Stage
    number: int
    name: Box
    minutes: Box
    teacher: Box
    pattern: Box
    cells: list[Cell]
    planned: str = ""  # "10:02 to 10:11"
    took: str = ""
    times: str = ""  # what is known: when it was, else when it was to be


@dataclass
class Column:
    """A case pupil: whom it stands for, what would be success, who watches, and how it ended."""

    case_pupil: CasePupil
    initials: str
    grade: str
    typifies: str
    criterion: Box
    met: Box
    evidence: Box
    thoughts: Box
    observers: list
    photos: list  # of its work

    @property
    def letter(self):
        return self.case_pupil.letter

    @property
    def stands_for(self):
        return f"whom {self.letter} stands for"

    @property
    def met_words(self):
        return MET_WORDS.get(self.met.text, "")


@dataclass
class SheetPage:
    lesson: ResearchLesson
    me: Reader
    question: str
    intention: Box
    criteria: Box
    change: Box
    thoughts: Box
    columns: list[Column]
    rows: list[Row]
    of_class: list[Seen]
    at_no_stage: list  # (letter, [Seen]) of what was seen of a pupil before a stage was tapped
    removed: list  # (stage, its name, [(label, text)] of its other words), of those taken out that have any
    observers: list  # (person, initials, edge, how many)
    not_watched: list  # letters
    kept: list  # for members: texts that arrived and are no part of it
    before: Before  # what the earlier lessons hand on, for whoever reads the study
    can_take_back: bool  # its start

    @property
    def can_write(self):
        return self.me.is_member

    @property
    def boxes(self):
        found = [self.intention, self.criteria, self.change, self.thoughts]
        for column in self.columns:
            found += [column.criterion, column.met, column.evidence, column.thoughts]
        for row in self.rows:
            found += [row.name, row.minutes, row.teacher, row.pattern]
            found += [box for cell in row.cells for box in (cell.predicted, cell.late_box) if box]
        return found

    @property
    def fits_usual_paper(self):
        """On one A3, or on two A4."""
        return len(self.columns) <= USUAL_PUPILS and len(self.rows) <= USUAL_STAGES

    @property
    def wide_columns(self):
        """Of the table: two for each pupil, and the pattern."""
        return 2 * len(self.columns) + 1


def initials(person):
    return "".join(name[:1] for name in (person.first_name, person.last_name)).upper()


def sheet_page(person, lesson) -> SheetPage:
    study = lesson.study
    notes = {note.field: note for note in lesson.sheet.notes.all()}
    of_study = study.sheet.texts
    me = reader_of(person, study)
    case_pupils = list(study.case_pupils.select_related("place"))
    stages = list(lesson.stages.all())
    observations = list(
        lesson.observations.filter(apart="").select_related("person", "case_pupil").order_by("at", "pk")
    )
    reached = reached_by(observations)
    observations = [row for row in observations if row.kind != Observation.Kind.STAGE]
    late = late_words(lesson) if lesson.is_started and me.reads else {}
    if not me.reads:  # a guest observes: with the plan before them, and their own notes
        notes = {name: note for name, note in notes.items() if not AFTER_THE_PLAN.match(name)}
        observations = [row for row in observations if row.person_id == person.pk]
    edges = edges_of(lesson, observations)
    seen = defaultdict(list)
    for row in observations:
        seen[row.stage_id, row.case_pupil_id].append(seen_of(lesson, row, edges))

    box = boxes_from(notes)
    marks, grades = initials_of(person, study.partnership), grades_of(case_pupils) if me.reads else {}
    watched = defaultdict(list)
    for watch in lesson.standing_watches:
        watched[watch.case_pupil_id].append(watch.person)
    photos = defaultdict(list)
    for photo in lesson.photos.filter(apart="").order_by("at", "pk") if me.reads else ():
        photos[photo.case_pupil_id].append(photo)
    columns = [
        Column(
            case_pupil=one,
            initials=marks.get(one.place_id, ""),
            grade=grades.get(one.place_id, "") if one.place_id in marks else "",
            typifies=of_study.get(f"typifies-{one.letter}", ""),
            criterion=box(f"criterion-{one.letter}", f"Success criterion for {one.letter}", lines=2),
            met=box(f"met-{one.letter}", f"Did {one.letter} meet the success criterion?", kind="radios", choices=MET),
            evidence=box(f"evidence-{one.letter}", f"What shows it, for {one.letter}", lines=2),
            thoughts=box(f"thoughts-{one.letter}", f"First thoughts about {one.letter}", lines=2),
            observers=watched[one.pk],
            photos=photos[one.pk],
        )
        for one in case_pupils
    ]
    rows = [
        Row(
            stage=stage,
            number=number,
            name=box(f"stage-{stage.pk}-name", f"Stage {number}", kind="line"),
            minutes=minutes_box(box, stage, number),
            teacher=box(f"stage-{stage.pk}-teacher", f"What the teacher does in stage {number}", lines=1),
            pattern=box(f"stage-{stage.pk}-pattern", f"Pattern in stage {number}, all pupils", lines=3),
            cells=[
                Cell(
                    letter=one.letter,
                    predicted=box(
                        predicted := f"{PREDICTED}{stage.pk}-{one.letter}",
                        f"{one.letter} predicted, stage {number}",
                        lines=3,
                    ),
                    late=late.get(predicted, []),
                    late_box=box(
                        f"late-{stage.pk}-{one.letter}",
                        f"Added to what {one.letter} was to do, stage {number}",
                        lines=2,
                    )
                    if lesson.is_started
                    else None,
                    seen=seen[stage.pk, one.pk],
                )
                for one in case_pupils
            ],
        )
        for number, stage in enumerate((stage for stage in stages if stage.removed_at is None), start=1)
    ]
    give_times(lesson, rows, reached)
    earlier = before(lesson) if me.reads else Before()
    if (
        lesson.is_started
        or any(cell.predicted.text for row in rows for cell in row.cells)
        or any(row.name.text for row in rows)
    ):
        earlier.plan = 0
    change = box("change", "What we do differently this time", lines=2)
    if not change.version and not lesson.is_started:
        change.text = earlier.text
    return SheetPage(
        lesson=lesson,
        me=me,
        question=f"{STEM} {of_study.get('question', '')}".strip(),
        intention=box("intention", "In this lesson pupils learn to", lines=2),
        criteria=box("criteria", "Success criteria for the class", lines=2),
        change=change,
        thoughts=box("thoughts", "First thoughts of all of us", lines=3),
        columns=columns,
        rows=rows,
        of_class=[one for (_, pupil), found in seen.items() if pupil is None for one in found],
        at_no_stage=[(one.letter, found) for one in case_pupils if (found := seen.get((None, one.pk)))],
        removed=[found for stage in stages if stage.removed_at and (found := taken_out(stage, notes))],
        observers=[(one, initials(one), edge, count) for one, (edge, count) in edges.items()],
        not_watched=[column.letter for column in columns if not column.observers],
        kept=kept_apart(lesson, [cell.predicted.field for row in rows for cell in row.cells]) if me.is_member else [],
        before=earlier,
        can_take_back=me.is_member and lesson.is_started and not observations and not why_start_stays(lesson),
    )


def edges_of(lesson, observations):
    """observer -> (number of the edge, how many notes), those first who are named for a pupil."""
    people = dict.fromkeys(watch.person for watch in lesson.standing_watches)
    people |= dict.fromkeys(row.person for row in observations)
    counts = defaultdict(int)
    for row in observations:
        counts[row.person] += 1
    return {person: (number, counts[person]) for number, person in enumerate(people, start=1)}


def seen_of(lesson, row, edges):
    late = lesson.ended_at is not None and (row.at is None or row.at > lesson.ended_at)
    return Seen(
        row,
        initials(row.person),
        edges[row.person][0],
        is_early=lesson.began_after(row.at),
        is_late=late or row.from_paper,
    )


def late_words(lesson):
    """box -> what arrived for a prediction once the lesson had begun, as it came: of each page that which was typed
    last."""
    rows = lesson.sheet.revisions.filter(field__startswith=PREDICTED, at__gt=lesson.started_at).exclude(text="")
    rows = rows.exclude(client=set_back_in(lesson.sheet)).select_related("by").order_by("pk")
    locked = {note.field: note.text for note in lesson.sheet.notes.all() if note.field.startswith(PREDICTED)}
    found = defaultdict(list)
    last = {(row.field, row.by_id, row.client): row for row in rows}  # of each page
    last = {(row.field, row.by_id, row.text): row for row in sorted(last.values(), key=lambda row: row.pk)}
    for row in last.values():
        if row.text != locked.get(row.field, ""):
            found[row.field].append(Late(row.text, row.by, row.at))
    return found


STAGE_WORDS = {"minutes": "Minutes", "teacher": "What the teacher does", "pattern": "Pattern"}


def taken_out(stage, notes) -> tuple | None:
    """A stage that was taken out, with its words; None where it has none."""
    words = []
    for name, note in notes.items():
        found = OF_STAGE.match(name)
        if found and int(found[1]) == stage.pk and note.text.strip() and name != f"stage-{stage.pk}-name":
            what = name.rpartition("-")[2]
            said = "predicted" if name.startswith(PREDICTED) else "added once the lesson had begun"
            words.append((STAGE_WORDS.get(what) or f"{what} {said}", note.text))
    name = notes.get(f"stage-{stage.pk}-name")
    return (stage, name.text if name else "", words) if words or (name and name.text.strip()) else None


def kept_apart(lesson, shown):
    """The newest texts that are no part of the sheet: somebody was first, the writer had left, or what they are about
    is not in the lesson. Not those that came for a prediction that is `shown` once the lesson had begun, which stand
    beside it."""
    rows = lesson.sheet.revisions.filter(made=None).exclude(text="")
    if lesson.is_started:
        rows = rows.exclude(field__in=shown, at__gt=lesson.started_at)
    return list(rows.select_related("by").order_by("-pk")[:50])


def grades_of(case_pupils):
    """place -> its last grade in words, "3b in December"."""
    rows = Assessment.objects.filter(place__in=[one.place_id for one in case_pupils], grade__isnull=False)
    rows = rows.select_related("grade", "data_point").order_by("data_point__due_on")
    return {row.place_id: f"{row.grade} in {row.data_point.due_on:%B}" for row in rows}


def reached_by(observations):
    """stage -> when an observer first marked that the lesson had come to it."""
    found = {}
    for row in observations:
        if row.kind == Observation.Kind.STAGE and row.at:
            found.setdefault(row.stage_id, row.at)
    return found


def give_times(lesson, rows, reached):
    """When each stage is to be, from the lesson's time and the minutes that are typed; when it was, from the marks of
    its observers."""
    clock = dt.datetime.combine(lesson.day or timezone.localdate(), lesson.at) if lesson.at else None
    for row in rows:
        minutes = minutes_in(row.minutes.text)
        if clock and minutes:
            ends = clock + dt.timedelta(minutes=minutes)
            row.planned = f"{clock:%H:%M} to {ends:%H:%M}"
            clock = ends
        else:
            clock = None
    if rows and lesson.is_started:
        reached = {rows[0].stage.pk: lesson.started_at} | reached
    begun = [(row, reached[row.stage.pk]) for row in rows if row.stage.pk in reached]
    for (row, since), following in zip_longest(begun, begun[1:]):
        until = following[1] if following else lesson.ended_at
        row.took = f"{timezone.localtime(since):%H:%M}"
        if until and until >= since:
            took = round((until - since).total_seconds() / 60)
            row.took = f"{timezone.localtime(since):%H:%M} to {timezone.localtime(until):%H:%M}, {took} min"
    for row in rows:
        was_planned = f"planned {row.planned}" if row.planned and lesson.is_started else row.planned
        row.times = row.took or was_planned


def minutes_box(box, stage, number):
    found = box(f"stage-{stage.pk}-minutes", f"Minutes of stage {number}", kind="line")
    found.error = why_not_read(found.field, found.text)
    return found


def why_not_read(name, text) -> str:
    """The sentence for what stands in a box of the sheet and cannot be read; empty where all is well."""
    text = text.strip()
    if name.endswith("-minutes") and text and not minutes_in(text):
        return f"“{text[:20]}” is no number of minutes. Write it like 10."
    if name.startswith("interview-") and name.endswith("-at") and text and not TIME.search(text):
        return f"“{text[:20]}” is no time. Write a time such as 10:40."
    return ""


def minutes_in(text):
    """The first number of what is typed as minutes; 0 where there is none."""
    found = re.search(r"[0-9]{1,3}", text)
    return int(found.group()) if found else 0
