import datetime as dt

import pytest
import time_machine

from accounts.roles import Role
from tests.arranging import TODAY
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
    return world[0]


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return ours.people[Role.COORDINATOR]


@pytest.fixture
def event(ours):
    """Today's meeting of the area, for its two teachers; the partner teacher takes the minutes."""
    return EventFactory(
        programme=ours.programme,
        area=ours.partnership.area,
        name="Moderation",
        on=TODAY,
        minute_taker=ours.people[Role.PARTNER],
    )
