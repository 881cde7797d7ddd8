"""Whoever authorises what has changed since they looked is told what has: the payee, or that a batch took it."""

import uuid

import pytest
from django.urls import reverse

from funding.models import Payee
from funding.services import paying, releasing
from funding.services.payees import confirm
from tests.money.funded import authorise, fold
from tests.money.test_payees import changed, released
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def check_then(client, money, act):
    """Una looks at everything, somebody acts, and she presses."""
    choice = paying.choose(money.Una, money.organisation)
    sent = {"authorise": "yes", "key": "", "release": [release.pk for release in choice.releases]}
    sent |= {f"payee_{release.pk}": group.payee.pk for group in choice.groups for release in group.releases}
    act()
    client.force_login(money.Una)
    return text_of(client.post(reverse("funding:authorise"), sent))


CHANGED = "Nothing was authorised: something has changed since you looked. Look again."


def test_a_payee_that_has_changed_is_named(client, approved):
    release = released(approved)

    found = check_then(client, approved, lambda: confirm(approved.Tom, changed(approved, release)))

    words = f"{release.school} is paid otherwise now: Harbour Trust, supplier payment S66666"
    assert f"{CHANGED} {words}, entered by {approved.Ruth}, confirmed by {approved.Tom}." in found


def test_the_batch_that_took_them_is_named(client, approved):
    found = check_then(client, approved, lambda: authorise(approved, approved.Ruth))

    batch = approved.organisation.payment_batches.get()
    assert f"{CHANGED} {approved.Ruth} authorised these in {batch}." in found


def test_a_batch_that_took_some_and_an_approval_that_was_taken_back_are_named(client, approved):
    first, second, *_ = approved.releases

    def act():
        seen = {first.pk: Payee.objects.get(school=released(approved, first).school).pk}
        paying.authorise(approved.Ruth, approved.organisation, seen, uuid.uuid4())
        releasing.take_approval_back(approved.Tom, released(approved, second))

    found = check_then(client, approved, act)

    assert f"{approved.Ruth} authorised 1 of these in {approved.organisation.payment_batches.get()}." in found
    assert f"{second}: its approval ended: {approved.Tom} took it back." in found


def test_a_fold_that_ended_an_approval_is_named(client, approved):
    found = check_then(client, approved, lambda: fold(approved, approved.partnerships[0]))

    ended = f"its approval ended: P001 has folded, entered by {approved.Amira}."
    assert f"{approved.releases[0]}: {ended}" in found
