import pytest

from programmes.models import TermDate
from tests.factories import EventFactory


@pytest.fixture(autouse=True)
def always(one_day):
    """All of it is on one day."""


@pytest.fixture
def ours(world):
    """A programme whose timetable and term dates each test enters itself."""
    world[0].programme.timetable.all().delete()
    TermDate.objects.all().delete()
    return world[0]


@pytest.fixture
def event(ours):
    return EventFactory(programme=ours.programme, area=ours.partnership.area, name="Twilight 3")
