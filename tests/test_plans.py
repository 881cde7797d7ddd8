"""A plan from its order to its acceptance, beside rules that are checked by code that knows nothing of the planner."""

import pytest

from accounts.models import OutgoingMail
from bench.plans import broken_rules
from jobs.models import Job
from programmes.models import SchoolClosure, SchoolLimits, TermDate
from tests.factories import ProgrammeFactory
from tests.years import (
    TODAY,
    a_year,
    coordinator_of,
    day,
    partner_of,
    partnership_of,
    programme_of,
    release,
    stand,
    standing,
    step,
    worked_out,
)
from visits.models import Away, Booking, Plan, PlannerSettings, Visit, VisitChange
from visits.planning.faults import faults_of
from visits.planning.proposing import planned, propose, to_plan
from visits.planning.reading import read
from visits.services.accepting import accept_plan, changes_of, check_plan
from visits.services.plans import order_plan, replan_around, stop_plan

pytestmark = [pytest.mark.usefixtures("in_january"), pytest.mark.django_db]


# Working it out -------------------------------------------------------------------------------------------------------


def test_an_accepted_plan_breaks_no_rule_and_leaves_visits_bookings_and_their_history():
    programme = a_year()
    SchoolClosure.objects.create(
        school=programme.partnerships.first().partner_school, kind="inset", first_on=day(21), last_on=day(21)
    )
    plan = worked_out(programme)
    before = read(programme)

    check = accept_plan(plan.ordered_by, plan)

    told = OutgoingMail.objects.filter(kind="visits_changed").values_list("to", flat=True)
    assert sorted(told) == sorted(check.people)
    visits = list(Visit.objects.filter(partnership__programme=programme).order_by("pk"))
    slots = {before.need(row["slug"]).key: row["to"] for row in plan.result["visits"]}
    assert (len(check.new), len(check.moved), len(visits)) == (12, 0, 12)
    assert broken_rules(before.problem, slots) == []
    assert {(a.partnership.pk, a.step.pk, a.visit.on, a.visit.half) for a in read(programme).asked.values()} == set(
        standing(programme)
    )
    assert [need.stands for need in read(programme).problem.needs] == [slots[key] for key in sorted(slots)]
    bookings = Booking.objects.filter(visit__in=visits)
    assert sorted(bookings.values_list("visit", "person", "on", "half")) == sorted(
        (v.pk, someone.pk, v.on, v.half) for v in visits for someone in v.partnership.teachers
    )
    assert all(b.school_id and b.is_out and b.confirmed_at is None for b in bookings)
    lines = VisitChange.objects.values_list("visit", "what", "by", "after_on").order_by("visit")
    assert list(lines) == [(v.pk, "planned", plan.ordered_by_id, v.on) for v in visits]
    assert {v.kind for v in visits} == {"first visit", "research lesson", "reciprocal visit"}
    assert all(v.host == v.partnership.specialist.home_school for v in visits if v.kind == "reciprocal visit")


def test_the_same_rows_give_the_same_plan():
    programme = a_year()

    assert worked_out(programme).result == worked_out(programme).result


def test_progress_is_by_group_and_every_group_says_how_it_ended():
    programme = a_year(2)
    partnership_of(programme)

    plan = worked_out(programme)

    assert (plan.state, plan.done, plan.total) == (Job.State.DONE, 2, 2)
    assert [(group["outcome"], len(group["visits"]), group["gap"]) for group in plan.result["groups"]] == [
        ("proven best", 8, 0),
        ("proven best", 4, 0),
    ]
    assert plan.result["wishes"]["partnerships"] == 3


def test_what_is_found_before_somebody_stops_a_plan_is_kept_and_the_rest_had_no_turn():
    programme = programme_of("First visit")
    for _ in range(8):
        partnership_of(programme)
    plan, _ = order_plan(coordinator_of(programme), programme)
    assert stop_plan(plan.ordered_by, plan)

    worked = Plan.objects.claim(plan.pk)
    propose(worked)

    plan.refresh_from_db()
    assert (plan.state, plan.done, plan.total) == (Job.State.DONE, 1, 8)
    assert [(row["to"] is not None, row["tried"]) for row in plan.result["visits"]] == [(True, True)] + [
        (False, False)
    ] * 7
    assert len(accept_plan(plan.ordered_by, plan).new) == 1
    assert not stop_plan(plan.ordered_by, plan)


def test_whoever_orders_twice_gets_the_plan_that_is_in_hand():
    programme = a_year(1)
    person = coordinator_of(programme)

    first, second = order_plan(person, programme), order_plan(person, programme, moves=Plan.Moves.EVERYTHING)

    assert (first, second) == ((first[0], True), (first[0], False))


# Impossible, and why --------------------------------------------------------------------------------------------------


def no_common_half_day(partnership):
    release(partnership.specialist, "mon-am")
    partner_of(partnership, release_half_days=["tue-am"])
    return "not released"


def away_all_along(partnership):
    Away.objects.create(person=partnership.specialist.user, first_on=day(0), last_on=day(11))
    return "away"


