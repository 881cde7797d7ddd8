"""Tables and settings as text: CSV and TOML in every encoding, and what is said of those that cannot be read."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from papers.sheets import (
    Problem,
    Problems,
    read_rows,
    read_table,
    read_toml,
)
from tests.tables import WORKBOOK, cells, read, whats

# Reading CSV ------------------------------------------------------------------------------------------------------


def test_columns_are_found_by_name_in_any_order_and_spelling():
    table, problems = read(
        "Religion,NC Year, P_U-PIL ,,\nnone, 5 ,007\n",
        aliases={"year_group": ["Year", "NC year"]},
        optional=["sex"],
    )

    assert not problems
    assert cells(table) == [(2, "007", "5", "")]
    assert table.columns == ["year_group", "pupil"]
    assert table.ignored == ["Religion"]
    assert table.header("year_group") == "NC Year"
    assert dict(next(iter(table))) == {"pupil": "007", "year_group": "5", "sex": ""}


def test_a_column_nobody_asked_for_cannot_be_read():
    table, _ = read("pupil,year_group,upn\n1,2,3\n")

    with pytest.raises(KeyError):
        next(iter(table))["upn"]


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8 with a byte order mark", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("Windows-1252", "cp1252"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_what_excel_saves_is_read_whatever_its_encoding_and_separator(encoding, codec, separator, newline):
    text = newline.join(
        [separator.join(row) for row in (("pupil", "year_group"), ("Zoë O“Hara", "5"), ("", ""), ("£", "6"))]
    )

    table, problems = read(text.encode(codec))

    assert not problems
    assert table.encoding == encoding
    assert cells(table) == [(2, "Zoë O“Hara", "5"), (4, "£", "6")]


def test_utf_16_of_either_end_is_read():
    table, _ = read(b"\xfe\xff" + "pupil,year_group\nZoë,5".encode("utf-16-be"))

    assert cells(table) == [(2, "Zoë", "5")]


def test_rows_are_numbered_as_the_spreadsheet_numbers_them():
    table, _ = read('pupil,year_group\n"two\nlines",1\n\n,\n"a ""b"", c",2\n')

    assert cells(table) == [(2, "two\nlines", "1"), (5, 'a "b", c', "2")]


def test_blank_rows_may_stand_above_the_header():
    table, problems = read("\n,,\npupil,year_group\n1,2\n")

    assert not problems
    assert cells(table) == [(4, "1", "2")]


def test_a_short_row_has_blanks_and_surplus_blanks_do_not_matter():
    table, problems = read("pupil,year_group,\n1\n2,3,,,,\n")

    assert not problems
    assert cells(table) == [(2, "1", ""), (3, "2", "3")]


def test_a_row_with_too_many_cells_is_named_and_the_others_are_still_read():
    table, problems = read("pupil,year_group\n1,2,3\n4,5\n6,7,,8\n")

    assert cells(table) == [(3, "4", "5")]
    assert [p.row for p in problems] == [2, 4]
    assert problems[0].what == "The row has 3 cells, but the row with the names of the columns has 2."


def test_a_header_alone_is_a_table_without_rows():
    table, problems = read("pupil,year_group\n")

    assert table is not None
    assert len(table) == 0
    assert not problems


def test_missing_columns_are_named_together_with_those_found():
    table, problems = read(
        "Name,Year\n1,2\n", required=["pupil", "subject", "year_group"], aliases={"year_group": ["year"]}
    )

    assert table is None
    assert list(problems) == [
        Problem(
            "pupils.csv",
            1,
            None,
            "The columns “pupil” and “subject” are missing.",
            "Add them, or correct the spelling. Found in the first row: “Year”, “Name”.",
        )
    ]


def test_a_column_that_is_there_twice_is_refused():
    table, problems = read("pupil,Year,Pupil,year group\n1,2,3,4\n", aliases={"year_group": ["year"]})

    assert table is None
    assert whats(problems) == [
        (1, "Pupil", "The column “pupil” is there 2 times, as “pupil”, “Pupil”."),
        (1, "year group", "The column “year_group” is there 2 times, as “Year”, “year group”."),
    ]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "The file is empty."),
        (b" \r\n \n", "The file is empty."),
        (b"\xef\xbb\xbf\n,,\n", "The file has no rows, not even one with the names of the columns."),
        (b"pupil,year_group\n1,\0\n", "The file has null characters in it: it is damaged, or not a table."),
        (
            "pupil,year_group\n".encode("utf-16-le"),
            "The file has null characters in it: it is damaged, or not a table.",
        ),
        (WORKBOOK, "The file is a spreadsheet or a zip archive, not a CSV file, whatever its name says."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "The file is an Excel spreadsheet, not a CSV file, whatever its name says."),
        (b"%PDF-1.7\n", "The file is a PDF, not a CSV file, whatever its name says."),
        (b"\xef\xbb\xbf\n<!DOCTYPE html>\n", "The file is a web page, not a CSV file, whatever its name says."),
        (b"<html lang=en>", "The file is a web page, not a CSV file, whatever its name says."),
        (b"pupil,year_group\nZo\x81,1\n", "The letters of the file are in an encoding that is not known here."),
        (
            b"\xef\xbb\xbfpupil,year_group\nZo\xeb,1\n",
            "The letters of the file are in an encoding that is not known here.",
        ),
        (b"\xff\xfepupil", "The letters of the file are in an encoding that is not known here."),
    ],
)
def test_a_file_that_is_no_table_is_one_problem(data, what):
    table, problems = read(data)

    assert table is None
    assert [(p.file, p.row, p.column, p.what) for p in problems] == [("pupils.csv", None, None, what)]
    assert problems[0].mend


def test_a_file_over_the_limit_is_refused():
    table, problems = read(b"pupil,year_group\n" + b"1,2\n" * 100, max_bytes=100)

    assert table is None
    assert problems[0].what == "The file is larger than 100 bytes."
    assert read(b"pupil,year_group\n" + b"1,2\n", max_bytes=21)[0]


def test_too_many_rows_are_refused():
    table, problems = read("pupil,year_group\n1,2\n\n3,4\n5,6\n", max_rows=2)

    assert table is None
    assert whats(problems) == [(5, None, "The file has more than 2 rows.")]


@pytest.mark.parametrize(
    "text", ['pupil,year_group\n1,2\n"3,4\n5,6\n', 'pupil,year_group\n1,2\n"3,4\n"5",6\n', '"pupil,year_group\n1,2']
)
def test_a_quotation_mark_that_is_not_closed_is_told_with_its_row(text):
    table, problems = read(text)

    assert table is None
    assert [(p.row, p.what[:27]) for p in problems] == [(1 if text[0] == '"' else 3, 'A quotation mark (") is ope')]


def test_a_cell_longer_than_the_parser_takes_is_a_problem_too():
    table, problems = read('pupil,year_group\n"' + "x" * 140_000 + '",1\n')

    assert table is None
    assert problems[0].row == 2


def test_a_cell_over_ten_thousand_characters_is_told_with_its_column():
    _, problems = read("Pupil,year_group\n1,2\n" + "x" * 10_001 + ",3\n" + "x" * 10_000 + ",3\n")

    assert whats(problems) == [(3, "Pupil", "The cell has 10,001 characters; the most is 10,000.")]


def test_missing_files_and_folders_are_told(tmp_path):
    problems = Problems()

    assert read_table(tmp_path / "pupils.csv", required=["pupil"], problems=problems) is None
    assert read_table(tmp_path, "schools.csv", required=["pupil"], problems=problems) is None
    assert [(p.file, p.what) for p in problems] == [
        ("pupils.csv", "The file is missing."),
        ("schools.csv", "The file cannot be opened."),
    ]


def test_a_path_and_an_upload_are_read_alike(tmp_path):
    data = b"pupil,year_group\n1,2\n"
    (tmp_path / "pupils.csv").write_bytes(data)
    problems = Problems()
    upload = SimpleUploadedFile("pupils.csv", data)
    upload.read()

    tables = [
        read_table(source, name, required=["pupil", "year_group"], problems=problems)
        for source, name in (
            (tmp_path / "pupils.csv", None),
            (str(tmp_path / "pupils.csv"), None),
            (upload, upload.name),
        )
    ]

    assert [cells(table) for table in tables] == [[(2, "1", "2")]] * 3
    assert {table.name for table in tables} == {"pupils.csv"}


# TOML -------------------------------------------------------------------------------------------------------------


def toml(data, **options):
    problems = Problems()
    return read_toml(io.BytesIO(data), problems, "programme.toml", **options), problems


@pytest.mark.parametrize("data", [b"name = 'Ess\xc3\xa9x'", b"\xef\xbb\xbfname = 'Ess\xc3\xa9x'\r\n"])
def test_toml_is_read(data):
    assert toml(data)[0] == {"name": "Esséx"}


@pytest.mark.parametrize(
    ("data", "row", "what"),
    [
        (b"", None, "The file is empty."),
        (
            b"a = 1\nb 3",
            2,
            "Line 2, column 3 cannot be understood: Expected '=' after a key in a key/value pair. It reads: “b 3”",
        ),
        (b"a = [1", None, "The file cannot be understood: Unclosed array, at its end."),
        (
            b"a = 2008-02-31",
            1,
            "Line 1, column 5 cannot be understood: Invalid date or datetime. It reads: “a = 2008-02-31”",
        ),
        (b"a = " + b"[" * 5000, None, "Brackets are nested too deeply."),
        (b"a = 1\n# \0", None, "The file is not plain text."),
        (b"a = 1\n# \xe9", 2, "Line 2 is not in UTF-8."),
        (b"a = 1\n" * 20, None, "The file is larger than 100 bytes."),
    ],
)
def test_toml_that_cannot_be_read_is_one_problem(data, row, what):
    found, problems = toml(data, max_bytes=10_000 if len(data) > 1000 else 100)

    assert found is None
    assert whats(problems) == [(row, None, what)]


def test_a_missing_toml_file_is_told(tmp_path):
    problems = Problems()

    assert read_toml(tmp_path / "programme.toml", problems) is None
    assert problems[0].what == "The file is missing."


@given(st.binary(max_size=60))
def test_no_bytes_break_the_readers(data):
    for name in ("a.csv", "a.xlsx"):
        table, problems = read(data, name)
        assert (table is None) <= bool(problems)
    found, problems = toml(data, max_bytes=1000)
    assert (found is None) == bool(problems)


def test_rows_are_read_whatever_parts_their_cells_and_whatever_the_first_one_says():
    rows = [["A title", "", ""], [], ["First, half", "1", "2"], ["Second, half", "3", "'=4"]]
    read = []
    for delimiter in ",;\t":
        lines = [delimiter.join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows]
        problems = Problems()
        data = io.BytesIO("\n".join(lines).encode())
        read.append((read_rows(data, "some.csv", problems=problems, max_bytes=1000, max_rows=10), list(problems)))

    assert read == [([*rows[:3], ["Second, half", "3", "=4"]], [])] * 3


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"a,b\n" * 11, "The file has more than 10 rows."),
        (b'"a,b\n', 'A quotation mark (") is opened in row 1 and not closed: the rest cannot be read.'),
        (b"%PDF-1.7", "The file is a PDF, not a CSV file, whatever its name says."),
    ],
)
def test_rows_that_cannot_be_read_are_said(content, what):
    problems = Problems()

    rows = read_rows(io.BytesIO(content), "some.csv", problems=problems, max_bytes=1000, max_rows=10)

    assert (rows, [problem.what for problem in problems]) == (None, [what])
