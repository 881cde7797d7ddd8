"""The year planner in a real browser: a visit moved by keyboard and by dragging, printed, and wanted by two at once."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import expect

from programmes.models import Area
from tests.browsing import problems_of
from tests.pdfs import pages as pages_of
from tests.years import TODAY, coordinator_of, partnership_of, programme_of, release, stand
from visits import tasks
from visits.models import Plan, PlanAcceptance, Visit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
NOW = dt.datetime.combine(TODAY, dt.time(9), dt.UTC)


@pytest.fixture
def programme():
    with time_machine.travel(NOW):
        yield programme_of("First visit", "Lesson study 1")


def where_it_is(visit):
    visit.refresh_from_db()
    return visit.on, visit.half


def work(model, task):
    """What the worker does when it hears of the newest job; its day is that of the test."""
    task(model.objects.latest("pk").pk)


def test_a_coordinator_plans_the_year_and_finds_it_in_the_planner(open_as, programme):
    for _ in range(2):
        release(partnership_of(programme).specialist, "tue-am", "thu-pm")
    page = open_as(coordinator_of(programme), 1400)
    page.goto(reverse("planner:year"))
    expect(page.get_by_text("0 of 4 visits have a half-day.")).to_be_visible()

    page.get_by_role("button", name="Plan the 4 missing visits").click()
    problems = problems_of(page)
    page.get_by_role("button", name="Work out a plan").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    work(Plan, tasks.make_plan)  # the page notices by itself
    expect(page.get_by_role("button", name="Check and accept")).to_be_visible()
    problems += problems_of(page)
    page.get_by_role("button", name="Check and accept").click()
    problems += problems_of(page)
    page.get_by_role("button", name="Accept the plan").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    work(PlanAcceptance, tasks.write_plan)
    expect(page.get_by_role("heading", name="The plan is accepted")).to_be_visible()
    page.goto(reverse("planner:year"))

    expect(page.get_by_text("4 of 4 visits have a half-day.")).to_be_visible()
    assert {(visit.on.weekday(), visit.half) for visit in Visit.objects.all()} <= {(1, "am"), (3, "pm")}
    assert page.locator(".ls-chip--wait").count() == 4 + 1  # the visits wait for the teachers, and the key shows one
    assert problems == []


def test_a_visit_is_moved_by_the_keyboard_and_then_dragged_onto_another_week(open_as, programme):
    partnership = partnership_of(programme)
    release(partnership.specialist, "tue-am", "thu-am")
    visit = stand(partnership, 1, step=programme.timetable.first())  # Tuesday 19 January, morning
    page = open_as(coordinator_of(programme), 1400)
    page.goto(reverse("planner:year"))
    problems = problems_of(page)

    page.get_by_role("link", name="F : First visit").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Choose a new half-day")).to_be_visible()
    problems += problems_of(page)
    page.get_by_role("radio", name="Tuesday 26 January, morning").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Move the visit").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("is moved to Tuesday 26 January, morning")).to_be_visible()
    by_keyboard = where_it_is(visit)

    week = page.locator("tr", has_text=str(partnership.partner_school)).locator("td").nth(19)
    chip = page.get_by_role("link", name="F : First visit")
    chip.drag_to(week)
    expect(page.get_by_role("heading", name="Choose a new half-day")).to_be_visible()
    dropped_on = page.url.partition("week=")[2]
    picked = page.locator("input[name=half_day]:checked").get_attribute("value")
    page.get_by_role("button", name="Move the visit").click()
    expect(page.get_by_text("is moved to")).to_be_visible()

    assert by_keyboard == (dt.date(2027, 1, 26), "am")
    monday = dt.date.fromisoformat(dropped_on)
    assert monday == dt.date(2027, 1, 18)
    on, half = where_it_is(visit)
    assert f"{on}-{half}" == picked
    assert monday <= on < monday + dt.timedelta(days=7)
    assert problems == []


def test_the_year_prints_on_a3_with_a_page_for_each_area(open_as, programme):
    for name in ("North area", "South area"):
        area = Area.objects.create(programme=programme, name=name)
        for _ in range(2):
            partnership_of(programme, area=area)
    page = open_as(coordinator_of(programme), 1400)
    page.goto(reverse("planner:year"))

    page.goto(page.get_by_role("button", name="Print on A3").get_attribute("href").replace("print=1", ""))
    paper = page.pdf(prefer_css_page_size=True)

    north, south = (text.replace(" ", "") for text in pages_of(paper))
    assert "Northarea.2partnerships" in north
    assert "Southarea.2partnerships" in south
    assert "Southarea" not in north
    assert all("Autumnterm" in text and "Roster" not in text for text in (north, south))


def test_of_two_browsers_that_want_the_same_half_day_of_one_teacher_the_second_is_told_who_is_booked_where(
    open_as, programme
):
    specialist = partnership_of(programme).specialist
    mine = specialist.partnerships.get()
    other = partnership_of(programme, specialist=specialist)
    release(specialist, "wed-am")
    step = programme.timetable.first()
    coordinator = coordinator_of(programme)
    one, two = open_as(coordinator), open_as(coordinator, 375)
    one.goto(reverse("planner:half_day", args=[f"{mine.pk}-{step.pk}-1"]))
    two.goto(reverse("planner:half_day", args=[f"{other.pk}-{step.pk}-1"]))

    for page in (one, two):
        page.get_by_role("radio", name="Wednesday 27 January, morning").check()
    one.get_by_role("button", name="Plan the visit").click()
    expect(one.get_by_text("is planned for Wednesday 27 January, morning")).to_be_visible()
    two.get_by_role("button", name="Plan the visit").click()
    problem = two.get_by_role("alert")

    expect(problem).to_contain_text(
        f"Wednesday 27 January, morning is not free any more: {specialist} is booked "
        f"(First visit at {mine.partner_school}). Nothing was changed."
    )
    assert problems_of(two) == []
    assert list(Visit.objects.values_list("partnership", flat=True)) == [mine.pk]
