import pytest
import time_machine

from tests.rosters import NOW, scene


@pytest.fixture(autouse=True)
def on_27_january():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def at():
    return scene()
