"""While somebody types: what stands out is said of what stands in the box, and the mark is about the grade taken."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.returns.entering import DECEMBER, address, autosave, box, cell, enter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def grid(open_as, at):
    """Kayla's 3a and Sana's 3b are typed, and moderated."""
    enter(Client(), at.hannah, at.december, at.places[:3], DECEMBER[:3])
    ticks = [cell("moderated", place, "yes", seq) for seq, place in enumerate((at.places[0], at.places[2]), 1)]
    autosave(Client(), at.hannah, at.december, *ticks)
    page = open_as(at.hannah)
    page.goto(address("return", at.december))
    expect(page.locator("#standing")).to_contain_text("3 of 6 pupils in")
    return page


def row(page, name):
    return page.locator("tr", has=page.get_by_label(f"December grade for {name}"))


def saves(page, act):
    """The page has heard of the server what became of it."""
    with page.expect_response(lambda answer: answer.request.method == "POST" and "save" in answer.url):
        act()
    expect(page.locator("#saved-words")).to_contain_text("Saved at")


def marked(at, place):
    return at.december.sheet.texts.get(box("moderated", place))


def test_what_was_said_of_a_half_typed_grade_is_not_shown_beside_the_whole_one(grid, at):
    jonah, said = grid.get_by_label("December grade for Jonah Okafor"), row(grid, "Jonah Okafor").locator(".ls-out p")
    expect(said).to_have_text("Still to enter")
    held = []
    jonah.focus()
    with grid.expect_request(lambda request: request.headers.get("hx-request") == "true"):
        grid.route(
            lambda url: url.endswith(address("return", at.december)),
            lambda route: held.append(route) if not held else route.continue_(),
        )
        grid.keyboard.type("2")
        expect(said).to_be_hidden()
    grid.keyboard.type("a")
    held[0].continue_()
    expect(said).to_contain_text("“2” is no grade")
    expect(said).to_be_hidden()
    grid.locator("h1").click()

    expect(said).to_contain_text("Down 2 sub-levels since October, from 3b to 2a.")
    expect(said).to_be_visible()
    expect(grid.get_by_label("Yes, 2a is right")).to_be_visible()
    jonah.fill("2")
    expect(grid.get_by_label("Yes, 2a is right")).to_be_hidden()
    assert grid.complaints == []


def test_a_grade_that_is_typed_slowly_again_keeps_its_mark(grid, at):
    tick = row(grid, "Kayla Brand").get_by_label("Moderated")
    grid.get_by_label("December grade for Kayla Brand").focus()
    saves(grid, lambda: grid.keyboard.type("3"))
    expect(tick).to_be_checked()
    grid.keyboard.type("a")
    expect(tick).to_be_checked()
    saves(grid, grid.locator("h1").click)

    expect(tick).to_be_checked()
    expect(grid.get_by_text("in another window")).to_have_count(0)
    assert marked(at, at.places[0]) == "yes"


def test_another_grade_loses_the_mark_once_it_is_taken(grid, at):
    tick = row(grid, "Sana Malik").get_by_label("Moderated")
    grid.get_by_label("December grade for Sana Malik").focus()
    grid.keyboard.type("3c")
    expect(tick).to_be_checked()
    saves(grid, lambda: grid.keyboard.press("Enter"))

    expect(tick).not_to_be_checked()
    grid.reload()
    expect(tick).not_to_be_checked()
    assert marked(at, at.places[2]) == ""


def test_a_reason_is_not_ticked_as_moderated(grid, at):
    tick = row(grid, "Marcus Hale").get_by_label("Moderated")
    tick.click()
    expect(tick).not_to_be_checked()
    expect(grid.get_by_role("alert")).to_have_text("Only a grade is moderated, and “absent” is none.")
    grid.get_by_label("December grade for Marcus Hale").fill("3c")
    expect(grid.get_by_role("alert")).to_have_count(0)
    tick.check()
    grid.get_by_label("December grade for Kayla Brand").fill("absent")
    grid.locator("h1").click()

    expect(row(grid, "Kayla Brand").get_by_label("Moderated")).not_to_be_checked()
    expect(tick).to_be_checked()
    assert grid.complaints == []
