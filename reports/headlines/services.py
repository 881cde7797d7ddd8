from django.db import transaction

from accounts import audit
from reports.models import HeadlinePercentage


def standing(school, **which) -> list[HeadlinePercentage]:
    """What the school has entered."""
    return list(HeadlinePercentage.objects.filter(school=school, **which))


@transaction.atomic
def enter(person, school, year, given: dict):
    """The school's percentages of a year are these: measure -> percentage and pupils, or None where there is none. Only
    what is otherwise than before is written, so that each figure names who entered it."""
    stood = {row.measure: row for row in standing(school, year=year)}
    for measure, figure in given.items():
        row = stood.get(measure)
        if figure is None:
            HeadlinePercentage.objects.filter(school=school, year=year, measure=measure).delete()
        elif row is None or (row.percentage, row.pupils) != figure:
            percentage, pupils = figure
            HeadlinePercentage.objects.update_or_create(
                school=school,
                year=year,
                measure=measure,
                defaults={"percentage": percentage, "pupils": pupils, "entered_by": person},
            )
    audit.record(person, "headlines.entered", school, about=str(year))
