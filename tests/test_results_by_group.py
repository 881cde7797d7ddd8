"""Results by group of pupils and beside an earlier year: who sees them, what is compared, and what is not."""

import datetime as dt
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from programmes.models import Expectation
from pupils import scales
from pupils.models import FrozenFigures, Place, TargetPupil
from pupils.retention.freezing import freeze_results
from reports.freezing import freeze_pages
from reports.readers import Reader, sections_by
from reports.results_page import table_of
from reports.years import compare, earlier_of, table_of_years
from tests.earlier_years import year_before
from tests.factories import AssessmentFactory, PartnershipFactory, PlaceFactory, TargetPupilFactory
from tests.reading import text_of
from tests.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    corner = build_world()[0]
    corner.programme.refresh_from_db()
    Expectation.objects.update_or_create(
        programme=corner.programme, year_group=5, defaults={"met_from": "3a", "exceeded_from": "4b"}
    )
    return corner


def fill(programme, subject, n, first="2b", last="3b", **of_pupil):
    partnership = PartnershipFactory(programme=programme, subject=subject)
    grades = scales.load_scale(programme.scale).grades
    first_point, last_point = programme.data_points.all()
    for _ in range(n):
        place = PlaceFactory(partnership=partnership, pupil=TargetPupilFactory(programme=programme, **of_pupil))
        AssessmentFactory(place=place, data_point=first_point, grade=grades.get(code=first))
        AssessmentFactory(place=place, data_point=last_point, grade=grades.get(code=last))


def compared(corner, role):
    person = corner.people[role]
    return compare(Reader(person, corner.programme), earlier_of(person, corner.programme))


# Groups ------------------------------------------------------------------------------------------------------------


def test_groups_stand_with_their_numbers_and_lead_to_their_places(client, ours):
    fill(ours.programme, "maths", 3, last="3b", sex="F", sen="K")
    fill(ours.programme, "maths", 2, first="3a", last="4b", sex="M", eal="Y")
    client.force_login(ours.people[Role.COORDINATOR])
    slug = ours.programme.slug

    reader = Reader(ours.people[Role.COORDINATOR], ours.programme)
    rows = {row["name"]: row for section in sections_by(reader, "group") for row in section["rows"]}
    places = text_of(client.get(f"{reverse('reports:places', args=[slug])}?{rows['Girls']['query']}&of=above"))

    assert (rows["Girls"]["b"].n, rows["Girls"]["b"].above.of) == (3, 3)
    assert (rows["Boys"]["b"].n, rows["Boys"]["b"].met.of) == (2, 2)
    assert rows["SEN support"]["b"].n == 3
    assert rows["At that level at first"]["b"].n == 2
    assert "3 of 3 target pupils who gained more" in places
    assert "Girls" in places


def test_every_place_is_in_one_group_of_each_kind(ours):
    fill(ours.programme, "maths", 3, sex="F")
    TargetPupil.objects.filter(pk=ours.pupil.pk).update(sex="", pupil_premium="U", eal="U")
    reader = Reader(ours.people[Role.COORDINATOR], ours.programme)

    whole, *parts = sections_by(reader, "group")

    assert {sum(row["b"].places for row in part["rows"]) for part in parts} == {whole["rows"][0]["b"].places}


def test_who_does_not_know_the_pupils_is_not_shown_groups(client, ours):
    holder = ours.people[Role.BUDGET_HOLDER]
    client.force_login(holder)

    page = text_of(client.get(reverse("reports:results", args=[ours.programme.slug]) + "?by=group"))
    _, rows = table_of(holder, ours.programme)

    assert "Girls" not in page
    assert "Not recorded" not in {row[0] for row in rows}
    assert "Not recorded" in {row[0] for row in table_of(ours.people[Role.COORDINATOR], ours.programme)[1]}


# Year on year ------------------------------------------------------------------------------------------------------


def test_matched_definitions_are_compared_and_said_in_words(client, ours):
    before = year_before(ours)
    fill(before, "maths", 12, last="3b")
    fill(before, "writing", 7)
    fill(ours.programme, "maths", 10, last="2b")
    client.force_login(ours.people[Role.COORDINATOR])

    found = compared(ours, Role.COORDINATOR)
    page = text_of(client.get(reverse("reports:results", args=[ours.programme.slug]) + "?by=years"))

    assert found.earlier == before
    assert found.compared == "maths in Year 5"
    assert found.left_out == ["Only in Before 2025-26: writing in Year 5."]
    (row,) = found.rows
    assert (row["now"].n, row["then"].n) == (12, 12)
    assert (row["now"].above.of, row["then"].above.of, row["differences"]["above"]) == (0, 12, -100)
    assert "\N{MINUS SIGN}100 percentage points" in page
    assert "Only in Before 2025-26: writing in Year 5." in page


