import pytest

from accounts.roles import Role
from tests.arranging import TODAY
from tests.factories import EventFactory


@pytest.fixture(autouse=True)
def always(one_day):
    """All of it is on one day."""


@pytest.fixture
def event(ours):
    """Today's meeting of the area, for its two teachers; the partner teacher takes the minutes."""
    return EventFactory(
        programme=ours.programme,
        area=ours.partnership.area,
        name="Moderation",
        on=TODAY,
        minute_taker=ours.people[Role.PARTNER],
    )
