"""What is wrong in the schools, teachers and partnerships of a folder, and what the loader must say of it."""

from tests.breaking import all_of, cell, lines, oversized
from tests.folders import PARTNERSHIPS, SCHOOLS, SPECIALISTS

CLOSED = "EstablishmentStatus (name)"

# What is wrong: the change, the problems (file, row, column), and a part of the first one's sentence.
PEOPLE = {
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
}
