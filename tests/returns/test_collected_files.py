"""Files of grades as spreadsheets write them, and files that are broken: read, or refused in words, never by half."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from papers.sheets import xlsx_bytes
from programmes.models import Partnership
from pupils.collecting.reading import read
from pupils.collecting.rows import text_of
from tests.returns.entering import DECEMBER, box

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HEADERS = [
    ["Partnership", "Pupil", "Data point", "Grade"],
    ["partnership_ref", "PUPIL REFERENCE", "data-point", "Level"],
    [" Partnership reference ", "Reference", "Term", "Mark"],
]
EXTRA = ["Ethnicity", "Address", "Forename", "Notes"]
JUNK = ["", " ", "=1+1", "@SUM(A1)", "3z", "-", "\u200b", "P01", "C001", "December", "3b", "absent", "x" * 300]
JUNK += [chr(34), chr(0)]  # a quotation mark, and what no table holds
QUIET = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SOAK = settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def file_of(rows, encoding, separator, ending):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=ending).writerows(rows)
    return SimpleUploadedFile("grades.csv", text.getvalue().encode(encoding, "replace"))


def drafts(at, file):
    text, wrong, _ = text_of(file, file.name)
    assert wrong == []
    reading = read(text, at.programme, Partnership.objects.all())
    assert reading.problems == []
    return {name: said for draft in reading.drafts for name, said in draft.texts.items()}


@given(
    header=st.sampled_from(HEADERS),
    order=st.permutations(range(6)),
    extra=st.lists(st.sampled_from(EXTRA), max_size=2, unique=True),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    separator=st.sampled_from(",;\t"),
    ending=st.sampled_from(["\n", "\r\n"]),
    blank=st.lists(st.integers(0, 6), max_size=3),
    padded=st.booleans(),
    workbook=st.booleans(),
)
@QUIET
def test_however_it_is_written_the_same_drafts_come_of_it(
    at, header, order, extra, encoding, separator, ending, blank, padded, workbook
):
    rows = [[*header, *extra]]
    for place in order:
        cells = ["P01", f"C{place + 1:03}", "december", DECEMBER[place]]
        rows.append([f" {cell} " if padded else cell for cell in cells] + ["something"] * len(extra))
    for at_row in blank:
        rows.insert(at_row, [""] * len(rows[-1]))
    if workbook:
        file = SimpleUploadedFile("grades.xlsx", xlsx_bytes(rows[0], rows[1:], "Grades"))
    else:
        file = file_of(rows, encoding, separator, ending)

    said = ["3a", "Absent", "3b", "2a", "3b", "3c"]
    assert drafts(at, file) == {box("grade", place): text for place, text in zip(at.places, said, strict=True)}


def is_read_or_refused(at, rows, encoding, separator):
    """What is wrong is said with what to do; what is not is a draft of a place of ours."""
    file = file_of(rows, encoding, separator, "\n")
    text, wrong, _ = text_of(file, file.name)
    reading = None if wrong else read(text, at.programme, Partnership.objects.all())
    if reading is not None:
        assert {draft.place for draft in reading.drafts} <= set(at.places)
        assert all(problem.what and problem.file for problem in reading.problems)
        assert all(problem.mend for problem in reading.problems)


BROKEN = {
    "rows": st.lists(st.lists(st.sampled_from(JUNK), max_size=6), max_size=8),
    "headed": st.booleans(),
    "encoding": st.sampled_from(["utf-8", "cp1252", "utf-16", "latin-1"]),
    "separator": st.sampled_from(",;\t|"),
}


@given(**BROKEN)
@QUIET
def test_whatever_comes_is_read_or_refused_in_words(at, rows, headed, encoding, separator):
    is_read_or_refused(at, [HEADERS[0], *rows] if headed else rows, encoding, separator)


@pytest.mark.soak
@given(**BROKEN)
@SOAK
def test_many_broken_files_are_read_or_refused_in_words(at, rows, headed, encoding, separator):
    is_read_or_refused(at, [HEADERS[0], *rows] if headed else rows, encoding, separator)


@given(data=st.binary(max_size=400), name=st.sampled_from(["grades.csv", "grades.xlsx"]))
@QUIET
def test_bytes_that_are_no_table_are_refused_in_words(at, data, name):
    text, wrong, _ = text_of(SimpleUploadedFile(name, data), name)

    assert wrong or read(text, at.programme, Partnership.objects.all()).drafts == []


def test_a_hundred_thousand_rows_are_refused_in_words(at):
    rows = [HEADERS[0], *([["P01", "C001", "December", "3a"]] * 100_000)]

    _, wrong, _ = text_of(file_of(rows, "utf-8", ",", "\n"), "grades.csv")

    assert len(wrong) == 1
    assert "rows" in wrong[0]
