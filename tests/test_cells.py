"""What the cells of a column mean, and the sentence when they mean nothing."""

import datetime as dt

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from papers.sheets import (
    Choice,
    Code,
    DayFirstDate,
    Email,
    SemicolonList,
    Text,
    WholeNumber,
    YearGroup,
    YesNo,
    parse_rows,
)
from papers.sheets.cells import write_a_date
from tests.tables import Pupil, Status, read


def value(kind, text):
    try:
        return TypeAdapter(kind).validate_python(text)
    except ValidationError as error:
        return error.errors()[0]["ctx"]["error"].what


@pytest.mark.parametrize(
    "text",
    [
        "2008-10-17",
        "2008-10-17 00:00:00",
        "17/10/2008",
        "17-10-2008",
        "17.10.2008",
        "17 10 2008",
        "17 October 2008",
        "17th october, 2008",
        "17-Oct-2008",
        "17 Oct. 2008",
    ],
)
def test_dates_are_read_day_first(text):
    assert value(DayFirstDate, text) == dt.date(2008, 10, 17)


def test_a_day_that_could_be_a_month_is_a_day():
    assert value(DayFirstDate, "3/4/2009") == dt.date(2009, 4, 3)
    assert value(DayFirstDate, "1 Sept 2009") == dt.date(2009, 9, 1)
    assert value(DayFirstDate, "29/02/2008") == dt.date(2008, 2, 29)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("17/10/08", "“17/10/08” has a year of two digits."),
        ("17-Oct-08", "“17-Oct-08” has a year of two digits."),
        ("10/17/2008", "“10/17/2008” is not a date: there is no month 17. The day and the month look swapped."),
        ("31/02/2009", "“31/02/2009” is not in the calendar."),
        ("0/1/2009", "“0/1/2009” is not in the calendar."),
        ("17 ma 2009", "“17 ma 2009” is not a date."),
        ("17 jut 2009", "“17 jut 2009” is not in the calendar."),
        ("17/10/0208", "“17/10/0208” is in a year that cannot be meant."),
        ("17/10/20081", "“17/10/20081” is in a year that cannot be meant."),
        ("39738", "“39738” is not a date."),
        ("1\uff17/10/2008", "“1\uff17/10/2008” is not a date."),
        ("soon", "“soon” is not a date."),
    ],
)
def test_what_is_no_date_is_said(text, what):
    assert value(DayFirstDate, text) == what


@pytest.mark.parametrize(
    ("kind", "text", "meant"),
    [
        (Code, "0012", "0012"),
        (Code, "a \n b", "a b"),
        (Code, "x" * 51, f"“{'x' * 59}”"[:52] + "” has 51 characters."),
        (Text, "x" * 200, "x" * 200),
        (WholeNumber, "12", 12),
        (WholeNumber, "-3", -3),
        (WholeNumber, "5.0", 5),
        (WholeNumber, "5.5", "“5.5” is not a whole number."),
        (WholeNumber, "٣", "“٣” is not a whole number."),
        (WholeNumber, "9" * 5000, f"“{'9' * 59}…” is not a whole number."),
        (YearGroup, "5", 5),
        (YearGroup, "Year 5", 5),
        (YearGroup, "Y6", 6),
        (YearGroup, "5.0", 5),
        (YearGroup, "R", 0),
        (YearGroup, "Reception", 0),
        (YearGroup, "14", "“14” is not a year group."),
        (YearGroup, "5/6", "“5/6” is not a year group."),
        (YesNo, "Y", True),
        (YesNo, "no", False),
        (YesNo, "maybe", "“maybe” is neither yes nor no."),
        (Email, "a@b.example", "a@b.example"),
        (Email, "a@b@c", "“a@b@c” is not an email address."),
        (SemicolonList[Code], "b; a;; b ;", ["b", "a"]),
        (SemicolonList[YearGroup], "5;Year 6", [5, 6]),
        (SemicolonList[YearGroup], "5;x", "“x” is not a year group."),
        (Choice(Status), "Signed off", Status.SIGNED_OFF),
        (Choice(Status), "SIGNED-OFF", Status.SIGNED_OFF),
        (Choice(Status, aliases={"live": Status.ACTIVE}), "Live", Status.ACTIVE),
        (Choice({"Y": "yes", "N": "no", "U": "unknown"}), "u", "unknown"),
        (Choice(Status), "gone", "“gone” is not known here."),
    ],
)
def test_cells_become_values_or_a_sentence(kind, text, meant):
    assert value(kind, text) == meant


@given(
    st.dates(dt.date(1800, 1, 1), dt.date(2199, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d-%b-%Y", "%d.%m.%Y"]),
)
def test_every_date_comes_back_in_every_form(day, form):
    assert value(DayFirstDate, day.strftime(form)) == day


@given(st.text(max_size=40))
def test_no_text_breaks_a_type(text):
    for kind in (Code, WholeNumber, YearGroup, DayFirstDate, YesNo, Email, SemicolonList[YearGroup], Choice(Status)):
        value(kind, text)


def test_all_rows_are_checked_at_once_and_every_wrong_cell_is_told():
    table, problems = read(
        "Forename,Pupil,NC Year,Born,Sex,Score,Kind\n"
        "Ann,C1,5,17/10/2000,F,3,active\n"
        "Bob,,Year 13,1/1/01,Male,many,gone\n"
        "Cat,C3,2,,,,\n"
        "Dan,C4,1,,,,\n"
        "Eve,C5,6\n",
        aliases={"year_group": ["NC year"]},
        optional=["born", "sex", "score", "kind"],
    )

    rows = parse_rows(table, Pupil, problems)

    assert [(number, pupil.pupil, pupil.year_group, pupil.born) for number, pupil in rows] == [
        (2, "C1", 5, dt.date(2000, 10, 17)),
        (6, "C5", 6, None),
    ]
    assert [(p.row, p.column, f"{p.what} {p.mend}") for p in problems] == [
        (3, "Pupil", "The cell is empty. Fill it in."),
        (3, "NC Year", "“Year 13” is out of range. It must be at most 6."),
        (
            3,
            "Born",
            f"“1/1/01” has a year of two digits. {write_a_date()}",
        ),
        (3, "Sex", "“Male” is too long. Shorten it to 1 characters."),
        (3, "Score", "“many” is not a number. Write it in digits."),
        (3, "Kind", "“gone” is not known here. Use active or signed_off."),
        (4, "NC Year", "Year 2 is not in this programme. Choose years 3 to 6."),
        (5, None, "Year 1 is not in this programme. Correct the row."),
    ]


@pytest.mark.parametrize(("today", "example"), [("2026-08-31", "17/10/2025"), ("2026-09-01", "17/10/2026")])
def test_the_example_of_a_date_is_in_the_current_school_year(today, example):
    with time_machine.travel(f"{today}T12:00:00Z", tick=False):
        assert write_a_date().endswith(f"such as {example}.")
