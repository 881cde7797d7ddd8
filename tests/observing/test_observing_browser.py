"""A lesson observed on a phone from the first tap to the last without a network, and what the server has of it."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from lessons.models import Photo
from tests.browsing import problems_at
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
    page.wait_for_timeout(1500)  # the page is kept once nothing has changed for a second

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
    page.wait_for_timeout(1500)
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
    page.wait_for_timeout(1500)
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
        page.wait_for_timeout(1200)  # kept on the device half a second after the last key
    first.close()
    second.close()

    page = context.new_page()
    page.goto(path)

    expect(page.locator("#note")).to_have_value("Half a thought\nHalf another")
