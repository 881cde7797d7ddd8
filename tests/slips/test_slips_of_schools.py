"""Schools that have closed: since which day the partnership slips, and what the coordinator does about it."""

import csv
import datetime as dt
import io

import pytest
from django.urls import reverse

from accounts.models import School
from accounts.register.succession import succeed
from programmes.models import Agreement, Partnership
from tests.factories import SchoolFactory
from tests.rosters import agreement, only_row, partnership, told, words

pytestmark = pytest.mark.django_db


def close(school, on=dt.date(2027, 1, 11)):
    School.objects.filter(pk=school.pk).update(status="closed", closed_on=on)


def test_a_partner_school_that_has_closed_waits_for_the_coordinator_since_that_day(at):
    p = partnership(at, "Wakering Cross")
    agreement(p, dt.date(2026, 9, 10))
    close(p.partner_school)

    row = only_row(at)

    assert told(row) == [
        (
            "Wakering Cross has closed on 11 January, 12 school days",
            dt.date(2027, 1, 11),
            12,
            ["coordinator"],
            [],
            "Move to its successor",
        )
    ]
    assert (row.group, row.kinds, row.overdue) == ("slipping", {"school"}, 12)
    assert row.acts[0].url == reverse("accounts:succeed", args=[p.partner_school.urn])


def test_a_home_school_is_named_and_one_without_a_day_is_not_overdue(at):
    p = partnership(at, "Saltmarsh")
    agreement(p, dt.date(2026, 9, 10))
    close(p.specialist.home_school, on=None)

    row = only_row(at)

    assert [(*slip[::4], slip[5]) for slip in told(row)] == [
        ("Home of Mbeki has closed", [], "Move Home of Mbeki to its successor")
    ]
    assert row.overdue is None


def test_in_ones_own_school_it_is_said_once_and_of_a_paused_one_not_at_all(at):
    own = partnership(at, "Own School")
    agreement(own, dt.date(2026, 9, 10))
    own.specialist.home_school = own.partner_school
    own.specialist.save()
    close(own.partner_school)
    paused = partnership(at, "Paused School", "Ada Elm", "Kit Oak", status=Partnership.Status.PAUSED)
    close(paused.partner_school)

    assert words(at) == {"Own School": ["Own School has closed on 11 January, 12 school days"], "Paused School": []}


def test_once_it_has_moved_the_wait_for_signatures_still_counts_from_the_first_version(at):
    p = partnership(at, "Wakering Cross")
    agreement(p, dt.date(2027, 1, 12), signed=("specialist", "partner", "home head"))
    close(p.partner_school)
    successor = SchoolFactory(name="Wakering Academy")

    succeed(at.coordinator, at.organisation, p.partner_school, successor)

    assert [row.version for row in Agreement.objects.filter(partnership=p).order_by("version")] == [1, 2]
    assert [(slip[0].partition(";")[0], slip[1]) for slip in told(only_row(at))] == [
        ("Agreement unsigned for 11 school days", dt.date(2027, 1, 12))
    ]


def test_it_is_filtered_for_explained_and_downloaded(client, at):
    p = partnership(at, "Wakering Cross")
    partnership(at, "Beckney Junior", "Ada Elm", "Kit Oak")
    close(p.partner_school)
    client.force_login(at.coordinator)

    page = client.get(reverse("reports:roster"), {"slips": "school"})
    download = client.get(reverse("reports:roster_csv"), {"slips": "school"})

    assert [row.partnership for row in page.context["asked"].rows] == [p]
    assert "<b>School has closed</b>: the partner school or the home school has closed" in page.content.decode()
    table = list(csv.DictReader(io.StringIO(download.content.decode("utf-8-sig"))))
    assert len(table) == 1
    assert "Wakering Cross has closed on 11 January, 12 school days" in " ".join(table[0].values())
