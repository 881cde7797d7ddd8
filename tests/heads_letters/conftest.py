import pytest


@pytest.fixture
def ours(world):
    """A programme whose timetable and events each test enters itself."""
    world[0].programme.timetable.all().delete()
    world[0].programme.events.all().delete()
    return world[0]
