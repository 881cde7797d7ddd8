import pytest
import time_machine

from tests.meetings import NOW, a_series, corner, enter_terms


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ours(db):
    ours = corner()
    enter_terms(ours.organisation)
    return ours


@pytest.fixture
def row(ours, coordinator):
    return a_series(ours)
