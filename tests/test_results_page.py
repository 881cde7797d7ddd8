"""Who sees which of a programme's results, and which of them are hidden, on the page and in the files."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.roles import Role
from programmes.models import SuccessCriterion
from pupils import scales
from pupils.models import Assessment
from reports.figures import programme_figures, school_figures
from reports.results_page import Reader, results_page, table_of
from tests.factories import AssessmentFactory, MembershipFactory, PartnershipFactory, PlaceFactory, SchoolFactory
from tests.reading import text_of
from tests.world import build_world

pytestmark = pytest.mark.django_db


def add_places(corner, n, last="3b"):
    scale = scales.load_scale(corner.programme.scale)
    first_point, last_point = corner.programme.data_points.all()
    for _ in range(n):
        place = PlaceFactory(partnership=corner.partnership)
        AssessmentFactory(place=place, data_point=first_point, grade=scale.grades.get(code="2b"))
        AssessmentFactory(place=place, data_point=last_point, grade=scale.grades.get(code=last))


@pytest.fixture
def world():
    corners = build_world()
    for corner in corners:
        corner.programme.refresh_from_db()
    return corners


def consultant_with(corner, role):
    person = corner.people[Role.CONSULTANT]
    MembershipFactory(user=person, role=role, organisation=corner.organisation)
    return person


def test_a_consultant_who_also_holds_the_budget_does_not_see_the_small_numbers_of_the_other_area(world):
    ours, _, _ = world
    person = consultant_with(ours, Role.BUDGET_HOLDER)

    reader = Reader(person, ours.programme)
    page = results_page(person, ours.programme, "area")

    assert (reader.whole, reader.exact) == (True, False)
    assert page["everyone"].hidden
    assert [tab["name"] for tab in page["tabs"]] == ["Subject and year group", "Year on year"]


def test_nor_can_this_reader_subtract_the_own_area_from_the_whole(world):
    ours, _, _ = world
    add_places(ours, 12)
    add_places(ours, 12, last="2b")
    holder = ours.people[Role.BUDGET_HOLDER]

    alone = results_page(holder, ours.programme, "")["everyone"]
    with_area = results_page(consultant_with(ours, Role.BUDGET_HOLDER), ours.programme, "")["everyone"]

    assert alone.n == with_area.n == 26
    assert alone.above.of is not None
    assert with_area.above.hidden


def test_each_role_alone_sees_what_it_did(world):
    ours, _, _ = world

    def seen(role):
        reader = Reader(ours.people[role], ours.programme)
        return reader.whole, reader.exact, len(reader.facts)

    assert seen(Role.COORDINATOR) == (True, True, 2)
    assert seen(Role.BUDGET_HOLDER) == (True, False, 2)
    assert seen(Role.CONSULTANT) == (False, True, 1)


def test_a_hidden_answer_is_c_and_one_that_does_not_apply_is_z(world, client):
    ours, _, _ = world
    SuccessCriterion.objects.create(programme=ours.programme, measure="above_expected_rate", target_pct=50)
    holder = ours.people[Role.BUDGET_HOLDER]
    ours.programme.expectations.all().delete()

    columns, rows = table_of(holder, ours.programme)
    client.force_login(holder)
    page = text_of(client.get(reverse("reports:results", args=[ours.programme.slug])))

    row = dict(zip(columns, rows[0], strict=True))
    assert (row["At or above level, last"], row["Gained more than expected"], row["Mean gain, points"]) == (
        "z",
        "c",
        "c",
    )
    assert "Success criteria: 0 of 1 met so far, 1 not shown" in page
    assert "Not shown" in page
    assert "they are too few" in page


def test_a_total_that_is_not_small_is_not_called_too_few(world, client):
    ours, next_door, _ = world
    add_places(ours, 24)
    holder = ours.people[Role.BUDGET_HOLDER]
    ours.programme.expectations.all().delete()
    next_door.partnership.subject = "writing"
    next_door.partnership.save()
    Assessment.objects.filter(place__partnership=ours.partnership).exclude(grade__code="2b").update(
        grade=scales.load_scale(ours.programme.scale).grades.get(code="2b")
    )
    Assessment.objects.filter(place__partnership=next_door.partnership).update(
        grade=scales.load_scale(ours.programme.scale).grades.get(code="2b")
    )
    client.force_login(holder)

    page = text_of(client.get(reverse("reports:results", args=[ours.programme.slug])))

    assert "too few" not in page.partition("How to read")[0]


def test_grades_on_two_scales_are_a_sentence_and_no_error(world, client):
    ours, _, _ = world
    other = scales.load_scale("free-5").grades.get(code="3")
    Assessment.objects.filter(place=ours.place, data_point=ours.programme.data_points.last()).update(grade=other)
    client.force_login(ours.people[Role.COORDINATOR])
    slug = ours.programme.slug

    page = text_of(client.get(reverse("reports:results", args=[slug])))
    places = text_of(client.get(reverse("reports:places", args=[slug])))

    assert "Grades of this programme stand on two scales, so no gain can be worked out for 1 target pupil." in page
    assert "graded on another scale" in places
    assert client.get(reverse("reports:results_table", args=[slug, "csv"])).status_code == 200
    assert programme_figures(ours.programme)["two_scales"] == 1
    assert school_figures(ours.programme, ours.school)["two_scales"] == 1


def test_an_executive_head_cannot_subtract_the_reports_of_the_schools(world):
    ours, next_door, _ = world
    add_places(ours, 3)
    third = next_door  # the third school is what is left
    before = school_figures(ours.programme, ours.school)["everyone"]
    add_places(third, 24)
    after = school_figures(ours.programme, ours.school)["everyone"]
    MembershipFactory(
        user=ours.people[Role.HEADTEACHER],
        role=Role.HEADTEACHER,
        organisation=ours.organisation,
        school=third.school,
    )
    both = school_figures(ours.programme, ours.school)["everyone"]

    assert before["hidden"]
    assert not after["hidden"]
    assert not both["hidden"]  # nobody is left over


def test_what_is_left_beside_all_schools_of_one_head_must_not_be_small(world):
    ours, next_door, _ = world
    add_places(ours, 12)
    add_places(next_door, 24)
    small = PartnershipFactory(programme=ours.programme, ref="Small", partner_school=SchoolFactory())
    add_places(SimpleNamespace(programme=ours.programme, partnership=small), 3)

    alone = school_figures(ours.programme, ours.school)["everyone"]
    MembershipFactory(
        user=ours.people[Role.HEADTEACHER],
        role=Role.HEADTEACHER,
        organisation=ours.organisation,
        school=next_door.school,
    )
    both = school_figures(ours.programme, ours.school)["everyone"]

    assert (alone["hidden"], both["hidden"]) == (False, True)
