import datetime as dt

import pytest
import time_machine

from accounts.roles import Role
from tests.factories import MembershipFactory, OrganisationFactory, SchoolFactory
from tests.world import person


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def essex():
    return OrganisationFactory(name="Essex", la_code="881")


@pytest.fixture
def school():
    return SchoolFactory(name="Jaywell Junior School", la_code="881")


@pytest.fixture
def coordinator(client, essex):
    user = person("Amira", Role.COORDINATOR)
    MembershipFactory(user=user, role=Role.COORDINATOR, organisation=essex)
    client.force_login(user)
    return user
