"""A grade or a reason that the days of the place, or another grade, speak against is asked about softly."""

import datetime as dt

import pytest

from programmes.models import DataReturn
from pupils.models import Assessment, Place
from pupils.returns.counting import count_returns
from pupils.returns.standing import Standing
from tests.factories import AssessmentFactory
from tests.reading import text_of
from tests.returns.entering import DECEMBER, address, autosave, cell, counts, enter, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def days(place, **days):
    Place.objects.filter(pk=place.pk).update(**days)


def asked(row):
    standing = Standing(DataReturn.objects.select_related("data_point", "partnership__programme").get(pk=row.pk))
    return {line.name: line.question for line in standing.rows if line.question}


def test_a_grade_after_the_place_has_ended_is_asked_about_and_never_in_the_way(client, at):
    days(at.places[0], until=dt.date(2026, 11, 20), ended_because=Place.Ended.LEFT)
    enter(client, at.hannah, at.december, at.places, DECEMBER)

    page = text_of(client.get(address("return", at.december)))
    check = text_of(client.get(address("return_check", at.december)))
    autosave(client, at.hannah, at.december, cell("sure", at.places[0], "3a"))
    said = text_of(client.get(address("return_check", at.december)))
    submit(client, at.hannah, at.december)

    words = "This place ended on 19 November 2026, before the December day, 11 December 2026."
    assert words in page
    assert words in check
    assert f"{words} Is there a grade all the same? It counts in results. You have said that it is right." in said
    assert counts(at.december)[0] == "submitted"


def test_a_grade_before_the_place_began_is_asked_about(client, at):
    days(at.places[1], since=dt.date(2027, 1, 4))
    enter(client, at.hannah, at.december, at.places[1:2], ["3b"])

    assert asked(at.december) == {
        "Marcus Hale": "Marcus Hale is here since 4 January 2027, after the December day, 11 December 2026. Is there a "
        "grade all the same?"
    }


def test_a_reason_that_another_grade_speaks_against_is_asked_about_and_ticked(client, at):
    enter(client, at.hannah, at.december, at.places[:2], ["not enrolled yet", "absent"])

    before = asked(at.december)
    page = client.get(address("return", at.december)).content.decode()
    autosave(client, at.hannah, at.december, cell("sure", at.places[0], "Not enrolled yet"))
    standing = client.get(address("return", at.december)).context["page"]

    assert before == {"Kayla Brand": "There is a grade for October: was the pupil not enrolled yet after that?"}
    assert f'name="sure-{at.places[0].pk}" value="Not enrolled yet"' in page
    assert standing.odd_names == []


def test_a_grade_that_comes_late_is_compared_with_the_later_one(client, at):
    """October is entered after December is in: five sub-levels are asked about, one is only said."""
    Assessment.objects.filter(data_point=at.points[0]).delete()
    DataReturn.objects.filter(pk=at.october.pk).update(state="open")
    for place, grade in zip(at.places, ["3a", "3b", "3b", "3b", "3b", "3b"], strict=True):
        AssessmentFactory(place=place, data_point=at.points[1], grade=at.grades[grade])
    count_returns(at.programme)
    enter(client, at.hannah, at.october, at.places[:2], ["2c", "3c"])

    page = text_of(client.get(address("return", at.october)))

    assert asked(at.october) == {"Kayla Brand": "3a in December: up 5 sub-levels from 2c at this data point."}
    assert "3b in December: up 1 sub-level" in page
    assert "The first grade" not in page
