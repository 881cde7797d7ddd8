import pytest
import time_machine

from tests.returns.entering import TODAY, six_pupils


@pytest.fixture
def clock():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def at():
    return six_pupils()
