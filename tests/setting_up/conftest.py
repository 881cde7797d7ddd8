import datetime as dt

import pytest
import time_machine

from accounts.roles import Role
from tests.factories import MembershipFactory, OrganisationFactory
from tests.world import person


@pytest.fixture(autouse=True)
def autumn():
    with time_machine.travel(dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def newcomer(client, db):
    """A coordinator of an organisation that has nothing yet."""
    organisation = OrganisationFactory(name="Empty Council")
    coordinator = person("Empty", Role.COORDINATOR)
    MembershipFactory(user=coordinator, role=Role.COORDINATOR, organisation=organisation)
    client.force_login(coordinator)
    client.person, client.organisation = coordinator, organisation
    return client


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return client
