import datetime as dt

import pytest
import time_machine

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
