"""Long texts and small screens: what is long opens in place, and what one needs is in sight on a phone and on paper."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from lessons.models import Observation, ResearchLesson
from lessons.services import Cell, write_cells
from tests.browsing import problems_at
from tests.observing.lessons import address
from tests.pdfs import pages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

LONG = "Looks at the word, covers it, says it again and writes it. " * 60
PHONE = {"width": 375, "height": 812}


def write(person, lesson, **texts):
    cells = [
        Cell(name.replace("_", "-"), text, base=0, seq=seq) for seq, (name, text) in enumerate(texts.items(), start=1)
    ]
    write_cells(person, lesson.sheet, cells, uuid.uuid4())


@pytest.fixture
def held(ours):
    """A lesson that was held, with long texts of every kind, one of them without a space."""
    stage, *_ = ours.today.stages.all()
    write(ours.pat, ours.today, intention=f"Intention. {LONG}Intended.", evidence_A="y" * 3000)
    write(ours.pat, ours.today, **{f"stage-{stage.pk}-pattern": f"Pattern. {LONG}Patterned."})
    start = timezone.now() - dt.timedelta(minutes=60)
    held = {"started_at": start, "started_by": ours.pat, "ended_at": start + dt.timedelta(minutes=50)}
    ResearchLesson.objects.filter(pk=ours.today.pk).update(**held)
    seen = {"lesson": ours.today, "person": ours.sara, "stage": stage, "at": start + dt.timedelta(minutes=5)}
    for pupil, text in zip(ours.today.study.case_pupils.all(), (f"Seen. {LONG}To the end.", "x" * 3000), strict=False):
        Observation.objects.create(**seen, case_pupil=pupil, text=text)
    return ours


def test_a_sheet_with_long_texts_stays_short_and_each_is_read_in_place_by_keyboard(open_as, held):
    page = open_as(held.pat)
    page.goto(address("sheet", held.today))
    end = page.get_by_text("To the end.")
    heights = []
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 900})
        heights.append(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(end).not_to_be_visible()
    looks = problems_at(page, [1280, 375])

    page.set_viewport_size({"width": 1280, "height": 900})
    more = page.locator("summary", has_text=f"what {held.sara} saw").first
    more.focus()
    page.keyboard.press("Enter")

    expect(end).to_be_visible()
    expect(page.get_by_text("Seen. Looks", exact=False).and_(page.locator(".ls-long__start"))).not_to_be_visible()
    assert (looks, problems_at(page, [1280, 375])) == ({}, {})
    assert [height < most for height, most in zip(heights, (3600, 4800), strict=True)] == [True, True], heights


def test_on_paper_the_sheet_and_the_timeline_have_every_word_of_every_pupil(open_as, held):
    page = open_as(held.pat, 375)  # where one pupil is shown at a time
    printed = {}
    for name in ("sheet", "timeline"):
        page.goto(address(name, held.today))
        printed[name] = "".join("".join(pages(page.pdf(prefer_css_page_size=True))).split())

    for text in (printed["sheet"], printed["timeline"]):
        assert ("Seen.Looks" in text, text.count("Totheend."), text.count("x") >= 3000) == (True, 1, True)
        assert ("Readallofit" in text, "Showless" in text) == (False, False)
    assert [word in printed["sheet"] for word in ("Intended.", "Patterned.", "yyyy", "Cinmodelledwrite")] == [True] * 4
    assert printed["sheet"].count("y" * 20) >= 140


def test_with_two_long_texts_for_one_box_the_choice_is_in_sight_on_a_phone(open_as, ours):
    page = open_as(ours.sara, 375)
    page.set_viewport_size(PHONE)
    page.goto(address("sheet", ours.today))
    write(ours.pat, ours.today, intention=f"Pat. {LONG}")
    page.locator("#intention").fill(f"Sara. {LONG}")
    page.locator("#criteria").focus()
    choice = page.get_by_role("group", name="Two texts: In this lesson pupils learn to")
    expect(choice).to_be_visible()
    page.complaints.clear()  # the browser logs that it was answered with 409
    problems = problems_at(page, [375, 320])
    page.set_viewport_size(PHONE)
    page.locator("#intention").evaluate("box => box.scrollIntoView()")

    line = page.locator("#saved-words").bounding_box()
    theirs = choice.get_by_label("What they wrote")
    by_keyboard = theirs.evaluate("""text => (text.focus(), document.activeElement === text)""")
    page.keyboard.press("End")
    page.wait_for_function("text => text.scrollTop > 0", arg=theirs.element_handle())
    for name in ("Keep mine", "Take theirs", "Keep both"):
        expect(choice.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    expect(page.locator("#saved-words")).to_contain_text("Both texts are kept: choose below.")
    assert (problems, by_keyboard) == ({}, True)
    assert (line["y"], line["height"] < 56) == (0, True), line

    choice.get_by_role("button", name="Keep both").click()
    expect(page.locator("#saved-words")).to_contain_text("Saved at")
    assert page.locator("#intention").input_value() == f"Pat. {LONG}\n\nSara. {LONG}"


def test_on_a_phone_the_tabs_of_a_lesson_are_one_row_with_the_current_one_in_sight(open_as, held):
    page = open_as(held.pat, 375)
    page.set_viewport_size(PHONE)
    rows, problems = {}, {}
    for name, label in (("sheet", "Sheet"), ("timeline", "What was seen"), ("guests", "Guests")):
        page.goto(address(name, held.today))
        tabs = page.get_by_role("navigation", name="This lesson")
        expect(tabs.get_by_role("link", name=label)).to_be_in_viewport(ratio=1)
        rows[name] = len({link.bounding_box()["y"] for link in tabs.get_by_role("link").all()})
        problems |= problems_at(page, [375, 320, 1280])
        page.set_viewport_size(PHONE)
    first = page.get_by_role("navigation", name="This lesson").get_by_role("link").first
    first.focus()

    expect(first).to_be_in_viewport(ratio=1)
    assert (rows, problems) == ({"sheet": 1, "timeline": 1, "guests": 1}, {})


def test_on_a_phone_notes_stand_on_the_first_screen_of_the_timeline_and_the_filter_opens(open_as, held):
    page = open_as(held.pat, 375)
    page.set_viewport_size(PHONE)
    page.goto(address("timeline", held.today))

    expect(page.get_by_label("Pupil", exact=True)).not_to_be_visible()
    expect(page.get_by_text("Seen. Looks").first).to_be_in_viewport()
    page.get_by_text("Choose what is shown").click()
    page.get_by_label("Pupil", exact=True).select_option("B")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("Pupil", exact=True)).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_label("Pupil", exact=True)).not_to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_label("Pupil", exact=True)).to_be_visible()


def test_on_a_phone_that_nobody_watches_a_pupil_is_seen_at_once(open_as, ours):
    page = open_as(ours.pat, 375)
    page.set_viewport_size(PHONE)
    page.goto(address("sheet", ours.today))

    expect(page.get_by_text("Nobody watches B and C.")).to_be_in_viewport(ratio=1)
