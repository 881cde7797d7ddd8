"""Grades that were brought to a session, agreed there, and go into the returns of their partnerships."""

import uuid
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from accounts import audit
from desks.services import Cell, State
from programmes.models import DataPoint, DataReturn, Partnership, Programme
from pupils.models import Assessment, ModeratedGrade
from pupils.returns.answers import answer_of
from pupils.returns.standing import Row, Standing
from pupils.returns.writing import why_closed, write_grades
from visits.models import Event


def point_of(event: Event, asked="") -> DataPoint | None:
    """The data point that somebody asked for, else the one that comes next after the session, else the last."""
    points = list(event.programme.data_points.all())
    chosen = next((point for point in points if str(point.pk) == asked), None)
    return chosen or next((point for point in points if point.due_on >= event.on), points[-1] if points else None)


@dataclass
class Line:
    """A place that somebody may bring. `typed` is what they sent, where it was not understood."""

    row: Row
    moderated: ModeratedGrade | None = None
    is_brought: bool = False
    typed: str = ""
    error: str = ""
    difference: str = ""
    is_overtaken: bool = False  # somebody else has kept something else since the page was made
    is_given_back: bool = False  # the grade that was brought stands again, as nothing is agreed any more
    is_changed: bool = False  # by whoever sent the page, against what it showed

    @property
    def shown(self):
        """How it stood when the page was made, to tell what its reader changed."""
        agreed = self.moderated.agreed.code if self.moderated and self.moderated.agreed else ""
        return f"{'brought' if self.moderated else ''}:{agreed}"

    @property
    def brought_words(self):
        brought = self.moderated.brought if self.moderated else self.row.answer.grade
        return brought and brought.said_on(self.row.place.pupil.programme.scale)

    @property
    def stands(self):
        """The grade that stands in the return although another is agreed; empty where nothing is to be done."""
        agreed, now = self.moderated and self.moderated.agreed, self.row.answer.grade
        if agreed is None or now == agreed or not self.is_on_scale:
            return ""
        return now.code if now else "no grade"

    @property
    def stands_as_agreed(self):
        """Whether the agreed grade stands in the return, and is another one than was brought."""
        return self.row.answer.grade == self.moderated.agreed != self.moderated.brought

    @property
    def is_on_scale(self):
        """Whether what was agreed is a grade of the programme's scale, and so can go into its grades."""
        agreed = self.moderated and self.moderated.agreed
        return agreed is None or agreed.scale.name == self.row.place.pupil.programme.scale

    @property
    def agreed(self):
        return self.typed or (self.moderated.agreed.code if self.moderated and self.moderated.agreed else "")


@dataclass
class Group:
    """A partnership with its lines. `closed` says why its grades cannot change here."""

    data_return: DataReturn
    lines: list[Line] = field(default_factory=list)
    closed: str = ""

    @property
    def is_submitted(self):
        return self.data_return.state == DataReturn.State.SUBMITTED

    @property
    def is_over(self):
        return self.data_return.partnership.programme.status == Programme.Status.CLOSED


def groups_of(person, event: Event, point: DataPoint) -> list[Group]:
    """The returns of the person's own partnerships at the data point, with what was brought to this session."""
    partnerships = Partnership.objects.allowed(person, "returns.enter").filter(programme=event.programme_id)
    if event.area_id:
        partnerships = partnerships.filter(area=event.area_id)
    rows = DataReturn.objects.filter(partnership__in=partnerships, data_point=point, expected__gt=0)
    rows = rows.select_related(
        "data_point", "sheet", "submitted_by", "partnership__programme", "partnership__partner_school"
    )
    brought = {row.place_id: row for row in moderated_in(event, point)}
    groups = []
    for row in rows.order_by("partnership__ref"):
        lines = [
            Line(line, brought.get(line.place.pk), line.place.pk in brought)
            for line in Standing(row).rows
            if line.answer.grade is not None or line.place.pk in brought
        ]
        groups.append(Group(row, lines, why_closed(row)))
    return groups


def moderated_in(event, point):
    return ModeratedGrade.objects.filter(event=event, data_point=point).select_related(
        "brought__scale", "agreed__scale", "place__pupil", "place__partnership__partner_school"
    )


def take(groups, data) -> bool:
    """What was sent, put to the lines; whether all of it can be understood."""
    understood = True
    for group in groups:
        standing = Standing(group.data_return)
        for line in group.lines:
            pk = line.row.place.pk
            line.typed = data.get(f"agreed-{pk}", "").strip()
            line.is_brought = f"brought-{pk}" in data or bool(line.typed)
            sent = f"{'brought' if line.is_brought else ''}:{line.typed}"
            line.is_changed = sent != data.get(f"shown-{pk}", ":")
            line.is_overtaken = line.is_changed and line.shown != data.get(f"shown-{pk}", ":")
            asks = line.typed and (line.is_changed or line.is_on_scale)
            if asks and answer_of(line.typed, standing.programme.scale, standing.grades).grade is None:
                line.error, understood = f"“{line.typed}” is no grade of this scale.", False
    return understood


