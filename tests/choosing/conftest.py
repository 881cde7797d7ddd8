"""A teacher who chooses the target pupils of a partnership that has none yet."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from accounts.roles import Role
from programmes.models import DataReturn
from pupils.models import Assessment, PupilList
from tests.choosing.lists import Choosing
from tests.factories import PlaceFactory


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def submitted(ours):
    """What our partnership owes is in and locked: from now on reasons that follow from days are written down."""
    rows = DataReturn.objects.filter(partnership=ours.partnership)
    rows.update(state="submitted", submitted_by=ours.people[Role.PARTNER], submitted_at=timezone.now())


@pytest.fixture
def choosing(client, ours):
    """The pages of our partnership, as its partner teacher. OursideForename OursideFamily is a target pupil."""
    PupilList.objects.all().delete()
    client.force_login(ours.people[Role.PARTNER])
    return Choosing(client, ours)


@pytest.fixture
def una(ours):
    """A target pupil with her October grade, who may leave."""
    place = PlaceFactory(
        partnership=ours.partnership, pupil__first_name="Una", pupil__last_name="Byrne", pupil__year_group=5
    )
    october = ours.place.assessments.order_by("data_point__due_on").first()
    Assessment.objects.create(place=place, data_point=october.data_point, grade=october.grade)
    return place
