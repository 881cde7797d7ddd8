"""A member's own notes are nobody else's, until they share them, and again once they take them back."""

import json
import uuid

import pytest

from lessons import services
from lessons.models import PrivateNote
from tests.talking.lessons import address, post, words_of
from tests.together import at_once

pytestmark = pytest.mark.django_db


def autosave(client, person, lesson, text, base=0):
    client.force_login(person)
    cells = [{"field": "private", "text": text, "base": base, "seq": 1}]
    body = json.dumps({"who": person.pk, "client": str(uuid.uuid4()), "cells": cells})
    return client.post(address("private_autosave", lesson), body, content_type="application/json")


def notes_of(lesson):
    rows = PrivateNote.objects.filter(lesson=lesson).order_by("pk")
    return [(row.author, row.sheet.texts.get("private", ""), row.shared_at is not None) for row in rows]


def test_each_writes_in_notes_of_their_own_and_reads_no_others(client, ours):
    saved = [autosave(client, person, ours.held, f"Of {person}").status_code for person in (ours.pat, ours.sara)]
    again = autosave(client, ours.pat, ours.held, "Changed", base=1)

    client.force_login(ours.sara)
    pages = [client.get(address(name, ours.held)).content.decode() for name in ("private", "discussion", "sheet")]

    assert (saved, again.json()["cells"]["private"]["state"]) == ([200, 200], "saved")
    assert notes_of(ours.held) == [(ours.pat, "Changed", False), (ours.sara, f"Of {ours.sara}", False)]
    assert [f"Of {ours.sara}" in page for page in pages] == [True, False, False]
    assert [page for page in pages if "Changed" in page] == []
    assert "<b>Only you.</b>" in pages[0]


def test_shared_they_stand_on_the_page_of_the_discussion_until_they_are_taken_back(client, ours):
    autosave(client, ours.pat, ours.held, "Too fast?")
    shown = []
    for data in ({}, {"shared": "no"}):
        post(client, ours.pat, "private_share", ours.held, **data)
        client.force_login(ours.sara)
        shown.append(client.get(address("discussion", ours.held)).context["page"].shared)

    assert shown == [[(ours.pat, "Too fast?")], []]


def test_pressed_twice_it_is_shared_once_and_nobody_shares_what_is_not_theirs(client, ours):
    autosave(client, ours.pat, ours.held, "Too fast?")

    told = [words_of(post(client, ours.pat, "private_share", ours.held)) for _ in range(2)]
    theirs = post(client, ours.sara, "private_share", ours.held)

    assert told == [["Your notes stand on the page of the discussion, with your name."], []]
    assert theirs.status_code == 404


def test_who_has_left_the_group_keeps_their_words_apart_and_reads_nothing(client, ours):
    services.end_member(ours.pat, ours.held.study, ours.sara)

    answer = autosave(client, ours.sara, ours.held, "On the train")
    page = client.get(address("private", ours.held))

    assert (answer.status_code, page.status_code) == (410, 404)
    note = PrivateNote.objects.get(lesson=ours.held)
    assert (note.author, note.sheet.texts) == (ours.sara, {})
    assert [row.text for row in note.sheet.revisions.all()] == ["On the train"]


@pytest.mark.django_db(transaction=True)
def test_two_devices_that_begin_the_notes_at_once_write_in_one_sheet(ours):
    cells = [[services.Cell("private", text, 0, 1)] for text in ("From the phone", "From the tablet")]

    outcomes = at_once(
        *[lambda sent=sent: services.write_private(ours.pat, ours.held, sent, uuid.uuid4()) for sent in cells]
    )

    assert sorted(outcome.state for [outcome] in outcomes) == ["conflict", "saved"]
    assert PrivateNote.objects.filter(lesson=ours.held).count() == 1
    texts = PrivateNote.objects.get(lesson=ours.held).sheet.revisions.values_list("text", flat=True)
    assert sorted(texts) == ["From the phone", "From the tablet"]
