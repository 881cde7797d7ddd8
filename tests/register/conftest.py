import pytest

from accounts.roles import Role
from tests.factories import MembershipFactory, OrganisationFactory
from tests.world import person


@pytest.fixture
def essex():
    return OrganisationFactory(name="Essex", la_code="881")


@pytest.fixture
def coordinator(client, essex):
    user = person("Amira", Role.COORDINATOR)
    MembershipFactory(user=user, role=Role.COORDINATOR, organisation=essex)
    client.force_login(user)
    return user
