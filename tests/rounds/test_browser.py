"""From the mail to the report on a telephone, and the coordinator's pages as they are seen."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import OutgoingMail
from accounts.roles import Role
from reports.models import Report
from reports.rounds.services import order_round
from tests import workers
from tests.browsing import problems_at, problems_of
from tests.rounds.access_rows import pages_of
from tests.world import build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PHONE = 375


@pytest.fixture
def ours():
    corner = build_world()[0]
    corner.programme.refresh_from_db()
    return corner


def test_from_the_mail_a_head_has_the_report_open_on_a_phone_in_at_most_four_actions(ours, broker, open_as, mailoutbox):
    """The link, the address, the code: the report is the page, and nothing of it has to be looked for."""
    head, coordinator = ours.people[Role.HEADTEACHER], ours.people[Role.COORDINATOR]
    EmailAddress.objects.create(user=head, email=head.email, verified=True, primary=True)
    page = open_as(width=PHONE)
    with workers.running(broker.url):
        found, _ = order_round(coordinator, ours.programme, Report.Kind.SCHOOL, tells_heads=True)
        is_told = OutgoingMail.objects.filter(kind="report_ready", to=head)
        workers.wait_until(is_told.exists, 120, "the mail")
        workers.wait_until(lambda: not type(found).objects.in_hand().filter(pk=found.pk).exists(), 120, "the end")
    link = re.search(r"http://[^/]+(/reports/link/\S+/)", is_told.get().text)[1]
    actions = []

    page.goto(link)
    actions.append("the link in the mail")
    page.get_by_label("Email address").first.fill(head.email)
    page.keyboard.press("Enter")
    actions.append("the address")
    page.wait_for_url("**/code/confirm/**")
    code = next(line.strip() for line in mailoutbox[-1].body.splitlines() if len(line.strip()) in range(6, 12))
    page.get_by_label("code").first.fill(code)
    page.keyboard.press("Enter")
    actions.append("the code")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Ourside Partner School")
    assert page.url.endswith(found.parts.get(school=ours.school).report.get_absolute_url())
    assert len(actions) <= 4
    assert problems_of(page) == []


def test_a_coordinator_watches_a_round_and_nothing_is_loaded_anew(ours, broker, open_as):
    """The page is left alone: what is new comes into it."""
    page = open_as(ours.people[Role.COORDINATOR])
    page.goto(reverse("reports:rounds", args=[ours.programme.slug]))
    page.get_by_role("button", name="Make 2 reports").first.click()
    expect(page.locator("#round")).to_contain_text("0 of 2 reports are ready.")
    page.evaluate("document.body.dataset.seen = 'before'")

    with workers.running(broker.url, beat=True, pace=6):
        expect(page.locator("#round")).to_contain_text("All 2 reports are ready.", timeout=120_000)

    assert page.locator("body").get_attribute("data-seen") == "before"
    assert problems_at(page, [1280, PHONE]) == {}
    for address in pages_of(ours):
        page.goto(address)
        assert problems_at(page, [1280, PHONE]) == {}
