"""Whoever goes through a sheet by keyboard sees where they are: nothing that stays in sight lies over it."""

import pytest

from tests.studies.writing import address, with_group

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

IS_COVERED = """() => {
  const at = document.activeElement.getBoundingClientRect();
  const there = document.elementFromPoint(at.left + at.width / 2, at.top + Math.min(at.height / 2, 10));
  return !document.activeElement.contains(there) && document.activeElement !== document.body;
}"""


def test_no_box_of_a_sheet_has_the_focus_under_what_stays_in_sight(open_as):
    ours = with_group()
    page = open_as(ours.sara)
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(address("sheet", ours.first))
    boxes = page.locator("form[data-notes] textarea").all()
    boxes[-1].focus()

    covered = []
    while page.evaluate("document.activeElement.matches('form[data-notes] :is(textarea, input, button)')"):
        if page.evaluate(IS_COVERED):
            covered.append(page.evaluate("document.activeElement.id"))
        page.keyboard.press("Shift+Tab")

    assert (len(boxes) > 8, covered) == (True, [])
