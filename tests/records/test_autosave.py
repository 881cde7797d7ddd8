"""Words that the page saves by itself: none is lost, none is doubled, and who is overtaken is told."""

import datetime as dt
import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from lessons.models import NoteRevision, VisitRecord
from programmes.models import PartnerTeacher
from tests.reading import text_of
from tests.records.writing import address, autosave, cell, opened, past_visit, sign, texts_of, write
from tests.together import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def pat(client, ours):
    client.force_login(ours.pat)
    return client


def revisions(ours):
    rows = NoteRevision.objects.filter(sheet__record__visit=ours.past)
    return [(row.field, row.seq, row.base, row.made, row.text) for row in rows]


def test_saved_is_said_with_the_new_version(pat, ours):
    page = uuid.uuid4()

    first = autosave(pat, ours.pat, ours.past, cell("section-focus", "Talk"), page=page)
    second = autosave(pat, ours.pat, ours.past, cell("section-focus", "Talk first", seq=2, base=1), page=page)

    saved = {"state": "saved", "version": 2, "theirs": "", "by": "", "at": ""}
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == {"cells": {"section-focus": saved}, "at": "12:00", "version": 2, "locked": [], "news": []}
    assert revisions(ours) == [("section-focus", 1, 0, 1, "Talk"), ("section-focus", 2, 1, 2, "Talk first")]


def test_a_day_that_cannot_be_read_is_saved_and_told(pat, ours):
    answer = autosave(pat, ours.pat, ours.past, cell("action-1-due_on", "banana"), cell("section-focus", "Talk", 2))

    told = {field: (state["state"], state.get("problem")) for field, state in answer.json()["cells"].items()}
    assert told == {
        "action-1-due_on": (
            "saved",
            "No day can be read in “banana”. Write it as 24/11/2026 or 24 November 2026.",
        ),
        "section-focus": ("saved", None),
    }


