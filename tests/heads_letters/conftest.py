import pytest

from accounts.roles import Role
from tests.world import build_world


@pytest.fixture
def world():
    return build_world()


@pytest.fixture
def ours(world):
    """A programme whose timetable and events each test enters itself."""
    world[0].programme.timetable.all().delete()
    world[0].programme.events.all().delete()
    return world[0]


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return ours.people[Role.COORDINATOR]
