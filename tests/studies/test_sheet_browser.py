"""What was typed on a device for a prediction that was locked meanwhile reaches the server all the same."""

import pytest
from playwright.sync_api import expect

from lessons import services
from lessons.models import NoteRevision
from tests.studies.writing import address, with_group

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_words_that_wait_on_the_device_outlive_the_start_of_the_lesson(open_as):
    ours = with_group()
    page = open_as(ours.sara)
    page.goto(address("sheet", ours.first))
    page.route("**/save/**", lambda route: route.abort())
    page.route("**/save/", lambda route: route.abort())
    page.get_by_label("A predicted, stage 1").fill("Waits to be asked")
    expect(page.locator("#saved-words")).to_contain_text("Not saved to the server.")

    services.start_lesson(ours.pat, ours.first)
    page.unroute_all()
    page.reload()
    expect(page.get_by_role("link", name="Words from this device were kept")).to_be_visible()
    page.reload()

    expect(page.get_by_text("Waits to be asked")).to_be_visible()
    assert {row.made for row in NoteRevision.objects.filter(text="Waits to be asked")} == {None}  # it may come twice
