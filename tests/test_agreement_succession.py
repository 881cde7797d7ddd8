"""A school of an agreement has closed and another took its place: what becomes of the agreement."""

import datetime as dt

import pytest
import time_machine
from allauth.mfa.models import Authenticator

from accounts.adapters import EncryptedSecrets
from accounts.models import OutgoingMail, School
from accounts.register.succession import succeed
from programmes.models import Agreement, Partnership
from programmes.services.agreements import renew_agreement
from tests.factories import SchoolFactory
from tests.signing import build, completed, fresh, made, sign_next

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(dt.datetime(2026, 11, 27, 10, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def ours():
    ours = build()
    secret = {"secret": EncryptedSecrets().encrypt("JBSWY3DPEHPK3PXP")}
    Authenticator.objects.create(user=ours.coordinator, type=Authenticator.Type.TOTP, data=secret)
    ours.academy = SchoolFactory(name="New Academy")
    return ours


def follows(ours, school):
    School.objects.filter(pk=school.pk).update(status="closed")
    OutgoingMail.objects.all().delete()
    succeed(ours.coordinator, ours.programme.organisation, school, ours.academy)


def page_of(client, person, agreement):
    client.force_login(person)
    return " ".join(client.get(agreement.get_absolute_url()).content.decode().split())


def versions():
    """Version, why, whether it is current, the two schools, how many have signed."""
    return [
        (
            row.version,
            row.because,
            row.is_current,
            row.sections["home_school"],
            row.sections["partner_school"],
            row.signatures.exclude(signed_at=None).count(),
        )
        for row in Agreement.objects.order_by("version")
    ]


@pytest.mark.parametrize("side", ["home", "partner"])
@pytest.mark.parametrize("signed", [0, 1])
def test_an_agreement_that_is_not_complete_gets_a_new_version_with_the_new_name(client, ours, side, signed):
    agreement = made(ours)
    if signed:
        sign_next(ours.specialist, agreement)
    school = {"home": ours.home_school, "partner": ours.partner_school}[side]

    follows(ours, school)

    names = {"home": "Home School", "partner": "Partner School"}
    newer = Agreement.objects.current().get()
    assert versions() == [
        (1, "", False, *names.values(), signed),
        (2, "The school became New Academy", True, *(names | {side: "New Academy"}).values(), 0),
    ]
    assert OutgoingMail.objects.filter(kind="agreement-ready").count() == 4
    page = page_of(client, ours.specialist, newer)
    assert "The school became New Academy. Everyone signs it anew." in page
    assert "is now called" not in page


def test_a_complete_one_stays_as_it_is_and_says_what_the_school_is_called_now(client, ours):
    agreement = completed(ours)
    before = fresh(agreement).sections

    follows(ours, ours.partner_school)

    page = page_of(client, ours.coordinator, agreement)
    assert [row[:3] for row in versions()] == [(1, "", True)]
    assert (fresh(agreement).sections, fresh(agreement).is_complete) == (before, True)
    assert "Partner School is now called New Academy. What is signed stays as it is." in page
    assert "are not those who stand here any more" not in page
    assert not OutgoingMail.objects.filter(kind="agreement-ready").exists()


def test_where_nobody_could_sign_a_new_version_the_old_name_is_pointed_out(client, ours):
    agreement = made(ours)
    Partnership.objects.update(status="paused")

    follows(ours, ours.partner_school)

    page = page_of(client, ours.coordinator, agreement)
    assert [row[:3] for row in versions()] == [(1, "", True)]
    assert "Partner School is now called New Academy. This version still has the old name." in page


def test_a_version_that_was_replaced_before_all_had_signed_is_not_in_the_way(ours):
    renew_agreement(ours.coordinator, made(ours), "A new focus")

    follows(ours, ours.partner_school)

    assert [(row[0], row[2], row[4]) for row in versions()] == [
        (1, False, "Partner School"),
        (2, False, "Partner School"),
        (3, True, "New Academy"),
    ]
