"""A coordinator and the specialist teachers on their way into our programme."""

import pytest

from accounts.roles import Role
from tests.world import build_world


@pytest.fixture
def ours():
    return build_world()[0]


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return ours.people[Role.COORDINATOR]
