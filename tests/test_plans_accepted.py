"""Accepting a plan: all of it is written or nothing is, whatever changed since it was made, whoever else is at it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programmes.models import Partnership, PartnerTeacher, SchoolClosure, SchoolLimits, SpecialistTeacher
from tests.together import at_once
from tests.years import MONDAY, a_year, day, partnership_of, programme_of, stand, standing, worked_out
from visits import services
from visits.models import Away, Booking, Plan, ProposedTime, Visit, VisitChange
from visits.planning.pages import refusals_in_words
from visits.services.accepting import AlreadyAccepted, Overtaken, accept_plan, changes_of

pytestmark = [pytest.mark.usefixtures("in_january"), pytest.mark.django_db]


def test_visits_change_places_in_one_step_and_open_proposals_are_overtaken():
    programme = programme_of("First visit", "Lesson study 1")
    first, lesson = programme.timetable.all()
    first.window_start = lesson.window_start = day(0)
    first.window_end = lesson.window_end = day(11)
    first.save()
    lesson.save()
    partnership = partnership_of(programme)
    early, late = stand(partnership, 2, step=lesson), stand(partnership, 4, step=first)
    ProposedTime.objects.create(visit=early, on=day(3), half="am", by=partnership.specialist.user)
    plan = worked_out(programme, moves=Plan.Moves.EVERYTHING)
    swapped = {early.pk: late.on, late.pk: early.on}
    for row in plan.result["visits"]:
        row["to"] = 2 * swapped[row["visit"]].toordinal()
    plan.save()

    check = accept_plan(plan.ordered_by, plan)

    now = {visit.pk: visit for visit in Visit.objects.all()}
    assert len(check.moved) == 2
    assert {pk: (visit.on, visit.sequence) for pk, visit in now.items()} == {
        early.pk: (late.on, 1),
        late.pk: (early.on, 1),
    }
    assert sorted(Booking.objects.values_list("visit", "on").distinct()) == sorted((pk, v.on) for pk, v in now.items())
    assert set(VisitChange.objects.values_list("visit", "what", "before_on", "after_on")) == {
        (early.pk, "moved", early.on, late.on),
        (late.pk, "moved", late.on, early.on),
    }
    assert ProposedTime.objects.get().answer == ProposedTime.Answer.OVERTAKEN


def close_the_school(partnership, on, half):
    SchoolClosure.objects.create(school=partnership.partner_school, kind="inset", first_on=on, last_on=on)
    return f"{partnership.partner_school} has an INSET day."


def go_away(partnership, on, half):
    Away.objects.create(person=partnership.specialist.user, first_on=on, last_on=on)
    return f"{partnership.specialist.user} is away."


def book_the_teacher(partnership, on, half):
    other = partnership_of(partnership.programme, partnership.specialist)
    stand(other, (on - MONDAY).days, half)
    return f"{partnership.specialist.user} is booked (observation at {other.partner_school})."


def lock_the_class_up(partnership, on, half):
    SchoolLimits.objects.create(school=partnership.partner_school, class_ceiling=1)
    stand(partnership, -20)
    return f"the class of {partnership.current_partner_teachers[0]} would lose more than 1 half-day."


@pytest.mark.parametrize("change", [close_the_school, go_away, book_the_teacher, lock_the_class_up])
def test_what_changed_since_the_plan_was_made_is_listed_and_nothing_is_written(change):
    programme = programme_of("First visit")
    partnership = partnership_of(programme)
    other = partnership_of(programme)
    plan = worked_out(programme)
    slot = next(row["to"] for row in changes_of(plan) if row["partnership"] == partnership.pk)
    on = dt.date.fromordinal(slot // 2)
    why = change(partnership, on, ["am", "pm"][slot % 2])
    stood = standing(programme)

    with pytest.raises(Overtaken) as told:
        accept_plan(plan.ordered_by, plan)

    (sentence,) = refusals_in_words(plan, told.value.refusals)
    assert sentence.startswith(f"First visit, {partnership.ref}, {on:%A %-d %B}, ")
    assert sentence.endswith(why)
    assert (standing(programme), other.visits.count()) == (stood, 0)


@pytest.mark.parametrize("status", [Partnership.Status.PAUSED, Partnership.Status.FOLDED])
def test_a_partnership_that_rests_or_is_over_stops_the_plan(status):
    programme = programme_of("First visit")
    partnership = partnership_of(programme)
    plan = worked_out(programme)
    Partnership.objects.update(status=status)

    with pytest.raises(Overtaken) as told:
        accept_plan(plan.ordered_by, plan)

    (sentence,) = refusals_in_words(plan, told.value.refusals)
    assert f"A visit of {partnership.ref} on" in sentence
    assert f"the partnership is {status}" in sentence


def test_a_plan_is_accepted_once_and_one_that_a_visit_has_overtaken_says_who_is_where():
    programme = programme_of("First visit")
    partnership = partnership_of(programme)
    first, second = worked_out(programme), worked_out(programme)
    accept_plan(first.ordered_by, first)

    with pytest.raises(AlreadyAccepted):
        accept_plan(first.ordered_by, first)
    with pytest.raises(Overtaken) as told:
        accept_plan(second.ordered_by, second)

    assert "was planned for this half-day" in refusals_in_words(second, told.value.refusals)[0]
    assert partnership.visits.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_different_plans_at_once_one_wins_and_the_other_is_told():
    programme = programme_of("First visit", "Lesson study 1")
    for _ in range(3):
        partnership_of(programme)
    plans = [worked_out(programme), worked_out(programme)]

    answers = at_once(*(lambda plan=plan: accept_plan(plan.ordered_by, plan) for plan in plans), expecting=Overtaken)

    assert sorted(type(answer).__name__ for answer in answers) == ["Check", "Overtaken"]
    assert Visit.objects.count() == 6
    assert Booking.objects.count() == 12
    assert Plan.objects.exclude(accepted_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_teacher_who_is_booked_while_a_plan_is_accepted_has_one_half_day():
    programme = programme_of("First visit")
    partnership = partnership_of(programme)
    plan = worked_out(programme)
    on, half = dt.date.fromordinal(changes_of(plan)[0]["to"] // 2), ["am", "pm"][changes_of(plan)[0]["to"] % 2]
    theirs = partnership_of(programme, partnership.specialist)
    visit = Visit(partnership=theirs, kind="observation", on=on, half=half, host=theirs.partner_school)

    at_once(
        lambda: accept_plan(plan.ordered_by, plan),
        lambda: services.keep_visit(plan.ordered_by, visit, [theirs.specialist.user]),
        expecting=(Overtaken, services.Taken),
    )

    assert Booking.objects.filter(person=partnership.specialist.user, on=on, half=half).count() == 1
    assert Visit.objects.count() == 1


def test_accepting_takes_the_same_queries_for_few_visits_and_for_many_new_and_moved():
    def accepted(programme):
        plan = worked_out(programme, moves=Plan.Moves.EVERYTHING)
        with CaptureQueriesContext(connection) as seen:
            check = accept_plan(plan.ordered_by, plan)
        return len(seen), len(check.moved)

    def new_and_moved(partnerships):
        programme = a_year(partnerships)
        new, _ = accepted(programme)
        other = {"release_half_days": ["fri-pm", "mon-pm", "wed-pm"], "preferred_half_days": []}
        SpecialistTeacher.objects.filter(programme=programme).update(**other)
        PartnerTeacher.objects.update(release_half_days=[], teaches=[])
        return new, *accepted(programme)

    new, again, moved = new_and_moved(1)
    more_new, more_again, more_moved = new_and_moved(4)

    assert (new, again) == (more_new, more_again)
    assert max(new, again) <= 55
    assert 1 < moved < more_moved
