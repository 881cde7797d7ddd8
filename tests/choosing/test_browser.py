"""In a real browser: a list is pasted, its cells are mended where they stand, and pupils come of it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.roles import Role
from pupils.models import PupilList, TargetPupil
from tests.browsing import problems_at
from tests.world import build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

ROWS = """Class 5B

Surname\tForename\tYear\tSEN\tDOB
Byrne\tUna\t5\tK\t1/2/2016
Mbeki\tLeo\tfifth\tmaybe\t3/4/2016
Shaw\tAda\t5\t\t5/6/2016
"""


def test_a_pasted_list_is_mended_in_its_cells_and_added(open_as):
    ours = build_world()[0]
    PupilList.objects.all().delete()
    before = set(TargetPupil.objects.values_list("pk", flat=True))
    page = open_as(ours.people[Role.PARTNER])
    page.goto(reverse("pupils:choose", args=[ours.partnership.pk]))

    page.get_by_label("Paste rows from a spreadsheet").fill(ROWS)
    page.get_by_role("button", name="Look at the pupils").click()
    expect(page.get_by_role("heading", name="2 cells to mend: nothing is saved yet")).to_be_visible()
    look = problems_at(page, [1280, 375])
    page.get_by_role("link", name="Row 5, L.M., Year group").click()
    expect(page.get_by_label("Year group of row 5, L.M.")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("5")
    page.get_by_label("SEN of row 5, L.M.").select_option("SEN support")
    page.get_by_label("Leave out row 6, A.S.").check()
    page.get_by_role("button", name="Check again").click()
    page.get_by_label("From the beginning").check()
    page.get_by_role("button", name="Add 2 target pupils").click()

    expect(page.get_by_text("2 target pupils are added.")).to_be_visible()
    added = TargetPupil.objects.exclude(pk__in=before).order_by("pk")
    assert list(added.values_list("first_name", "last_name", "year_group", "sen")) == [
        ("Una", "Byrne", 5, "K"),
        ("Leo", "Mbeki", 5, "K"),
    ]
    assert (look, problems_at(page, [1280, 375])) == ({}, {})


def test_guessed_columns_are_corrected_on_a_phone(open_as):
    ours = build_world()[0]
    PupilList.objects.all().delete()
    page = open_as(ours.people[Role.PARTNER], 375)
    page.goto(reverse("pupils:choose", args=[ours.partnership.pk]))

    page.get_by_label("Paste rows from a spreadsheet").fill("Byrne\tUna\t5\nMbeki\tLeo\t5\n")
    page.get_by_role("button", name="Look at the pupils").click()
    expect(page.get_by_text("the columns are guessed")).to_be_visible()
    look = problems_at(page, [1280, 375])
    page.get_by_label("What Column 1 is taken for").select_option("Surname")
    page.get_by_label("What Column 2 is taken for").select_option("Forename")
    page.get_by_role("button", name="Read the columns like this").click()
    page.get_by_label("From the beginning").check()
    page.get_by_role("button", name="Add 2 target pupils").click()

    expect(page.get_by_role("link", name="Una Byrne")).to_be_visible()
    assert look == {}
