"""What a step of the timetable says of its visits: the kind, the school where they take place, a short code."""

import re
from collections import Counter
from functools import cache

from visits.models import Visit

# The first that the name begins with, or has as a word, decides.
WORDS = [
    ("first visit", Visit.Kind.FIRST),
    ("observation", Visit.Kind.OBSERVATION),
    ("lesson study", Visit.Kind.RESEARCH_LESSON),
    ("research lesson", Visit.Kind.RESEARCH_LESSON),
    ("reciprocal", Visit.Kind.RECIPROCAL),
    ("shadowing", Visit.Kind.SHADOWING),
    ("quality assurance", Visit.Kind.SHADOWING),
    ("head-to-head", Visit.Kind.HEAD_TO_HEAD),
    ("head to head", Visit.Kind.HEAD_TO_HEAD),
    ("showcase", Visit.Kind.SHOWCASE),
]
LETTERS = {
    Visit.Kind.FIRST: "F",
    Visit.Kind.OBSERVATION: "O",
    Visit.Kind.RESEARCH_LESSON: "L",
    Visit.Kind.RECIPROCAL: "R",
    Visit.Kind.SHADOWING: "Q",
    Visit.Kind.HEAD_TO_HEAD: "H",
    Visit.Kind.SHOWCASE: "S",
}
SPECIALIST_SCHOOL = "specialist school"
WITH_CLASS = {Visit.Kind.OBSERVATION, Visit.Kind.RESEARCH_LESSON}


@cache
def named_kind(name: str) -> Visit.Kind | None:
    """The kind that the name of a step says; None where it says none."""
    found = [
        (place.start(), rank, kind)
        for rank, (words, kind) in enumerate(WORDS)
        if (place := re.search(rf"\b{words}\b", name.casefold()))
    ]
    return min(found)[2] if found else None


def is_at_specialists(step) -> bool:
    return step.host == SPECIALIST_SCHOOL or (not step.host and named_kind(step.name) == Visit.Kind.RECIPROCAL)


def kind_of(step) -> Visit.Kind:
    """By its name; without a word in it, by where it takes place."""
    usual = Visit.Kind.RECIPROCAL if is_at_specialists(step) else Visit.Kind.OBSERVATION
    return named_kind(step.name) or usual


def host_of(step, partnership):
    """The school that is visited: the specialist teacher's where the step says so, else the partner school."""
    return partnership.specialist.home_school if is_at_specialists(step) else partnership.partner_school


def is_with_class(step) -> bool:
    """Whether the partner teacher must have the class: a lesson that is studied or observed at the partner school."""
    return named_kind(step.name) in WITH_CLASS and not is_at_specialists(step)


def codes_of(steps) -> dict[tuple[int, int], str]:
    """(step, which of its half-days) -> F, L1, L2, O, R1: numbered where the timetable has several of a kind."""
    asked = [(step, nth) for step in steps for nth in range(1, step.half_days + 1)]
    several = Counter(kind_of(step) for step, _ in asked)
    codes, seen = {}, Counter()
    for step, nth in asked:
        kind = kind_of(step)
        seen[kind] += 1
        codes[step.pk, nth] = LETTERS[kind] + (str(seen[kind]) if several[kind] > 1 else "")
    return codes
