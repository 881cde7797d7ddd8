"""What is wrong in the settings of a folder, and what the loader must say of it."""

from tests.breaking import all_of, data, toml
from tests.folders import ASSESSMENTS, ESSEX, TOML

# What is wrong: the change, the problems (file, row, column), and a part of the first one's sentence.
SETTINGS = {
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
}
