"""Visits that slip: not recorded, or missing from a window of the timetable."""

import datetime as dt

import pytest

from accounts.roles import Role
from programmes.models import PartnershipStep, PartnerTeacher, SchoolClosure
from tests.factories import BookingFactory, MembershipFactory, UserFactory, VisitFactory
from tests.rosters import TODAY, only_row, partnership, told, words
from visits.models import Away, Visit

pytestmark = pytest.mark.django_db


def test_a_past_visit_without_a_record_waits_for_both_teachers(at):
    p = partnership(at, "Fenwick Green")
    VisitFactory(partnership=p, on=dt.date(2027, 1, 13))

    assert told(only_row(at)) == [
        (
            "Visit of 13 January: no record yet, 10 school days",
            dt.date(2027, 1, 13),
            10,
            ["teacher"],
            ["Umar Mbeki", "Nia Holt"],
            None,
        )
    ]


def test_without_a_record_the_teacher_who_can_sign_in_is_nudged_and_none_who_has_left(at):
    p = partnership(at, "Fenwick Green")
    VisitFactory(partnership=p, on=dt.date(2027, 1, 13))
    gone, joined = p.current_partner_teachers[0], UserFactory(first_name="Joe", last_name="Lint")
    p.partner_teachers.filter(user=gone).update(until=dt.date(2027, 1, 22))
    PartnerTeacher.objects.create(
        partnership=p, user=joined, since=dt.date(2027, 1, 25), release_half_days=["mon-am"], teaches=["mon-am"]
    )

    assert [slip[4] for slip in told(only_row(at)) if slip[0].startswith("Visit")] == [["Umar Mbeki"]]

    MembershipFactory(user=joined, role=Role.PARTNER, organisation=at.organisation, school=p.partner_school)

    assert [slip[4] for slip in told(only_row(at)) if slip[0].startswith("Visit")] == [["Umar Mbeki", "Joe Lint"]]


def test_a_visit_of_the_timetable_without_a_half_day_slips_once_its_window_is_open(at):
    Visit.objects.filter(partnership=partnership(at, "Jaywell")).delete()

    row = only_row(at)

    assert words(at) == {"Jaywell": ["No visit planned for Lesson study 2, its window ends on 12 February"]}
    assert (row.slips[0].is_due, row.overdue) == (False, None)


def test_before_its_window_it_slips_when_its_end_is_near_and_not_before(at):
    partnership(at, "Jaywell").visits.all().delete()
    later = {"window_start": dt.date(2027, 2, 15), "window_end": dt.date(2027, 2, 26)}
    at.programme.timetable.update(**later)

    assert words(at) == {"Jaywell": []}


def test_a_window_that_is_over_is_overdue(at):
    partnership(at, "Jaywell").visits.all().delete()
    at.programme.timetable.update(window_start=dt.date(2027, 1, 4), window_end=dt.date(2027, 1, 22))

    row = only_row(at)

    assert words(at) == {
        "Jaywell": ["No visit for Lesson study 2, its window ended on 22 January, 3 school days"],
    }
    assert row.overdue == 3


def test_a_visit_entered_by_hand_stands_for_the_window_in_which_it_lies(at):
    p = partnership(at, "Jaywell")
    p.visits.update(step=None)

    assert words(at) == {"Jaywell": []}


def test_a_cancelled_visit_leaves_its_window_empty(at):
    p = partnership(at, "Jaywell")
    p.visits.update(status=Visit.Status.CANCELLED, cancelled_because="Snow")

    assert words(at) == {"Jaywell": ["No visit planned for Lesson study 2, its window ends on 12 February"]}


def test_windows_from_before_a_partnership_began_are_not_asked_of_it(at):
    p = partnership(at, "Jaywell")
    p.visits.all().delete()
    at.programme.timetable.update(window_start=dt.date(2026, 10, 5), window_end=dt.date(2026, 10, 16))
    PartnershipStep.objects.filter(partnership=p).update(on=dt.date(2026, 11, 2))

    assert words(at) == {"Jaywell": []}


@pytest.mark.parametrize(("ends", "asked"), [("2027-01-26", 0), ("2027-02-01", 0), ("2027-02-02", 1)])
def test_a_window_with_less_than_a_school_week_left_when_a_partnership_began_is_not_asked_of_it(at, ends, asked):
    p = partnership(at, "Jaywell")
    p.visits.all().delete()
    at.programme.timetable.update(window_end=dt.date.fromisoformat(ends))
    PartnershipStep.objects.filter(partnership=p).update(on=TODAY)

    assert words(at) == {"Jaywell": ["No visit planned for Lesson study 2, its window ends on 2 February"] * asked}


def move(fields, p, on):
    """A closure of the partner school, as it was entered, around a planned visit."""
    SchoolClosure.objects.create(school=p.partner_school, **{"kind": "no-go", "first_on": on, "last_on": on} | fields)


@pytest.mark.parametrize(
    ("fields", "slips"),
    [
        ({}, True),
        ({"kind": "inset"}, True),
        ({"half": "am"}, True),
        ({"half": "pm"}, False),
        ({"year_groups": [5]}, True),
        ({"year_groups": [6]}, False),
        ({"first_on": dt.date(2027, 2, 10), "last_on": dt.date(2027, 2, 12)}, False),
    ],
)
def test_a_visit_to_come_must_move_when_its_school_is_closed_to_it(at, fields, slips):
    p = partnership(at, "Jaywell")
    p.visits.update(on=dt.date(2027, 2, 9), half="am")
    move(fields, p, dt.date(2027, 2, 9))
    why = "has an INSET day" if fields.get("kind") == "inset" else "lets nobody go"

    assert words(at) == {"Jaywell": [f"Visit of 9 February must move, {p.partner_school} {why} then"] if slips else []}


def test_a_visit_to_come_must_move_when_somebody_booked_for_it_is_away(at):
    p = partnership(at, "Jaywell")
    visit = p.visits.get()
    Visit.objects.filter(pk=visit.pk).update(on=dt.date(2027, 2, 9), half="pm")
    BookingFactory(visit=visit, person=p.specialist.user, on=dt.date(2027, 2, 9), half="pm")
    Away.objects.create(person=p.specialist.user, first_on=dt.date(2027, 2, 8), last_on=dt.date(2027, 2, 12))

    (slip,) = only_row(at).slips

    assert slip.words == f"Visit of 9 February must move, {p.specialist} is away then"
    assert (slip.is_due, slip.url) == (False, f"/planner/half-day/v{visit.pk}/")


def test_a_visit_to_come_in_the_holidays_of_its_school_must_move(at):
    p = partnership(at, "Jaywell")
    p.visits.update(on=dt.date(2027, 2, 16))
    school = p.specialist.home_school

    assert words(at) == {"Jaywell": [f"Visit of 16 February must move, {school} is on holiday then"]}
