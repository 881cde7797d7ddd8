"""What is left of single pupils where their grades were kept without a name."""

from papers.templatetags.plain import year_number
from pupils.models import Place


def kept_table(programme) -> tuple[list[str], list[list[str]]]:
    """Columns and rows: places by a reference that means nothing, with year group, subject and grades, and no more: of
    which partnership they are would tell whose they are."""
    points = list(programme.data_points.all())
    places = Place.objects.filter(partnership__programme=programme).select_related("pupil", "partnership")
    places = places.prefetch_related("assessments__grade").order_by("pupil__ref", "partnership__subject", "pk")
    rows = []
    for place in places:
        given = {row.data_point_id: row for row in place.assessments.all()}
        grades = [grade_words(given.get(point.pk)) for point in points]
        rows.append([place.pupil.ref, year_number(place.pupil.year_group), place.partnership.subject, *grades])
    return ["Pupil", "Year group", "Subject", *(point.name for point in points)], rows


def grade_words(assessment) -> str:
    if assessment is None:
        return ""
    return assessment.grade.code if assessment.grade else assessment.get_reason_display()
