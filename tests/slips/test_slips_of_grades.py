"""Grades that slip: late, complete, or of pupils that nobody has chosen yet."""

import datetime as dt

import pytest

from accounts.models import User
from programmes.models import DataReturn
from tests.rosters import late, only_row, partnership, told, words

pytestmark = pytest.mark.django_db


def test_late_grades_wait_for_the_partner_teacher(at):
    late(at, partnership(at, "Fenwick Green"))

    row = only_row(at)

    assert told(row) == [
        (
            "December grades 18 school days late, 0 of 5 in",
            dt.date(2026, 12, 18),
            18,
            ["teacher"],
            ["Nia Holt"],
            None,
        )
    ]
    assert (row.group, row.overdue) == ("slipping", 18)


def test_where_the_partner_teacher_cannot_sign_in_the_specialist_teacher_is_asked(at):
    late(at, partnership(at, "Fenwick Green"))
    User.objects.filter(last_name="Holt").update(is_active=False)

    row = only_row(at)

    assert [str(nudge.person) for nudge in row.nudges] == ["Umar Mbeki"]


def test_a_grade_or_a_reason_for_every_pupil_is_enough(at):
    p = partnership(at, "Fenwick Green")
    DataReturn.objects.filter(partnership=p, data_point=at.points[0]).update(assessed=3, excused=2)

    assert words(at) == {"Fenwick Green": []}


def test_a_partnership_without_target_pupils_is_not_on_course_after_a_data_point(at):
    p = partnership(at, "Fenwick Green")
    DataReturn.objects.filter(partnership=p).update(expected=0, assessed=0)

    assert words(at) == {"Fenwick Green": ["No target pupils yet; December grades were due on 18 December"]}
