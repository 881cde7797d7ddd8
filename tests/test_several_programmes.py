"""A coordinator with several programmes: which one is meant is said where it could be another, and only there."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Membership
from accounts.roles import Role
from programmes.models import Area, DataPoint, Partnership, Programme
from programmes.services.copying import SETTINGS
from pupils.returns.counting import count_returns
from reports.dashboards import dashboard
from reports.digest import words_of
from tests.factories import PartnerSchoolFactory, PartnershipFactory, PlaceFactory, VisitFactory
from tests.reading import text_of


@pytest.fixture(autouse=True)
def winter():
    with time_machine.travel(dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC), tick=False):
        yield


def lines(ours):
    person = ours.people[Role.COORDINATOR]
    return dashboard(person, Membership.objects.get(user=person, role=Role.COORDINATOR))["to_do"]


def one_more(ours, name, **more):
    """Another programme of the same year, with something of each kind to do."""
    given = {field: getattr(ours.programme, field) for field in SETTINGS}
    dates = {"starts_on": ours.programme.starts_on, "ends_on": ours.programme.ends_on, "status": "active"}
    programme = Programme.objects.create(name=name, slug=f"other-{ours.programme.slug}", **given | dates | more)
    for point in ("October", "Summer"):
        due_on = ours.programme.data_points.get(name=point).due_on
        DataPoint.objects.create(programme=programme, name=point, due_on=due_on)
    area = Area.objects.create(programme=programme, name=ours.partnership.area.name)
    partnership = PartnershipFactory(programme=programme, area=area)
    PlaceFactory(partnership=partnership)
    VisitFactory(partnership=partnership, on=dt.date(2027, 1, 20))
    PartnerSchoolFactory(programme=programme)
    count_returns(programme)
    return programme


def test_with_one_programme_no_line_names_it(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])

    found = lines(ours)
    page = text_of(client.get("/")).partition("Next two weeks")[0]

    assert found
    assert not any("of" in line or "programmes" in line for line in found)
    assert ours.programme.name not in page


def test_with_two_each_line_names_its_own_or_both(client, ours):
    other = one_more(ours, "Talking")
    client.force_login(ours.people[Role.COORDINATOR])
    VisitFactory(partnership=ours.partnership, on=dt.date(2027, 1, 19))

    found = lines(ours)
    page = text_of(client.get("/"))

    said = [line.get("of") for line in found]
    both = f"{ours.programme.title} and {other.title}"
    assert set(said) == {ours.programme.title, other.title, both}
    assert {line["title"]: line["of"] for line in found if line["of"] == both} == {"2 past visits have no record": both}
    assert f"{found[0]['of']}. {found[0]['text']}" in words_of(found[0])
    assert all(f"{line['title']}, {line['of']}" in page for line in found)


def test_a_draft_beside_the_one_that_runs_is_named_and_then_the_other_is_too(ours):
    draft = one_more(ours, "Next", status="draft", starts_on=dt.date(2027, 9, 1), ends_on=dt.date(2028, 8, 31))

    found = lines(ours)

    waits = [line for line in found if "waits for a specialist teacher" in line["title"]]
    assert [line["of"] for line in waits] == [draft.title]
    assert {line.get("of") for line in found} == {ours.programme.title, draft.title, None}
    assert [line["title"] for line in found if "of" not in line] == [f"{draft.title} is being set up"]


def test_the_grades_of_programmes_of_one_name_are_told_apart_by_their_year(client, ours):
    earlier = one_more(ours, ours.programme.name, starts_on=dt.date(2025, 9, 1), ends_on=dt.date(2026, 8, 31))
    person = ours.people[Role.COORDINATOR]

    tables = dashboard(person, Membership.objects.get(user=person, role=Role.COORDINATOR))["heat"]

    assert [table["name"] for table in tables] == [earlier.title, ours.programme.title]


def choices(client, page, field):
    form = client.get(reverse(page)).context["filter"]
    return [label for _, label in form.fields[field].choices][1:]


@pytest.mark.parametrize("page", ["programmes:partnerships", "programmes:agreements"])
def test_a_filter_says_the_year_of_programmes_of_one_name(client, ours, page):
    one_more(ours, ours.programme.name, starts_on=dt.date(2025, 9, 1), ends_on=dt.date(2026, 8, 31))
    client.force_login(ours.people[Role.COORDINATOR])

    assert choices(client, page, "programme") == ["Ourside programme 2026-27", "Ourside programme 2025-26"]


@pytest.mark.parametrize(
    ("name", "first", "said"),
    [
        (None, None, ["{area}"]),
        ("Ourside programme", dt.date(2025, 9, 1), ["{area} (2026-27)", "{area} (2025-26)"]),
        ("Talking", dt.date(2026, 9, 1), ["{area} (Ourside programme 2026-27)", "{area} (Talking 2026-27)"]),
    ],
)
def test_areas_and_data_points_are_told_apart_by_what_differs(client, ours, name, first, said):
    if name:
        one_more(ours, name, starts_on=first, ends_on=first.replace(year=first.year + 1, month=8, day=31))
    client.force_login(ours.people[Role.COORDINATOR])
    area = ours.partnership.area.name
    Partnership.objects.filter(programme=ours.programme).update(area=ours.partnership.area)

    areas = choices(client, "programmes:partnerships", "area")
    points = choices(client, "programmes:partnerships", "owes")

    assert areas == [label.format(area=area) for label in said]
    assert set(points) == {label.format(area=point) for label in said for point in ("October", "Summer")}
