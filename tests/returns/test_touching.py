"""A teacher on a phone, or with two windows, or without scripts, enters grades and misses nothing."""

import pytest
from playwright.sync_api import expect

from tests.reading import text_of
from tests.returns.entering import DECEMBER, address, autosave, cell, enter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def grade_of(page, name):
    return page.get_by_label(f"December grade for {name}")


def test_the_next_pupil_takes_one_tap_while_the_list_is_open(open_as, at):
    page = open_as(at.tom, width=375)
    page.goto(address("return", at.december))
    grade_of(page, "Kayla Brand").focus()
    page.keyboard.type("3a")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.get_by_role("button", name="Next pupil").click()

    expect(grade_of(page, "Marcus Hale")).to_be_focused()
    expect(page.get_by_role("listbox")).to_have_count(0)
    assert page.complaints == []


def test_a_pupil_whose_grade_stands_out_is_not_left_at_once(open_as, at):
    page = open_as(at.tom, width=375)
    page.goto(address("return", at.december))
    grade_of(page, "Kayla Brand").focus()
    page.keyboard.type("2a")
    page.get_by_role("option", name="2a").click()
    expect(page.get_by_text("Down 2 sub-levels since October, from 3b to 2a.")).to_be_visible()
    page.get_by_label("Yes, 2a is right").check()
    page.get_by_role("button", name="Next pupil").click()
    grade_of(page, "Marcus Hale").focus()
    page.keyboard.type("3b")
    page.get_by_role("option", name="3b").click()

    expect(grade_of(page, "Sana Malik")).to_be_focused()
    assert page.complaints == []


def test_who_needs_no_grade_is_stepped_over(open_as, at):
    kayla = at.places[0]
    kayla.until, kayla.ended_because = at.points[0].due_on, "left"
    kayla.save()
    page = open_as(at.tom, width=375)
    page.goto(f"{address('return', at.december)}?pupil=5")
    expect(grade_of(page, "Theo Wren")).to_be_visible()
    page.get_by_role("button", name="Next pupil").click()

    expect(page.get_by_role("button", name="Check your answers")).to_be_focused()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(address("return", at.december))
    row = page.locator("tr", has=grade_of(page, "Kayla Brand"))
    expect(row.get_by_label("Moderated")).to_be_hidden()
    grade_of(page, "Kayla Brand").fill("3b")
    expect(row.get_by_label("Moderated")).to_be_visible()


def test_escape_puts_back_in_one_press(open_as, at):
    enter_page = open_as(at.hannah)
    enter_page.goto(address("return", at.december))
    grade_of(enter_page, "Kayla Brand").fill("3a")
    grade_of(enter_page, "Marcus Hale").focus()
    grade_of(enter_page, "Kayla Brand").focus()
    enter_page.keyboard.type("5")
    expect(enter_page.get_by_role("listbox")).to_be_visible()
    enter_page.keyboard.press("Escape")

    expect(grade_of(enter_page, "Kayla Brand")).to_have_value("3a")
    expect(enter_page.get_by_role("listbox")).to_have_count(0)


def test_ones_own_second_window_is_not_somebody_else(open_as, client, at):
    page = open_as(at.hannah)
    page.goto(address("return", at.december))
    autosave(client, at.hannah, at.december, cell("grade", at.places[0], "3c"))
    grade_of(page, "Kayla Brand").fill("3a")
    page.locator("h1").click()

    expect(page.locator("#saved-words")).to_contain_text("You wrote in a box in another window too.")
    expect(page.get_by_text("You, in another window, wrote here at")).to_be_visible()
    expect(page.get_by_text("Somebody else")).to_have_count(0)


def test_without_scripts_there_is_a_button_to_save(client, at):
    client.force_login(at.hannah)

    page = client.get(address("return", at.december)).content.decode()

    within = page[page.index("<noscript>") : page.index("</noscript>")]
    assert ">Save</button>" in within


def test_a_comment_that_names_another_pupil_is_asked_about(open_as, at):
    page = open_as(at.hannah)
    page.goto(address("return", at.december))
    row = page.locator("tr", has=grade_of(page, "Kayla Brand"))
    row.locator("summary").click()
    row.get_by_role("textbox", name="Comment").fill("Kayla worked with Theo and Marcus")
    page.locator("h1").click()

    expect(row.get_by_text("The comment says Marcus and Theo. Is that another pupil?")).to_be_visible()
    assert page.complaints == []


def test_a_comment_is_read_beside_its_grade_by_teachers_and_the_own_head(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    autosave(client, at.hannah, at.december, cell("comment", at.places[0], "Much surer in talk"))
    client.force_login(at.hannah)
    version = client.get(address("return_check", at.december)).context["sheet_version"]
    client.post(address("return_check", at.december), {"version": version})

    read = {}
    for reader in (at.tom, at.head, at.amira, at.leo):
        client.force_login(reader)
        page = text_of(client.get(address("return", at.december)))
        read[reader] = page[: page.index("Who submitted what")].count("Much surer in talk")
    client.force_login(at.head)
    pupil = text_of(client.get(at.places[0].pupil.get_absolute_url()))

    assert read == {at.tom: 1, at.head: 1, at.amira: 0, at.leo: 0}
    assert pupil.count("Much surer in talk") == 1