def test_sent_twice_it_is_one(pat, ours):
    page = uuid.uuid4()

    answers = [autosave(pat, ours.pat, ours.past, cell("section-focus", "Talk"), page=page) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert revisions(ours) == [("section-focus", 1, 0, 1, "Talk")]
    assert ours.past.record.sheet.version == 1


def test_what_arrives_late_does_not_take_the_place_of_what_was_typed_after_it(pat, ours):
    page = uuid.uuid4()
    autosave(pat, ours.pat, ours.past, cell("section-focus", "Talk first", seq=2), page=page)

    late = autosave(pat, ours.pat, ours.past, cell("section-focus", "Talk", seq=1), page=page)

    assert late.status_code == 200
    assert texts_of(ours.past.record) == {"section-focus": "Talk first"}
    assert revisions(ours)[1] == ("section-focus", 1, 0, None, "Talk")


def test_of_two_who_write_in_one_box_the_second_is_told_and_nothing_is_lost(client, ours):
    client.force_login(ours.sara)
    autosave(client, ours.sara, ours.past, cell("section-focus", "Sara's words"))
    client.force_login(ours.pat)

    told = autosave(client, ours.pat, ours.past, cell("section-focus", "Pat's"), cell("section-barriers", "Noise", 2))

    conflict = {"state": "conflict", "version": 1, "theirs": "Sara's words", "by": str(ours.sara), "at": "12:00"}
    assert told.status_code == 409
    assert told.json()["cells"]["section-focus"] == conflict
    assert told.json()["cells"]["section-barriers"]["state"] == "saved"
    assert texts_of(ours.past.record) == {"section-focus": "Sara's words", "section-barriers": "Noise"}
    assert ("section-focus", 1, 0, None, "Pat's") in revisions(ours)


def test_by_form_the_two_texts_stand_side_by_side_and_both_can_be_kept(client, ours):
    data = opened(client, ours.pat, ours.past)
    write(client, ours.sara, ours.past, section__focus="Sara's words", section__barriers="Space")
    client.force_login(ours.pat)

    page = client.post(
        address("write", ours.past), data | {"section-focus": "Pat's words", "section-plan": "Fractions again"}
    )
    (row,) = page.context["rows"]
    settled = {
        "settle": "1",
        "base-section-focus": row["version"],
        "mine-section-focus": row["mine"],
        "theirs-section-focus": row["theirs"],
        "choice-section-focus": "both",
    }
    client.post(address("write", ours.past), settled)

    assert page.status_code == 409
    assert "Someone else wrote here while you were writing" in text_of(page)
    assert ("Sara&#x27;s words" in page.content.decode(), "Pat&#x27;s words" in page.content.decode()) == (True, True)
    assert texts_of(ours.past.record) == {
        "section-focus": "Sara's words\n\nPat's words",
        "section-barriers": "Space",
        "section-plan": "Fractions again",
    }


def test_a_page_that_the_browser_kept_saves_new_words_under_its_old_number(client, ours):
    data = opened(client, ours.pat, ours.past)
    client.post(address("write", ours.past), data | {"section-focus": "Talk"})

    again = client.post(address("write", ours.past), data | {"section-focus": "Talk first"})

    texts = [text for _, _, _, _, text in revisions(ours)]
    assert texts == ["Talk", "Talk first"]
    assert again.status_code == 409


def test_whoever_is_signed_out_is_told_so_and_sent_nowhere(client, ours):
    answer = autosave(client, ours.pat, ours.past, cell("section-focus", "Talk"))
    asked = client.get(address("autosave", ours.past))

    assert [(one.status_code, one.json()["error"]) for one in (answer, asked)] == [(401, "signed out")] * 2
    assert not VisitRecord.objects.filter(visit=ours.past).exists()


def test_words_of_one_are_not_saved_in_the_name_of_another_who_signed_in_meanwhile(client, ours):
    client.force_login(ours.sara)

    answer = autosave(client, ours.pat, ours.past, cell("section-focus", "Pat's"))

    assert (answer.status_code, answer.json()["error"]) == (403, "someone else")
    assert not VisitRecord.objects.filter(visit=ours.past).exists()


def test_a_new_token_lets_a_page_go_on_after_signing_in_again(ours):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ours.pat)
    body = {"who": ours.pat.pk, "client": str(uuid.uuid4()), "cells": [cell("section-focus", "Talk")]}
    where = address("autosave", ours.past)

    stale = strict.post(where, body, content_type="application/json", headers={"X-CSRFToken": "a" * 64})
    given = strict.get(where).json()
    fresh = strict.post(where, body, content_type="application/json", headers={"X-CSRFToken": given["token"]})

    assert (stale.status_code, given["who"], fresh.status_code) == (403, ours.pat.pk, 200)


def test_words_that_come_after_the_signature_are_kept_and_no_part_of_the_record(client, ours):
    write(client, ours.sara, ours.past, section__focus="Talk")
    sign(client, ours.sara, ours.past.record)
    client.force_login(ours.pat)

    late = autosave(client, ours.pat, ours.past, cell("section-focus", "Late", base=1))

    assert (late.status_code, late.json()["cells"]["section-focus"]["state"]) == (409, "fixed")
    assert texts_of(ours.past.record) == {"section-focus": "Talk"}
    assert NoteRevision.objects.get(text="Late").made is None


def test_words_of_someone_who_left_are_kept_and_the_page_is_told(pat, ours):
    PartnerTeacher.objects.filter(user=ours.pat).update(until=dt.date(2026, 11, 11), because="Moved")
    ours.memberships[Role.PARTNER].delete()

    answer = autosave(pat, ours.pat, ours.past, cell("section-focus", "My last words"))

    assert answer.status_code == 410
    assert "You are not a teacher of this partnership any more" in answer.json()["words"]
    assert revisions(ours) == [("section-focus", 1, 0, None, "My last words")]


