"""A first or last day that speaks against grades that are there is asked about, and answered by a tick."""

import datetime as dt

import pytest

from tests.choosing.places import end, step
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("submitted")]


def change(choosing, place, since, **more):
    typed = {"class_name": "", "year_group": "5", "since": since, "on": "27/11/2026", "reason": "Came late"} | more
    return step(choosing, place, "change", **typed)


def point_of(place, number):
    return list(place.partnership.programme.data_points.all())[number]


def test_a_last_day_before_grades_is_asked_about(choosing, ours, una):
    october = point_of(una, 0)
    last = october.due_on - dt.timedelta(days=3)

    asked = end(choosing, una, last_on=f"{last:%d/%m/%Y}")
    una.refresh_from_db()
    before = una.until
    other = end(choosing, una, last_on=f"{last:%d/%m/%Y}", sure="2026-09-09")
    end(choosing, una, last_on=f"{last:%d/%m/%Y}", sure=last.isoformat())
    una.refresh_from_db()

    assert (
        f"Una Byrne has a grade for {october} ({october.due_on:%-d %B %Y}), after this day. It stays, and counts in "
        "results. Correct the day, or tick that it is right." in text_of(asked)
    )
    assert f'value="{last.isoformat()}"' in asked.content.decode()
    assert before is None
    assert "Is the day right?" in text_of(other)
    assert una.last_on == last


def test_a_first_day_after_grades_is_asked_about(choosing, ours, una):
    october = point_of(una, 0)
    first = october.due_on + dt.timedelta(days=5)

    asked = change(choosing, una, f"{first:%d/%m/%Y}")
    change(choosing, una, f"{first:%d/%m/%Y}", sure=first.isoformat())
    una.refresh_from_db()

    assert f"has a grade for {october} ({october.due_on:%-d %B %Y}), before this day." in text_of(asked)
    assert una.since == first


def test_a_last_day_far_ahead_is_asked_about(choosing, ours, una):
    asked = end(choosing, una, last_on="30/8/2027")
    una.refresh_from_db()

    assert "30 August 2027 is 9 months ahead." in text_of(asked)
    assert una.until is None


def test_a_day_that_nothing_speaks_against_is_not_asked_about(choosing, ours, una):
    page = step(choosing, una, "end")
    una_gone = end(choosing, una)

    assert "Is the day right?" not in text_of(page)
    assert "The place ends on 20 November 2026" in text_of(una_gone)
