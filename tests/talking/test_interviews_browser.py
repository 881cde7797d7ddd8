"""Two pupils are interviewed on a phone without a network, by a quiet clock."""

import pytest
from playwright.sync_api import expect

from tests.browsing import problems_at
from tests.talking.lessons import address

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


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
    page.wait_for_timeout(1500)  # the page is kept once nothing has changed for a second
    context, url = page.context, page.url
    page.close()
    context.set_offline(True)

    page = context.new_page()
    page.goto(url)
    page.get_by_role("button", name="Start: 5 minutes with A").click()

    expect(page.get_by_role("button", name="Pause: 5 minutes with A")).to_be_visible()
