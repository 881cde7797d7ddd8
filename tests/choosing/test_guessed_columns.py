"""Lists without a row of names: no column of names is lost, and one that was not used can be brought back."""

import pytest
from django.urls import reverse

from programmes.models import Programme
from pupils.models import Place, PupilList
from tests.choosing.lists import problems, text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rows", "marked"),
    [
        ("Ann2\tLee\t5\nBen\tKay\t5\nCal\tRoe\t5\n", "Row 1, A.L., Forename"),
        ("Ann\tLee\t5\n\N{SLIGHTLY SMILING FACE}2\tKay\t5\nCal\tRoe\t5\n", "Row 2, K., Forename"),
        ("Ann\tLee\t5\nBen\tK@y\t5\n", "Row 2, B.K., Surname"),
    ],
)
def test_one_odd_cell_does_not_cost_a_column_of_names(choosing, rows, marked):
    look = choosing.paste(rows)

    assert [where for where, _ in problems(look)] == [marked]
    assert "Not kept" not in text(look)
    assert [column["field"] for column in choosing.waiting.content["columns"]] == [
        "first_name",
        "last_name",
        "year_group",
    ]


def test_a_column_that_was_not_used_is_brought_back(choosing):
    look = text(choosing.paste("##1\tUna\tByrne\t5\n##2\tLeo\tMbeki\t5\n##3\tNed\tPatel\t5\n"))
    address = f"{choosing.waiting.get_absolute_url()}columns/"
    choosing.client.post(address, {"c0": "class_name", "c1": "last_name", "c2": "first_name", "c3": "year_group"})

    choosing.take()

    assert "Not used: Column 1." in look
    assert choosing.places()[1:] == [("Byrne Una", "##1", None), ("Mbeki Leo", "##2", None), ("Patel Ned", "##3", None)]


def test_under_a_row_of_names_a_column_is_brought_back_where_a_name_is_lacking(choosing):
    choosing.paste("Vorname,Surname,Year,Hobby\nUna,Byrne,5,Chess\n")

    assert [(column["header"], column["field"]) for column in choosing.waiting.content["columns"]] == [
        ("Vorname", ""),
        ("Surname", "last_name"),
        ("Year", "year_group"),
        ("Hobby", ""),
    ]


def test_what_is_never_kept_is_known_without_a_row_of_names_too(choosing):
    look = text(
        choosing.paste(
            "Una\tByrne\t5\t01/02/2016\tmum@home.example\t07700 900000\tCB1 2AB\t2/11/2026\n"
            "Leo\tMbeki\t5\t11/03/2016\tdad@home.example\t07700 900001\tCB1 2AC\t3/11/2026\n"
        )
    )

    kept = str(choosing.waiting.content)
    assert "an address (Column 7); contacts (Column 5 and Column 6); the date of birth (Column 4)" in look
    assert "Not used: Column 8." in look
    assert [word for word in ("2016", "home", "0770", "CB1") if word in kept] == []


def test_in_a_programme_of_initials_a_column_that_is_not_used_holds_no_name_either(choosing, ours):
    Programme.objects.update(initials_only=True)

    choosing.paste("Una\tByrne\t5\tWilhelmina\nLeo\tMbeki\t5\tAlexander\n")

    assert [row["cells"] for row in choosing.waiting.content["rows"]] == [["U", "B", "5", "W"], ["L", "M", "5", "A"]]


def test_of_several_columns_for_the_same_the_used_one_is_named(choosing):
    choosing.paste("Legal Forename\tPreferred Forename\tSurname\tYear\tD.O.B.\nMaisie\tMay\tLowe\t5\t1/2/2017\n")
    first = text(choosing.check())
    choosing.paste("Forename\tForename\tSurname\tYear\nIda\tIvy\tRuiz\t5\n")
    pages = [text(choosing.client.get(row.get_absolute_url())) for row in PupilList.objects.waiting().order_by("pk")]

    assert "Of several columns for the same, Preferred Forename is used." in first
    assert "D.O.B.." not in first
    assert "Of several columns for the same, the first Forename is used." in pages[-1]


def test_reception_is_called_so_before_and_after_it_is_added(choosing, ours):
    choosing.paste("Forename\tSurname\tYear\nUna\tByrne\tR\n")
    looked = text(choosing.check())
    choosing.take(joined="beginning")
    pupil = Place.objects.get(pupil__last_name="Byrne").pupil
    pages = [
        text(choosing.client.get(url)) for url in (choosing.page, reverse("pupils:list"), pupil.get_absolute_url())
    ]

    assert "Reception" in looked
    assert all("Reception" in page for page in pages)
    assert not any("Year 0" in page for page in (looked, *pages))
