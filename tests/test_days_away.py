"""Days on which a teacher is away: whose they are, what is refused, and which visits have to move."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.roles import Role
from tests.factories import BookingFactory, VisitFactory
from tests.together import at_once
from tests.world import build_world
from visits.away.keeping import keep_away
from visits.models import Away

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_a_day(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC))


def text(response):
    return " ".join(response.content.decode().split()).replace("&#x27;", "'")


def enter(client, person, **given):
    typed = {"first_on": "9/2/2027", "last_on": "", "half": ""}
    return client.post(reverse("visits:away", args=[person.pk]), typed | given, follow=True)


@pytest.fixture
def partner(ours):
    """With only the days that a test enters."""
    Away.objects.all().delete()
    return ours.people[Role.PARTNER]


@pytest.mark.parametrize("role", [Role.PARTNER, Role.COORDINATOR])
def test_days_are_entered_by_the_teacher_or_the_coordinator_and_taken_back(client, ours, partner, role):
    client.force_login(ours.people[role])

    page = text(enter(client, partner, first_on="1/3/2027", last_on="5/3/2027"))
    row = Away.objects.get()
    back = text(client.post(reverse("visits:away_remove", args=[row.pk]), follow=True))

    assert (row.person, row.first_on, row.last_on, row.half) == (
        partner,
        dt.date(2027, 3, 1),
        dt.date(2027, 3, 5),
        "",
    )
    assert row.entered_by == ours.people[role]
    assert "Monday 1 March to Friday 5 March: saved. No more visits are planned then." in page
    assert "away is not asked and not kept." in page
    assert "taken back. Visits can be planned then again." in back
    assert not Away.objects.exists()


def test_visits_that_have_to_move_are_counted_and_named(client, ours, partner):
    client.force_login(partner)
    other = VisitFactory(partnership=ours.partnership, on=ours.visit.on, half="pm")
    BookingFactory(visit=other, person=ours.people[Role.SPECIALIST])

    page = text(enter(client, partner))
    half = text(enter(client, partner, first_on="8/2/2027", half="pm"))

    assert "1 visit is planned then already and has to move." in page
    assert f'href="{ours.visit.get_absolute_url()}">Tuesday 9 February, morning: observation</a>' in page
    assert f'href="{other.get_absolute_url()}"' not in page
    assert "Monday 8 February, afternoon: saved." in half


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"last_on": "8/2/2027"}, "last_on", "is before the first day, Tuesday 9 February 2027."),
        ({"last_on": "10/2/2027", "half": "am"}, "half", "A morning is one of a single day"),
        ({"first_on": "26/11/2026"}, "first_on", "These days are over."),
        ({"last_on": "1/9/2029"}, "last_on", "is too far ahead: enter days up to the end of 2028-29."),
        ({"first_on": "2/3/2027", "half": "pm"}, "first_on", "These days are entered already."),
        ({"first_on": ""}, "first_on", "Enter the first day."),
        ({"first_on": "soon"}, "first_on", "is not a date."),
    ],
)
def test_days_that_cannot_be_are_refused_in_a_sentence(client, ours, partner, given, field, sentence):
    client.force_login(partner)
    enter(client, partner, first_on="1/3/2027", last_on="5/3/2027")

    answer = enter(client, partner, **given)

    assert sentence in " ".join(answer.context["form"].errors[field])
    assert Away.objects.count() == 1


def test_nobody_enters_the_days_of_a_colleague(client, ours, partner):
    client.force_login(ours.people[Role.SPECIALIST])
    row = Away.objects.create(person=partner, first_on=dt.date(2027, 3, 1), last_on=dt.date(2027, 3, 1))

    assert enter(client, partner).status_code == 404
    assert client.post(reverse("visits:away_remove", args=[row.pk])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_the_same_days_at_once_one_is_told(client):
    ours = build_world()[0]
    partner, day = ours.people[Role.PARTNER], dt.date(2027, 5, 4)

    def enter_day():
        return keep_away(partner, Away(person=partner, first_on=day, last_on=day))

    told = at_once(enter_day, enter_day, expecting=IntegrityError)

    assert sorted(type(answer).__name__ for answer in told) == ["Away", "IntegrityError"]
