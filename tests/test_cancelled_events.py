"""An event that was cancelled while someone had its form open."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from tests.factories import (
    EventFactory,
)
from tests.world import build_world


@pytest.fixture(autouse=True)
def winter():
    with time_machine.travel(dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def ours(client, db):
    ours = build_world()[0]
    client.force_login(ours.people[Role.COORDINATOR])
    return ours


def words(answer):
    return " ".join(answer.content.decode().split())


def test_the_change_of_an_event_that_was_cancelled_meanwhile_leads_to_the_event(client, ours):
    event = EventFactory(programme=ours.programme, status="cancelled", cancelled_because="Snow")
    address = reverse("events:change", args=[event.pk])

    opened, sent = client.get(address, follow=True), client.post(address, {"name": "Other"}, follow=True)
    client.force_login(ours.people[Role.SPECIALIST])
    teacher = client.get(address)

    for answer in (opened, sent):
        assert answer.redirect_chain == [(event.get_absolute_url(), 302)]
        assert "This event was cancelled, so nothing of it is changed" in words(answer)
    assert teacher.status_code == 403
