import csv
import datetime as dt
import io
import string
import zipfile
from decimal import Decimal
from enum import Enum

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, model_validator
from xlsxwriter import Workbook

from papers.sheets import (
    Choice,
    Code,
    DayFirstDate,
    Email,
    Problem,
    Problems,
    Refused,
    SemicolonList,
    Text,
    WholeNumber,
    Wrong,
    YearGroup,
    YesNo,
    csv_bytes,
    defuse,
    parse_rows,
    read_rows,
    read_table,
    read_toml,
    xlsx_bytes,
)


def read(data, name="pupils.csv", required=("pupil", "year_group"), **options):
    problems = Problems()
    if isinstance(data, str):
        data = data.encode()
    return read_table(io.BytesIO(data), name, required=required, problems=problems, **options), problems


def cells(table):
    return [(row.number, *row.values()) for row in table]


def whats(problems):
    return [(p.row, p.column, p.what) for p in problems]


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


WORKBOOK = xlsx_bytes(["pupil", "year_group"], [["1", 2]], "Pupils")


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


# Reading workbooks ------------------------------------------------------------------------------------------------


def workbook(*rows, at=(0, 0)):
    file = io.BytesIO()
    with Workbook(file, {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(at[0] + number, at[1], row)
        book.add_worksheet().write(0, 0, "not read")
    return file.getvalue()


def test_a_workbook_is_read_as_text():
    data = workbook(
        ["Pupil", "Year group", "born"],
        ["007", 5.0, dt.date(2008, 10, 17)],
        [],
        [900051, 0.5, dt.datetime.fromisoformat("2008-10-17T09:30")],
        [True, "6", ""],
    )

    table, problems = read(data, "Pupils.XLSX", optional=["born"])

    assert not problems
    assert table.encoding == "Excel workbook"
    assert cells(table) == [
        (2, "007", "5", "2008-10-17"),
        (4, "900051", "0.5", "2008-10-17 09:30:00"),
        (5, "yes", "6", ""),
    ]


def test_a_table_that_does_not_begin_in_the_corner_keeps_its_row_numbers():
    table, _ = read(workbook(["pupil", "year_group"], ["1", "2"], at=(3, 2)), "a.xlsx")

    assert cells(table) == [(5, "1", "2")]


def zipped(**members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def lying(data):
    """The same archive, its directory saying that every member is small."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    for member in archive.infolist():
        data = data.replace(member.file_size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    return data


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"pupil,year_group\n", "The file is not an Excel workbook, whatever its name says."),
        (b"PK\x03\x04 and no more", "The file is not an Excel workbook, whatever its name says."),
        (WORKBOOK[:-100], "The file is not an Excel workbook, whatever its name says."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "The workbook is in the format of old Excel, or has a password."),
        (zipped(a=b"just a zip"), "The workbook is damaged: it cannot be opened."),
        (zipped(a=bytes(101_000_000)), "The workbook is too large when unpacked."),
        (lying(zipped(a=bytes(101_000_000))), "The file is not an Excel workbook, whatever its name says."),
        (
            workbook(["pupil"], at=(1_048_575, 16_383)),
            "A sheet has a cell in row 1,048,576: it is too large to be read.",
        ),
        (b"", "The file is empty."),
    ],
    ids=range(9),
)
def test_a_workbook_that_is_none_is_one_problem(data, what):
    table, problems = read(data, "pupils.xlsx")

    assert table is None
    assert whats(problems) == [(None, None, what)]


# Types of cells ---------------------------------------------------------------------------------------------------


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
        ("10/17/2008", "“10/17/2008” has no month: there is no month 17. The day and the month look swapped."),
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


class Status(Enum):
    ACTIVE = "active"
    SIGNED_OFF = "signed_off"


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


class Pupil(BaseModel):
    pupil: Code
    year_group: YearGroup = Field(ge=1, le=6)
    born: DayFirstDate | None = None
    sex: str = Field(default="", max_length=1)
    score: int = 0
    kind: Status = Status.ACTIVE

    @model_validator(mode="after")
    def is_not_of_year_two(self):
        if self.year_group == 2:
            raise Wrong("Year 2 is not in this programme.", "Choose years 3 to 6.", column="year_group")
        if self.year_group == 1:
            raise ValueError("Year 1 is not in this programme.")
        return self


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
            "“1/1/01” has a year of two digits. "
            "Write the date with the day first and the year in full, such as 17/10/2008.",
        ),
        (3, "Sex", "“Male” is too long. Shorten it to 1 characters."),
        (3, "Score", "“many” is not a number. Write it in digits."),
        (3, "Kind", "“gone” is not known here. Use active or signed_off."),
        (4, "NC Year", "Year 2 is not in this programme. Choose years 3 to 6."),
        (5, None, "Year 1 is not in this programme. Correct the row."),
    ]


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
