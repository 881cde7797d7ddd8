"""A lesson observed on a phone from the first tap to the last without a network, and what the server has of it."""

import re

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from accounts.roles import Role
from lessons import services
from lessons.models import LessonGuest, Photo
from tests.browsing import kept, problems_at
from tests.observing.lessons import address, seen_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def kill_and_open_again(page):
    context, url = page.context, page.url
    page.close()
    page = context.new_page()
    page.complaints = []
    page.goto(url)
    return page


def note(page, text, pupil="A", kind="Did", grouping=None):
    page.locator(f".ls-observe__pick input[value='{pupil}']").check(force=True)
    page.get_by_role("radio", name=kind).check(force=True)
    if grouping:
        page.get_by_role("radio", name=grouping).check(force=True)
    page.locator("#note").fill(text)
    page.get_by_role("button", name=re.compile("Keep note at")).last.click()


def test_a_lesson_is_observed_without_a_network_and_every_note_is_there_once(open_as, ours, tmp_path):
    Image.new("RGB", (3000, 2000), "navy").save(tmp_path / "work.png")
    page = open_as(ours.sara, 375)
    page.goto(address("observe", ours.today))
    planned = problems_at(page, [375, 320, 1280])
    page.set_viewport_size({"width": 375, "height": 812})
    page.evaluate("navigator.serviceWorker.ready")
    kept(page, store="pages")

    page.context.set_offline(True)
    page.get_by_role("button", name="Start lesson").click()
    note(page, "Taps three times", grouping="Pair")
    note(page, "Because. Put because.", kind="Said")
    page.get_by_role("button", name="Next stage").click()
    note(page, "Copies half, stops", pupil="B", grouping="Alone")
    page.get_by_text("Photo of work").first.click()
    page.locator("#file").set_input_files(tmp_path / "work.png")
    expect(page.locator("#device-words")).to_contain_text("not yet sent: 6 notes")
    page.locator("#note").fill("Half a thou")
    kept(page, "Half a thou")
    page = kill_and_open_again(page)
    expect(page.locator("#note")).to_have_value("Half a thou")
    expect(page.locator("#stage-name")).to_have_text("Edit with a partner")
    expect(page.locator("#kept li")).to_have_count(6)
    running = problems_at(page, [375])
    note(page, "Half a thought", pupil="A")
    page.get_by_text("End lesson", exact=True).click()
    page.get_by_role("button", name="Yes, end the lesson now").click()
    page.get_by_role("group", name="Did A meet the success criterion?").get_by_label("Partly").check(force=True)
    page.get_by_label("What shows it for A?").fill("Joined two sentences with because")
    kept(page, "Joined two sentences with because")
    page = kill_and_open_again(page)
    expect(page.get_by_label("What shows it for A?")).to_have_value("Joined two sentences with because")
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_have_count(0)  # back on the page itself
    expect(page.locator("#kept li", has_text="Half a thought")).to_have_count(1)
    expect(page.locator("#kept li", has_text="on this device")).to_have_count(0)
    expect(page.locator("#saved-words")).not_to_contain_text("Not saved")
    page.reload()
    expect(page.get_by_label("What shows it for A?")).to_have_value("Joined two sentences with because")

    first, second = ours.today.stages.all()
    ours.today.refresh_from_db()
    assert seen_of(ours.today) == [
        ("A", "action", "Taps three times", ""),
        ("A", "words", "Because. Put because.", ""),
        ("", "stage", "", ""),
        ("B", "action", "Copies half, stops", ""),
        ("A", "action", "Half a thought", ""),
    ]
    rows = ours.today.observations.order_by("at")
    assert [row.stage_id for row in rows] == [first.pk, first.pk, second.pk, second.pk, second.pk]
    assert [
        (photo.width, photo.height, photo.case_pupil.letter) for photo in Photo.objects.filter(lesson=ours.today)
    ] == [(2000, 1333, "B")]
    assert (ours.today.started_by, ours.today.is_ended) == (ours.sara, True)
    judged = {note.field: note.text for note in ours.today.sheet.notes.filter(field__endswith="-A")}
    assert {name: text for name, text in judged.items() if not name.startswith("predicted")} == {
        "met-A": "partly",
        "evidence-A": "Joined two sentences with because",
    }
    assert (planned, running) == ({}, {})


def test_half_a_note_in_each_of_two_tabs_is_there_again_after_both_are_closed(open_as, ours):
    first = open_as(ours.sara, 375)
    context, path = first.context, address("observe", ours.today)
    first.goto(path)
    second = context.new_page()
    second.goto(path)
    for page, words in [(first, "Half a thought"), (second, "Half another")]:
        page.locator("#note").fill(words)
        kept(page, words)
    first.close()
    second.close()

    page = context.new_page()
    page.goto(path)

    expect(page.locator("#note")).to_have_value("Half a thought\nHalf another")


def test_a_guest_hears_that_the_lesson_was_ended_and_goes_on_with_the_half_note(open_as, ours):
    guest = ours.people[Role.GUEST]
    LessonGuest.objects.create(lesson=ours.today, person=guest, invited_by=ours.pat, until=timezone.localdate())
    page = open_as(guest, 375)
    page.clock.install()
    page.goto(address("observe", ours.today))
    expect(page.locator("#stage")).to_be_hidden()
    expect(page.locator("#keep")).to_contain_text("Keep note at")  # its script runs
    services.start_lesson(ours.pat, ours.today)
    page.clock.run_for(31_000)
    expect(page.locator("#stage")).to_contain_text("You are at stage 1 of 2, since")

    page.locator("#note").press_sequentially("Half a thou")
    services.end_lesson(ours.pat, ours.today)
    page.clock.run_for(31_000)
    news = page.locator("#lesson-news")
    expect(news).to_contain_text("The lesson was ended at")
    expect(page.locator("#stage")).to_be_visible()  # nothing moves while somebody types
    page.keyboard.type("ght")
    page.context.set_offline(True)
    page.get_by_role("button", name=re.compile("Keep note at")).last.click()
    expect(page.locator("#device-words")).to_contain_text("not yet sent: 1 note")
    page.clock.run_for(6_000)
    expect(page.locator("#stage")).to_be_hidden()
    page.context.set_offline(False)
    expect(page.locator("#kept li", has_text="Half a thought")).to_contain_text("sent")
    problems = problems_at(page, [375, 1280])

    assert seen_of(ours.today) == [("A", "action", "Half a thought", "")]
    assert [problem for found in problems.values() for problem in found if "ERR_INTERNET" not in problem] == []


def test_a_member_learns_from_the_answer_to_a_note_that_the_lesson_was_ended(open_as, ours):
    services.start_lesson(ours.pat, ours.today)
    page = open_as(ours.sara, 375)
    page.clock.install()
    page.goto(address("observe", ours.today))
    expect(page.get_by_text("End lesson", exact=True)).to_be_visible()

    services.end_lesson(ours.pat, ours.today)
    note(page, "Packs away")

    expect(page.locator("#lesson-news")).to_contain_text("What you write now is marked as typed after the lesson.")
    page.clock.run_for(6_000)
    expect(page.get_by_role("heading", name="At the end of the lesson")).to_be_visible()
    expect(page.get_by_text("End lesson", exact=True)).to_be_hidden()
