"""How far the grades of a demo programme are: a correction, one return half typed, one submitted, one uploaded."""

import datetime as dt
import uuid

from accounts.models import Membership, User
from accounts.roles import Role
from desks.services import Cell
from programmes.models import DataReturn
from pupils.collecting.reading import Draft, Reading
from pupils.collecting.writing import keep_drafts
from pupils.models import Assessment
from pupils.returns.standing import Standing
from pupils.returns.submitting import open_again, submit
from pupils.returns.writing import sheet_of, why_closed, write_grades

WHY = "Two grades stood in the wrong rows."


def enter_grades(programme, today):
    """At the last data point one correction; at the next one a draft of two teachers, one submitted, one uploaded."""
    points = list(programme.data_points.all())
    past = [point for point in points if point.due_on < today]
    coming = next((point for point in points if point.due_on >= today), None)
    if past:
        correct(returns_at(programme, past[-1], DataReturn.State.SUBMITTED)[3:4])
    if coming is not None and past:
        type_next(programme, returns_at(programme, coming, DataReturn.State.OPEN))
    # It is the demonstration's day, whatever the clock says.
    written = Assessment.objects.filter(place__partnership__programme=programme, assessed_on__gte=today)
    written.update(assessed_on=today - dt.timedelta(days=1))


def type_next(programme, rows):
    for row in rows[:1]:
        type_in(row, len(Standing(row).rows))
        submit(row.partnership.teachers[-1], row, sheet_of(row).version)
    for row in rows[1:2]:
        type_in(row, 4, odd=True)
    upload(programme, rows[3:4])


def returns_at(programme, point, state):
    rows = DataReturn.objects.filter(partnership__programme=programme, data_point=point, state=state, expected__gt=0)
    rows = rows.select_related("data_point", "partnership__programme", "partnership__specialist__user", "sheet")
    rows = rows.prefetch_related("partnership__partner_teachers__user").order_by("partnership__ref")
    return [row for row in rows if not why_closed(row) or state == DataReturn.State.SUBMITTED]


def grade_for(standing, line, place, steps=None):
    """The grade before and a step or none more, in turn."""
    codes = list(standing.grades)
    before = line.before.assessment.grade.code if line.before else codes[len(codes) // 2]
    steps = (0, 1, 1, 0, 2)[place % 5] if steps is None else steps
    return codes[max(0, min(codes.index(before) + steps, len(codes) - 1))]


def type_in(row, number, *, odd=False):
    """The first grades, each teacher some; one of them two steps down, which is asked about."""
    standing = Standing(row)
    lines, teachers = standing.rows[:number], row.partnership.teachers
    for turn, teacher in enumerate(teachers):
        cells = []
        for place in range(turn, len(lines), len(teachers)):
            line = lines[place]
            code = grade_for(standing, line, place, -2 if odd and place == 2 else None)
            text = "Absent" if odd and place == 1 else code
            cells.append(Cell(line.grade.field, text, 0, len(cells) + 1))
            if text == code and place % 2 == 0:
                cells.append(Cell(line.moderated.field, "yes", 0, len(cells) + 1))
        write_grades(teacher, row, cells, uuid.uuid4())


def correct(rows):
    for row in rows:
        teacher = row.partnership.teachers[0]
        open_again(teacher, row, WHY)
        row = DataReturn.objects.select_related("data_point", "partnership__programme", "sheet").get(pk=row.pk)
        standing = Standing(row)
        first, second = standing.rows[:2]
        texts = [(first, second.answer.words), (second, first.answer.words)]
        cells = [Cell(line.grade.field, text, line.grade.version, n) for n, (line, text) in enumerate(texts, 1)]
        write_grades(teacher, row, cells, uuid.uuid4())
        submit(teacher, row, sheet_of(row).version)


def upload(programme, rows):
    coordinator = User.objects.filter(
        memberships__in=Membership.objects.filter(role=Role.COORDINATOR, organisation=programme.organisation)
    ).first()
    drafts = []
    for row in rows:
        standing = Standing(row)
        for place, line in enumerate(standing.rows):
            drafts.append(Draft(line.place, row, {line.grade.field: grade_for(standing, line, place)}))
    if drafts:
        keep_drafts(coordinator, programme, Reading(drafts=drafts))
