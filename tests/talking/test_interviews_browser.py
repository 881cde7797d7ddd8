"""Two pupils are interviewed on a phone without a network, by a quiet clock."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browsing import kept, problems_at
from tests.talking.lessons import address, write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def stand_still_at_eleven_forty(page, day):
    """However long the page takes to load and to be pressed, its clock says 11:40 on this day here."""
    when = timezone.make_aware(dt.datetime.combine(day, dt.time(11, 40)))
    page.clock.install(time=when - dt.timedelta(hours=1))
    page.clock.pause_at(when)


def test_pupils_are_interviewed_without_a_network_and_the_clock_says_once_that_time_is_over(open_as, ours):
    page = open_as(ours.sara, 375)
    page.clock.install()
    page.goto(address("interviews", ours.held))
    expect(page.get_by_role("button", name="Start: 5 minutes with A")).to_be_visible()
    problems = problems_at(page, [375, 1280])
    page.set_viewport_size({"width": 375, "height": 812})

    page.context.set_offline(True)
    page.get_by_role("navigation", name="Case pupil").get_by_role("link", name="B").click()
    hidden = page.locator("#interview-A-can").is_visible()
    page.get_by_role("button", name="Start: 5 minutes with B").click()
    page.locator("#interview-B-can").fill("It needs a stop")
    page.locator("#interview-B-can-verbatim").check()
    page.clock.fast_forward("02:30")
    page.clock.run_for(500)
    page.get_by_role("button", name="Pause: 5 minutes with B").click()
    page.clock.fast_forward("10:00")
    paused = page.locator("[data-of=B] [role=timer]").text_content()
    page.get_by_role("button", name="Go on: 5 minutes with B").click()
    page.clock.fast_forward("03:30")
    page.clock.run_for(500)
    over = page.locator("[data-of=B] .ls-timer [role=status]").text_content()
    page.context.set_offline(False)
    page.clock.run_for(11_000)
    expect(page.locator("#saved-words")).to_contain_text("Saved at")

    assert (problems, hidden) == ({}, False)
    assert (paused[:2], over) == ("2:", "5 minutes are over. Finish the sentence, and thank B.")
    texts = ours.held.sheet.texts
    assert texts == texts | {"interview-B-can": "It needs a stop", "interview-B-can-verbatim": "yes"}


def test_the_clock_is_there_on_a_page_that_was_kept_on_the_device(open_as, ours):
    page = open_as(ours.sara, 375)
    page.goto(address("interviews", ours.held))
    page.evaluate("navigator.serviceWorker.ready")
    kept(page, store="pages")
    context, url = page.context, page.url
    page.close()
    context.set_offline(True)

    page = context.new_page()
    page.goto(url)
    page.get_by_role("button", name="Start: 5 minutes with A").click()

    expect(page.get_by_role("button", name="Pause: 5 minutes with A")).to_be_visible()


def test_the_clock_goes_on_when_the_page_is_loaded_again_and_says_what_ended_meanwhile(open_as, ours):
    page = open_as(ours.sara, 1280)
    page.clock.install()
    page.goto(address("interviews", ours.held))
    face, over = (page.locator(f"[data-of=A] .ls-timer {part}") for part in ("[role=timer]", "[role=status]"))
    page.get_by_role("button", name="Start: 5 minutes with A").click()
    page.get_by_role("button", name="Start: 5 minutes with B").click()
    page.clock.fast_forward("02:30")
    page.clock.run_for(500)
    page.get_by_role("button", name="Pause: 5 minutes with B").click()

    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator(".ls-messages")).to_contain_text("Saved")
    expect(page.get_by_role("button", name="Pause: 5 minutes with A")).to_be_visible()
    running, paused = face.text_content(), page.locator("[data-of=B] [role=timer]").text_content()
    fresh = page.locator("[data-of=C] [role=timer]").text_content()
    page.get_by_role("link", name="Discussion").click()
    expect(page).to_have_url(re.compile("discussion"))
    page.clock.fast_forward("04:00")
    page.go_back()

    expect(over).to_have_text("5 minutes are over. Finish the sentence, and thank A.")
    expect(page.get_by_role("button", name="Start again: 5 minutes with A")).to_be_visible()
    expect(page.get_by_role("button", name="Go on: 5 minutes with B")).to_be_visible()
    assert (running[:2], paused[:2], fresh) == ("2:", "2:", "5:00")


def test_starting_the_clock_fills_in_when_and_by_whom_but_for_what_stands_there(open_as, ours):
    write(ours.pat, ours.held, interview_B_at="At break", interview_C_by=str(ours.pat))
    page = open_as(ours.sara, 1280)
    stand_still_at_eleven_forty(page, timezone.localdate(ours.held.started_at))
    page.goto(address("interviews", ours.held))

    for letter in "ABC":
        page.get_by_role("button", name=f"Start: 5 minutes with {letter}").click()
    page.clock.resume()  # what is written is saved bit by bit, as time goes on
    for letter in "AC":
        expect(page.locator(f"[name=base-interview-{letter}-at]")).to_have_value("1")  # the server has it

    texts = {name: text for name, text in ours.held.sheet.texts.items() if name.startswith("interview-")}
    assert texts == {
        "interview-A-at": "11:40",
        "interview-A-by": str(ours.sara),
        "interview-B-at": "At break",
        "interview-C-at": "11:40",
        "interview-C-by": str(ours.pat),
    }


def test_on_another_day_than_the_lesson_the_clock_fills_in_the_day_too(open_as, ours):
    page = open_as(ours.sara, 1280)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    stand_still_at_eleven_forty(page, tomorrow)
    page.goto(address("interviews", ours.held))

    page.get_by_role("button", name="Start: 5 minutes with A").click()

    expect(page.locator("#interview-A-at")).to_have_value(re.compile(rf"{tomorrow:%-d %b}t?, 11:40"))  # Sept
