"""An approval that somebody else has ended: whoever approved reads it on Today, and whoever pays too late reads why."""

import datetime as dt

import pytest
import time_machine

from funding.services import releasing
from tests.money.funded import IN_TIME, fold
from tests.reading import today

pytestmark = pytest.mark.django_db


def test_whoever_approved_reads_for_two_weeks_that_a_fold_ended_it(client, approved):
    fold(approved, approved.partnerships[0])

    found = today(client, approved.Tom)
    others = [today(client, person) for person in (approved.Martin, approved.Amira, approved.Ruth)]
    with time_machine.travel(IN_TIME + dt.timedelta(days=15), tick=False):
        later = today(client, approved.Tom)

    title = "£308.75 that you approved is not approved any more"
    why = f"October, P001: P001 has folded, entered by {approved.Amira}. What is still due is approved anew."
    assert f"{title} {why} Since 27 January" in found
    assert [title in text for text in [*others, later]] == [False] * 4


def test_whoever_approved_reads_that_somebody_else_took_it_back(client, approved):
    releasing.take_approval_back(approved.Martin, approved.releases[0])
    releasing.take_approval_back(approved.Tom, approved.releases[1])

    found = today(client, approved.Tom)

    assert f"£190.00 that you approved is not approved any more October, P001: {approved.Martin} took it back." in found
    assert found.count("is not approved any more") == 1
