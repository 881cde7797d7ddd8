"""What observers keep arrives once, whenever it arrives, and is never refused into nothing."""

import datetime as dt
import io
import uuid

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts.roles import Role
from jobs.tasks import sweep_files
from lessons import services
from lessons.models import (
    CasePupil,
    LessonGuest,
    LessonPart,
    Observation,
    Photo,
    ResearchLesson,
    StudyMember,
    StudyReader,
)
from lessons.services.starting import start_lesson
from papers.templatetags.plain import longday
from tests.notebook import FAR, a_lesson
from tests.observing.lessons import address, item, minutes_ago, planned_lesson, seen_of, send
from tests.reading import text_of
from tests.studies.writing import cell, save
from tests.together import at_once

pytestmark = pytest.mark.django_db


def picture(kind="PNG"):
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(written, kind)
    return written.getvalue()


def send_photo(browser, person, lesson, content, **more):
    browser.force_login(person)
    data = {"who": person.pk, "client": str(uuid.uuid4()), "pupil": "A", "at": timezone.now().isoformat()} | more
    return browser.post(address("photos", lesson), data | {"file": SimpleUploadedFile("IMG_1234 Amina.png", content)})


def test_what_a_device_sends_twice_is_there_once_and_in_the_order_of_its_times(client, ours):
    stage = ours.today.stages.first()
    start, tap = item("start", at=minutes_ago(30).isoformat()), item("stage", "", "", stage=stage.pk)
    first = item("words", "Put because.", stage=stage.pk, grouping="pair", at=minutes_ago(20).isoformat())
    second = item("action", "Waits 😀\r\nthen نكتب", "B", at=minutes_ago(25).isoformat())

    answers = [send(client, ours.sara, ours.today, *sent) for sent in ((start, first, second, tap), (first, second))]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert seen_of(ours.today) == [
        ("B", "action", "Waits 😀\nthen نكتب", ""),
        ("A", "words", "Put because.", ""),
        ("", "stage", "", ""),
    ]
    ours.today.refresh_from_db()
    assert (ours.today.started_by, ours.today.sheet.locked) == (ours.sara, ["predicted-"])
    assert abs(ours.today.started_at - dt.datetime.fromisoformat(start["at"])) < dt.timedelta(seconds=1)


def test_a_device_whose_clock_is_two_hours_fast_is_set_right_and_nothing_was_seen_in_the_future(client, ours):
    fast = timezone.now() + dt.timedelta(hours=2)
    early = item(text="Early", at=(fast - dt.timedelta(minutes=10)).isoformat())
    later = item(text="Later", at=(fast + dt.timedelta(minutes=10)).isoformat())
    unread = item(text="No time", at="half past nine")

    send(client, ours.sara, ours.today, early, later, unread, now=fast)

    now = timezone.now()
    ages = {row.text: round((now - row.at).total_seconds() / 60) for row in ours.today.observations.all()}
    assert ages == {"Early": 10, "Later": 0, "No time": 0}


def test_what_names_nothing_is_kept_without_its_name(client, ours):
    foreign = planned_stage_elsewhere(ours)
    strange = item("sabotage", "x" * 20_000, "F", stage=foreign.pk, grouping="alone in the yard")

    answer = send(client, ours.sara, ours.today, strange, item(text="  "))

    row = ours.today.observations.get()
    assert (answer.status_code, row.kind, row.grouping, row.stage, row.case_pupil) == (200, "", "", None, None)
    assert row.text == "F: " + "x" * 20_000


def planned_stage_elsewhere(ours):
    return ours.elsewhere.lesson.stages.get()


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"who": 1, "items": [1]}', '{"who": 1, "items": [{"client": "no"}]}', "[" * 5000]
)
def test_what_is_no_list_of_notes_is_told_so(client, ours, body):
    client.force_login(ours.sara)

    answer = client.post(address("observations", ours.today), body, content_type="application/json")

    assert (answer.status_code, answer.json()["words"]) == (
        400,
        "This cannot be read: the page is out of date. Copy what you typed.",
    )
    assert seen_of(ours.today) == []


