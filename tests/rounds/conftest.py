import pytest

from accounts.roles import Role
from tests.world import build_world


@pytest.fixture
def ours():
    """Our programme has two partner schools, Nextdoor's and Ourside's."""
    corner = build_world()[0]
    corner.programme.refresh_from_db()
    corner.coordinator = corner.people[Role.COORDINATOR]
    corner.head = corner.people[Role.HEADTEACHER]
    return corner


@pytest.fixture
def as_coordinator(client, ours):
    client.force_login(ours.coordinator)
    return client
