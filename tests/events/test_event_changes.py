"""Events changed and cancelled, also by two at once."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests.arranging import TODAY, text, typed
from tests.together import at_once
from visits.events import arranging
from visits.models import Event, WrongState


def test_of_two_who_change_an_event_the_second_is_told_and_loses_nothing(client, ours, coordinator, event):
    theirs = Event.objects.get(pk=event.pk)
    theirs.venue = "The library"
    arranging.change_event(coordinator, theirs, theirs.sequence)
    address = reverse("events:change", args=[event.pk])

    told = client.post(address, typed(venue="The gym", sequence=0))
    again = client.post(address, typed(venue="The gym", sequence=told.context["form"]["sequence"].value()), follow=True)

    assert "Someone else changed this event a moment ago: it is Twilight 3, Thursday 11 February" in text(told)
    assert "The library" in text(told)
    assert 'value="The gym"' in told.content.decode()
    assert "The event is changed." in text(again)
    event.refresh_from_db()
    assert (event.venue, event.sequence) == ("The gym", 2)


def test_a_day_that_stays_is_not_asked_about_again(client, ours, coordinator, event):
    Event.objects.filter(pk=event.pk).update(on=TODAY - dt.timedelta(days=3))

    answer = client.post(
        reverse("events:change", args=[event.pk]), typed(on="24/1/2027", sequence=0, venue="Here"), follow=True
    )

    assert "The event is changed." in text(answer)


def test_a_cancelled_event_needs_a_reason_and_stays_cancelled(client, ours, coordinator, event):
    address = reverse("events:cancel", args=[event.pk])

    nothing = client.post(address, {"reason": " "})
    client.post(address, {"reason": "Snow"})

    assert "Say why, in one sentence." in text(nothing)
    event.refresh_from_db()
    assert (event.status, event.cancelled_because) == ("cancelled", "Snow")
    assert client.get(address).status_code == 404
    assert client.get(reverse("events:change", args=[event.pk])).url == event.get_absolute_url()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_cancel_at_once_one_wins_and_the_other_is_told(ours, event):
    coordinator = ours.people[Role.COORDINATOR]
    rows = [Event.objects.get(pk=event.pk) for _ in range(2)]

    found = at_once(
        lambda: arranging.cancel_event(coordinator, rows[0], "Snow"),
        lambda: arranging.cancel_event(coordinator, rows[1], "Flood"),
        expecting=(WrongState,),
    )

    assert sorted(isinstance(answer, WrongState) for answer in found) == [False, True]


@pytest.fixture
def cancelled(ours, event):
    Event.objects.filter(pk=event.pk).update(status="cancelled", cancelled_because="Snow")
    return event


def test_a_cancelled_event_says_so_instead_of_opening_to_be_changed(client, ours, coordinator, cancelled):
    address = reverse("events:change", args=[cancelled.pk])

    opened = client.get(address, follow=True)
    client.force_login(ours.people[Role.SPECIALIST])
    teacher = client.get(address)

    assert opened.redirect_chain == [(cancelled.get_absolute_url(), 302)]
    assert "This event was cancelled, so nothing of it is changed" in text(opened)
    assert teacher.status_code == 403


def test_what_was_typed_into_an_event_that_was_cancelled_meanwhile_can_be_added_as_a_new_one(
    client, ours, coordinator, cancelled
):
    told = client.post(reverse("events:change", args=[cancelled.pk]), typed(venue="The gym", sequence=0))
    form = told.context["form"]
    again = client.post(form.helper.form_action, typed(venue=form["venue"].value()), follow=True)

    assert "This event was cancelled meanwhile (Snow), so nothing of it is changed." in text(told)
    assert form["on"].value() == typed()["on"]
    assert "The event is in the calendar." in text(again)
    cancelled.refresh_from_db()
    new = Event.objects.latest("pk")
    assert (cancelled.status, cancelled.venue, new.status, new.venue) == ("cancelled", "", "planned", "The gym")
