"""The minutes of an event, and the actions that were agreed there."""

import datetime as dt

from django.urls import reverse

from accounts.roles import Role
from tests.arranging import TODAY, text
from visits.events import arranging


def test_minutes_are_kept_and_read_by_those_invited(client, ours, coordinator, event):
    words = "We agreed.\n\n<b>Not bold</b>"

    client.post(reverse("events:minutes", args=[event.pk]), {"text": words, "seen": 0})

    event.refresh_from_db()
    assert (event.minutes, event.minutes_by, event.minutes_version) == (words, coordinator, 1)
    client.force_login(ours.people[Role.SPECIALIST])
    assert "&lt;b&gt;Not bold&lt;/b&gt;" in client.get(event.get_absolute_url()).content.decode()


def test_of_two_who_write_minutes_neither_loses_a_word(client, ours, coordinator, event):
    address = reverse("events:minutes", args=[event.pk])
    arranging.keep_minutes(ours.people[Role.PARTNER], event, "Theirs", 0)

    told = client.post(address, {"text": "Mine", "seen": 0})
    page = text(told)
    kept = client.post(address, {"text": "Theirs and mine", "seen": told.context["form"]["seen"].value()}, follow=True)

    assert "Not saved: Ourside OursidePartner saved these minutes while you were writing" in page
    assert "Theirs" in page
    assert told.context["form"]["text"].value() == "Mine"
    assert "The minutes are saved." in text(kept)
    event.refresh_from_db()
    assert event.minutes == "Theirs and mine"


def test_minutes_that_are_too_long_are_shown_again_whole(client, coordinator, event):
    words = "word " * 4001

    answer = client.post(reverse("events:minutes", args=[event.pk]), {"text": words, "seen": 0})

    assert "nothing that you typed is lost" in text(answer)
    assert answer.context["form"]["text"].value() == words
    event.refresh_from_db()
    assert event.minutes == ""


def test_an_action_has_an_owner_and_a_day_and_its_owner_says_when_it_is_done(client, ours, coordinator, event):
    owner = ours.people[Role.SPECIALIST]
    address = reverse("events:action_add", args=[event.pk])

    wrong = client.post(address, {"what": "Send the pieces", "owner": 0, "due_on": "1/1/2027"})
    client.post(address, {"what": "Send the pieces", "owner": owner.pk, "due_on": "3/2/2027"})
    action = event.actions.get()

    assert "Choose from what is offered here." in text(wrong)
    assert "This is before the event" in text(wrong)
    assert 'value="Send the pieces"' in wrong.content.decode()
    assert (action.owner, action.due_on, action.programme, action.made_by) == (
        owner,
        dt.date(2027, 2, 3),
        ours.programme,
        coordinator,
    )
    done = reverse("events:action_done", args=[event.pk, action.pk])
    client.force_login(owner)
    client.post(done)
    action.refresh_from_db()
    assert action.done_on == TODAY


def test_nobody_else_says_that_an_action_is_done(client, ours, event):
    action = event.actions.create(
        programme=ours.programme,
        what="Act",
        owner=ours.people[Role.PARTNER],
        due_on=TODAY,
        made_by=ours.people[Role.COORDINATOR],
    )
    client.force_login(ours.people[Role.SPECIALIST])

    answer = client.post(reverse("events:action_done", args=[event.pk, action.pk]), follow=True)

    action.refresh_from_db()
    assert action.done_on is None
    assert "OursidePartner says when it is done" in text(answer)
