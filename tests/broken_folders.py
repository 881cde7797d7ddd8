"""Ways to break the folder of Essex, and what the loader must say of each."""

from papers.sheets import xlsx_bytes
from tests.folders import ASSESSMENTS, ESSEX, PARTNERSHIPS, PUPILS, SCHOOLS, SPECIALISTS, TABLES, TIMETABLE, TOML


def cell(name, row, column, value):
    return lambda copy: copy.cell(name, row, column, value)


def toml(old, new):
    return lambda copy: copy.text("programme.toml", old, new)


def data(name, content):
    return lambda copy: (copy.path / name).write_bytes(content)


def lines(name, old, new):
    return lambda copy: copy.text(name, old, new)


def all_of(*changes):
    def change(copy):
        for one in changes:
            one(copy)

    return change


def oversized(name, size):
    def change(copy):
        with (copy.path / name).open("r+b") as file:
            file.truncate(size)

    return change


CLOSED = "EstablishmentStatus (name)"
XLSX = xlsx_bytes(["pupil", "partnership", "year_group"], [["C001", "P01", "5"]], "Pupils")

# What is wrong: the change, the problems (file, row, column), and a part of the first one's sentence.
REFUSED = {
    # programme.toml
    "TOML that cannot be read": (toml('slug = "', "slug = "), [(TOML, 2, None)], "It reads: “slug = essex-2008-09"),
    "TOML in another encoding": (
        data(TOML, 'name = "A"\nslug = "Zoë"'.encode("cp1252")),
        [(TOML, 2, None)],
        "Line 2 is not in UTF-8.",
    ),
    "TOML with a key twice": (toml("status =", 'slug = "b"\nstatus ='), [(TOML, 5, None)], "Cannot overwrite a value"),
    "TOML with NUL bytes": (data(TOML, b'name = "A\0"'), [(TOML, None, None)], "The file is not plain text."),
    "a text with NUL in it": (toml("Essex lesson", "Essex\\u0000lesson"), [(TOML, None, "name")], "cannot be printed"),
    "no slug": (toml("slug =", "slugs ="), [(TOML, None, "slug")], "Perhaps “slugs” is meant: rename it to slug."),
    "a slug with a space": (toml('"essex-2008-09"', '"essex 2008"'), [(TOML, None, "slug")], "the right form"),
    "no organiser": (toml("local_authority", "la"), [(TOML, None, "local_authority")], "needs one organiser"),
    "two organisers": (
        toml("[assessment]", '[organiser]\nkind = "trust"\nname = "T"\n[assessment]'),
        [(TOML, None, "local_authority")],
        "needs one organiser",
    ),
    "an LA code that is a number": (toml('"881"', "881"), [(TOML, None, "local_authority")], "“881” is not a text."),
    "an LA code of two digits": (toml('"881"', '"88"'), [(TOML, None, "local_authority")], "“88” is not an LA code."),
    "an academic year of two years": (
        toml('academic_year = "2008-09"', 'academic_year = "2008-10"'),
        [(TOML, None, "academic_year")],
        "“2008-10” is not an academic year.",
    ),
    "a programme's status nobody knows": (
        toml('"closed"', '"finished"'),
        [(TOML, None, "status")],
        "“finished” is not known here.",
    ),
    "no subjects": (toml('["maths", "writing"]', "[]"), [(TOML, None, "subjects")], "too few entries"),
    "a subject twice": (
        toml('["maths", "writing"]', '["maths", "writing", "Maths"]'),
        [(TOML, None, "subjects")],
        "stands twice",
    ),
    "a subject called like a line of the results": (
        toml('["maths", "writing"]', '["maths", "writing", "all"]'),
        [(TOML, None, "subjects[3]")],
        "a line “all”",
    ),
    "a year group too high": (
        toml("[4, 5, 6]", "[4, 5, 14]"),
        [(TOML, None, "year_groups[3]")],
        "“14” is out of range. Give at most 13.",
    ),
    "an unknown scale": (
        toml('"nc-sublevels"', '"nc-levels"'),
        [(TOML, None, "assessment.scale")],
        "There is no scale “nc-levels”.",
    ),
    "a free scale without end": (
        toml('"nc-sublevels"', '"free-1000"'),
        [(TOML, None, "assessment.scale")],
        "There is no scale “free-1000”.",
    ),
    "no scale": (toml("scale =", "scales ="), [(TOML, None, "assessment.scale")], "This setting is missing."),
    "expected points in words": (
        toml("expected_points = 3", 'expected_points = "three"'),
        [(TOML, None, "assessment.expected_points")],
        "“three”",
    ),
    "an expectation that is not a grade": (
        toml('4 = ["3b", "4c"]', '4 = ["3z", "4c"]'),
        [(TOML, None, "assessment.expectations.4")],
        "“3z” is not a grade of nc-sublevels.",
    ),
    "an expectation exceeded before it is met": (
        toml('4 = ["3b", "4c"]', '4 = ["4c", "3b"]'),
        [(TOML, None, "assessment.expectations.4")],
        "Year 4 is exceeded before it is met.",
    ),
    "an expectation for no year group": (
        toml('4 = ["3b"', '-4 = ["3b"'),
        [(TOML, None, "assessment.expectations.-4")],
        "“-4” is out of range. Give at least 0.",
    ),
    "data points out of order": (
        toml("2008-12-12", "2009-04-27"),
        [(TOML, None, "data_points")],
        "not in the order of their days",
    ),
    "two data points on one day": (
        toml("2008-12-12", "2008-10-17"),
        [(TOML, None, "data_points")],
        "not in the order of their days",
    ),
    "two data points of one name": (
        toml('"October"', '"december"'),
        [(TOML, None, "data_points")],
        "Two data points have one name.",
    ),
    "a data point outside the year": (
        toml("2008-10-17", "2008-08-31"),
        [(TOML, None, "data_points[1].due_on")],
        "31/08/2008 is outside the programme's year 2008-09.",
    ),
    "the year after the data points": (
        toml('academic_year = "2008-09"', 'academic_year = "2009-10"'),
        [(TOML, None, f"data_points[{n}].due_on") for n in range(1, 5)],
        "17/10/2008 is outside the programme's year 2009-10.",
    ),
    "a day that is none": (
        toml("due_on = 2008-10-17", 'due_on = "October"'),
        [(TOML, None, "data_points[1].due_on")],
        "is not a date",
    ),
    "a day that is a number": (
        toml("due_on = 2008-10-17", "due_on = 1224201600"),
        [(TOML, None, "data_points[1].due_on")],
        "“1224201600” is not a date.",
    ),
    "a day that is a number in quotation marks": (
        toml("due_on = 2008-10-17", 'due_on = "1224201600"'),
        [(TOML, None, "data_points[1].due_on")],
        "“1224201600” is not a date.",
    ),
    "one data point only": (
        data(TOML, (ESSEX / TOML).read_bytes().replace(b"[[data_points]]", b"[[points]]", 3)),
        [(TOML, None, "data_points")],
        "There are too few entries. Give at least 2.",
    ),
    "an unknown success criterion": (
        toml('"positive_feedback"', '"smiles"'),
        [(TOML, None, "success_criteria[3].measure")],
        "“smiles” is not known",
    ),
    "a success criterion twice": (
        toml('"positive_feedback"', '"above_expected_rate"'),
        [(TOML, None, "success_criteria")],
        "stands twice",
    ),
    "a target of more than all": (
        toml("target_pct = 50", "target_pct = 101"),
        [(TOML, None, "success_criteria[1].target_pct")],
        "“101”",
    ),
    "fewer expected points than none": (
        toml("expected_points = 3", "expected_points = -1"),
        [(TOML, None, "assessment.expected_points")],
        "“-1” is out of range. Give at least 0.",
    ),
    "a criterion without the points it is judged by": (
        toml("expected_points = 3", ""),
        [(TOML, None, "assessment.expected_points")],
        "above_expected_rate cannot be judged without it. Add it",
    ),
    "a criterion whose points are misspelt": (
        toml("expected_points = 3", "expected_point = 3"),
        [(TOML, None, "assessment.expected_points")],
        "Perhaps “expected_point” is meant: rename it to expected_points.",
    ),
    "a scale that changes while grades stay on another": (
        all_of(
            toml('"nc-sublevels"', '"free-5"'),
            toml('4 = ["3b", "4c"]', ""),
            toml('5 = ["3a", "4b"]', ""),
            toml('6 = ["4c", "5c"]', ""),
            lambda copy: copy.remove(ASSESSMENTS, lambda row: False),
        ),
        [(TOML, None, "assessment.scale")],
        "were loaded earlier on the scale nc-sublevels and stand in no row of assessments.csv",
    ),
    "an LA code of no school": (
        all_of(toml('"881"', '"999"'), toml('"essex-2008-09"', '"nowhere"')),
        [(TOML, None, "local_authority")],
        "No school of schools.csv has the LA code 999.",
    ),
    # schools.csv
    "a school twice": (
        lambda copy: copy.add(SCHOOLS, 2, EstablishmentName="Another"),
        [(SCHOOLS, 105, "URN")],
        "The URN 900001 stands in row 2 already.",
    ),
    "a URN of five digits": (cell(SCHOOLS, 2, "URN", "90001"), [(SCHOOLS, 2, "URN")], "“90001” is not a URN."),
    "a school's status nobody knows": (cell(SCHOOLS, 2, CLOSED, "Openish"), [(SCHOOLS, 2, CLOSED)], "“Openish”"),
    "a school's LA code": (cell(SCHOOLS, 2, "LA (code)", "8811"), [(SCHOOLS, 2, "LA (code)")], "three digits"),
    "a day that is not in the calendar": (
        cell(SCHOOLS, 2, "OpenDate", "31-02-1990"),
        [(SCHOOLS, 2, "OpenDate")],
        "“31-02-1990” is not in the calendar.",
    ),
    "a register without a column": (
        lambda copy: copy.drop(SCHOOLS, "Postcode"),
        [(SCHOOLS, 1, None)],
        "The column “Postcode” is missing.",
    ),
    "a register over 200 MB": (
        oversized(SCHOOLS, 200_000_001),
        [(SCHOOLS, None, None)],
        "The file is larger than 200 MB.",
    ),
    # specialist_teachers.csv
    "a specialist teacher's reference twice": (
        lambda copy: copy.add(SPECIALISTS, 3, ref="S01", email="new@schools.example"),
        [(SPECIALISTS, 52, "ref")],
        "The same stands in row 2 already.",
    ),
    "two specialist teachers with one address": (
        cell(SPECIALISTS, 3, "email", "SST01@schools.example"),
        [(SPECIALISTS, 3, "email")],
        "in row 2 already",
    ),
    "a specialist teacher under another reference": (
        all_of(
            cell(SPECIALISTS, 2, "email", "new@schools.example"), cell(SPECIALISTS, 3, "email", "sst01@schools.example")
        ),
        [(SPECIALISTS, 3, "ref")],
        "This person was loaded as “S01” before.",
    ),
    "an unknown home school": (
        cell(SPECIALISTS, 2, "home_school_urn", "999999"),
        [(SPECIALISTS, 2, "home_school_urn")],
        "There is no school with the URN “999999”.",
    ),
    "an address that is none": (
        cell(SPECIALISTS, 2, "email", "sst01 at schools"),
        [(SPECIALISTS, 2, "email")],
        "is not an email address",
    ),
    "a specialist teacher without a name": (
        cell(SPECIALISTS, 2, "last_name", " "),
        [(SPECIALISTS, 2, "last_name")],
        "The cell is empty.",
    ),
    "a specialist teacher's year groups": (
        cell(SPECIALISTS, 2, "year_groups", "5;five"),
        [(SPECIALISTS, 2, "year_groups")],
        "“five” is not a year group.",
    ),
    # partnerships.csv
    "a partnership's reference twice": (
        lambda copy: copy.add(PARTNERSHIPS, 2, year_group="6"),
        [(PARTNERSHIPS, 52, "ref")],
        "in row 2 already",
    ),
    "an unknown specialist teacher": (
        cell(PARTNERSHIPS, 2, "specialist_teacher", "S77"),
        [(PARTNERSHIPS, 2, "specialist_teacher")],
        "There is no specialist teacher “S77”.",
    ),
    "an unknown partner school": (
        cell(PARTNERSHIPS, 2, "partner_school_urn", "999999"),
        [(PARTNERSHIPS, 2, "partner_school_urn")],
        "There is no school with the URN “999999”.",
    ),
    "a partner school that is closed": (
        cell(SCHOOLS, 52, CLOSED, "Closed"),
        [(PARTNERSHIPS, 2, "partner_school_urn")],
        "The school 900051 is closed.",
    ),
    "a partner school that closed during the year": (
        all_of(cell(SCHOOLS, 52, CLOSED, "Closed"), cell(SCHOOLS, 52, "CloseDate", "16-07-2009")),
        [(PARTNERSHIPS, 2, "partner_school_urn")],
        "The school 900051 closed on 16/07/2009.",
    ),
    "a partner school that is not open yet": (
        cell(SCHOOLS, 52, CLOSED, "Proposed to open"),
        [(PARTNERSHIPS, 2, "partner_school_urn")],
        "is not open yet",
    ),
    "a partner school of another authority": (
        cell(SCHOOLS, 52, "LA (code)", "882"),
        [(PARTNERSHIPS, 2, "partner_school_urn")],
        "The school 900051 belongs to LA 882, not to 881.",
    ),
    "a partner school without the year group": (
        cell(SCHOOLS, 52, "PhaseOfEducation (name)", "Secondary"),
        [(PARTNERSHIPS, 2, "partner_school_urn")],
        "The school 900051 is a secondary school and has no Year 5.",
    ),
    "a subject that is not the programme's": (
        cell(PARTNERSHIPS, 2, "subject", "history"),
        [(PARTNERSHIPS, 2, "subject")],
        "“history” is not a subject",
    ),
    "a partnership's status nobody knows": (
        cell(PARTNERSHIPS, 2, "status", "finished"),
        [(PARTNERSHIPS, 2, "status")],
        "“finished” is not known here.",
    ),
    "a last day on an active partnership": (
        cell(PARTNERSHIPS, 2, "status", "active"),
        [(PARTNERSHIPS, 2, "ended_on")],
        "A partnership that is active has no last day.",
    ),
    "a partnership that folded on no day": (
        cell(PARTNERSHIPS, 49, "ended_on", ""),
        [(PARTNERSHIPS, 49, "ended_on")],
        "A partnership that folded needs a last day.",
    ),
    "a partnership that folded without a reason": (
        cell(PARTNERSHIPS, 49, "reason", ""),
        [(PARTNERSHIPS, 49, "reason")],
        "A partnership that folded needs a reason.",
    ),
    "a partnership of a year group that takes no part": (
        cell(PARTNERSHIPS, 2, "year_group", "3"),
        [(PARTNERSHIPS, 2, "year_group")],
        "Year 3 is not one of the programme's year groups 4, 5, 6.",
    ),
    "a partnership that ends outside the year": (
        cell(PARTNERSHIPS, 2, "ended_on", "2009-09-01"),
        [(PARTNERSHIPS, 2, "ended_on")],
        "01/09/2009 is outside the programme's year 2008-09. Give a day from 01/09/2008 to 31/08/2009.",
    ),
    "a partnership's year group": (
        cell(PARTNERSHIPS, 2, "year_group", "14"),
        [(PARTNERSHIPS, 2, "year_group")],
        "“14” is not a year group.",
    ),
    "a partner teacher without an address": (
        cell(PARTNERSHIPS, 2, "partner_teacher_email", ""),
        [(PARTNERSHIPS, 2, "partner_teacher_email")],
        "The cell is empty.",
    ),
    "one address of two people": (
        cell(PARTNERSHIPS, 3, "partner_teacher_email", "partner01@schools.example"),
        [(PARTNERSHIPS, 3, "partner_teacher_email")],
        "belongs to Vera Ivory in row 2 of partnerships.csv.",
    ),
    "a specialist teacher's address with another name": (
        cell(PARTNERSHIPS, 2, "partner_teacher_email", "sst01@schools.example"),
        [(PARTNERSHIPS, 2, "partner_teacher_email")],
        "belongs to Kofi Marsh in row 2 of specialist_teachers.csv.",
    ),
    "more cells than columns": (
        lines(PARTNERSHIPS, "completed,2009-07-17,", "completed,2009-07-17,,surplus"),
        [(PARTNERSHIPS, 2, None)],
        "The row has 13 cells, but the row with the names of the columns has 12.",
    ),
    "a quotation mark that is not closed": (
        lines(PARTNERSHIPS, "P03,", '"P03,'),
        [(PARTNERSHIPS, 4, None)],
        "A quotation mark",
    ),
    "partnerships without a column": (
        lambda copy: copy.drop(PARTNERSHIPS, "status"),
        [(PARTNERSHIPS, 1, None)],
        "The column “status” is missing.",
    ),
    "a column twice": (
        lambda copy: copy.rename(PARTNERSHIPS, "reason", "Status"),
        [(PARTNERSHIPS, 1, "Status")],
        "The column “status” is there 2 times, as “status”, “Status”.",
    ),
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
    # Every file
    **{
        f"no {name}": (
            lambda copy, name=name: (copy.path / name).unlink(),
            [(name, None, None)],
            "The file is missing.",
        )
        for name in [TOML, *TABLES]
    },
    **{f"nothing in {name}": (data(name, b""), [(name, None, None)], "The file is empty.") for name in [TOML, *TABLES]},
    "a folder in place of a file": (
        lambda copy: ((copy.path / PUPILS).unlink(), (copy.path / PUPILS).mkdir()),
        [(PUPILS, None, None)],
        "The file cannot be opened.",
    ),
    "another organisation's slug": (
        toml('local_authority = "881"', 'other_authorities = true\norganiser = { kind = "trust", name = "A trust" }'),
        [(TOML, None, "slug")],
        "The slug “essex-2008-09” belongs to a programme of another organisation.",
    ),
    # Many at once: nothing waits for another run
    "something wrong in every file": (
        all_of(
            toml("2008-10-17", "2008-08-31"),
            cell(SCHOOLS, 3, "URN", "1"),
            cell(SPECIALISTS, 2, "email", "nobody"),
            cell(SPECIALISTS, 4, "home_school_urn", "999999"),
            cell(PARTNERSHIPS, 2, "status", "finished"),
            cell(PARTNERSHIPS, 3, "subject", "history"),
            cell(PUPILS, 2, "upn", "A199205007001"),
            cell(PUPILS, 4, "partnership", "P98"),
            cell(ASSESSMENTS, 2, "grade", "9z"),
            cell(ASSESSMENTS, 2, "assessed_on", "2007-01-01"),
            cell(ASSESSMENTS, 600, "grade", ""),
            cell(TIMETABLE, 2, "type", "party"),
        ),
        [
            (TOML, None, "data_points[1].due_on"),
            (SCHOOLS, 3, "URN"),
            (SPECIALISTS, 2, "email"),
            (SPECIALISTS, 4, "home_school_urn"),
            (PARTNERSHIPS, 2, "status"),
            (PARTNERSHIPS, 3, "subject"),
            (PUPILS, 2, "upn"),
            (PUPILS, 4, "partnership"),
            (ASSESSMENTS, 2, "grade"),
            (ASSESSMENTS, 2, "assessed_on"),
            *((ASSESSMENTS, row, "pupil") for row in range(10, 14)),
            (ASSESSMENTS, 600, "grade"),
            (TIMETABLE, 2, "type"),
        ],
        "31/08/2008 is outside the programme's year 2008-09.",
    ),
    "a programme nobody can read, and what can be told without it": (
        all_of(
            toml('slug = "', "slug = "),
            cell(PARTNERSHIPS, 3, "specialist_teacher", "S77"),
            cell(PUPILS, 3, "upn", "K199205007001"),
            cell(ASSESSMENTS, 3, "pupil", "C999"),
        ),
        [
            (TOML, 2, None),
            (PARTNERSHIPS, 3, "specialist_teacher"),
            (PUPILS, 3, "upn"),
            (ASSESSMENTS, 3, "pupil"),
        ],
        "Line 2, column",
    ),
}
