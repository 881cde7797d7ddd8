"""The planner: a half-day for every visit of a timetable, as plain values. No query, no row, no page.

`solve` proposes; whoever reads the proposal decides. A half-day is one number, so that the arithmetic is plain.
"""

from visits.planner.solver import solve
from visits.planner.values import (
    AFTERNOON,
    MORNING,
    Allowance,
    Blocker,
    Need,
    Outcome,
    Problem,
    Result,
    Rule,
    Weights,
    day_of,
    slot_of,
    week_of,
    words_of_slot,
)

__all__ = [
    "AFTERNOON",
    "MORNING",
    "Allowance",
    "Blocker",
    "Need",
    "Outcome",
    "Problem",
    "Result",
    "Rule",
    "Weights",
    "day_of",
    "slot_of",
    "solve",
    "week_of",
    "words_of_slot",
]
