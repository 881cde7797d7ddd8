"""Events in the letters to heads: the day and the hour, once they stand, instead of the window of the timetable."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes.letters.facts import facts_of, letter_facts
from programmes.models import Area, TimetableStep
from tests.factories import EventFactory, EventSeriesFactory
from tests.world import build_world
from visits.models import Event

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 12, 3)


@pytest.fixture
def ours():
    ours = build_world()[0]
    ours.programme.timetable.all().delete()
    Event.objects.filter(programme=ours.programme).delete()
    return ours


def event(ours, **given):
    usual = {"kind": "moderation", "on": DAY, "starts_at": dt.time(13, 0), "ends_at": dt.time(15, 30), "takes": "pm"}
    return EventFactory(programme=ours.programme, **usual | {"audience": ["specialist", "partner"]} | given)


def days(ours):
    return [entry["when"] + ": " + entry["what"] for entry in facts_of(ours.listed_school)["dates"]]


def test_an_event_stands_in_the_letter_instead_of_its_step(ours):
    step = TimetableStep.objects.create(
        programme=ours.programme,
        order=1,
        type="event",
        name="Moderation",
        window_start=dt.date(2026, 11, 30),
        window_end=dt.date(2026, 12, 11),
        half_days=1,
        host="cluster venue",
        audience="partner teachers",
        funded_specialist_half_days=1,
        funded_partner_half_days=1,
    )
    before = days(ours)
    event(ours, step=step, area=ours.partnership.area, venue="The hall", place=ours.school, funded_partner_half_days=1)

    after = facts_of(ours.listed_school)["dates"]

    assert "30 November to 11 December 2026: Moderation" in before
    assert [entry for entry in after if entry["kind"] == "event"] == [
        {
            "from": "2026-12-03",
            "to": "2026-12-03",
            "when": "Thursday 3 December 2026",
            "days": "",
            "what": f"Moderation session, {ours.partnership.area}, 1pm to 3:30pm",
            "kind": "event",
            "where": f"The hall, {ours.school}",
            "who": f"Specialist teachers and partner teachers of the {ours.partnership.area} area",
            "half_days": 1,
            "required": True,
            "step": step.pk,
        }
    ]


def test_only_events_for_this_school_and_that_take_place_are_told(ours):
    other = Area.objects.create(programme=ours.programme, name="Other")
    expected = days(ours)
    event(ours, name="Of another area", area=other)
    event(ours, name="For specialist teachers", audience=["specialist", "consultant"])
    event(ours, name="Cancelled", status="cancelled", cancelled_because="Snow")
    event(ours, name="For heads", audience=["head"])

    assert sorted(days(ours)) == sorted([*expected, "Thursday 3 December 2026: For heads, 1pm to 3:30pm"])


def test_the_meetings_of_a_series_are_one_line_with_all_their_days(ours):
    series = EventSeriesFactory(programme=ours.programme)
    usual = {"kind": "network", "takes": "", "starts_at": dt.time(16, 0), "ends_at": dt.time(17, 30), "series": series}
    first = [event(ours, on=dt.date(2026, *day), **usual) for day in ((11, 5), (11, 19), (12, 3))]
    event(ours, on=dt.date(2027, 1, 14), **usual)
    event(ours, on=dt.date(2027, 1, 28), **usual | {"ends_at": dt.time(18, 0)})
    event(ours, on=dt.date(2027, 2, 11), **usual | {"series": None})

    found = [(e["when"], e["days"], e["what"]) for e in facts_of(ours.listed_school)["dates"] if e["kind"] == "event"]

    title = first[0].title
    assert found == [
        (
            "5 November 2026 to 14 January 2027",
            "5 and 19 November, 3 December, 14 January",
            f"{title}, 4pm to 5:30pm, 4 times",
        ),
        ("Thursday 28 January 2027", "", f"{title}, 4pm to 6pm"),
        ("Thursday 11 February 2027", "", f"{title}, 4pm to 5:30pm"),
    ]


def test_many_schools_cost_no_more_questions(ours):
    rows = list(ours.programme.partner_schools.select_related("school", "programme__organisation"))
    event(ours)

    with CaptureQueriesContext(connection) as one:
        letter_facts(ours.programme, rows[:1])
    with CaptureQueriesContext(connection) as all_:
        letter_facts(ours.programme, rows)

    assert len(rows) > 1
    assert len(one) == len(all_)
