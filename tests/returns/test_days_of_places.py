"""A place that begins late or ends early is not asked for a grade outside its days."""

import datetime as dt

import pytest

from pupils.models import Assessment, Place
from pupils.returns.counting import count_returns
from tests.factories import PlaceFactory, TargetPupilFactory
from tests.reading import text_of
from tests.returns.entering import DECEMBER, address, autosave, cell, counts, enter, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def ends(place, on, because=Place.Ended.LEFT):
    place.until, place.ended_because = on, because
    place.save()


def reasons(place):
    rows = Assessment.objects.filter(place=place).order_by("data_point__due_on")
    return [(row.data_point.name, row.grade and row.grade.code, row.reason, row.is_automatic) for row in rows]


def test_a_pupil_who_has_left_counts_with_that_reason(client, at):
    ends(at.places[5], dt.date(2026, 11, 20))
    count_returns(at.programme)
    enter(client, at.hannah, at.december, at.places[:5], DECEMBER[:5])

    before = counts(at.december)
    page = text_of(client.get(address("return", at.december)))
    submit(client, at.hannah, at.december)

    assert before == ("open", 4, 2, 6, 1)
    assert "Year 5, until Thursday 19 November" in page
    assert counts(at.december) == ("submitted", 4, 2, 6, 1)
    assert reasons(at.places[5]) == [("October", "3c", "", False), ("December", None, "left", True)]


def test_a_grade_that_is_typed_all_the_same_counts(client, at):
    ends(at.places[5], dt.date(2026, 11, 20))
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.hannah, at.december)

    assert reasons(at.places[5]) == [("October", "3c", "", False), ("December", "3c", "", False)]


def test_a_pupil_who_joins_late_is_not_asked_for_earlier(client, at):
    pupil = TargetPupilFactory(programme=at.programme, ref="C007", first_name="Zoe", last_name="Young")
    zoe = PlaceFactory(partnership=at.partnership, pupil=pupil, since=dt.date(2026, 11, 2))

    count_returns(at.programme)

    assert counts(at.october) == ("submitted", 6, 1, 7, 2)
    assert counts(at.december) == ("open", 0, 0, 7, 1)
    assert reasons(zoe) == [("October", None, "not enrolled yet", True)]


def test_the_reason_follows_the_days_as_they_are_corrected(client, at):
    theo = at.places[5]
    enter(client, at.hannah, at.december, at.places[:5], DECEMBER[:5])
    ends(theo, dt.date(2026, 11, 20), Place.Ended.REPLACED)
    count_returns(at.programme)
    submit(client, at.hannah, at.december)
    replaced = reasons(theo)[1:]
    ends(theo, dt.date(2026, 11, 20))
    count_returns(at.programme)
    left = reasons(theo)[1:]
    ends(theo, None, "")
    count_returns(at.programme)

    assert replaced == [("December", None, "not required", True)]
    assert left == [("December", None, "left", True)]
    assert reasons(theo)[1:] == []
    assert counts(at.december)[:4] == ("submitted", 4, 1, 6)


def test_a_pupil_who_is_added_later_is_owed_at_what_was_submitted(client, at):
    PlaceFactory(partnership=at.partnership)

    count_returns(at.programme)

    at.october.refresh_from_db()
    assert counts(at.october) == ("submitted", 6, 0, 7, 2)
    assert (at.october.is_in, at.october.is_owed) == (False, True)


def test_the_other_box_of_a_pupil_who_left_stays_open(client, at):
    ends(at.places[5], dt.date(2026, 11, 20))
    answer = autosave(client, at.hannah, at.december, cell("comment", at.places[5], "Moved away in November"))

    assert answer.status_code == 200


def test_what_is_not_understood_is_no_excuse(client, at):
    ends(at.places[5], dt.date(2026, 11, 20))
    enter(client, at.hannah, at.december, at.places, [*DECEMBER[:5], "gone away?"])

    assert counts(at.december)[:4] == ("open", 4, 1, 6)
    missing = client.get(address("return", at.december)).context["page"].missing_names
    assert missing == ["Theo Wren"]


def test_a_place_that_goes_on_after_all_is_asked_for_again_in_a_correction(client, at):
    theo = at.places[5]
    ends(theo, dt.date(2026, 11, 20))
    enter(client, at.hannah, at.december, at.places[:5], DECEMBER[:5])
    submit(client, at.hannah, at.december)
    client.post(address("return_correct", at.december), {"reason": "One of them is here after all"})
    ends(theo, None, "")
    count_returns(at.programme)

    assert counts(at.december)[:4] == ("open", 4, 1, 6)
    missing = client.get(address("return", at.december)).context["page"].missing_names
    assert missing == ["Theo Wren"]
