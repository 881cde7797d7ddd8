"""A programme of the year before, to compare with."""

import datetime as dt

from programmes.models import DataPoint, Expectation, Programme


def year_before(corner, **changes):
    """A closed programme a year earlier from which ours was copied, with the same definitions unless told."""
    given = {"scale": "nc-sublevels", "expected_points": 3} | changes
    programme = Programme.objects.create(
        organisation=corner.organisation,
        name="Before",
        slug=f"before-{Programme.objects.count()}",
        starts_on=dt.date(2025, 9, 1),
        ends_on=dt.date(2026, 8, 31),
        status="closed",
        subjects=["maths"],
        year_groups=[5],
        **given,
    )
    for name, on in (("October", dt.date(2025, 10, 17)), ("Summer", dt.date(2026, 6, 26))):
        DataPoint.objects.create(programme=programme, name=name, due_on=on)
    Expectation.objects.create(programme=programme, year_group=5, met_from="3a", exceeded_from="4b")
    return programme