def test_every_row_of_the_comparison_stays_once_the_earlier_pupils_are_erased(ours):
    before = year_before(ours)
    fill(before, "maths", 7, last="3b")
    fill(before, "maths", 2, first="3a", last="4b", year_group=6)
    fill(before, "writing", 5, last="3c")
    fill(ours.programme, "maths", 3, last="2b")
    fill(ours.programme, "maths", 4, year_group=6)
    fill(ours.programme, "writing", 6)
    for programme in (before, ours.programme):
        programme.expectations.update_or_create(year_group=6, defaults={"met_from": "4c", "exceeded_from": "5c"})

    alive = compared(ours, Role.COORDINATOR)
    before.refresh_from_db()
    figures = freeze_results(before) | freeze_pages(before)
    FrozenFigures.objects.create(programme=before, figures=json.loads(json.dumps(figures)), frozen_at=timezone.now())
    Place.objects.filter(partnership__programme=before).delete()
    erased = compared(ours, Role.COORDINATOR)

    assert [row["name"] for row in alive.rows] == ["All that is compared", "Maths", "Writing", "Year 5", "Year 6"]
    assert table_of_years(erased) == table_of_years(alive)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scale": "ta-codes", "expected_points": None}, "assessed on another scale"),
        ({"expected_points": 4}, ""),
    ],
)
def test_what_does_not_match_is_not_compared_and_the_page_says_why(ours, changes, words):
    before = year_before(ours, **changes)
    fill(before, "maths", 8, **({"first": "WTS", "last": "EXS"} if words else {}))

    found = compared(ours, Role.COORDINATOR)

    assert words in found.why_not
    assert bool(found.rows) == (not words)
    if not words:
        assert found.left_out == [
            "Gaining more than expected is not compared: 3 points are expected now, 4 points are expected then."
        ]
        assert "above" not in found.rows[0]["differences"]


def test_another_level_for_the_year_or_another_span_is_no_match(ours):
    before = year_before(ours)
    fill(before, "maths", 8)
    before.expectations.update(met_from="3b")

    other_level = compared(ours, Role.COORDINATOR).why_not
    before.expectations.update(met_from="3a")
    before.data_points.filter(name="Summer").update(due_on=dt.date(2026, 1, 15))
    other_span = compared(ours, Role.COORDINATOR).why_not

    assert "Year 5 has another level for the year now than then." in other_level
    assert "it is 252 days now and was 90 then" in other_span


def test_without_an_earlier_programme_there_is_a_sentence(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])

    page = text_of(client.get(reverse("reports:results", args=[ours.programme.slug]) + "?by=years"))

    assert "There is no comparison. No earlier programme of yours is here to compare with." in page


def test_the_protected_reader_gets_no_answer_that_the_two_tables_do_not_print(client, ours):
    before = year_before(ours)
    fill(before, "maths", 3)
    fill(before, "writing", 12)
    fill(ours.programme, "maths", 12, last="3b")
    fill(ours.programme, "writing", 12, last="2b")
    holder = ours.people[Role.BUDGET_HOLDER]

    found = compared(ours, Role.BUDGET_HOLDER)
    client.force_login(holder)
    page = text_of(client.get(reverse("reports:results", args=[ours.programme.slug]) + "?by=years"))
    file = client.get(reverse("reports:years_table", args=[ours.programme.slug, "csv"])).content.decode()

    tables = [
        {row["query"]: row["b"] for section in sections_by(reader, "") for row in section["rows"]}
        for reader in (Reader(holder, ours.programme), Reader(holder, before))
    ]
    assert [(row["now"], row["then"]) for row in found.rows] == [
        (tables[0][row["query"]], tables[1][row["query"]]) for row in found.rows
    ]
    maths = next(row for row in found.rows if row["name"] == "Maths")
    assert (maths["then"].hidden, maths["differences"]["met"]) == (True, None)
    assert "not shown" in page
    assert ",c," in file
