"""Programmes with a row of everything that is copied, and their copies in the next year."""

import datetime as dt

from programmes.models import (
    AgreementText,
    Area,
    AreaConsultant,
    DataPoint,
    Expectation,
    Partnership,
    SuccessCriterion,
)
from programmes.services import copying, timetables
from tests.factories import ProgrammeFactory
from tests.timetables import template_called

SEPTEMBER_2026, SEPTEMBER_2027 = dt.date(2026, 9, 1), dt.date(2027, 9, 1)


def whole_programme(organisation, person):
    """A running programme with a row of everything that is copied."""
    programme = ProgrammeFactory(
        organisation=organisation,
        name="Essex lesson study",
        subjects=["maths", "writing"],
        year_groups=[5, 6],
        expected_points=3,
        initials_only=True,
        staff_funded=4,
        agreement_revisited_on=dt.date(2027, 2, 26),
    )
    timetables.place_template(person, programme, template_called("Essex two-way 2009-10"))
    for name, on in (("October", (2026, 10, 16)), ("December", (2026, 12, 11)), ("Summer", (2027, 7, 2))):
        DataPoint.objects.create(programme=programme, name=name, due_on=dt.date(*on))
    Expectation.objects.create(programme=programme, year_group=5, met_from="3a", exceeded_from="4b")
    SuccessCriterion.objects.create(programme=programme, measure="positive_feedback", target_pct=90)
    for version in (1, 2):
        AgreementText.objects.create(
            programme=programme, version=version, protocol=f"Protocol {version}", data_commitments="Data"
        )
    area = Area.objects.create(programme=programme, name="North")
    AreaConsultant.objects.create(area=area, user=person)
    return programme


def copied(person, programme, **choices):
    given = {Partnership.objects.get(ref=ref).pk: choice for ref, choice in choices.items()}
    return copying.copy_programme(person, programme, name="Essex lesson study", year=SEPTEMBER_2027, choices=given)


def in_term(day, rows):
    return any(first <= day <= last for _, first, last in rows)
