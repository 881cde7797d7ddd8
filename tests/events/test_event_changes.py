"""Events changed and cancelled, also by two at once."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.urls import reverse

from accounts.roles import Role
from tests.arranging import TODAY, text, typed
from tests.factories import EventFactory
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
    barrier, outcomes = threading.Barrier(2), []

    def press(reason):
        mine = Event.objects.get(pk=event.pk)
        barrier.wait()
        try:
            arranging.cancel_event(ours.people[Role.COORDINATOR], mine, reason)
            outcomes.append("won")
        except WrongState:
            outcomes.append("told")
        connection.close()

    threads = [threading.Thread(target=press, args=[reason]) for reason in ("Snow", "Flood")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["told", "won"]


def test_the_change_of_an_event_that_was_cancelled_meanwhile_leads_to_the_event(client, ours, coordinator):
    event = EventFactory(programme=ours.programme, status="cancelled", cancelled_because="Snow")
    address = reverse("events:change", args=[event.pk])

    opened, sent = client.get(address, follow=True), client.post(address, {"name": "Other"}, follow=True)
    client.force_login(ours.people[Role.SPECIALIST])
    teacher = client.get(address)

    for answer in (opened, sent):
        assert answer.redirect_chain == [(event.get_absolute_url(), 302)]
        assert "This event was cancelled, so nothing of it is changed" in text(answer)
    assert teacher.status_code == 403
