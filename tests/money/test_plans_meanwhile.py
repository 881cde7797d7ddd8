"""A plan that a colleague changes while somebody's page is open: nothing is changed on a stale preview, and a box that
was left alone does not undo what the colleague wrote."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse

from funding.models import PlanChange
from tests.money.funded import hand_in
from tests.reading import text_of

pytestmark = pytest.mark.django_db


class Tab:
    """One page of a browser: what it holds, and what is typed into it."""

    def __init__(self, client, person, url):
        self.client, self.person, self.url = client, person, url
        client.force_login(person)
        self.read(client.get(url))

    def read(self, page):
        self.page, form = page, page.context and page.context.get("form")
        if form is None:
            return
        self.holds = {}
        for field in form:
            value = field.value()
            if value is True:
                self.holds[field.html_name] = "on"
            elif value not in (None, False):
                day = hasattr(value, "strftime")
                self.holds[field.html_name] = f"{value:%-d/%-m/%Y}" if day else value

    def press(self, **typed):
        self.client.force_login(self.person)
        self.holds |= typed
        self.read(self.client.post(self.url, self.holds))
        return text_of(self.page) if self.page.status_code != 302 else ""

    def change(self, **typed):
        """Previewed, and confirmed."""
        self.press(**typed)
        return self.press()


def settings_of(client, money, person=None):
    return Tab(client, person or money.Amira, reverse("funding:settings", args=[money.programme.slug]))


def test_a_preview_of_what_has_changed_since_is_refused_with_what_changed(client, money):
    """Tom changes the rate between Amira's preview and her press."""
    amira = settings_of(client, money)
    amira.press(rate="50", why="Less")
    settings_of(client, money, money.Tom).change(rate="97.33", why="More")

    text = amira.press()

    money.plan.refresh_from_db()
    assert (amira.page.status_code, money.plan.rate) == (422, Decimal("97.33"))
    assert "Somebody has changed this to “97.33” since you opened the page." in text
    again = amira.press()
    assert "£97.33" in again or "Yes, change the plan" in again
    amira.press()
    money.plan.refresh_from_db()
    assert money.plan.rate == 50


def test_a_preview_is_made_anew_when_something_else_of_the_plan_has_changed(client, money):
    amira = settings_of(client, money)
    amira.press(rate="50", why="Less")
    december = money.stages[1]
    url = reverse("funding:stage_change", args=[money.programme.slug, december.pk])
    Tab(client, money.Tom, url).change(name="Christmas", why="So it is called")

    text = amira.press()

    money.plan.refresh_from_db()
    assert (amira.page.status_code, money.plan.rate) == (200, 95)
    assert (
        f"{money.Tom} has changed the plan since this was worked out: Christmas, name from December to Christmas."
        in text
    )
    assert "Nothing is changed yet" in text
    amira.press()
    money.plan.refresh_from_db()
    assert money.plan.rate == 50


def test_a_box_that_was_left_alone_does_not_undo_what_a_colleague_changed(client, money):
    amira = settings_of(client, money)
    settings_of(client, money, money.Tom).change(grant_ref="NC-9999", pays_late_cover="on", why="A new grant")

    text = amira.press(budget="99000", why="Less")
    amira.press()

    money.plan.refresh_from_db()
    told = "Somebody else changed this meanwhile, and it stays as they wrote it: Grant reference"
    assert told in text
    assert (money.plan.grant_ref, money.plan.budget, money.plan.pays_late_cover) == ("NC-9999", 99000, True)
    assert PlanChange.objects.count() == 2


def test_the_same_holds_for_stages_items_and_shares(client, money):
    october, december, march, _ = money.stages
    slug = money.programme.slug
    stage = reverse("funding:stage_change", args=[slug, december.pk])
    mine, theirs = Tab(client, money.Amira, stage), Tab(client, money.Tom, stage)
    theirs.change(due_on="14/12/2026", conditions=["data", "visits"], why="Later")
    mine.change(name="Christmas", why="So it is called")
    december.refresh_from_db()

    shares = reverse("funding:shares", args=[slug])
    mine, theirs = Tab(client, money.Amira, shares), Tab(client, money.Tom, shares)
    theirs.change(**{f"share_{october.pk}": "30", f"share_{december.pk}": "20", "why": "More at first"})
    text = mine.change(**{f"share_{march.pk}": "25", "why": "As it was"})
    october.refresh_from_db()

    assert (december.name, f"{december.due_on}", sorted(december.conditions)) == (
        "Christmas",
        "2026-12-14",
        ["data", "visits"],
    )
    assert october.share == 30
    assert text == "" or "Nothing" in text


def test_a_page_with_an_error_says_so_in_its_title_once(client, money):
    page = settings_of(client, money)

    page.press(rate="", why="Less")

    assert page.page.content.decode().count("<title>Error: Funder, budget and rate") == 1


def test_no_template_says_it_a_second_time():
    found = [
        path for path in Path("templates").rglob("*.html") if "title %}{% if form.errors %}Error" in path.read_text()
    ]

    assert found == []


def test_a_preview_has_a_total_and_a_way_out_and_says_what_is_ready_at_once(client, money):
    """January: March is not due; moved to yesterday it can be approved where its grades are in."""
    for partnership in money.partnerships:
        hand_in(partnership, money.points[2])
    money.points[2].due_on = "2027-01-20"
    money.points[2].save()
    url = reverse("funding:stage_change", args=[money.programme.slug, money.stages[2].pk])

    text = Tab(client, money.Amira, url).press(due_on="26/1/2027", why="Sooner")
    settings = settings_of(client, money)
    total = settings.press(rate="100", why="More")

    assert "4 more can be approved at once" in text
    assert "Cancel, change nothing" in text
    assert "All 4 schools £2,470.00 £2,600.00 £130.00" in total


def test_an_item_that_pays_nothing_is_not_added(client, money):
    url = reverse("funding:item_add", args=[money.programme.slug])

    text = Tab(client, money.Amira, url).press(name="Empty item", why="So")

    assert "It pays nothing: give it half-days or an amount for one of the two schools." in text
