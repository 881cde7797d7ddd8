"""Who agrees to the discussion is shown as it stands, without the page being loaded again."""

import pytest
from playwright.sync_api import expect

from lessons import services
from lessons.services.sheets import fresh
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
    page.clock.run_for(11_000)
    page.get_by_role("button", name="I agree this is what we said").click()

    expect(page.get_by_text("You have agreed.")).to_be_visible()
    agreed = {row.person: row.version for row in ours.held.agreements.all()}
    assert agreed[ours.sara] == fresh(ours.held.sheet).version
