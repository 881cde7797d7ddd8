import datetime as dt

import pytest
import time_machine

from accounts.roles import Role
from programmes.models import TermDate
from tests.factories import EventFactory
from tests.world import build_world


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture
def ours(world):
    """A programme whose timetable and term dates each test enters itself."""
    world[0].programme.timetable.all().delete()
    TermDate.objects.all().delete()
    return world[0]


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return ours.people[Role.COORDINATOR]


@pytest.fixture
def event(ours):
    return EventFactory(programme=ours.programme, area=ours.partnership.area, name="Twilight 3")
