"""Private notes can be shared as soon as there is something to share, without the page being loaded again."""

import pytest
from playwright.sync_api import expect

from lessons.models import PrivateNote
from tests.browsing import problems_at
from tests.talking.lessons import address

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_the_first_words_can_be_shared_once_they_are_saved_and_none_cannot(open_as, ours):
    page = open_as(ours.sara)
    page.goto(address("private", ours.held))
    share, notes = page.get_by_role("button", name="Share with the group"), page.get_by_label("My notes")

    expect(share).to_have_count(0)
    notes.fill("Too fast?")
    expect(share).to_be_visible()
    problems = problems_at(page, [1280, 375])
    notes.fill("")
    expect(share).to_have_count(0)
    notes.fill("Too fast at first")
    share.click()

    expect(page.get_by_role("button", name="Take them back")).to_be_visible()
    note = PrivateNote.objects.get(lesson=ours.held)
    assert (note.author, note.sheet.texts["private"], note.shared_at is not None, problems) == (
        ours.sara,
        "Too fast at first",
        True,
        {},
    )
