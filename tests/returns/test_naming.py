"""Names of target pupils in texts that others read: asked about once, and never confirmed."""

import datetime as dt

import pytest
from django.urls import reverse

from programmes.naming import ASKED
from tests.factories import EventFactory
from tests.reading import text_of
from tests.returns.entering import address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def event(at):
    return EventFactory(programme=at.programme, kind="moderation", on=dt.date(2026, 12, 3), audience=["specialist"])


def press(client, where, data):
    """The answer to what is sent, and to the same sent again with what the page remembers."""
    first = client.post(where, data)
    form = first.context["form"]
    return first, client.post(where, data | {"sure": form["sure"].value() or ""}, follow=True)


@pytest.mark.parametrize(
    ("text", "is_asked"),
    [
        ("Kayla Brand was put back", True),
        ("BRAND\u2019s grade", True),
        ("We agreed on 3b for KB", False),
        ("Nobody is meant", False),
    ],
)
def test_minutes_ask_once_about_words_that_may_name_a_pupil(client, at, event, text, is_asked):
    client.force_login(at.amira)
    where = reverse("events:minutes", args=[event.pk])

    first = client.post(where, {"text": text, "seen": 0})
    event.refresh_from_db()

    assert (first.status_code, event.minutes == text) == ((200, False) if is_asked else (302, True))
    if is_asked:
        assert ASKED in text_of(first)
        _, second = press(client, where, {"text": text, "seen": 0})
        event.refresh_from_db()
        assert "The minutes are saved." in text_of(second)
        assert event.minutes == text


def test_words_that_stand_in_the_minutes_already_are_not_asked_about_again(client, at, event):
    client.force_login(at.amira)
    where = reverse("events:minutes", args=[event.pk])
    press(client, where, {"text": "Kayla", "seen": 0})

    again = client.post(where, {"text": "Kayla, and more", "seen": 1}, follow=True)
    other = client.post(where, {"text": "Kayla and Marcus", "seen": 2}, follow=True)

    assert "The minutes are saved." in text_of(again)
    assert ASKED in text_of(other)


def test_an_action_of_an_event_asks(client, at, event):
    client.force_login(at.amira)
    data = {"what": "Ask about Kayla again", "owner": at.hannah.pk, "due_on": "1/2/2027"}

    first, second = press(client, reverse("events:action_add", args=[event.pk]), data)

    assert ASKED in text_of(first)
    assert second.status_code == 200
    assert event.actions.get().what == "Ask about Kayla again"


def test_an_action_of_the_plan_and_its_notes_ask(client, at):
    client.force_login(at.amira)
    data = {"what": "Ring Kayla\u2019s school", "owner": at.amira.pk, "due_on": "1/2/2027"}

    first, _ = press(client, reverse("programmes:action_add", args=[at.programme.slug]), data)
    action = at.programme.actions.get()
    noted = client.post(reverse("programmes:action_note", args=[action.pk]), {"text": "Marcus again"})

    assert ASKED in text_of(first)
    assert ASKED in text_of(noted)
    assert not action.notes.exists()


def test_the_reasons_for_keeping_and_for_other_expectations_ask(client, at):
    client.force_login(at.amira)
    kept = reverse("programmes:keeping", args=[at.programme.slug])

    first, second = press(client, kept, {"until": "1/1/2029", "because": "Kayla\u2019s evaluation"})

    assert ASKED in text_of(first)
    assert "The pupil data is kept until 1 January 2029." in text_of(second)


def test_who_may_not_read_names_is_not_told_which_word_is_one(client, at):
    client.force_login(at.amira)
    first, second = press(client, address("return_correct", at.october), {"reason": "Brand is in the wrong row"})

    assert ASKED in text_of(first)
    assert "is the name of a target pupil" not in text_of(first)
    assert "The grades are open." in text_of(second)


def test_a_teacher_is_told_which_word_is_a_name(client, at):
    client.force_login(at.tom)
    first, second = press(client, address("return_correct", at.october), {"reason": "Brand is in the wrong row"})

    assert "“Brand” is the name of a target pupil" in text_of(first)
    assert "The grades are open." in text_of(second)
