import pytest

from tests.factories import SchoolFactory


@pytest.fixture(autouse=True)
def always(one_day):
    """All of it is on one day."""


@pytest.fixture
def school():
    return SchoolFactory(name="Jaywell Junior School", la_code="881")
