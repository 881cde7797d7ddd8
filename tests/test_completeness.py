"""Which grades are in: counts by partnership and data point, for whoever follows the returns; never hidden."""

import csv

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from programmes.models import DataReturn, Partnership
from pupils.models import Assessment
from pupils.services import count_returns
from reports.progress.completeness import COUNTED
from tests.reading import text_of
from tests.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    ours, next_door, elsewhere = build_world()
    Assessment.objects.filter(place__partnership=ours.partnership, data_point__name="Summer").delete()
    count_returns(ours.programme)
    return ours, next_door, elsewhere


def page_of(client, corner, role, query=""):
    client.force_login(corner.people[role])
    return text_of(client.get(reverse("reports:completeness", args=[corner.programme.slug]) + query))


@time_machine.travel("2027-07-05 12:00")
def test_counts_stand_by_partnership_and_say_what_is_late(client, world):
    ours, next_door, _ = world

    page = page_of(client, ours, Role.COORDINATOR)
    late = page_of(client, ours, Role.COORDINATOR, "?owing=1")

    assert "Summer grades are in from 1 of 2 partnerships (1 of 2 grades)" in page
    assert "1 partnership owes grades whose day is past" in page
    assert "0 of 1, 1 late" in page
    assert ours.school.name in late
    assert next_door.school.name not in late


@time_machine.travel("2027-07-05 12:00")
def test_the_money_side_reads_the_same_counts_of_one_pupil_and_no_pupil(client, world):
    ours, _, _ = world

    for role in (Role.FINANCE, Role.BUDGET_HOLDER):
        page = page_of(client, ours, role)
        assert "0 of 1, 1 late" in page
        assert ours.pupil.ref not in page
        assert (
            "/progress/" not in client.get(reverse("reports:completeness", args=[ours.programme.slug])).content.decode()
        )


@time_machine.travel("2027-07-05 12:00")
def test_a_consultant_reads_the_own_area(client, world):
    ours, next_door, _ = world

    page = page_of(client, ours, Role.CONSULTANT)

    assert ours.school.name in page
    assert next_door.school.name not in page


@time_machine.travel("2027-07-05 12:00")
def test_who_rests_is_not_late(client, world):
    ours, _, _ = world
    Partnership.objects.filter(pk=ours.partnership.pk).update(status="paused")

    page = page_of(client, ours, Role.COORDINATOR)

    assert "0 of 1, paused" in page
    assert "No grade is late" in page


@time_machine.travel("2027-07-05 12:00")
def test_what_is_typed_and_not_submitted_is_owed_and_not_in(client, world):
    ours, _, _ = world
    summer = ours.partnership.returns.get(data_point__name="Summer")
    type(summer).objects.filter(pk=summer.pk).update(state="open", assessed=1, submitted_by=None, submitted_at=None)

    page = page_of(client, ours, Role.COORDINATOR)
    body = client.get(reverse("reports:completeness", args=[ours.programme.slug])).content.decode()

    assert "Summer grades are in from 1 of 2 partnerships (1 of 2 grades)" in page
    assert "1 partnership owes grades whose day is past: all are typed and still to be submitted." in page
    assert "1 of 1 typed, to submit" in page
    assert f'href="{reverse("pupils:return", args=[summer.pk])}"' in body


@time_machine.travel("2027-07-05 12:00")
def test_who_rests_is_not_counted_among_the_partnerships(client, world):
    ours, _, _ = world
    Partnership.objects.filter(pk=ours.partnership.pk).update(status="paused")

    page = page_of(client, ours, Role.COORDINATOR)

    assert "Summer grades are in from 1 of 1 partnership (1 of 1 grades)" in page
    assert "1 partnership that is paused or has folded is not counted." in page


@time_machine.travel("2026-10-02 12:00")
def test_before_the_first_day_nothing_is_due(client, world):
    page = page_of(client, world[0], Role.COORDINATOR)

    assert "No grade is due yet. October grades are due on Friday 16 October 2026." in page


def test_the_file_has_the_counts(client, world):
    ours, _, _ = world
    client.force_login(ours.people[Role.FINANCE])

    response = client.get(reverse("reports:completeness_table", args=[ours.programme.slug, "csv"]))

    rows = list(csv.DictReader(response.content.decode("utf-8-sig").splitlines()))
    mine = next(row for row in rows if row["Partnership"] == ours.partnership.ref)
    summer = {name.partition(": ")[2]: value for name, value in mine.items() if name.startswith("Summer: ")}
    assert summer == dict.fromkeys(COUNTED, "0") | {"asked for": "1"}


@time_machine.travel("2026-10-20 12:00")
def test_the_file_counts_what_is_in_as_the_page_does(client, world):
    ours, _, _ = world
    row = ours.partnership.returns.get(data_point__name="October")
    DataReturn.objects.filter(pk=row.pk).update(state="open", expected=4, assessed=2, excused=1)
    client.force_login(ours.people[Role.FINANCE])

    page = text_of(client.get(reverse("reports:completeness", args=[ours.programme.slug])))
    response = client.get(reverse("reports:completeness_table", args=[ours.programme.slug, "csv"]))

    rows = list(csv.DictReader(response.content.decode("utf-8-sig").splitlines()))
    mine = next(row for row in rows if row["Partnership"] == ours.partnership.ref)
    assert [mine[f"October: {what}"] for what in COUNTED] == ["4", "0", "0", "2", "1"]
    assert "2 of 4 typed, 1 without a grade" in page
