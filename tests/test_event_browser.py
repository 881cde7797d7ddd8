"""What only a browser shows of events: a register that two devices keep at once."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from tests.browsing import problems_of
from tests.factories import EventFactory
from tests.world import build_world
from visits.events import register

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_two_phones_keep_one_register_and_each_shows_what_the_other_marked(open_as):
    ours = build_world()[0]
    coordinator = ours.people[Role.COORDINATOR]
    event = EventFactory(
        programme=ours.programme,
        area=ours.partnership.area,
        on=timezone.localdate(),
        audience=["specialist", "partner"],
    )
    register.guest(coordinator, event, "Jo Fry", "")
    pages = [open_as(coordinator, 375) for _ in range(2)]
    for page in pages:
        page.goto(reverse("events:attendance", args=[event.pk]))
    one, other = pages

    one.get_by_role("button", name="OursideSpecialist").click()
    expect(one.locator("#counts")).to_contain_text("1 of 2 expected is here, and 1 other.")
    focused = one.evaluate("document.activeElement.id")
    other.get_by_role("button", name="OursideSpecialist").dblclick()  # it says what it wants, so nothing is taken back
    expect(other.locator("#counts")).to_contain_text("1 of 2 expected is here, and 1 other.")
    other.get_by_role("button", name="OursidePartner").click()
    expect(other.locator("#counts")).to_contain_text("2 of 2 expected are here, and 1 other.")
    other.get_by_role("button", name="Jo Fry").click()
    expect(other.locator("#counts")).to_have_text("2 of 2 expected are here.")
    one.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(one.locator("#counts")).to_have_text("2 of 2 expected are here.")
    assert one.get_by_role("button", pressed=True).all_inner_texts() == [
        "Ourside OursidePartner\nOurside Partner School\nHere",
        "Ourside OursideSpecialist\nOurside Home School\nHere",
    ]
    assert focused == f"tap-p{ours.people[Role.SPECIALIST].pk}"
    assert [problems_of(page) for page in pages] == [[], []]