def test_neither_nul_nor_half_a_character_nor_length_loses_words(pat, ours):
    body = json.dumps(
        {
            "who": ours.pat.pk,
            "client": str(uuid.uuid4()),
            "cells": [cell("section-focus", "a\0b\ud800c"), cell("section-other", "long " * 40_000, 2)],
        }
    )

    answer = pat.post(address("autosave", ours.past), body, content_type="application/json")

    texts = texts_of(ours.past.record)
    assert answer.status_code == 200
    assert (texts["section-focus"], len(texts["section-other"])) == ("ab?c", 200_000)


PAGE = str(uuid.uuid4())
SOUND = {"field": "section-a", "text": "", "base": 0, "seq": 1}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        json.dumps({"who": 1}),
        json.dumps({"who": 1, "client": "x", "cells": []}),
        json.dumps({"who": 1, "client": PAGE, "cells": [SOUND | {"field": "password"}]}),
        json.dumps({"who": 1, "client": PAGE, "cells": [SOUND | {"field": 7}]}),
        json.dumps({"who": 1, "client": PAGE, "cells": [SOUND | {"text": 1}]}),
        json.dumps({"who": 1, "client": PAGE, "cells": [SOUND | {"seq": 0}]}),
        "[" * 5000,
    ],
)
def test_what_is_not_from_our_page_is_refused_with_a_sentence(pat, ours, body):
    answer = pat.post(address("autosave", ours.past), body, content_type="application/json")

    assert (answer.status_code, answer.json()["error"]) == (400, "not ours")


def test_strangers_get_nothing_and_save_nothing(client, ours):
    stranger = ours.next_door.people[Role.PARTNER]
    client.force_login(stranger)

    answer = autosave(client, stranger, ours.past, cell("section-focus", "Theirs"))

    assert answer.status_code == 404
    assert not VisitRecord.objects.filter(visit=ours.past).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_one_box_at_once_one_is_told_and_both_texts_are_there():
    ours = past_visit()

    def saving(person, text):
        client = Client()
        client.force_login(person)
        return lambda: autosave(client, person, ours.past, cell("section-focus", text))

    answers = at_once(saving(ours.pat, "Pat's"), saving(ours.sara, "Sara's"))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert sorted((made, text) for _, _, _, made, text in revisions(ours) if made) == [
        (1, ours.past.record.sheet.notes.get().text)
    ]
    assert {text for *_, text in revisions(ours)} == {"Pat's", "Sara's"}


@pytest.mark.django_db(transaction=True)
def test_of_both_who_sign_at_once_both_have_signed():
    ours = past_visit()
    client = Client()
    write(client, ours.pat, ours.past, section__focus="Talk")
    version = ours.past.record.sheet.version

    def signing(person):
        client = Client()
        client.force_login(person)
        return lambda: client.post(address("sign", ours.past), {"version": version}, follow=True)

    answers = at_once(signing(ours.pat), signing(ours.sara))

    assert [answer.status_code for answer in answers] == [200, 200]
    assert VisitRecord.objects.get(visit=ours.past).is_signed_off
    ours.past.refresh_from_db()
    assert (ours.past.status, ours.past.recorded_at is None, ours.past.signed_off_at is None) == (
        "took place",
        False,
        False,
    )


def test_the_worker_and_the_shell_hold_nobodys_words_and_can_be_switched_off(pat, ours, settings):
    write(pat, ours.pat, ours.past, section__focus="Talk")

    worker, shell = pat.get(reverse("desks:worker")), pat.get(reverse("desks:shell"))
    settings.SERVICE_WORKER = False
    off = pat.get(reverse("desks:worker"))

    assert worker["Content-Type"] == "text/javascript; charset=utf-8"
    assert "no-cache" in worker["Cache-Control"]
    assert len(worker.content.decode().splitlines()) < 100
    assert "unregister" in off.content.decode()
    seen = worker.content.decode() + shell.content.decode()
    assert [word for word in ("Talk", "Ourside", str(ours.pat)) if word in seen] == []
