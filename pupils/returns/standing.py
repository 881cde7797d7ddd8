"""How a return stands: of each place what was given before, what is typed or submitted now, and what stands out."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from desks.boxes import Box, boxes_from
from programmes.models import DataPoint, DataReturn
from pupils.models import Assessment, Grade, Place, TargetGrade, VersionGrade
from pupils.returns.answers import (
    REASONS,
    Answer,
    answer_from,
    answer_of,
    excused,
    former_scales,
    former_words,
    grades_of,
    is_on,
    said_of,
)
from pupils.returns.questions import Usual, contradicted_words, outside_words
from pupils.returns.rescaling import on_scale, set_aside_on

NO_GRADE = "is no grade of this scale and no reason"

FEW = 8  # grades that are named one by one


@dataclass
class Past:
    """What was given at an earlier data point, and what stood there in versions before."""

    point: DataPoint
    assessment: Assessment | None
    earlier: list[str] = field(default_factory=list)
    words: str = ""
    is_on_scale: bool = True

    @property
    def has_grade(self):
        return self.assessment is not None and self.assessment.grade_id is not None

    @property
    def counts(self):
        return self.has_grade and self.is_on_scale


@dataclass
class Row:
    place: Place
    past: list[Past]
    answer: Answer
    excuse: str  # the reason that the days of the place give, where nothing is typed
    grade: Box
    moderated: Box
    comment: Box
    sure: Box
    target: Grade | None = None  # for the last data point, where both teachers agreed on one
    before: Past | None = None  # the latest grade so far
    after: Past | None = None  # the next grade, where a later data point is submitted already
    said: str = ""  # what stands out, in a word
    question: str = ""
    top: int | None = None  # the position of the highest grade that is usual in the year group
    names: list[str] = field(default_factory=list)  # of other pupils of the return, in the comment
    leads_to_excused: bool = False  # the next one on the page needs no grade, and is stepped over
    old: str = ""  # the grade that was typed or submitted on another scale than that of the programme, with the scale
    kept: Assessment | None = None  # it, where it was submitted: it stays unless a grade is given on the scale of now

    @property
    def name(self):
        return self.place.known.full_name

    @property
    def is_in(self):
        return self.answer.is_in

    @property
    def compared(self):
        """The latest grade so far, where what is given now can be compared with it."""
        return self.before if self.before and self.before.is_on_scale else None

    @property
    def is_moderated(self):
        return self.moderated.text == "yes" and self.answer.grade is not None

    @property
    def is_sure(self):
        """The tick is about the answer that was asked about: another one is asked about anew."""
        return self.answer.is_in and self.sure.text == self.answer.words

    @property
    def asks(self):
        return bool(self.question) and not self.is_sure


class Standing:
    """A return with its rows, one for each place, in the order of the pupils' names; those outside their days last."""

    def __init__(self, data_return: DataReturn):
        self.data_return = data_return
        self.point, self.partnership = data_return.data_point, data_return.partnership
        self.programme = self.partnership.programme
        self.sheet = getattr(data_return, "sheet", None)

    @cached_property
    def grades(self) -> dict[str, Grade]:
        return grades_of(self.programme)

    @cached_property
    def usual(self):
        return Usual(self.programme, self.grades)

    @cached_property
    def points(self) -> list[DataPoint]:
        return list(self.programme.data_points.all())

    @cached_property
    def former(self) -> list[str]:
        return former_scales(self.programme)

    @cached_property
    def was_submitted(self) -> bool:
        """Whether it was submitted before, so that it is open for a correction."""
        return self.data_return.state == DataReturn.State.OPEN and self.data_return.versions.exists()

    @property
    def past_points(self) -> list[DataPoint]:
        return self.points[: self.points.index(self.point)]

    @cached_property
    def use(self) -> str:
        """What can be typed."""
        codes = list(self.grades)
        some = ", ".join(codes) if len(codes) <= FEW else f"{codes[0]} to {codes[-1]}"
        return f"Type {some}, or - for a reason"

    @property
    def later_points(self) -> list[DataPoint]:
        return self.points[self.points.index(self.point) + 1 :]

    @cached_property
    def rows(self) -> list[Row]:
        places = list(
            self.partnership.places.select_related("pupil__programme", "former").order_by(
                "pupil__last_name", "pupil__first_name", "pupil__ref"
            )
        )
        given = {
            (row.place_id, row.data_point_id): row
            for row in Assessment.objects.filter(place__in=places).select_related("grade__scale", "entered_by")
        }
        earlier = earlier_versions(places, self.past_points, self.programme.scale)
        agreed = TargetGrade.objects.filter(place__in=places, ended_at=None, agreed_at__isnull=False)
        agreed = agreed.filter(grade__scale__name=self.programme.scale)
        targets = {row.place_id: row.grade for row in agreed.select_related("grade")}
        notes = {note.field: note for note in self.sheet.notes.all()} if self.sheet else {}
        self.aside = set_aside_on(notes)
        rows = [self.row(place, given, earlier, notes, targets.get(place.pk)) for place in places]
        look_for_names(rows)
        return sorted(rows, key=lambda row: bool(row.excuse))

    def row(self, place, given, earlier, notes, target):
        past = [
            past_of(point, given.get((place.pk, point.pk)), earlier.get((place.pk, point.pk), []), self.programme.scale)
            for point in self.past_points
        ]
        now = given.get((place.pk, self.point.pk))
        box, about = boxes_from(notes), place.known.full_name
        note = notes.get(f"grade-{place.pk}")
        excuse, is_open = place.excused_on(self.point.due_on), self.data_return.state == DataReturn.State.OPEN
        is_old = is_open and now is not None and not is_on(self.programme.scale, now)
        if is_open and note is not None:
            answer = answer_of(note.text, self.programme.scale, self.grades)
        elif now is not None and not now.is_automatic and not is_old:
            answer = answer_from(now)
        else:
            answer = Answer()
        kept = now if is_old and self.was_submitted and not answer.text.strip() else None
        row = Row(
            place,
            past,
            answer if answer.is_in or answer.is_unclear or kept or not excuse else excused(excuse),
            excuse,
            grade=box(f"grade-{place.pk}", f"{self.point} grade for {about}", kind="line"),
            moderated=box(f"moderated-{place.pk}", f"Moderated: {about}", kind="tick", choices=[("yes", "Moderated")]),
            comment=box(f"comment-{place.pk}", f"Comment on {about}", kind="line"),
            sure=box(f"sure-{place.pk}", f"The grade of {about} is right", kind="tick"),
            target=target,
            kept=kept,
            after=next(
                (
                    Past(point, later)
                    for point in self.later_points
                    if (later := given.get((place.pk, point.pk))) and later.grade and is_on(self.programme.scale, later)
                ),
                None,
            ),
        )
        if is_open and not answer.text.strip():
            aside = self.aside.get(place.pk)
            row.old = now.grade.said_on(self.programme.scale) if is_old else on_scale(*aside) if aside else ""
        row.grade.text = answer.text
        row.grade.choices = [(reason.label, reason.label) for reason in REASONS]
        if f"moderated-{place.pk}" not in notes and now is not None and now.moderated and not is_old:
            row.moderated.text = "yes"
        self.look_at(row)
        return row

    def look_at(self, row):
        """What there is to say about the grade of a row."""
        with_grade = [past for past in row.past if past.has_grade]
        row.before = with_grade[-1] if with_grade else None
        row.top = self.usual.tops.get(row.place.pupil.year_group)
        now, before = row.answer.grade, row.before.assessment.grade if row.before else None
        if row.answer.reason:
            row.said = f"Not assessed: {row.answer.words.lower()}. Counts as in"
            row.moderated.text = ""  # only a grade is moderated
        elif row.answer.is_unclear:
            kept = "Kept as you typed it"
            of_before = former_words(row.answer.text, self.former)
            no_grade = f"“{row.answer.text.strip()}” {NO_GRADE}. {kept}. {self.use}"
            row.said = f"{of_before} {kept}" if of_before else no_grade
        elif row.kept:
            row.said = f"{row.old} was submitted, on another scale. It stays as it is unless you give a grade here"
        elif row.old:
            row.said = f"{row.old} was typed before the scale was changed. Give the grade anew, on the scale of now"
        elif now is None:
            row.said = "Still to enter"
        elif now.scale.name != self.programme.scale:
            row.said = f"On another scale than the programme: {now.scale}"
        elif before is None and row.after:
            later = row.after.assessment.grade
            row.said = f"{later} in {row.after.point}: {self.usual.change(now, later).lower()}"
        elif before is None:
            row.said = "The first grade"
        elif before.scale_id != now.scale_id:
            row.said = f"On another scale than in {row.before.point}"
        else:
            row.said = f"{self.usual.change(before, now)} {'as in' if before == now else 'since'} {row.before.point}"
        if now is not None and now.scale.name == self.programme.scale:
            at = row.before.point if row.before else None
            row.question = outside_words(row, self.point) or self.usual.question(
                row.place.pupil.year_group, now, before, at, row.after
            )
        elif row.answer.reason and row.answer.text.strip():
            row.question = contradicted_words(row)

    @property
    def missing(self):
        return [row for row in self.rows if not row.is_in and not row.kept]

    @property
    def kept(self):
        """Those whose grade stays as it was submitted, on another scale."""
        return [row for row in self.rows if row.kept]

    @property
    def odd(self):
        return [row for row in self.rows if row.asks]

    @property
    def number_in(self):
        return sum(row.is_in for row in self.rows)

    @property
    def is_complete(self):
        return bool(self.rows) and not self.missing


