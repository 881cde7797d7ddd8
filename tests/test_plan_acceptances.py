"""Plans that somebody has accepted, on their way through workers: raced, killed, and still all or nothing."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import AuditEvent, Membership, OutgoingMail
from jobs.work import ring, work_on
from programmes.calendar import calendar_of
from programmes.models import SchoolClosure
from tests import workers
from tests.factories import PlanFactory
from tests.together import at_once
from tests.years import MONDAY, coordinator_of, partnership_of, programme_of, step, worked_out, written
from visits.models import Booking, Plan, PlanAcceptance, Visit
from visits.planner import day_of, slot_of
from visits.planning.checking import Refusal
from visits.planning.pages import refusals_in_words
from visits.services.accepting import STEPS, write_plan
from visits.services.plans import order_acceptance

PATIENCE = 60
PACE = 6


def a_programme(partnerships=3):
    programme = programme_of("First visit", "Lesson study 1")
    for _ in range(partnerships):
        partnership_of(programme)
    return programme


def accepted(plan):
    acceptance, new = order_acceptance(plan.ordered_by, plan)
    assert new
    return acceptance


@pytest.mark.django_db
def test_what_stood_against_it_is_kept_as_raw_values_and_read_as_sentences(in_january):
    programme = a_programme(1)
    plan = worked_out(programme)
    row = plan.result["visits"][0]
    on, school = day_of(row["to"]), programme.partnerships.get().partner_school
    accepted(plan)
    SchoolClosure.objects.create(school=school, kind="closed", first_on=on, last_on=on, words="Boiler")

    acceptance = written(plan)

    assert (acceptance.state, acceptance.refused) == ("failed", True)
    assert acceptance.refusals == [
        {
            "slug": row["slug"],
            "partnership": row["partnership"],
            "to": row["to"],
            "against": {"what": "closed", "owner": school.pk, "said": "Boiler", "at": None, "others": []},
        }
    ]
    half = ["morning", "afternoon"][row["to"] % 2]
    assert refusals_in_words(plan, [Refusal.of(kept) for kept in acceptance.refusals]) == [
        f"First visit, {programme.partnerships.get().ref}, {on:%A %-d %B}, {half}: {school} is closed (Boiler)."
    ]
    assert (plan.accepted_at, Visit.objects.count(), OutgoingMail.objects.count()) == (None, 0, 0)


@pytest.mark.django_db
def test_whoever_may_not_plan_any_more_when_it_is_written_is_refused(in_january):
    plan = worked_out(a_programme(1))
    accepted(plan)
    Membership.objects.filter(user=plan.ordered_by).delete()

    acceptance = written(plan)

    assert acceptance.failure == "Whoever accepted it may not plan this programme any more."
    assert not Visit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_one_plan_at_once_the_second_gets_the_first_ones(in_january):
    plan = worked_out(a_programme(1))
    other = coordinator_of(plan.programme)

    answers = at_once(*(lambda who=who: order_acceptance(who, plan) for who in (plan.ordered_by, other)))
    done = written(plan)

    assert sorted(new for _, new in answers) == [False, True]
    assert {acceptance.pk for acceptance, _ in answers} == {done.pk}
    assert order_acceptance(other, plan) == (None, False)
    assert plan.accepted_by == done.asked_by
    assert (done.state, done.done, done.total) == ("done", STEPS, STEPS)


@pytest.mark.django_db(transaction=True)
def test_of_two_plans_that_workers_write_at_once_one_is_written_and_the_other_says_what_has_changed(in_january):
    programme = a_programme()
    both = [accepted(worked_out(programme)), accepted(worked_out(programme))]

    at_once(*(lambda pk=each.pk: work_on(PlanAcceptance, pk, write_plan) for each in both))

    rows = sorted(PlanAcceptance.objects.all(), key=lambda row: row.state)
    assert [(row.state, row.refused, len(row.refusals)) for row in rows] == [("done", False, 0), ("failed", True, 6)]
    assert {kept["against"]["what"] for kept in rows[1].refusals} == {"chosen by hand"}
    assert (Visit.objects.count(), Booking.objects.count()) == (6, 12)
    assert Plan.objects.exclude(accepted_at=None).get() == rows[0].plan


def a_plan_of_these_days():
    """For workers, whose day is today: three visits on a school day in three weeks' time."""
    programme, today = programme_of(), timezone.localdate()
    on = calendar_of(programme.organisation_id).next_school_day(today + dt.timedelta(days=20))
    asked = step(programme, 1, "First visit", (on - MONDAY).days, (on - MONDAY).days)
    plan = PlanFactory(programme=programme, ordered_by=coordinator_of(programme))
    for partnership in (partnership_of(programme) for _ in range(3)):
        row = {"slug": f"{partnership.pk}-{asked.pk}-1", "partnership": partnership.pk, "visit": None}
        plan.result["visits"].append(row | {"stands": None, "to": slot_of(on, 0), "tried": True})
    plan.save()
    return plan


def someone_waits_for_the_audit():
    return workers.is_held_up("INSERT INTO %accounts_auditevent%")


def is_written(acceptance):
    return PlanAcceptance.objects.filter(pk=acceptance.pk, state__in=["done", "failed"]).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_writes_leaves_nothing_and_the_next_one_writes_and_tells_once(broker):
    """The audit is locked, so that the kill hits a worker that has written everything and not committed."""
    acceptance = accepted(a_plan_of_these_days())
    victim = workers.Worker(broker.url, "-Q", "default,mail,pdf", pace=PACE)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE accounts_auditevent IN EXCLUSIVE MODE")
            ring(acceptance)
            workers.wait_until(someone_waits_for_the_audit, PATIENCE, "the end of the writing")
            said = PlanAcceptance.objects.values_list("done", "total").get()
            victim.kill()
        left = (Visit.objects.count(), Booking.objects.count(), OutgoingMail.objects.count())
        with workers.running(broker.url, beat=True, pace=PACE):
            workers.wait_until(lambda: is_written(acceptance), PATIENCE, "the second attempt")
    finally:
        victim.stop()

    acceptance.refresh_from_db()
    assert (said, left) == ((2, STEPS), (0, 0, 0))
    assert (acceptance.state, acceptance.attempt) == ("done", 2)
    assert (Visit.objects.count(), Booking.objects.count()) == (3, 6)
    mails = OutgoingMail.objects.filter(kind="visits_changed").values_list("to", flat=True)
    assert len(mails) == len(set(mails)) == 6
    assert AuditEvent.objects.filter(did="plan accepted").count() == 1
