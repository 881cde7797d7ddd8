"""Oak School has closed; Oak Academy goes on."""

import datetime as dt

import pytest
import time_machine

from accounts.roles import Role
from tests.factories import MembershipFactory, OrganisationFactory, ProgrammeFactory, SchoolFactory
from tests.world import person


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def essex():
    return OrganisationFactory(name="Essex", la_code="881")


@pytest.fixture
def coordinator(client, essex):
    user = person("Amira", Role.COORDINATOR)
    MembershipFactory(user=user, role=Role.COORDINATOR, organisation=essex)
    client.force_login(user)
    return user


@pytest.fixture
def old():
    return SchoolFactory(
        name="Oak School", urn="123456", la_code="881", status="closed", closed_on=dt.date(2026, 12, 31)
    )


@pytest.fixture
def new():
    return SchoolFactory(name="Oak Academy", urn="140001", la_code="881", type="Academy converter")


@pytest.fixture
def programme(essex):
    return ProgrammeFactory(organisation=essex)