def a_week_of_tests(partnership):
    SchoolClosure.objects.create(
        school=partnership.partner_school,
        kind="no-go",
        first_on=day(0),
        last_on=day(11),
        year_groups=[5],
        words="Tests",
    )
    return "no-go"


def closed_all_along(partnership):
    SchoolClosure.objects.create(
        school=partnership.specialist.home_school, kind="closed", first_on=day(0), last_on=day(11), words="Flood"
    )
    return "closed"


def no_cover(partnership):
    SchoolLimits.objects.create(school=partnership.partner_school, cover_capacity=1)
    PlannerSettings.objects.filter(programme=partnership.programme).update(host_is_out=True)
    second = partnership_of(partnership.programme, partner_school=partnership.partner_school)
    for on in range(12):
        if day(on).weekday() < 5:
            for half in ("am", "pm"):
                stand(second, on, half)
    return "cover"


def class_has_lost_enough(partnership):
    SchoolLimits.objects.create(school=partnership.partner_school, class_ceiling=1)
    stand(partnership, -20)
    return "ceiling of the class"


@pytest.mark.parametrize(
    "hinder",
    [no_common_half_day, away_all_along, a_week_of_tests, closed_all_along, no_cover, class_has_lost_enough],
)
def test_an_impossible_visit_names_what_hinders_it(hinder):
    programme = programme_of("First visit")
    partnership = partnership_of(programme)
    rule = hinder(partnership)

    plan = worked_out(programme, partnerships=[partnership.pk])

    ((slug, why),) = plan.result["reasons"].items()
    assert slug == f"{partnership.pk}-{programme.timetable.get().pk}-1"
    assert rule in {culprit[0] for culprit in why["culprits"]} | {count[0] for count in why["counts"]}
    assert plan.result["groups"][0]["outcome"] == "impossible"
    assert changes_of(plan) == []


def test_a_window_that_has_passed_says_so():
    programme = programme_of()
    step(programme, 1, "First visit", first=-60, last=-40)
    partnership_of(programme)

    plan = worked_out(programme)

    ((_, why),) = plan.result["reasons"].items()
    assert {count[0] for count in why["counts"]} == {"has passed"}


# Bad input ------------------------------------------------------------------------------------------------------------


def test_what_must_be_mended_is_said_before_anything_is_worked_out():
    programme = ProgrammeFactory()
    empty = [fault.text for fault in faults_of(programme)]
    good = programme_of("First visit")
    partnership = partnership_of(good)
    release(partnership.specialist, "mon-am")
    partner_of(partnership, release_half_days=["tue-am"])
    step(good, 8, "Lesson study 1", first=300, last=310)
    step(good, 9, "Lesson study 2", first=28, last=30)

    assert empty == [
        "The timetable has no visits, so there is nothing to plan.",
        "No partnership is open to visits: one has to be agreed first, and neither paused nor over.",
        "The six half terms of 2026-27 are not entered, so school days are not known.",
    ]
    names = f"{partnership.specialist.user} and {partnership.current_partner_teachers[0]} ({partnership.ref})"
    assert [(fault.text, fault.stops) for fault in faults_of(good)] == [
        (
            "“Lesson study 1”: The first day, Sunday 14 November 2027, is outside the year: "
            "Tuesday 1 September 2026 to Tuesday 31 August 2027.",
            True,
        ),
        (
            "“Lesson study 2”: From Monday 15 February 2027 to Wednesday 17 February 2027 there is no school day. "
            "Choose days on which schools are open.",
            True,
        ),
        (
            f"{names} are never released on the same half-day of the week, so none of their visits finds one.",
            False,
        ),
    ]


def test_a_plan_that_cannot_be_made_is_refused_with_the_sentence():
    programme = a_year(1)
    TermDate.objects.all().delete()

    plan = worked_out(programme)

    assert (plan.state, plan.refused) == (Job.State.FAILED, True)
    assert plan.failure == "The six half terms of 2026-27 are not entered, so school days are not known."


# Only what must -------------------------------------------------------------------------------------------------------


def test_only_what_lost_its_half_day_moves_and_what_people_put_against_a_rule_is_planned_around():
    programme = programme_of("First visit", "Lesson study 1", "Lesson study 2")
    first, second, third = programme.timetable.all()
    PlannerSettings.objects.create(programme=programme, a_week=1)
    unlike, twice, turned, lost = (partnership_of(programme) for _ in range(4))
    release(unlike.specialist, "tue-am")
    stand(unlike, 2, step=first)  # a Wednesday
    stand(twice, 10, step=first)
    stand(twice, 11, step=second)  # the same week, and before its window
    stand(turned, 22, step=first)
    stand(turned, 15, step=second)  # before the visit that it follows
    gone = stand(lost, 1, step=first)
    SchoolClosure.objects.create(school=lost.partner_school, kind="closed", first_on=gone.on, last_on=gone.on)
    stand(lost, 15, step=second)

    plan = worked_out(programme, moves=Plan.Moves.WHAT_MUST)
    anything = worked_out(programme, moves=Plan.Moves.EVERYTHING)

    changes = changes_of(plan)
    assert [row["visit"] for row in changes if row["visit"]] == [gone.pk]
    assert sorted(row["slug"] for row in changes if not row["visit"]) == sorted(
        [f"{one.pk}-{third.pk}-1" for one in (unlike, twice, turned, lost)] + [f"{unlike.pk}-{second.pk}-1"]
    )
    assert len([row for row in changes_of(anything) if row["visit"]]) > 1