def look_for_names(rows):
    """Puts on each row the names of other pupils that its comment says."""
    names = {name for row in rows for name in names_of(row.place.pupil)}
    for row in rows:
        others = names - names_of(row.place.pupil) if row.comment.text else ()
        row.names = sorted(name for name in others if re.search(rf"\b{re.escape(name)}\b", row.comment.text))


def names_of(pupil):
    """Forename and surname, where they are more than an initial."""
    return {name for name in (pupil.first_name, pupil.last_name) if len(name.rstrip(".")) > 1}


def past_of(point, assessment, earlier, scale) -> Past:
    """What versions said before is only what another version changed."""
    now = said_of(assessment, scale) if assessment else ""
    changed = [said for said, then in zip(earlier, [*earlier, now][1:], strict=True) if said != then]
    return Past(point, assessment, changed, now, assessment is None or is_on(scale, assessment))


def earlier_versions(places, points, scale):
    """(place, data point) -> the grades that versions said before the one that stands, oldest first."""
    rows = VersionGrade.objects.filter(
        place__in=places, version__data_return__data_point__in=points, version__opened_at__isnull=False
    )
    found = {}
    for row in rows.select_related("grade__scale", "version__data_return").order_by("version__number"):
        said = said_of(row, scale)
        found.setdefault((row.place_id, row.version.data_return.data_point_id), []).append(said)
    return found
