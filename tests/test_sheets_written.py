"""Problems as a person reads them, and tables that leave as CSV or workbook."""

import csv
import datetime as dt
import io
import string
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.sheets import (
    Problem,
    Problems,
    Refused,
    csv_bytes,
    defuse,
    parse_rows,
    read_table,
    xlsx_bytes,
)
from tests.tables import Pupil, cells, read

# Problems ---------------------------------------------------------------------------------------------------------


def test_problems_stand_in_the_order_of_the_files_then_of_the_rows():
    problems = Problems()
    problems.begin("b.csv")
    problems.add("a.csv", "x", "y", row=3)
    problems.add("b.csv", "x", "y", row=9, column="c")
    problems.add("b.csv", "x", "y")

    assert [(p.file, p.row) for p in problems] == [("b.csv", None), ("b.csv", 9), ("a.csv", 3)]
    assert problems[1] == Problem("b.csv", 9, "c", "x", "y")
    assert problems[:2] == [problems[0], problems[1]]


def test_problems_refuse_with_numbers_and_no_cell_in_the_text():
    problems = Problems()
    problems.refuse()
    problems.add("a.csv", "“Ann Secret” is not known here.", "Correct it.")

    with pytest.raises(Refused, match=r"^1 problem in 1 file\. Nothing was changed\.$") as refused:
        problems.refuse()

    assert refused.value.problems is problems


def test_the_table_for_the_terminal_fits_its_width_and_runs_nothing():
    problems = Problems()
    _, _ = read_table(io.BytesIO(b"pupil\n1\n"), "pupils.csv", required=["pupil", "\x1b[31m"], problems=problems), None
    problems.add("assessments.csv", "x " * 80, "Mend it.", row=1234, column="grade")

    text = problems.as_table(width=80)

    assert text.splitlines()[0] == "File              Row  Column  What is wrong, and how to mend it"
    assert text.splitlines()[-1] == "2 problems in 2 files. Nothing was changed."
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_control_character_from_a_file_does_not_reach_the_terminal():
    table, problems = read("pupil,year_group\n1,\x1b]0;owned\x07\u202e\n")

    parse_rows(table, Pupil, problems)

    assert "“\N{REPLACEMENT CHARACTER}]0;owned" in problems[0].what
    assert problems.as_table().replace("\n", "").isprintable()


def test_five_hundred_problems_are_shown_and_all_are_counted():
    problems = Problems()
    for row in range(20_000):
        problems.add("a.csv", "x", "y", row=row)

    assert len(problems) == 20_000
    assert len(problems.shown()) == 500
    assert problems.more == 19_500
    assert problems.as_table().splitlines()[-2:] == [
        "and 19,500 more",
        "20,000 problems in 1 file. Nothing was changed.",
    ]


# Writing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("=1+1", "'=1+1"),
        ("+44 1245", "'+44 1245"),
        ("-5", "'-5"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("'=1", "''=1"),
        ("“tis”", "“tis”"),
        ("'tis", "'tis"),
        (" =1", "' =1"),
        (" \t", ""),
        ("a=1", "a=1"),
        (-5, "-5"),
        (Decimal("-2.50"), "-2.50"),
        (None, ""),
        (True, "yes"),
        (dt.date(2008, 10, 17), "2008-10-17"),
    ],
)
def test_text_that_a_spreadsheet_would_run_is_defused(cell, text):
    assert defuse(cell) == text


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
LINE = st.text(string.ascii_letters + string.digits + " ,;\"'=+-@\t\néß£你", max_size=12)


def row_cells(row):
    return tuple(cell.strip() for cell in row)


@given(st.lists(st.tuples(CELL, LINE), max_size=8))
def test_what_we_write_as_csv_we_read_back(rows):
    table, problems = read(csv_bytes(["pupil", "year_group"], rows))

    assert not problems
    assert table.encoding == "UTF-8 with a byte order mark"
    assert [tuple(row.values()) for row in table] == [row_cells(row) for row in rows if any(row_cells(row))]


@given(st.lists(st.tuples(LINE, LINE), max_size=8))
def test_what_we_write_as_xlsx_we_read_back(rows):
    table, problems = read(xlsx_bytes(["pupil", "year_group"], iter(rows), "Pupils"), "pupils.xlsx")

    assert not problems
    assert [tuple(row.values()) for row in table] == [row_cells(row) for row in rows if any(row_cells(row))]


@given(st.lists(st.tuples(CELL, CELL), max_size=5))
def test_no_cell_that_leaves_as_csv_begins_like_a_formula(rows):
    text = csv_bytes(["=pupil", "b"], rows).decode("utf-8-sig")

    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        for row in csv.reader(io.StringIO(text, newline=""))
        for cell in row
    )


def test_a_workbook_holds_text_as_text_and_numbers_and_dates_as_such():
    data = xlsx_bytes(
        ["ref", "amount", "on", "link"],
        [["007", Decimal("118.75"), dt.date(2008, 10, 17), "=HYPERLINK(1)"], ["8", 10**16, None, "https://x.example"]],
        "Releases: 2008/09 [all]",
    )

    archive = zipfile.ZipFile(io.BytesIO(data))
    sheet = archive.read("xl/worksheets/sheet1.xml").decode()

    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert '<pane ySplit="1"' in sheet
    assert "<v>118.75</v>" in sheet
    assert 'name="Releases  2008 09  all"' in archive.read("xl/workbook.xml").decode()
    table, _ = read(data, "a.xlsx", required=["ref", "amount", "on", "link"])
    assert cells(table) == [
        (2, "007", "118.75", "2008-10-17", "'=HYPERLINK(1)"[1:]),
        (3, "8", str(10**16), "", "https://x.example"),
    ]


def test_a_text_too_long_for_excel_is_cut_and_says_so():
    data = xlsx_bytes(["note"], [["x" * 40_000]], "Notes")

    text = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()

    assert "cut here: an Excel cell holds no more" in text
