"""What somebody may do with a list that waits: change any cell, know it again, set it aside with the others."""

import pytest
from django.urls import reverse

from pupils.models import PupilList
from tests.choosing.lists import problems, text

pytestmark = pytest.mark.django_db

TWO = "Name\tYear\tSEN\nAnne-Marie van der Berg\t5\tK\nLeo Mbeki\t5\t\n"


def test_any_cell_of_a_row_is_changed_where_it_stands(choosing):
    choosing.paste(TWO)

    opened = choosing.check(change="2")
    boxes = {f"r2-{name}" for name in ("first_name", "last_name", "year_group", "sen")}
    choosing.take(
        **{"r2-first_name": "Anne-Marie", "r2-last_name": "van der Berg", "r2-year_group": "5", "r2-sen": "N"}
    )

    page = opened.content.decode()
    assert opened.redirect_chain[-1][0].endswith("?change=2#r2-first_name")
    assert {box for box in boxes if f'id="{box}"' in page} == boxes
    assert '<option value="K" selected>SEN support</option>' in page
    assert 'name="r3-' not in page.replace('name="r3-out"', "")
    assert choosing.added("first_name", "last_name", "sen") == [
        ("Anne-Marie", "van der Berg", "N"),
        ("Leo", "Mbeki", "N"),
    ]


def test_what_is_typed_stays_when_another_row_is_opened(choosing):
    choosing.paste(TWO)

    page = choosing.check(**{"r2-first_name": "Anna", "change": "3"})

    assert "Anna" in text(page)
    assert 'id="r3-sen"' in page.content.decode()


def test_nothing_is_asked_of_who_is_there_already(choosing):
    rows = "Forename\tSurname\tYear\tSEN\nUna\tByrne\t5\tmaybe\nLeo\tMbeki\t5\tK\n"
    choosing.paste(rows)
    choosing.take(**{"r2-sen": "K"})

    again = choosing.paste(rows)

    assert problems(again) == []
    assert text(again).count("Already a target pupil here") == 2


def test_lists_that_wait_are_told_apart_and_set_aside_together(choosing):
    choosing.paste(TWO)
    choosing.paste("Forename\tSurname\tYear\nUna\tByrne\t5\n")
    page = text(choosing.client.get(choosing.page))

    address = reverse("pupils:lists_set_aside", args=[choosing.partnership.pk])
    after = text(choosing.client.post(address, follow=True))

    assert ": 2 rows, the first is Anne-Marie van der Berg. Nothing" in page
    assert ": 1 row, Una Byrne. Nothing" in page
    assert "2 lists are set aside. Nothing of them is kept." in after
    assert PupilList.objects.waiting().count() == 0
