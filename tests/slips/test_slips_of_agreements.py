"""Agreements that slip: unsigned or never made, since when, and for whom they wait."""

import datetime as dt

import pytest

from accounts.roles import Role
from programmes.models import Agreement, PartnershipStep, PartnerTeacher
from programmes.services.agreements import follow_people
from tests.factories import MembershipFactory, UserFactory, VisitFactory
from tests.rosters import NOW, TERMS, TODAY, agreement, only_row, partnership, rows, told, words

pytestmark = pytest.mark.django_db


def test_an_unsigned_agreement_names_everyone_for_whom_it_waits(at):
    p = partnership(at, "Saltmarsh")
    agreement(p, dt.date(2027, 1, 12), signed=("specialist", "home head"))

    assert told(only_row(at)) == [
        (
            "Agreement unsigned for 11 school days; waits for Nia Holt and the head of Saltmarsh",
            dt.date(2027, 1, 12),
            11,
            ["head", "teacher"],
            ["Nia Holt", "Head of Saltmarsh"],
            None,
        )
    ]


def test_someone_who_joined_later_is_counted_from_that_day(at):
    p = partnership(at, "Saltmarsh")
    agreement(p, dt.date(2026, 9, 10), signed=("specialist", "partner head", "home head"))
    PartnerTeacher.objects.filter(partnership=p).update(until=dt.date(2027, 1, 11))
    newcomer = UserFactory(first_name="Yara", last_name="Costa")
    MembershipFactory(user=newcomer, role=Role.PARTNER, organisation=at.organisation, school=p.partner_school)
    PartnerTeacher.objects.create(partnership=p, user=newcomer, since=dt.date(2027, 1, 12))
    follow_people(at.coordinator, p)

    assert told(only_row(at)) == [
        (
            "Agreement unsigned for 11 school days; Yara Costa joined on 12 January",
            dt.date(2027, 1, 12),
            11,
            ["teacher"],
            ["Yara Costa"],
            None,
        )
    ]


def test_an_agreement_of_last_week_does_not_slip_yet(at):
    agreement(partnership(at, "Saltmarsh"), dt.date(2027, 1, 21), signed=())

    assert words(at) == {"Saltmarsh": []}


def test_a_new_version_of_an_unsigned_agreement_does_not_begin_the_wait_anew(at):
    p = partnership(at, "Saltmarsh")
    agreement(p, dt.date(2026, 9, 10))
    for made_on in (dt.date(2026, 11, 2), dt.date(2027, 1, 12), dt.date(2027, 1, 26)):
        Agreement.objects.filter(partnership=p, superseded_at=None).update(superseded_at=NOW)
        agreement(p, made_on, signed=())

    (slip,) = only_row(at).slips

    days = len([day for day in school_days_after(dt.date(2026, 11, 2)) if day <= TODAY])
    assert (slip.what, slip.since, slip.age) == (
        f"Agreement unsigned for {days} school days",
        dt.date(2026, 11, 2),
        days,
    )


def test_an_agreement_that_was_signed_by_all_is_counted_from_the_version_after(at):
    p = partnership(at, "Saltmarsh")
    agreement(p, dt.date(2026, 9, 10))
    Agreement.objects.filter(partnership=p).update(superseded_at=NOW)
    VisitFactory(partnership=p, on=dt.date(2027, 1, 14), status="took place")
    agreement(p, dt.date(2027, 1, 25), signed=())

    assert words(at) == {"Saltmarsh": []}


@pytest.mark.parametrize(
    ("on", "status", "slips"),
    [
        (dt.date(2027, 2, 2), "planned", True),
        (dt.date(2027, 1, 14), "took place", True),
        (dt.date(2027, 2, 3), "planned", False),
        (dt.date(2027, 1, 28), "cancelled", False),
    ],
)
def test_an_agreement_that_nobody_has_ever_signed_slips_at_once_where_visits_are_under_way(at, on, status, slips):
    made, none = partnership(at, "Saltmarsh"), partnership(at, "Without", "Tom Ash", "Eve Birch")
    PartnershipStep.objects.update(on=dt.date(2027, 1, 26))
    agreement(made, dt.date(2027, 1, 26), signed=("specialist", "partner", "home head"))
    because = "Snow" if status == "cancelled" else ""
    for p in (made, none):
        VisitFactory(partnership=p, on=on, half="pm", status=status, cancelled_because=because)

    found = {row.partnership.partner_school.name: row.slips for row in rows(at)}

    said = {
        "Saltmarsh": ["Agreement unsigned, and visits are under way; waits for the head of Saltmarsh"],
        "Without": ["No agreement to sign, and visits are under way"],
    }
    assert {school: [slip.words for slip in found[school]] for school in said} == (
        said if slips else {"Saltmarsh": [], "Without": []}
    )


def school_days_after(day):
    """Counted on the fingers: weekdays of the terms of the scene."""
    days = (day + dt.timedelta(days=n) for n in range(1, 365))
    return [day for day in days if day.weekday() < 5 and any(first <= day <= last for first, last in TERMS)]


def test_where_a_programme_has_an_agreement_a_started_partnership_needs_one(at):
    agreement(partnership(at, "Beckney"), dt.date(2026, 9, 10))
    partnership(at, "Saltmarsh")

    row = rows(at)[0]

    assert row.partnership.partner_school.name == "Saltmarsh"
    assert told(row) == [
        (
            "No agreement to sign; active for 91 school days",
            dt.date(2026, 9, 1),
            91,
            ["coordinator"],
            [],
            "Make the agreement",
        )
    ]
