"""Workbooks read as text."""

import datetime as dt
import io
import zipfile

import pytest
from xlsxwriter import Workbook

from tests.tables import WORKBOOK, cells, read, whats


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
