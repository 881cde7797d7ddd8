"""What is wrong with a folder, in one file or in several at once, and what the loader must say of it."""

from tests.breaking import all_of, cell, data, toml
from tests.broken_grades import GRADES
from tests.broken_people import PEOPLE
from tests.broken_settings import SETTINGS
from tests.folders import ASSESSMENTS, PARTNERSHIPS, PUPILS, SCHOOLS, SPECIALISTS, TABLES, TIMETABLE, TOML

# What is wrong: the change, the problems (file, row, column), and a part of the first one's sentence.
REFUSED = {
    **SETTINGS,
    **PEOPLE,
    **GRADES,
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
