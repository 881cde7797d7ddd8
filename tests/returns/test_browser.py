"""A teacher enters the grades of six pupils: by keyboard, by pasting, one pupil at a time, without a network."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from programmes.models import DataPoint, DataReturn, Programme
from pupils.models import Assessment
from pupils.returns.answers import answer_from
from tests.browsing import WIDTHS, kept, problems_at
from tests.returns.entering import DECEMBER, address, autosave, box, cell, enter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

AS_SUBMITTED = ["3a", "Absent", "3b", "2a", "3b", "3c"]
SHEET = """\
Name\tClass\tOct\tDecember
Wren, Theo\t5R\t3c\t3c
Brand, Kayla\t5T\t3b\t3a
Hale, Marcus\t5T\t3c\tabsent
Malik, Sana\t5T\t3c\t3b
Okafor, Jonah\t5T\t3b\t2a
Tran, Ivy\t5R\t3c\t3b
Somebody, Else\t5R\t3c\t3c
"""


@pytest.fixture
def due_soon(at):
    """The year lies around today, and the December grades are due in five days."""
    today = timezone.localdate()
    Programme.objects.update(starts_on=today - dt.timedelta(days=80), ends_on=today + dt.timedelta(days=280))
    for point, days in zip(at.points, (-40, 5, 100, 200), strict=True):
        DataPoint.objects.filter(pk=point.pk).update(due_on=today + dt.timedelta(days=days))
    return at


def given(at):
    rows = Assessment.objects.filter(data_point=at.points[1]).select_related("grade").order_by("place__pupil__ref")
    return [answer_from(row).words for row in rows]


def typed(at):
    row = DataReturn.objects.get(pk=at.december.pk)
    return [row.sheet.texts.get(box("grade", place), "") for place in at.places]


def put_on_clipboard(page, text):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)


def test_from_the_dashboard_six_grades_are_entered_and_submitted_by_keyboard(open_as, due_soon):
    at, page = due_soon, open_as(due_soon.hannah)
    page.goto("/")
    strokes = 0

    def press(*keys):
        nonlocal strokes
        for key in keys:
            page.keyboard.press(key)
            strokes += 1

    def tab_to(place):
        while not place.evaluate("element => element === document.activeElement"):
            press("Tab")
            assert strokes < 40

    tab_to(page.get_by_role("link", name="Skip to 6 December grades to come"))
    press("Enter")
    expect(page.get_by_label("December grade for Kayla Brand")).to_be_focused()
    press("3", "a", "Enter")
    press("-", "Enter")  # the first reason is absent
    press("3", "b", "Enter")
    press("2", "a", "Enter")
    press("3", "b", "Enter")
    press("3", "Enter")  # as it was in October
    expect(page.get_by_role("button", name="Check your answers")).to_be_focused()
    press("Enter")
    page.wait_for_url("**/check/")
    expect(page.get_by_text("Down 2 sub-levels since October, from 3b to 2a.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    tab_to(page.get_by_role("link", name="submit them"))
    press("Enter")
    expect(page.get_by_role("heading", name="Submit these grades")).to_be_focused()
    tab_to(page.get_by_role("button", name="I declare this, submit"))
    press("Enter")

    expect(page.get_by_text("The December grades are submitted. Thank you.")).to_be_visible()
    assert given(at) == AS_SUBMITTED
    assert strokes <= 30
    assert page.complaints == []


def test_a_block_of_a_spreadsheet_fills_the_boxes_by_the_pupils_names(open_as, due_soon):
    at, page = due_soon, open_as(due_soon.tom)
    page.goto("/")
    put_on_clipboard(page, SHEET)
    page.get_by_role("main").get_by_role("link", name="6 December grades to come").click()
    expect(page.get_by_label("December grade for Kayla Brand")).to_be_focused()
    page.keyboard.press("Control+v")
    told = page.locator("#pasted")
    expect(told).to_contain_text("6 grades pasted. 1 line left out, as no one pupil of this partnership is named: ")
    expect(told).to_contain_text("Somebody, Else, 5R, 3c, 3c.")
    expect(told).to_be_focused()
    page.keyboard.press("Tab")
    expect(told.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check/")
    page.get_by_role("button", name="I declare this, submit").click()

    expect(page.get_by_text("The December grades are submitted. Thank you.")).to_be_visible()
    assert given(at) == AS_SUBMITTED
    assert page.complaints == []


def test_through_the_page_for_pasting_it_takes_seven_actions(open_as, due_soon):
    at, page = due_soon, open_as(due_soon.tom)
    page.goto("/")
    put_on_clipboard(page, SHEET)
    actions = [
        lambda: page.get_by_role("main").get_by_role("link", name="6 December grades to come").click(),
        lambda: page.get_by_role("link", name="Paste from a spreadsheet").click(),
        lambda: page.keyboard.press("Control+v"),
        lambda: page.get_by_role("button", name="Look at the grades").click(),
        lambda: page.get_by_role("button", name="Put these into the grades").click(),
        lambda: page.get_by_role("button", name="Check your answers").click(),
        lambda: page.get_by_role("button", name="I declare this, submit").click(),
    ]
    for act in actions[:2]:
        act()
    expect(page.get_by_label("Rows from your spreadsheet")).to_be_focused()
    for act in actions[2:]:
        act()

    expect(page.get_by_text("The December grades are submitted. Thank you.")).to_be_visible()
    assert given(at) == AS_SUBMITTED
    assert len(actions) <= 8
    assert page.complaints == []


def test_what_was_pasted_can_be_taken_back(open_as, at):
    page = open_as(at.hannah)
    page.goto(address("return", at.december))
    first = page.get_by_label("December grade for Kayla Brand")
    first.fill("3a")
    put_on_clipboard(page, "4c\n4b\n4a")
    page.get_by_label("December grade for Marcus Hale").focus()
    page.keyboard.press("Control+v")
    expect(page.get_by_text("3 grades pasted.")).to_be_visible()
    expect(page.locator("#standing")).to_contain_text("4 of 6 pupils in")
    assert typed(at) == ["3a", "4c", "4b", "4a", "", ""]

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back")).to_be_visible()
    page.get_by_label("December grade for Theo Wren").focus()
    page.locator("h1").click()

    expect(page.locator("#standing")).to_contain_text("1 of 6 pupils in")
    assert typed(at) == ["3a", "", "", "", "", ""]


def test_what_a_block_writes_over_is_said_and_taken_back_by_a_key(open_as, at):
    enter(Client(), at.hannah, at.december, at.places[:2], ["3a", "3b"])
    page = open_as(at.hannah)
    page.goto(f"{address('return', at.december)}#first")
    expect(page.get_by_label("December grade for Sana Malik")).to_be_focused()
    put_on_clipboard(page, "3b\n3b\n#N/A\n3c\n3a\n2a")
    page.keyboard.press("Control+v")
    told = page.locator("#pasted")
    expect(told).to_contain_text("5 grades pasted, 1 of them stood there already. Written over: Kayla Brand, 3a by 3b.")
    expect(told).to_contain_text("Not understood, and kept as pasted: “#N/A” for Sana Malik.")
    expect(told).to_be_focused()
    expect(page.locator("#standing")).to_contain_text("5 of 6 pupils in")
    assert typed(at) == ["3b", "3b", "#N/A", "3c", "3a", "2a"]
    page.keyboard.press("Control+z")

    expect(page.get_by_label("December grade for Kayla Brand")).to_have_value("3a")
    expect(page.get_by_label("December grade for Kayla Brand")).to_be_focused()
    page.locator("h1").click()
    expect(page.locator("#standing")).to_contain_text("2 of 6 pupils in")
    assert typed(at) == ["3a", "3b", "", "", "", ""]
    assert page.complaints == []


def test_keys_move_offer_and_put_back(open_as, at):
    page = open_as(at.hannah)
    page.goto(address("return", at.december))
    kayla, marcus = (page.get_by_label(f"December grade for {name}") for name in ("Kayla Brand", "Marcus Hale"))
    options = page.get_by_role("option")
    kayla.focus()
    page.keyboard.type("3")
    expect(options).to_have_text(
        ["3c19 pointsdown 1 sub-level", "3b21 pointssame as October", "3a23 pointsup 1 sub-level"]
    )
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(kayla).to_have_value("3a")
    expect(marcus).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(kayla).to_be_focused()
    page.keyboard.type("5")
    page.keyboard.press("Escape")
    expect(kayla).to_have_value("3a")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("-n")
    expect(options).to_have_text(["Not assessed: not enrolled yet", "Not assessed: not required"])
    options.last.click()
    expect(marcus).to_have_value("Not required")
    assert page.complaints == []


def test_a_tick_is_about_the_grade_that_it_was_set_for(open_as, at):
    page = open_as(at.hannah)
    page.goto(address("return", at.december))
    jonah = page.get_by_label("December grade for Jonah Okafor")
    jonah.fill("2a")
    page.locator("h1").click()
    page.get_by_label("Yes, 2a is right").check()
    expect(page.locator("#standing")).not_to_contain_text("Please look again")
    jonah.fill("2b")
    page.locator("h1").click()

    tick = page.get_by_label("Yes, 2b is right")
    expect(tick).to_be_visible()
    expect(tick).not_to_be_checked()
    expect(page.locator("#standing")).to_contain_text("Please look again: Jonah Okafor.")


def test_a_tick_that_the_other_teacher_set_stays(open_as, at):
    jonah = at.places[3]
    page = open_as(at.hannah)
    page.clock.install()
    page.goto(address("return", at.december))
    expect(page.locator("#standing")).to_contain_text("0 of 6 pupils in")
    autosave(Client(), at.tom, at.december, cell("grade", jonah, "2a"), cell("sure", jonah, "2a", 2))
    page.clock.run_for(11_000)
    expect(page.get_by_label("December grade for Jonah Okafor")).to_have_value("2a")
    page.clock.run_for(1_000)  # what stands out is asked for a moment later
    expect(page.get_by_label("Yes, 2a is right")).to_be_checked()
    page.clock.run_for(11_000)

    expect(page.locator("#standing")).not_to_contain_text("Please look again")
    assert at.december.sheet.texts[box("sure", jonah)] == "2a"


def test_what_the_other_teacher_types_is_seen_at_once(open_as, at):
    page = open_as(at.hannah)
    page.clock.install()
    page.goto(address("return", at.december))
    expect(page.locator("#standing")).to_contain_text("0 of 6 pupils in")
    autosave(Client(), at.tom, at.december, cell("grade", at.places[0], "3a"))
    page.clock.run_for(11_000)
    expect(page.locator("#saved-words")).to_contain_text("wrote in “December grade for Kayla Brand” at")
    enter(Client(), at.tom, at.december, at.places[1:], DECEMBER[1:])
    page.clock.run_for(11_000)

    expect(page.get_by_label("December grade for Kayla Brand")).to_have_value("3a")
    expect(page.locator("#standing")).to_contain_text("6 of 6 pupils in")


def test_without_a_network_typing_goes_on_and_names_are_not_kept(open_as, at):
    page = open_as(at.hannah)
    page.goto(address("return", at.december))
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    kept(page, store="pages")
    page.context.set_offline(True)
    page.get_by_label("December grade for Kayla Brand").fill("3a")
    kept(page, "3a")
    page.reload()
    expect(page.get_by_text("No network: this is the page as this device has it")).to_be_visible()
    expect(page.get_by_label("December grade for pupil 1")).to_have_value("3a")
    assert "Kayla" not in page.content()
    page.get_by_label("December grade for pupil 2").fill("3b")
    kept(page, "3b")
    page.context.set_offline(False)
    page.reload()

    expect(page.get_by_label("December grade for Marcus Hale")).to_have_value("3b")
    expect(page.locator("#standing")).to_contain_text("2 of 6 pupils in")
    assert typed(at)[:2] == ["3a", "3b"]


def test_without_a_network_only_a_column_of_grades_is_pasted(open_as, at):
    page = open_as(at.hannah)
    page.goto(address("return", at.december))
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    theo, told = page.get_by_label("December grade for Theo Wren"), page.locator("#pasted")
    theo.focus()
    put_on_clipboard(page, "Kayla Brand\nMarcus Hale")
    page.keyboard.press("Control+v")
    expect(told).to_contain_text("Nothing was pasted: not all of this is a grade")
    theo.focus()
    put_on_clipboard(page, "3a\n3b")
    page.keyboard.press("Control+v")
    expect(told).to_contain_text("2 grades without names are more than the 1 pupil from here down.")
    theo.focus()
    put_on_clipboard(page, "December\n3A\n\n3b\n2a\n3b\nabsent\n")
    page.keyboard.press("Control+v")
    expect(told).to_contain_text("5 grades pasted.")

    values = [page.locator(".ls-mark").nth(place).input_value() for place in range(6)]
    assert values == ["3a", "", "3b", "2a", "3b", "Absent"]


def test_on_a_narrow_screen_it_is_one_pupil_at_a_time(open_as, at):
    page = open_as(at.tom, width=375)
    page.goto(address("return", at.december))
    expect(page.get_by_label("December grade for Kayla Brand")).to_be_visible()
    expect(page.get_by_label("December grade for Marcus Hale")).to_be_hidden()
    page.get_by_label("December grade for Kayla Brand").fill("3a")
    page.keyboard.press("Enter")
    expect(page.get_by_label("December grade for Marcus Hale")).to_be_focused()
    page.get_by_role("button", name="Next pupil").click()
    expect(page.get_by_label("December grade for Sana Malik")).to_be_visible()
    page.get_by_role("link", name="Back to the pupil before").click()
    expect(page.get_by_label("December grade for Marcus Hale")).to_be_visible()


@pytest.mark.parametrize("name", ["return", "return_check", "return_paste"])
def test_pages_of_an_open_return_are_clean_at_all_widths(open_as, client, at, name):
    enter(client, at.hannah, at.december, at.places[:4], [*DECEMBER[:3], "2a"])
    page = open_as(at.hannah)
    page.goto(address(name, at.december))

    assert problems_at(page, WIDTHS) == {}
    assert page.complaints == []