def test_notes_for_a_lesson_that_was_cancelled_are_kept_apart_and_the_person_is_told(client, ours):
    ResearchLesson.objects.filter(pk=ours.today.pk).update(
        cancelled_at=timezone.now(), cancelled_because="The class is ill."
    )

    answer = send(client, ours.sara, ours.today, item("start"), item(text="Seen all the same"))
    plain = client.post(address("observe", ours.today), {"text": "By form", "pupil": "A", "kind": "action"})

    words = "This lesson is cancelled: The class is ill. What you sent is kept for the chair of the group."
    assert (answer.status_code, answer.json()["words"], plain.status_code) == (410, words, 409)
    assert words in plain.content.decode()
    assert "By form" in plain.content.decode()
    assert seen_of(ours.today) == [("A", "action", "Seen all the same", words), ("A", "action", "By form", words)]
    ours.today.refresh_from_db()
    assert not ours.today.is_started


def test_notes_for_a_lesson_that_was_taken_out_are_kept_and_there_again_with_the_lesson(client, ours):
    study = ours.today.study
    for number in (2, 3):
        a_lesson(study, number=number, stages=())
    third = study.research_lessons.get(number=3)
    services.take_last_lesson_out(ours.pat, study)

    noted = send(client, ours.sara, third, item(text="Seen offline"))
    wrote = save(client, ours.sara, third, cell("intention", "Typed offline"))
    own = client.post(
        address("private_autosave", third),
        {"who": ours.sara.pk, "client": str(uuid.uuid4()), "cells": [cell("private", "For me")]},
        content_type="application/json",
    )
    pages = [client.get(address(page, third)).status_code for page in ("sheet", "observe", "timeline")]
    waiting = text_of(client.get(study.get_absolute_url()))
    client.post(address("study_lessons", study), {"do": "add"})

    words = "Lesson 3 was taken out of the study."
    for answer in (noted, wrote, own):
        assert (answer.status_code, words in answer.json()["words"]) == (410, True)
    assert pages == [404] * 3
    assert "Words came in for lesson 3 after it was taken out. They are there again once a lesson is added." in waiting
    assert study.research_lessons.get(number=3) == third
    assert [text for _, _, text, _ in seen_of(third)] == ["Seen offline"]
    assert "Typed offline" in text_of(client.get(address("sheet", third)))
    assert "Seen offline" in text_of(client.get(address("timeline", third)))
    assert "Words came in" not in text_of(client.get(study.get_absolute_url()))


def test_nobody_who_was_never_of_the_study_reaches_a_lesson_that_was_taken_out(client, ours):
    study = ours.today.study
    for number in (2, 3):
        a_lesson(study, number=number, stages=())
    third = study.research_lessons.get(number=3)
    services.take_last_lesson_out(ours.pat, study)
    stranger = ours.next_door.people[Role.PARTNER]

    assert send(client, stranger, third, item(text="Mine")).status_code == 404
    assert save(client, stranger, third, cell("intention", "Mine")).status_code == 404


def test_notes_for_a_study_that_is_finished_are_kept_apart_and_its_page_says_so(client, ours):
    services.finish_study(ours.pat, ours.today.study)

    answer = send(client, ours.sara, ours.today, item("start"), item(text="Too late"))
    page = text_of(client.get(address("observe", ours.today)))

    why = "The study is finished, so it stays as it is. A member can go on with it."
    words = f"{why} What you sent is kept for the chair of the group."
    assert (answer.status_code, answer.json()["words"]) == (410, words)
    assert f"{why} Notes you keep now do not go into the lesson: only whoever chairs the group sees them." in page
    assert seen_of(ours.today) == [("A", "action", "Too late", words)]
    ours.today.refresh_from_db()
    assert not ours.today.is_started


def test_whoever_observes_is_told_how_far_the_lesson_has_come_by_every_answer(client, ours):
    began, ended = minutes_ago(30), minutes_ago(5)
    planned = send(client, ours.sara, ours.today, item(text="Early")).json()
    running = send(client, ours.pat, ours.today, item("start", at=began.isoformat())).json()
    send(client, ours.pat, ours.today, item("end", at=ended.isoformat()))

    noted = send(client, ours.sara, ours.today, item(text="Late")).json()
    asked = client.get(address("observations", ours.today)).json()
    page = text_of(client.get(address("observe", ours.today)))
    services.end_member(ours.pat, ours.today.study, ours.sara)
    left = client.get(address("observations", ours.today)).json()

    at = f"{timezone.localtime(ended):%H:%M}"
    words = f"The lesson was ended at {at}. What you write now is marked as typed after the lesson."
    came = began.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert planned["lesson"] == {"state": "planned", "began": None, "words": ""}
    assert running["lesson"] == {"state": "running", "began": came, "words": ""}
    assert noted["lesson"] == asked["lesson"] == {"state": "ended", "began": came, "words": words}
    assert words in page
    assert left["lesson"] is None


