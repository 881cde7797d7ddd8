"""The scale of a programme and what is expected on it."""

from decimal import Decimal

from django.db import transaction

from accounts import audit
from programmes.models import Expectation, Programme
from programmes.services.programmes import mark_done
from pupils import scales
from pupils.models import Assessment


class ScaleInUse(Exception):
    """Grades are in on the scale that stands; `grades` says how many."""

    def __init__(self, grades):
        super().__init__(f"{grades} grades")
        self.grades = grades


def grades_in(programme) -> int:
    return Assessment.objects.filter(place__partnership__programme=programme, grade__isnull=False).count()


def standing(programme, scale: str) -> dict[int, tuple[str, str]]:
    """What is expected of each year group: as it stands, else as the scale proposes."""
    proposed = scales.expectations(scale, programme.year_groups)
    rows = programme.expectations.all() if programme.scale == scale else ()
    return proposed | {row.year_group: (row.met_from, row.exceeded_from) for row in rows}


@transaction.atomic
def save_assessment(person, programme, scale: str, expected_points: Decimal | None, levels: dict):
    """Scale, expected progress and levels (year group -> met from, exceeded from) are these now. Or ScaleInUse."""
    row = Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    if row.scale != scale:
        if grades := grades_in(row):
            raise ScaleInUse(grades)
        row.expectations.all().delete()
    scales.load_scale(scale)
    programme.scale, programme.expected_points = scale, expected_points
    programme.save(update_fields=["scale", "expected_points"])
    programme.expectations.filter(year_group__in=set(programme.year_groups) - set(levels)).delete()
    for year_group, (met_from, exceeded_from) in levels.items():
        Expectation.objects.update_or_create(
            programme=programme,
            year_group=year_group,
            defaults={"met_from": met_from, "exceeded_from": exceeded_from},
        )
    mark_done(person, programme, "assessment")
    audit.record(person, "programme changed", programme, about="assessment")
