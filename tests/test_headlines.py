"""A school's own headline percentages: entered by its head, read by few, and beside the results in its reports."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from programmes.models import Programme
from reports.build import render
from reports.exporting.tables import TABLES
from reports.kinds import KINDS, figures_of
from reports.models import HeadlinePercentage, Report
from tests.factories import SchoolFactory
from tests.pdfs import pages
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(client, ours):
    """The head fills a year in; boxes that are not named are blank."""

    def send(year=2025, **typed):
        client.force_login(ours.people[Role.HEADTEACHER])
        return client.post(reverse("reports:headlines_year", args=[ours.school.urn, year]), typed, follow=True)

    return send


def rows():
    return list(
        HeadlinePercentage.objects.order_by("year", "measure").values_list("year", "measure", "percentage", "pupils")
    )


def figures(ours, kind):
    programme = Programme.objects.get(pk=ours.programme.pk)
    school = None if kind == Report.Kind.PROGRAMME else ours.school
    return figures_of(Report(kind=kind, programme=programme, school=school))


def test_a_year_is_entered_changed_and_emptied(client, ours, enter):
    enter(ks2_pupils="30", ks2_reading="70", ks2_writing="66.7")
    page = text_of(enter(ks2_pupils="31", ks2_reading="71", ks1_pupils="28", ks1_maths="0"))

    assert rows() == [
        (2025, "ks1 maths", Decimal("0.0"), 28),
        (2025, "ks2 reading", Decimal("71.0"), 31),
    ]
    assert "The percentages of 2025-26 are saved." in page
    assert "Key Stage 1 maths 0.0% of 28 pupils" in page
    assert "Key Stage 2 reading 71.0% of 31 pupils" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"ks2_reading": "70"}, "Enter how many pupils were in the year group: the number stands beside them."),
        ({"ks2_pupils": "30"}, "Enter a percentage below, or leave the number of pupils blank."),
        ({"ks2_pupils": "0", "ks2_reading": "70"}, "Enter how many pupils were in the year group, as a whole number."),
        (
            {"ks2_pupils": "30.5", "ks2_reading": "70"},
            "Enter how many pupils were in the year group, as a whole number.",
        ),
        (
            {"ks2_pupils": "30", "ks2_reading": "70", "ks2_maths": "50", "ks2_all": "60"},
            "All three together cannot be more than one of them. Correct either.",
        ),
        *(
            ({"ks2_pupils": "30", "ks2_reading": wrong}, "Enter a percentage from 0 to 100, with one decimal at most")
            for wrong in ("101", "-1", "66.67", "1e12", "70%", "NaN", "Infinity")
        ),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(enter, typed, said):
    answer = enter(**typed)

    assert said in text_of(answer)
    assert all(f'value="{value}"' in answer.content.decode() for value in typed.values())
    assert rows() == []


def test_years_that_are_not_offered_are_not_there(client, ours, enter):
    assert [enter(year).status_code for year in (2027, 2026, 2019, 2018)] == [404, 200, 200, 404]


def test_they_stand_beside_the_results_in_every_edition(ours, enter):
    enter(2025, ks2_pupils="30", ks2_reading="70.5")
    enter(2024, ks2_pupils="4", ks2_reading="75")
    enter(2020, ks2_pupils="30", ks2_reading="50")  # longer ago than reports look back

    school, governors, programme = (
        figures(ours, kind) for kind in (Report.Kind.SCHOOL, Report.Kind.GOVERNORS, Report.Kind.PROGRAMME)
    )

    small, usual = {"n": 4, "hidden": False, "pct": "75.0"}, {"n": 30, "hidden": False, "pct": "70.5"}
    assert school["headlines"] == {
        "years": ["2024-25", "2025-26"],
        "tables": [
            {
                "caption": "Whole year groups of our school",
                "of": "Measure",
                "rows": [{"name": "Key Stage 2 reading", "cells": [small, usual]}],
            }
        ],
    }
    assert governors["headlines"]["tables"][0]["rows"][0]["cells"] == [{"n": 4, "hidden": True, "pct": None}, usual]
    assert programme["headlines"]["tables"] == [
        {
            "caption": "Key Stage 2 reading",
            "of": "School",
            "rows": [{"name": ours.school.name, "cells": [small, usual]}],
        }
    ]


def test_page_paper_and_table_say_the_same(client, ours, enter):
    enter(2025, ks2_pupils="30", ks2_reading="70.5")
    enter(2024, ks2_pupils="4", ks2_reading="75")
    found = figures(ours, Report.Kind.GOVERNORS)

    [sheet] = [sheet for sheet in KINDS[Report.Kind.GOVERNORS].tables(found) if sheet.title == "Headline percentages"]
    paper = " ".join(" ".join(pages(render(Report.Kind.GOVERNORS, found, timezone.localtime()))).split())

    assert sheet.rows == [
        ["Key Stage 2 reading", "Our school", "2024-25", 4, "c"],
        ["Key Stage 2 reading", "Our school", "2025-26", 30, "70.5"],
    ]
    assert "Key Stage 2 reading hidden (n = 4) 70.5% (n = 30)" in paper


def test_without_any_no_report_speaks_of_them(ours):
    assert [
        figures(ours, kind)["headlines"] for kind in (Report.Kind.SCHOOL, Report.Kind.GOVERNORS, Report.Kind.PROGRAMME)
    ] == [None] * 3


def test_whoever_works_with_another_school_neither_reads_nor_exports_them(client, world, enter):
    enter(ks2_pupils="30", ks2_reading="70")
    school = SchoolFactory()
    HeadlinePercentage.objects.update(school=school)
    address = reverse("reports:headlines", args=[school.urn])

    seen = []
    for corner in (world[0], world[2]):
        person = corner.people[Role.COORDINATOR]
        client.force_login(person)
        [membership] = person.memberships_granting("headlines.view")
        seen.append((client.get(address).status_code, TABLES[HeadlinePercentage].rows(membership).count()))

    assert seen == [(404, 0), (404, 0)]


def test_the_coordinator_reads_them_and_leaves_them_to_the_school(client, ours, enter):
    enter(ks2_pupils="30", ks2_reading="70")
    client.force_login(ours.people[Role.COORDINATOR])

    page = text_of(client.get(reverse("reports:headlines", args=[ours.school.urn])))
    school = client.get(reverse("accounts:school", args=[ours.school.urn])).content.decode()

    assert "Key Stage 2 reading 70.0% of 30 pupils" in page
    assert "Enter or change a year" not in page
    assert reverse("reports:headlines", args=[ours.school.urn]) in school
