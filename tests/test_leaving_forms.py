"""A page that answered a wrong form is left like any other page: the browser's Back comes to its form again."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.roles import Role

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def wrong(open_as, ours):
    """The form of a new programme, sent with a name alone."""
    page, address = open_as(ours.people[Role.COORDINATOR]), reverse("programmes:add")
    page.goto(reverse("today"))
    page.goto(address)
    page.locator("#id_name").fill("Maths together")
    page.locator("#id_name").press("Enter")
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    page.complaints.clear()
    return page, address


def test_back_from_where_a_link_leads_opens_the_form(wrong):
    page, address = wrong

    page.get_by_role("link", name="Lesson Study", exact=True).click()
    page.wait_for_url("**" + reverse("today"))
    answer = page.go_back()

    assert (answer.status, answer.request.method, page.url.endswith(address)) == (200, "GET", True)
    expect(page.locator("#id_name")).to_have_value("")


def test_back_from_what_the_mended_form_saved_opens_the_form(wrong):
    page, address = wrong

    page.locator("main form").first.evaluate("form => { form.action = '/'; form.method = 'get'; }")
    page.locator("#id_name").press("Enter")
    page.wait_for_url(lambda url: "/?" in url)
    answer = page.go_back()

    assert (answer.status, answer.request.method, page.url.endswith(address)) == (200, "GET", True)


def test_loading_the_answer_again_keeps_what_was_typed(wrong):
    page, _ = wrong

    page.reload()

    expect(page.locator("#id_name")).to_have_value("Maths together")
