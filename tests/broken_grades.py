"""What is wrong in the pupils, grades and timetable of a folder, and what the loader must say of it."""

from papers.sheets import xlsx_bytes
from tests.breaking import all_of, cell, data, lines, oversized
from tests.folders import ASSESSMENTS, PUPILS, TIMETABLE

XLSX = xlsx_bytes(["pupil", "partnership", "year_group"], [["C001", "P01", "5"]], "Pupils")

# What is wrong: the change, the problems (file, row, column), and a part of the first one's sentence.
GRADES = {
    # pupils.csv
    "a place twice": (lambda copy: copy.add(PUPILS, 2), [(PUPILS, 171, "pupil")], "in row 2 already"),
    "one UPN for two pupils": (
        cell(PUPILS, 3, "upn", "K199205007001"),
        [(PUPILS, 3, "upn")],
        "The UPN of pupil “C002” is that of another pupil, in row 2.",
    ),
    "the UPN of a pupil loaded earlier": (
        all_of(
            cell(PUPILS, 8, "upn", "K199205007001"),
            lambda copy: copy.remove(PUPILS, lambda row: row["pupil"] != "C001"),
            lambda copy: copy.remove(ASSESSMENTS, lambda row: row["pupil"] != "C001"),
        ),
        [(PUPILS, 7, "upn")],
        "The UPN of pupil “C007” is that of pupil “C001”, loaded earlier.",
    ),
    "a wrong check letter": (cell(PUPILS, 2, "upn", "A199205007001"), [(PUPILS, 2, "upn")], "does not fit its digits"),
    "a UPN that is too short": (
        cell(PUPILS, 2, "upn", "K19920500700"),
        [(PUPILS, 2, "upn")],
        "A UPN is a letter and 12 digits",
    ),
    "an unknown partnership": (
        all_of(
            cell(PUPILS, 2, "partnership", "P99"),
            lambda copy: copy.remove(ASSESSMENTS, lambda row: row["pupil"] != "C001"),
        ),
        [(PUPILS, 2, "partnership")],
        "There is no partnership with this reference.",
    ),
    "a pupil's year group": (
        cell(PUPILS, 2, "year_group", "Ned Patel"),
        [(PUPILS, 2, "year_group")],
        "The cell is not a year group.",
    ),
    "a pupil's year group that cannot be judged": (
        cell(PUPILS, 2, "year_group", "9"),
        [(PUPILS, 2, "year_group")],
        "Year 9 is not one of the programme's year groups 4, 5, 6, and has no expectation.",
    ),
    "one bad byte among letters of UTF-8": (
        lambda copy: (
            copy.cell(PUPILS, 3, "first_name", "Zoë"),
            copy.cell(PUPILS, 5, "first_name", "Sian"),
            (copy.path / PUPILS).write_bytes((copy.path / PUPILS).read_bytes().replace(b"Sian", b"Si\xe2n")),
        ),
        [(PUPILS, 5, None)],
        "The file is in UTF-8 but damaged",
    ),
    "a pupil's sex": (cell(PUPILS, 2, "sex", "X"), [(PUPILS, 2, "sex")], "The cell is not known here."),
    "a name that is too long": (
        cell(PUPILS, 2, "first_name", "Ned Patel " * 11),
        [(PUPILS, 2, "first_name")],
        "The cell has 109 characters.",
    ),
    "a pupil without a reference": (
        all_of(cell(PUPILS, 2, "pupil", ""), lambda copy: copy.remove(ASSESSMENTS, lambda row: row["pupil"] != "C001")),
        [(PUPILS, 2, "pupil")],
        "The cell is empty.",
    ),
    "two places in one subject": (
        lambda copy: copy.add(PUPILS, 2, partnership="P04"),
        [(PUPILS, 171, "partnership")],
        "Pupil “C001” has a place in writing already, in row 2.",
    ),
    "a pupil of two year groups": (
        lambda copy: copy.add(PUPILS, 2, partnership="P02", year_group="6"),
        [(PUPILS, 171, "year_group")],
        "Pupil “C001” has another year_group in row 2.",
    ),
    "pupils without the row of columns": (
        lines(PUPILS, "pupil,upn,partnership,first_name,last_name,year_group,sex,pupil_premium,sen,eal\r\n", ""),
        [(PUPILS, 1, None)],
        "Found in the first row: no names of columns.",
    ),
    "a file over 20 MB": (oversized(PUPILS, 20_000_001), [(PUPILS, None, None)], "The file is larger than 20 MB."),
    "NUL bytes": (lines(PUPILS, "C003,", "C003\0,"), [(PUPILS, None, None)], "The file has null characters in it"),
    "a spreadsheet saved as .csv": (data(PUPILS, XLSX), [(PUPILS, None, None)], "is a spreadsheet or a zip archive"),
    "an old spreadsheet saved as .csv": (
        data(PUPILS, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        [(PUPILS, None, None)],
        "is an Excel spreadsheet",
    ),
    "a page that asks to sign in": (
        data(PUPILS, b"<!DOCTYPE html><title>Sign in</title>"),
        [(PUPILS, None, None)],
        "is a web page",
    ),
    # assessments.csv
    "a grade that is not on the scale": (
        cell(ASSESSMENTS, 2, "grade", "7a"),
        [(ASSESSMENTS, 2, "grade")],
        "This is not a grade of nc-sublevels.",
    ),
    "a grade of another scale": (
        cell(ASSESSMENTS, 2, "grade", "EXS"),
        [(ASSESSMENTS, 2, "grade")],
        "This is not a grade of nc-sublevels.",
    ),
    "a grade and a reason": (
        cell(ASSESSMENTS, 2, "not_assessed_reason", "absent"),
        [(ASSESSMENTS, 2, "not_assessed_reason")],
        "The row has both a grade and a reason why there is none.",
    ),
    "neither a grade nor a reason": (
        cell(ASSESSMENTS, 2, "grade", ""),
        [(ASSESSMENTS, 2, "grade")],
        "The row has neither a grade nor a reason why there is none.",
    ),
    "an unknown reason": (
        all_of(cell(ASSESSMENTS, 2, "grade", ""), cell(ASSESSMENTS, 2, "not_assessed_reason", "poorly")),
        [(ASSESSMENTS, 2, "not_assessed_reason")],
        "The cell is not known here. Use one of: absent, left, not enrolled yet, not required, partnership ended.",
    ),
    "an unknown data point": (
        cell(ASSESSMENTS, 2, "data_point", "January"),
        [(ASSESSMENTS, 2, "data_point")],
        "There is no data point of this name. Use one of: October, December, March, Summer.",
    ),
    "an assessment of a pupil who is not there": (
        cell(ASSESSMENTS, 2, "pupil", "C999"),
        [(ASSESSMENTS, 2, "pupil")],
        "has no place in this partnership",
    ),
    "an assessment in a partnership without the pupil": (
        cell(ASSESSMENTS, 2, "partnership", "P02"),
        [(ASSESSMENTS, 2, "pupil")],
        "has no place in this partnership",
    ),
    "an assessment in another subject": (
        cell(ASSESSMENTS, 2, "subject", "maths"),
        [(ASSESSMENTS, 2, "subject")],
        "Partnership “P01” studies writing",
    ),
    "an assessment twice": (
        lambda copy: copy.add(ASSESSMENTS, 2, grade="4c", data_point="october"),
        [(ASSESSMENTS, 678, "pupil")],
        "The same stands in row 2 already.",
    ),
    "an assessment outside the year": (
        cell(ASSESSMENTS, 2, "assessed_on", "2008-08-31"),
        [(ASSESSMENTS, 2, "assessed_on")],
        "31/08/2008 is outside",
    ),
    "a day with the month first": (
        cell(ASSESSMENTS, 2, "assessed_on", "10/17/2008"),
        [(ASSESSMENTS, 2, "assessed_on")],
        "there is no month 17. The day and the month look swapped.",
    ),
    # timetable.csv
    "a window that ends before it starts": (
        cell(TIMETABLE, 4, "window_end", "2008-10-05"),
        [(TIMETABLE, 4, "window_end")],
        "ends before it starts",
    ),
    "a window that starts before the year": (
        cell(TIMETABLE, 2, "window_start", "2008-08-31"),
        [(TIMETABLE, 2, "window_start")],
        "31/08/2008 is outside",
    ),
    "a window that ends after the year": (
        cell(TIMETABLE, 13, "window_end", "2009-09-01"),
        [(TIMETABLE, 13, "window_end")],
        "01/09/2009 is outside",
    ),
    "two steps with one number": (cell(TIMETABLE, 3, "order", "1"), [(TIMETABLE, 3, "order")], "in row 2 already"),
    "a step that is neither event nor visit": (
        cell(TIMETABLE, 2, "type", "party"),
        [(TIMETABLE, 2, "type")],
        "“party” is not known here.",
    ),
    "half-days in words": (
        cell(TIMETABLE, 2, "half_days", "two"),
        [(TIMETABLE, 2, "half_days")],
        "“two” is not a whole number.",
    ),
    "an empty timetable": (data(TIMETABLE, b""), [(TIMETABLE, None, None)], "The file is empty."),
}
