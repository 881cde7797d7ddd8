"""Visits to be planned: of one specialist teacher, in the weeks from Monday 11 January 2027 on."""

import datetime as dt

from visits.planner import MORNING, Need, Problem, slot_of, solve

MONDAY = dt.date(2027, 1, 11)
SPECIALIST, PARTNER, OTHER = 1, 2, 3
HOME, SCHOOL, NEXT_DOOR = 10, 20, 30


def at(day, half=MORNING):
    """The half-day of a day counted from Monday 11 January 2027."""
    return slot_of(MONDAY + dt.timedelta(days=day), half)


def visit(key=1, first=0, last=4, **fields):
    """A visit of the specialist teacher to the partner school in the week of Monday 11 January."""
    plain = {
        "partnership": 1,
        "order": key,
        "people": (SPECIALIST, PARTNER),
        "schools": (HOME, SCHOOL),
        "host": SCHOOL,
        "out": ((SPECIALIST, HOME), (PARTNER, SCHOOL)),
        "classes": (PARTNER,),
        "with_class": (PARTNER,),
    }
    window = {"first": MONDAY + dt.timedelta(days=first), "last": MONDAY + dt.timedelta(days=last)}
    return Need(key=key, **plain | window | fields)


def elsewhere(key, first=0, last=4, person=OTHER, **fields):
    """A visit of the same specialist teacher to another school."""
    there = {"partnership": 2, "people": (SPECIALIST, person), "schools": (HOME, NEXT_DOOR), "host": NEXT_DOOR}
    there |= {"out": ((SPECIALIST, HOME), (person, NEXT_DOOR)), "classes": (person,), "with_class": (person,)}
    return visit(key, first, last, **there | fields)


def plan(*needs, **rules):
    return solve(Problem(needs=tuple(needs), **rules))