def test_a_lesson_that_is_started_on_another_day_takes_place_on_that_day(client, ours):
    today = timezone.localdate()
    planned = today + dt.timedelta(days=30)
    ResearchLesson.objects.filter(pk=ours.today.pk).update(on=planned)
    client.force_login(ours.pat)
    asked = text_of(client.get(address("observe", ours.today)))

    send(client, ours.pat, ours.today, item("start"), item(text="Seen"))

    assert f"It is planned for {longday(planned)}. If you start it now, it takes place today." in asked
    lesson = ResearchLesson.objects.get(pk=ours.today.pk)
    assert (lesson.day, lesson.planned_for) == (today, planned)
    assert "It is planned for" not in text_of(client.get(address("observe", ours.today)))


def test_without_case_pupils_the_page_says_why_notes_are_about_the_class(client, ours):
    CasePupil.objects.all().delete()
    client.force_login(ours.sara)

    page = text_of(client.get(address("observe", ours.today)))

    assert "No case pupils are chosen yet, so every note is about the class." in page


def test_a_member_who_was_removed_meanwhile_and_a_guest_whose_time_is_over_lose_no_note(client, ours):
    guest = ours.people[Role.GUEST]
    LessonGuest.objects.create(lesson=ours.today, person=guest, invited_by=ours.pat, until=timezone.localdate())
    welcome = send(client, guest, ours.today, item("start"), item(text="As a guest"))
    LessonGuest.objects.update(until=timezone.localdate() - dt.timedelta(days=1))
    StudyMember.objects.filter(person=ours.sara).update(until=timezone.localdate())

    late = send(client, guest, ours.today, item(text="Too late"))
    left = send(client, ours.sara, ours.today, item(text="After I had left"))
    photo = send_photo(client, ours.sara, ours.today, picture())
    page = client.get(address("observe", ours.today))

    assert [answer.status_code for answer in (welcome, late, left, photo, page)] == [200, 410, 410, 410, 404]
    assert "kept for the chair of the group" in left.json()["words"]
    assert [(text, bool(apart)) for _, _, text, apart in seen_of(ours.today)] == [
        ("As a guest", False),
        ("Too late", True),
        ("After I had left", True),
    ]
    assert Photo.objects.get(lesson=ours.today).apart
    ours.today.refresh_from_db()
    assert not ours.today.is_started  # a guest starts nothing


def test_whoever_is_signed_out_or_someone_else_keeps_the_notes_on_the_device(client, ours):
    mine = item(text="Mine")
    client.force_login(ours.pat)
    other = client.post(
        address("observations", ours.today),
        {"who": ours.sara.pk, "now": timezone.now().isoformat(), "items": [mine]},
        content_type="application/json",
    )
    client.logout()
    out = client.post(address("observations", ours.today), {"items": [mine]}, content_type="application/json")

    assert [answer.status_code for answer in (other, out)] == [403, 401]
    assert seen_of(ours.today) == []


def test_observing_without_scripts(client, ours):
    client.force_login(ours.sara)
    page = address("observe", ours.today)
    first, second = ours.today.stages.all()
    planned = client.get(page).content.decode()

    client.post(page, {"do": "start"})
    client.post(page, {"text": "Taps", "pupil": "A", "kind": "action", "grouping": "pair", "stage": first.pk})
    client.post(page, {"mark": second.pk, "stage": first.pk, "text": "", "kind": "action"})
    kept = client.post(page, {"text": "Put because.", "pupil": "A", "kind": "words", "stage": second.pk}, follow=True)
    empty = client.post(page, {"text": " ", "pupil": "B", "kind": "action"}, follow=True)
    refused = client.post(page, {"pupil": "A", "file": SimpleUploadedFile("x.svg", b"<svg/>")}, follow=True)
    client.post(page, {"pupil": "A", "file": SimpleUploadedFile("x.png", picture())})
    client.post(page, {"do": "end"})

    shown = kept.content.decode()
    assert "A in modelled write" in planned
    assert "A in edit with a partner" in shown
    assert '<strong id="stage-name">Edit with a partner</strong>' in shown
    assert "<q>Put because.</q>" in shown
    assert "Write what was said or done, then keep it." in empty.content.decode()
    assert "This is a drawing (SVG)" in refused.content.decode()
    assert [row[:3] for row in seen_of(ours.today)] == [
        ("A", "action", "Taps"),
        ("", "stage", ""),
        ("A", "words", "Put because."),
    ]
    assert Photo.objects.filter(lesson=ours.today).count() == 1
    assert "Did A meet the success criterion?" in client.get(page).content.decode()
    ours.today.refresh_from_db()
    assert ours.today.is_ended


