"""The settings of a new programme as a coordinator types them, for the school year 2026-27."""

import datetime as dt

SEPTEMBER = dt.date(2026, 9, 1)
SETTINGS = {
    "name": "Essex lesson study",
    "year": "2026-27",
    "subjects": "maths, Writing, maths",
    "year_groups": ["5", "6"],
    "funded": "yes",
}
