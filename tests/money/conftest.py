import pytest
import time_machine

from tests.money.funded import IN_TIME, funded_programme


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(IN_TIME, tick=False):
        yield


@pytest.fixture
def money(db):
    """Two partnerships of the Essex plan, at the end of January: October and December are due."""
    return funded_programme()