@transaction.atomic
def keep(person, event: Event, point: DataPoint, groups: list[Group]) -> list[tuple]:
    """What was brought and agreed is kept, and an agreed grade goes into an open return, marked as moderated.

    Only what the person changed is kept. Returns the groups in which a submitted grade differs from the agreed one,
    each with those lines and what was agreed, or brought: they wait for a correction. Where nothing is agreed any more
    the grade that was brought stands again, without the mark.
    """
    Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    standing_rows = {row.place_id: row for row in moderated_in(event, point)}
    differing = {}
    for group in groups:
        standing, cells = Standing(group.data_return), []
        for line in group.lines:
            line.moderated = standing_rows.get(line.row.place.pk)
            if not line.is_changed or group.is_over:
                continue
            agreed = answer_of(line.typed, standing.programme.scale, standing.grades).grade if line.typed else None
            if agreed is None and line.moderated and line.moderated.agreed:
                cells += give_back(line, group, point, len(cells))
                if group.is_submitted and line.stands_as_agreed:
                    said = f"{line.moderated.brought} was brought for {line.row.name}"
                    differing.setdefault(group.data_return.pk, (group, []))[1].append((line, said))
            if not line.is_brought:
                if line.moderated is not None:
                    line.moderated.delete()
                continue
            row = line.moderated or ModeratedGrade(
                event=event, place=line.row.place, data_point=point, brought=line.row.answer.grade
            )
            if row.pk and row.agreed == agreed:
                continue
            row.agreed, row.by, row.at = agreed, person, timezone.now()
            row.save()
            if agreed is None:
                continue
            if group.closed:
                if agreed != line.row.answer.grade:
                    said = f"{agreed} is agreed for {line.row.name}"
                    differing.setdefault(group.data_return.pk, (group, []))[1].append((line, said))
                given = Assessment.objects.filter(place=line.row.place, data_point=point, grade=agreed)
                given.update(moderated=True)
            else:
                cells += cells_for(line.row, agreed, len(cells))
        if cells:
            outcomes = write_grades(person, group.data_return, cells, uuid.uuid4())
            if any(outcome.state != State.SAVED for outcome in outcomes):
                differing.setdefault(group.data_return.pk, (group, []))
    audit.record(person, "grades.moderated", event)
    return list(differing.values())


def give_back(line, group, point, seq) -> list[Cell]:
    """The boxes with the grade that was brought, where the agreed one stands; a submitted one loses its mark."""
    place, moderated = line.row.place, line.moderated
    if group.closed:
        given = Assessment.objects.filter(place=place, data_point=point, grade=moderated.agreed)
        given.update(moderated=False)
        return []
    if line.row.answer.grade != moderated.agreed:
        return []
    line.is_given_back = True
    return cells_for(line.row, moderated.brought, seq, mark="")


def cells_for(row, grade, seq, mark="yes"):
    boxes = ((row.grade, grade.code), (row.moderated, mark))
    return [Cell(box.field, text, box.version, seq + n) for n, (box, text) in enumerate(boxes, start=1)]


def summary(rows) -> dict:
    """Of the grades that were brought how many were agreed as they were, and how many up or down."""
    steps = [row.steps for row in rows]
    return {
        "brought": len(steps),
        "same": sum(step == 0 for step in steps),
        "up": sum(step is not None and step > 0 for step in steps),
        "down": sum(step is not None and step < 0 for step in steps),
        "waiting": sum(row.agreed is None for row in rows),
        "other": sum(row.agreed is not None and row.steps is None for row in rows),
    }


def submitted_at(point, partnerships):
    """The code of the grade of each place whose return is submitted."""
    returns = DataReturn.objects.filter(
        data_point=point, partnership__in=partnerships, state=DataReturn.State.SUBMITTED
    )
    rows = Assessment.objects.filter(data_point=point, grade__isnull=False)
    rows = rows.filter(place__partnership__in=returns.values("partnership"))
    return dict(rows.values_list("place", "grade__code"))


def share(point, partnerships):
    """How many of the grades that these partnerships have, or owe, were agreed in the session."""
    if not partnerships:
        return None
    agreed = sum(row.agreed is not None for one in partnerships for row in one["rows"])
    returns = DataReturn.objects.filter(data_point=point, partnership__in=[one["partnership"] for one in partnerships])
    return {"agreed": agreed, "of": sum(returns.values_list("expected", flat=True))}
