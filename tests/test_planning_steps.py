"""What a step of the timetable says of its visits."""

import pytest

from programmes.models import TimetableStep
from visits.models import Visit
from visits.planning.steps import codes_of, is_with_class, kind_of


def step(name, host="partner school", half_days=1, pk=1):
    return TimetableStep(pk=pk, type="visit", name=name, host=host, half_days=half_days)


@pytest.mark.parametrize(
    ("name", "host", "kind"),
    [
        ("First visit", "partner school", Visit.Kind.FIRST),
        ("Observation visit", "partner school", Visit.Kind.OBSERVATION),
        ("Lesson study 2", "partner school", Visit.Kind.RESEARCH_LESSON),
        ("Research lesson 1: an observation by the head", "partner school", Visit.Kind.RESEARCH_LESSON),
        ("Reciprocal visit 2: a lesson of the specialist teacher", "specialist school", Visit.Kind.RECIPROCAL),
        ("Head-to-head", "", Visit.Kind.HEAD_TO_HEAD),
        ("Shadowing: quality assurance", "", Visit.Kind.SHADOWING),
        ("A morning in each other classrooms", "specialist school", Visit.Kind.RECIPROCAL),
        ("Planning together", "partner school", Visit.Kind.OBSERVATION),
    ],
)
def test_the_name_of_a_step_says_the_kind_and_else_the_place(name, host, kind):
    assert kind_of(step(name, host)) == kind


def test_only_a_lesson_at_the_partner_school_needs_the_class():
    asked = [
        step("Lesson study 1"),
        step("Observation"),
        step("First visit"),
        step("Planning together"),
        step("Observation", "specialist school"),
    ]

    assert [is_with_class(one) for one in asked] == [True, True, False, False, False]


def test_a_code_has_a_number_where_the_timetable_has_several_of_the_kind():
    steps = [step("First visit"), step("Lesson study", half_days=2, pk=2), step("Lesson study 3", pk=3)]

    assert codes_of(steps) == {(1, 1): "F", (2, 1): "L1", (2, 2): "L2", (3, 1): "L3"}
