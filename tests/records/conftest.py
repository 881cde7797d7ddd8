import pytest
import time_machine

from tests.records.writing import TODAY, past_visit


@pytest.fixture
def clock():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def ours():
    return past_visit()
