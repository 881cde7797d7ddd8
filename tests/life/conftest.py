import pytest


@pytest.fixture(autouse=True)
def always(one_day):
    """All of it is on one day."""
