import pytest

from accounts.roles import Role


@pytest.fixture(autouse=True)
def always(one_day):
    """All of it is on one day."""


@pytest.fixture
def coordinator(ours):
    return ours.people[Role.COORDINATOR]
