"""The rows to be filled in: one for each place that lacks a grade, by reference, initials and year. Never a name."""

from django.db.models import Q

from desks.boxes import boxes_from
from papers.templatetags.plain import year_number
from programmes.models import DataReturn, Programme
from programmes.models.returns import LACKING
from pupils.models import Assessment, Place, ReturnNote
from pupils.returns.answers import answer_from, answer_of, grades_of, is_on

COLUMNS = ["Partnership", "Partner school", "Pupil", "Initials", "Year", "Data point", "Grade", "Moderated"]


def owed_rows(programme: Programme, point, partnerships) -> list[list]:
    """Every place of the open returns of these partnerships at the data point, with what is typed for it so far; and of
    the submitted ones each that lacks an answer, as its pupil came since."""
    returns = DataReturn.objects.filter(data_point=point, partnership__in=partnerships)
    open_ones = returns.filter(state=DataReturn.State.OPEN)
    lacking = returns.filter(LACKING, state=DataReturn.State.SUBMITTED)
    answered = Assessment.objects.filter(data_point=point).values("place")
    places = list(
        Place.objects.filter(
            Q(partnership__in=open_ones.values("partnership"))
            | Q(partnership__in=lacking.values("partnership")) & ~Q(pk__in=answered)
        )
        .select_related("pupil", "partnership__partner_school")
        .order_by("partnership__ref", "pupil__ref")
    )
    grades = grades_of(programme)
    given = {
        row.place_id: answer_from(row).words if is_on(programme.scale, row) else ""
        for row in Assessment.objects.filter(place__in=places, data_point=point).select_related("grade__scale")
    }
    notes = {note.field: note for note in ReturnNote.objects.filter(sheet__data_return__in=open_ones)}
    box, rows = boxes_from(notes), []
    for place in places:
        if place.excused_on(point.due_on):
            continue
        grade, moderated = f"grade-{place.pk}", f"moderated-{place.pk}"
        answer = answer_of(box(grade, "").text, programme.scale, grades)
        is_ticked = box(moderated, "").text == "yes" and not answer.reason
        rows.append(
            [
                place.partnership.ref,
                place.partnership.partner_school.name,
                place.pupil.ref,
                place.pupil.initials,
                year_number(place.pupil.year_group),
                point.name,
                answer.words if grade in notes else given.get(place.pk, ""),
                "yes" if is_ticked else "",
            ]
        )
    return rows