# After an absence -----------------------------------------------------------------------------------------------------


def test_after_an_absence_only_what_must_moves_and_the_days_away_are_kept():
    programme = a_year(3)
    accept_plan(None, worked_out(programme))
    stood = set(standing(programme))
    partnership = programme.partnerships.first()
    theirs = [visit for visit in partnership.visits.all() if visit.on >= day(14)]
    away = Away(person=partnership.current_partner_teachers[0], first_on=theirs[0].on, last_on=theirs[0].on)
    step(programme, 20, "Lesson study 9", 60, 70)

    plan, new = replan_around(coordinator_of(programme), programme, away)
    propose(Plan.objects.claim(plan.pk))
    plan.refresh_from_db()

    assert new
    assert Away.objects.values_list("person", "first_on").get() == (away.person.pk, theirs[0].on)
    assert [row["visit"] for row in changes_of(plan)] == [theirs[0].pk]
    accept_plan(plan.ordered_by, plan)
    assert len(stood - set(standing(programme))) == 1
    got = read(programme)
    slots = {need.key: need.stands for need in got.problem.needs if need.stands is not None}
    assert broken_rules(read(programme, moves=Plan.Moves.EVERYTHING).problem, slots) == []


def test_a_visit_that_stands_and_finds_no_half_day_stays_and_the_others_are_planned_around_it():
    programme = programme_of("First visit", "Lesson study 1")
    first, _ = programme.timetable.all()
    partnership = partnership_of(programme)
    SchoolLimits.objects.create(school=partnership.partner_school, class_ceiling=1)
    stuck = stand(partnership, 2, step=first)
    SchoolClosure.objects.create(school=partnership.partner_school, kind="closed", first_on=day(0), last_on=day(11))

    plan = worked_out(programme, moves=Plan.Moves.EVERYTHING)

    assert [(row["visit"], row["to"]) for row in plan.result["visits"]] == [(stuck.pk, None), (None, None)]
    assert plan.result["counts"] == {"stuck": 1, "missing": 1}
    assert [(group["outcome"], group["missing"]) for group in plan.result["groups"]] == [("impossible", 2)]
    assert (plan.done, plan.total) == (2, 2)
    assert check_plan(plan).refusals == []


def test_a_visit_that_can_stay_does_not_make_room_for_a_new_one():
    programme = programme_of("First visit", "Lesson study 1")
    partnership = partnership_of(programme)
    SchoolLimits.objects.create(school=partnership.partner_school, class_ceiling=1)
    lesson = stand(partnership, 16, step=programme.timetable.last())

    plan = worked_out(programme, moves=Plan.Moves.EVERYTHING)

    assert [(row["visit"], row["to"] is None) for row in plan.result["visits"]] == [(None, True), (lesson.pk, False)]


def test_a_plan_that_is_stopped_before_a_group_is_planned_around_what_stays_leaves_the_group_out():
    programme = programme_of("First visit")
    for _ in range(2):
        partnership = partnership_of(programme)
        stand(partnership, 2, step=programme.timetable.get())
        SchoolClosure.objects.create(school=partnership.partner_school, kind="closed", first_on=day(0), last_on=day(11))
    problem, heard = read(programme, moves=Plan.Moves.EVERYTHING).problem, []

    def told(done, total):
        heard.append((done, total))
        return len(heard) < stops_after

    stops_after = 3
    results = planned(problem, told)
    first, stops_after, heard = list(heard), 9, []
    whole = planned(problem, told)

    assert (first, [result.needs for result in results]) == ([(1, 2), (2, 2), (3, 4)], [(0,)])
    assert (heard, [result.needs for result in whole]) == ([(1, 2), (2, 2), (3, 4), (4, 4)], [(0,), (1,)])
    assert [(result.outcome, result.missing, len(result.reasons)) for result in whole] == [
        ("impossible", (0,), 1),
        ("impossible", (1,), 1),
    ]


def test_optional_visits_are_left_out_where_only_required_ones_are_asked_for():
    programme = programme_of("First visit")
    step(programme, 2, "Lesson study 1", 14, 25, required=False)
    partnership = partnership_of(programme)

    required = worked_out(programme, asking={"only_required": True})
    everything = worked_out(programme)

    assert [len(plan.result["visits"]) for plan in (required, everything)] == [1, 2]
    assert len(accept_plan(required.ordered_by, required).new) == partnership.visits.count() == 1


def test_nothing_to_plan_is_a_plan_without_visits():
    programme = programme_of("First visit")
    stand(partnership_of(programme), 2, step=programme.timetable.get())

    plan = worked_out(programme)

    assert (plan.state, plan.result["visits"], plan.result["groups"]) == (Job.State.DONE, [], [])
    assert to_plan(read(programme, today=TODAY).problem).needs == ()
    assert check_plan(plan).steps == []
