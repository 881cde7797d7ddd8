"""Who agrees to the discussion, and how far it has come, is shown as it stands, without the page being loaded again."""

import pytest
from playwright.sync_api import expect

from desks.services import fresh
from lessons import services
from tests.talking.lessons import address, write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_an_agreement_that_new_words_undo_is_asked_for_again_at_once(open_as, ours):
    write(ours.pat, ours.held, talk_A_happened="Waited")
    for person in (ours.pat, ours.sara):
        services.agree(person, ours.held, fresh(ours.held.sheet).version)
    page = open_as(ours.sara)
    page.clock.install()
    page.goto(address("discussion", ours.held))
    expect(page.get_by_text("You have agreed.")).to_be_visible()

    write(ours.pat, ours.held, talk_A_happened="Waited, then wrote")
    expect(page.get_by_role("heading", name="All of the group agree")).to_be_visible()
    page.clock.run_for(11_000)
    expect(page.get_by_role("heading", name="First written down")).to_be_visible()
    expect(page.get_by_role("link", name="Who agrees")).to_be_visible()
    page.get_by_role("button", name="I agree this is what we said").click()

    expect(page.get_by_text("You have agreed.")).to_be_visible()
    agreed = {row.person: row.version for row in ours.held.agreements.all()}
    assert agreed[ours.sara] == fresh(ours.held.sheet).version


def test_the_next_step_opens_once_the_one_before_is_written_and_one_that_was_closed_stays_closed(open_as, ours):
    page = open_as(ours.sara)
    page.goto(address("discussion", ours.held))
    pupil_a, pupil_b = (page.locator("details.ls-step").nth(place) for place in (0, 1))
    for box in pupil_a.get_by_role("textbox").all():
        box.fill("Waited")
    page.locator("h1").click()

    expect(pupil_b).to_have_attribute("open", "")
    pupil_b.locator("summary").first.click()
    pupil_a.get_by_role("textbox").last.fill("Waited longer")
    page.locator("h1").click()
    expect(page.locator("#saved-words")).to_contain_text("Saved at")
    expect(page.locator("#agreed")).to_contain_text("Nothing is written yet under Pupil B")

    expect(pupil_b).not_to_have_attribute("open", "")