def test_at_the_end_both_say_of_each_pupil_whether_the_criterion_was_met(client, ours):
    client.force_login(ours.sara)
    boxes = {
        "met-A": "yes",
        "evidence-A": "Three sentences",
        "thoughts-A": "",
        "predicted-1-A": "Not a box of this page",
    }
    sent = boxes | {f"base-{name}": "0" for name in boxes} | {"client": str(uuid.uuid4()), "seq": "0"}

    answer = client.post(address("judge", ours.today), sent, follow=True)

    assert answer.status_code == 200
    written = {note.field: note.text for note in ours.today.sheet.notes.exclude(field__startswith="stage-")}
    assert {name: text for name, text in written.items() if not name.startswith("predicted-")} == {
        "met-A": "yes",
        "evidence-A": "Three sentences",
    }


def test_a_photo_is_kept_once_under_a_name_of_our_own_and_shown_to_the_group(client, ours):
    name = str(uuid.uuid4())

    answers = [send_photo(client, ours.sara, ours.today, picture(), client=name) for _ in range(2)]

    photo = Photo.objects.get(lesson=ours.today)
    shown = client.get(f"{address('photos', ours.today)}{photo.pk}/")
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (photo.width, photo.height, str(photo.case_pupil)) == (40, 30, "A")
    assert "Amina" not in photo.file.name
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8\xff")
    assert "no-store" in shown["Cache-Control"]


def test_a_photo_that_was_kept_apart_is_opened_by_who_took_it_and_by_the_chair_alone(client, ours):
    send_photo(client, ours.sara, ours.today, picture())
    photo = Photo.objects.get(lesson=ours.today)
    Photo.objects.filter(pk=photo.pk).update(apart="Cancelled")
    head, chair = ours.people[Role.HEADTEACHER], ours.pat
    StudyReader.objects.create(study=ours.today.study, person=head, added_by=ours.pat, until=FAR)
    LessonPart.objects.create(lesson=ours.today, person=chair, part="chairs")

    answers = {}
    for person in (head, chair, ours.sara):
        client.force_login(person)
        answer = client.get(f"{address('photos', ours.today)}{photo.pk}/")
        answers[person] = answer.status_code
        if answer.streaming:
            assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")

    assert answers == {head: 404, chair: 200, ours.sara: 200}


def test_files_that_are_no_photo_are_refused_in_a_sentence(client, ours):
    answers = [send_photo(client, ours.sara, ours.today, content) for content in (b"<svg/>", b"PK\x03\x04zip", b"x")]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert [answer.json()["words"].split(".")[0] for answer in answers] == [
        "This is a drawing (SVG), which can hold more than a picture",
        "This file is no photo that can be read",
        "This file is no photo that can be read",
    ]
    assert not Photo.objects.filter(lesson=ours.today).exists()


def test_files_of_photos_stay_until_no_row_names_them(client, ours, monkeypatch):
    send_photo(client, ours.sara, ours.today, picture())
    kept = Photo.objects.get(lesson=ours.today).file.name
    orphan = default_storage.save("photos/orphan.jpg", io.BytesIO(b"x"))
    long_ago = timezone.now() - dt.timedelta(hours=2)
    monkeypatch.setattr(type(default_storage._wrapped), "get_modified_time", lambda self, name: long_ago)

    sweep_files()

    assert (default_storage.exists(kept), default_storage.exists(orphan)) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_start_a_lesson_at_once_one_does_and_the_same_note_sent_at_once_is_one():
    ours = planned_lesson()
    now, note = timezone.now(), item(text="Sent twice at once")

    def starting(person):
        return lambda: start_lesson(person, ours.today, now)

    def sending():
        return send(Client(), ours.sara, ours.today, note).status_code

    started, sent = at_once(starting(ours.pat), starting(ours.sara)), at_once(sending, sending)

    ours.today.refresh_from_db()
    assert sorted(started) == [False, True]
    assert ours.today.sheet.locked == ["predicted-"]
    assert sent == [200, 200]
    assert Observation.objects.filter(lesson=ours.today).count() == 1
