"""The rows of a programme as the planner takes them, beside what was entered."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes.models import Partnership, PartnerTeacher, SchoolClosure, SchoolLimits
from tests.factories import BookingFactory, EventFactory, SchoolFactory, SpecialistTeacherFactory, VisitFactory
from tests.years import (
    TODAY,
    at,
    coordinator_of,
    day,
    partner_of,
    partnership_of,
    programme_of,
    release,
    stand,
    step,
)
from visits.models import Away, Plan, PlannerSettings, Visit
from visits.planner import Allowance, Blocker, Need, Rule, Weights, day_of, slot_of, solve
from visits.planner.candidates import candidates
from visits.planning.reading import needs_of, read

pytestmark = pytest.mark.django_db


def asked_of(programme):
    return [(asked.slug, asked.code, asked.title, asked.visit) for asked in needs_of(programme)]


# What the timetable asks ----------------------------------------------------------------------------------------------


def test_each_partnership_is_asked_for_every_half_day_of_every_visit():
    programme = programme_of("First visit", "Lesson study 1")
    lessons = step(programme, 3, "Lesson study 2 and 3", half_days=2)
    step(programme, 4, "Launch", type="event")
    first, second = programme.timetable.all()[:2]
    one, two = partnership_of(programme), partnership_of(programme)
    partnership_of(programme, status=Partnership.Status.PAUSED)

    asked = asked_of(programme)

    assert asked == [
        row
        for partnership in (one, two)
        for row in [
            (f"{partnership.pk}-{first.pk}-1", "F", "First visit", None),
            (f"{partnership.pk}-{second.pk}-1", "L1", "Lesson study 1", None),
            (f"{partnership.pk}-{lessons.pk}-1", "L2", "Lesson study 2 and 3 (1 of 2)", None),
            (f"{partnership.pk}-{lessons.pk}-2", "L3", "Lesson study 2 and 3 (2 of 2)", None),
        ]
    ]


def test_a_visit_fills_its_step_or_the_one_of_its_kind_in_whose_window_it_lies_and_the_rest_is_besides():
    programme = programme_of("First visit", "Lesson study 1")
    first, lesson = programme.timetable.all()
    partnership = partnership_of(programme)
    by_hand = stand(partnership, 3, kind=Visit.Kind.FIRST)
    late = stand(partnership, 40, step=lesson, kind=Visit.Kind.RESEARCH_LESSON)
    more = stand(partnership, 16, kind=Visit.Kind.RESEARCH_LESSON)
    VisitFactory(partnership=partnership, step=lesson, status="cancelled", cancelled_because="Snow", on=day(15))

    assert asked_of(programme) == [
        (f"{partnership.pk}-{first.pk}-1", "F", "First visit", by_hand),
        (f"{partnership.pk}-{lesson.pk}-1", "L", "Lesson study 1", late),
        (f"v{more.pk}", "L", "Research lesson", more),
    ]


# Whole problems -------------------------------------------------------------------------------------------------------


def test_a_small_programme_is_read_as_it_was_entered():
    programme = programme_of("First visit", "Lesson study 1", "Reciprocal visit")
    programme.timetable.filter(order=2).update(least_gap=7, greatest_gap=28)
    partnership = partnership_of(programme, year_group=6)
    specialist, home, school = partnership.specialist, partnership.specialist.home_school, partnership.partner_school
    partner = partner_of(
        partnership, release_half_days=["mon-am", "tue-pm"], preferred_half_days=["tue-pm"], teaches=["mon-am"]
    )
    release(specialist, "mon-am", "tue-pm", "thu-am", ppa="wed-pm")
    SchoolClosure.objects.create(school=school, kind="inset", first_on=day(1), last_on=day(1), words="Reading")
    SchoolClosure.objects.create(school=home, kind="closed", first_on=day(2), last_on=day(2), half="pm", words="Boiler")
    SchoolClosure.objects.create(
        school=school, kind="no-go", first_on=day(3), last_on=day(4), words="Tests", year_groups=[6]
    )
    SchoolLimits.objects.create(school=school, class_ceiling=9, cover_capacity=2)
    Away.objects.create(person=partner, first_on=day(7), last_on=day(7), half="am")

    got = read(programme, today=TODAY)

    problem, me, them = got.problem, specialist.user_id, partner.pk
    plain = {
        "partnership": partnership.pk,
        "people": (me, them),
        "schools": (home.pk, school.pk),
        "host": school.pk,
        "out": ((me, home.pk), (them, school.pk)),
        "classes": (me, them),
        "year_group": 6,
    }
    assert problem.needs == (
        Need(key=0, order=0, first=day(0), last=day(11), **plain),
        Need(key=1, order=1, first=day(14), last=day(25), least_gap=7, greatest_gap=28, with_class=(them,), **plain),
        Need(key=2, order=2, first=day(28), last=day(39), **plain | {"host": home.pk}),
    )
    assert (problem.today, day_of(problem.earliest)) == (TODAY, dt.date(2027, 1, 11))
    assert [slot for slot in range(at(0), at(6)) if slot in problem.closed[home.pk]] == [at(2, 1)]
    assert problem.closed[home.pk][at(2, 1)] == Blocker(Rule.CLOSED, home.pk, "Boiler")
    assert problem.closed[school.pk][at(1)] == Blocker(Rule.INSET, school.pk)
    assert problem.closed[school.pk][slot_of(dt.date(2027, 2, 15), 0)] == Blocker(Rule.HOLIDAY, school.pk)
    assert problem.closed_to == {
        (school.pk, 6): dict.fromkeys([at(3), at(3, 1), at(4), at(4, 1)], Blocker(Rule.NO_GO, school.pk, "Tests"))
    }
    assert problem.busy == {them: {at(7): Blocker(Rule.AWAY, them)}}
    assert problem.released == {me: frozenset([0, 3, 6]), them: frozenset([0, 3])}
    assert (problem.preferred, problem.ppa) == ({them: frozenset([3])}, {me: frozenset([5])})
    assert problem.teaches == {(them, partnership.pk): frozenset([0])}
    assert problem.allowances == {me: Allowance(2, None), them: Allowance(2, None)}
    assert (problem.ceilings, problem.cover, problem.lost) == ({them: 9}, {school.pk: 2}, {})
    assert problem.terms[1] == (dt.date(2027, 1, 4), dt.date(2027, 3, 25))
    assert problem.weights == Weights(12, 2, 16, 10, 6, 40)
    assert got.names.visits[1] == f"Lesson study 1, {partnership.ref}"


def test_what_stands_elsewhere_is_in_the_way_and_counts_and_is_named_only_to_whom_it_is_known():
    programme = programme_of("First visit")
    partnership = partnership_of(programme)
    person, school = partnership.specialist.user, partnership.specialist.home_school
    SchoolLimits.objects.create(school=school, class_ceiling=3, cover_capacity=1)
    theirs = partnership_of(programme_of())
    visit = VisitFactory(partnership=theirs, on=day(2), half="am")
    BookingFactory(visit=visit, person=person, school=school)
    BookingFactory(visit=VisitFactory(partnership=theirs, on=day(3)), school=school)

    problem = read(programme, reader=coordinator_of(programme), today=TODAY).problem
    known = read(programme, reader=coordinator_of(theirs.programme), today=TODAY).problem

    there = f"observation at {theirs.partner_school}"
    assert problem.busy[person.pk] == {at(2): Blocker(Rule.BUSY, person.pk, "elsewhere")}
    assert known.busy[person.pk] == {at(2): Blocker(Rule.BUSY, person.pk, there)}
    assert problem.lost == {person.pk: 1}
    assert problem.out_already == {(school.pk, at(2)): 1, (school.pk, at(3)): 1}
    assert [at(2), at(3)] == [
        slot for slot in (at(2), at(3), at(4)) if slot not in candidates(problem, problem.needs[0])
    ]


def test_an_event_in_school_hours_keeps_its_audience_free_and_a_twilight_does_not():
    programme = programme_of("First visit")
    partnership = partnership_of(programme)
    EventFactory(
        programme=programme, on=day(1), kind="moderation", takes="pm", audience=["specialist"], name="Moderation"
    )
    EventFactory(programme=programme, on=day(2), kind="twilight")

    problem = read(programme, today=TODAY).problem

    person = partnership.specialist.user_id
    assert problem.busy == {person: {at(1, 1): Blocker(Rule.BUSY, person, "Moderation")}}
    assert problem.out_already == {(partnership.specialist.home_school_id, at(1, 1)): 1}


def test_whoever_is_in_several_partnerships_is_released_when_any_says_so_and_has_each_class_apart():
    programme = programme_of("Lesson study 1")
    one, two = partnership_of(programme), partnership_of(programme)
    person = partner_of(one, release_half_days=["mon-am"], teaches=["mon-am"], ppa="fri-pm")
    PartnerTeacher.objects.filter(partnership=two).update(user=person)
    partner_of(two, release_half_days=["tue-am"], teaches=["tue-am"])

    problem = read(programme, today=TODAY).problem

    assert problem.released == {person.pk: frozenset([0, 2])}
    assert problem.ppa == {person.pk: frozenset([9])}
    assert problem.teaches == {(person.pk, one.pk): frozenset([0]), (person.pk, two.pk): frozenset([2])}


# What stays -----------------------------------------------------------------------------------------------------------


def test_what_may_move_is_said_and_the_past_the_locked_and_the_recorded_stay():
    programme = programme_of("First visit", "Lesson study 1", "Lesson study 2", "Lesson study 3", "Lesson study 4")
    partnership = partnership_of(programme)
    steps = list(programme.timetable.all())
    stand(partnership, -13, step=steps[0])
    stand(partnership, 14, step=steps[1], is_locked=True)
    stand(partnership, 28, step=steps[2])

    def open_to_plan(**asked):
        return [got.key for got in read(programme, today=TODAY, **asked).open_to_plan]

    assert open_to_plan() == [3, 4]
    assert open_to_plan(moves=Plan.Moves.EVERYTHING) == [2, 3, 4]
    assert open_to_plan(free=[f"{partnership.pk}-{steps[2].pk}-1"]) == [2, 3, 4]
    assert open_to_plan(moves=Plan.Moves.EVERYTHING, only_standing=True) == [2]


def test_a_visit_of_the_next_two_school_days_stays_unless_it_cannot_be_anyway():
    programme = programme_of("First visit")
    (first,) = programme.timetable.all()
    one, two = partnership_of(programme), partnership_of(programme)
    stand(one, -10, step=first)
    stand(two, -10, step=first)
    on = day(-10)  # Friday 8 January, two school days from today
    Away.objects.create(person=partner_of(two), first_on=on, last_on=on)

    got = read(programme, moves=Plan.Moves.WHAT_MUST, today=TODAY)

    assert [need.partnership for need in got.open_to_plan] == [two.pk]
    assert got.problem.weights.changes == 10_000


def test_of_a_selection_only_its_own_visits_are_planned_and_those_that_stand_of_others_count():
    programme = programme_of("First visit")
    (first,) = programme.timetable.all()
    specialist = SpecialistTeacherFactory(programme=programme)
    one, two = partnership_of(programme, specialist), partnership_of(programme, specialist)
    partnership_of(programme, specialist)
    stand(two, 0, step=first)
    PlannerSettings.objects.create(programme=programme, a_week=1)

    got = read(programme, partnerships=[one.pk], today=TODAY)

    (result,) = solve(got.problem)
    assert [(need.partnership, need.is_locked) for need in got.problem.needs] == [(one.pk, False), (two.pk, True)]
    assert {day_of(slot).isocalendar().week for slot in result.slots.values()} == {3, 4}


# How long it takes ----------------------------------------------------------------------------------------------------


def test_reading_takes_the_same_queries_for_one_partnership_and_for_many():
    programme = programme_of("First visit", "Lesson study 1")
    reader = coordinator_of(programme)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            read(programme, reader=reader, today=TODAY)
        return len(seen)

    def more():
        partnership = partnership_of(programme)
        stand(partnership, 3, step=programme.timetable.first())
        theirs = VisitFactory(partnership=partnership_of(programme_of()), on=day(8))
        BookingFactory(visit=theirs, person=partner_of(partnership))
        EventFactory(programme=programme, on=day(1), kind="moderation", takes="pm")
        Away.objects.create(person=partner_of(partnership), first_on=day(2), last_on=day(2))
        SchoolClosure.objects.create(
            school=partnership.partner_school, kind="no-go", first_on=day(3), last_on=day(3), words="Trip"
        )

    more()
    queries()
    one = queries()
    for _ in range(4):
        more()

    assert queries() == one <= 24


def test_schools_near_each_other_are_known_by_the_map():
    programme = programme_of("First visit")
    specialist = SpecialistTeacherFactory(programme=programme)
    places = [(500_000, 200_000), (503_000, 204_000), (509_000, 200_000), (None, None)]
    schools = [SchoolFactory(easting=east, northing=north) for east, north in places]
    for school in schools:
        partnership_of(programme, specialist, partner_school=school)

    near = read(programme, today=TODAY).problem.near

    assert near == {frozenset([schools[0].pk, schools[1].pk]), frozenset([schools[1].pk, schools[2].pk])}
