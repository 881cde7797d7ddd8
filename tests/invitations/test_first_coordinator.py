"""The administrator sees of each organisation who coordinates it, and who is asked to."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from tests.factories import MembershipFactory, OrganisationFactory
from tests.inviting import accept, invite, link_in, text
from tests.world import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = person("Priya", Role.ADMINISTRATOR)
    MembershipFactory(user=user, role=Role.ADMINISTRATOR, organisation=None)
    client.force_login(user)
    return user


def row(client):
    """What the table says of the one organisation."""
    page = text(client.get(reverse("accounts:organisations")))
    return page.partition("Essex Local authority 881 ")[2].partition(" Download this table")[0].replace("&#x27;", "'")


def test_an_invited_coordinator_is_named_until_the_link_ends_and_after_it_was_taken_up(
    client, administrator, essex, mailoutbox
):
    before = row(client)
    invite(client, Role.COORDINATOR, organisation=essex.pk)
    invited = row(client)
    with time_machine.travel(dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC), tick=False):
        client.force_login(administrator)
        expired = row(client)
    client.force_login(administrator)
    accept(link_in(mailoutbox[0]))
    after = row(client)

    assert before == "None yet Invite one for Essex"
    assert invited == (
        "Zoe Kranz is invited Waiting for Zoe to accept, until Wednesday 10 February See the invitation for Essex"
    )
    assert expired.startswith("Zoe Kranz is invited Expired on Wednesday 10 February Send it again, or withdraw it")
    assert after == "Zoe Kranz"


def test_the_list_costs_the_same_for_many_invitations(client, administrator, django_assert_num_queries):
    for number in range(8):
        invite_to_another_organisation(client, number)
        if number == 2:
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("accounts:organisations"))
            few = len(captured)

    with django_assert_num_queries(few):
        client.get(reverse("accounts:organisations"))


def invite_to_another_organisation(client, number):
    organisation = OrganisationFactory()
    invite(client, Role.COORDINATOR, email=f"z{number}@schools.example", organisation=organisation.pk)
