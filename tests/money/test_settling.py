"""What a school owes or is still to get is worked out again whenever what it rests on changes, and every night."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from funding import ledger
from funding.models import LedgerCheck, Recovery, Release
from funding.services import paying, recovering, releasing
from funding.standing import standing_of
from funding.tasks import check_money
from tests.money.funded import (
    IN_TIME,
    approve,
    authorise,
    fold,
    funded_programme,
    hand_in,
    planned,
    recoveries,
    release_of,
)
from tests.reading import text_of, today
from visits import services as visiting
from visits.models import Visit

pytestmark = pytest.mark.django_db
D = Decimal
DAY = dt.date(2027, 1, 27)


def test_a_record_that_is_signed_after_the_fold_ends_what_was_asked_back(client, folded):
    visiting.visit_recorded(folded.first.specialist.user, folded.visit, dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC))

    assert recoveries(folded.first) == [("dropped", "folded", D("95.00"))]
    folded.recovery.refresh_from_db()
    words = "The visit of 25 January 2027 took place. It was worked out anew: nothing is owed any more."
    assert folded.recovery.because == words
    assert "£95.00 that you approved is not asked back any more" in (text := today(client, folded.Tom))
    assert words in text
    asked = "£95.00 that you asked for is not asked back any more It was worked out anew, or somebody has given it up"
    assert asked in today(client, folded.Amira)
    assert words in text_of(client.get(reverse("funding:recoveries", args=[folded.programme.slug])))
    with time_machine.travel(IN_TIME + dt.timedelta(days=14), tick=False):
        assert asked not in today(client, folded.Amira)


def test_a_record_that_is_withdrawn_asks_for_it_again(folded):
    person = folded.first.specialist.user
    visiting.visit_recorded(person, folded.visit, dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC))
    folded.visit.refresh_from_db()

    visiting.visit_record_reopened(person, folded.visit)

    assert recoveries(folded.first) == [("dropped", "folded", D("95.00")), ("proposed", "folded", D("95.00"))]


def test_what_came_back_and_was_used_after_all_is_paid_again(folded):
    """No release of the partnership is open any more, so it gets one."""
    recovering.receive(folded.Ruth, folded.recovery, DAY)

    visiting.visit_took_place(folded.first.specialist.user, folded.visit)

    assert recoveries(folded.first) == [("recovered", "folded", D("95.00"))]
    rows = [row for row in standing_of(folded.plan, [folded.first.pk]).rows if row.side == "specialist"]
    assert [(row.stage.name, row.word, row.amount) for row in rows] == [
        ("October", "paid", D("190.00")),
        ("December", "ready", D("95.00")),
    ]
    approve(folded.Tom, folded.plan, [rows[1].release])
    assert ledger.balances(folded.plan) == ledger.recomputed(folded.plan)


def test_whoever_receives_it_waits_for_what_is_worked_out_at_the_same_moment(folded):
    """Both hold the plan before the row, so that neither waits for the other for ever."""
    with CaptureQueriesContext(connection) as asked:
        recovering.receive(folded.Ruth, folded.recovery, DAY)

    held = [query["sql"] for query in asked if "FOR UPDATE" in query["sql"]]
    assert ["funding_fundingplan" in held[0], "funding_recovery" in held[1]] == [True, True]


def test_it_is_not_paid_again_where_the_record_is_withdrawn_meanwhile(folded):
    recovering.receive(folded.Ruth, folded.recovery, DAY)
    visiting.visit_took_place(folded.first.specialist.user, folded.visit)
    folded.visit.refresh_from_db()

    visiting.visit_record_reopened(folded.first.specialist.user, folded.visit)

    rest = Release.objects.standing().filter(partnership=folded.first, side="specialist").exclude(state="paid")
    assert not rest.exists()
    assert recoveries(folded.first) == [("recovered", "folded", D("95.00"))]


def test_cover_that_is_given_up_late_after_the_fold_is_paid(folded):
    visiting.cancel_visit(folded.Amira, folded.visit, "The teacher was ill")

    (row,) = [
        row
        for row in standing_of(folded.plan, [folded.first.pk]).rows
        if row.side == "specialist" and row.release.is_open
    ]
    assert [(line.kind, line.amount) for line in row.lines] == [("late cover", D("95.00"))]


def test_what_somebody_does_not_ask_for_is_not_asked_for_again(folded):
    recovering.drop(folded.Amira, folded.recovery, "The school is poor")

    check_money()
    visiting.visit_took_place(folded.first.specialist.user, folded.visit)
    check_money()
    folded.visit.refresh_from_db()
    visiting.visit_record_reopened(folded.first.specialist.user, folded.visit)

    assert recoveries(folded.first) == [("dropped", "folded", D("95.00"))]


def test_whoever_approves_it_reads_that_a_visit_is_not_confirmed_yet(client, paid):
    first = paid.partnerships[0]
    visit = planned(first, paid.programme.timetable.get(name="Visit 2"), dt.date(2027, 1, 25))
    fold(paid, first)
    row = Recovery.objects.get(partnership=first, side="specialist")
    recovering.request(paid.Amira, row)
    client.force_login(paid.Tom)
    url = reverse("funding:recovery", args=[row.pk])

    before = text_of(client.get(url))
    visiting.cancel_visit(paid.Amira, visit, "The teacher was ill")
    after = text_of(client.get(url))

    words = "The visit of Monday 25 January 2027 is neither recorded nor cancelled"
    assert words in before
    assert words not in after


def test_a_fold_leaves_nothing_behind_that_was_worked_out_on_the_way(approved):
    """Both sides are approved, and cover for a visit of the next day is given up late."""
    first = approved.partnerships[0]
    planned(first, approved.programme.timetable.get(name="Visit 2"), dt.date(2027, 1, 28))

    fold(approved, first)

    assert not Recovery.objects.exists()
    rows = Release.objects.standing().filter(partnership=first)
    assert [(row.side, row.state) for row in rows] == [("specialist", "open")]


def test_a_visit_beyond_the_timetable_whose_record_is_withdrawn_is_taken_off_the_next_stage(paid):
    """118.75 a stage for the partner school, and in December 95.00 for a fourth visit in return."""
    first, person = paid.partnerships[0], paid.partnerships[0].partner_teachers.get().user
    step = paid.programme.timetable.get(name="Reciprocal visit beyond three")
    visit = planned(first, step, dt.date(2026, 12, 1))
    visiting.visit_recorded(person, visit, dt.datetime(2026, 12, 1, 16, tzinfo=dt.UTC))
    hand_in(first, paid.points[1])
    december = release_of(first, paid.stages[1], "partner")
    approve(paid.Tom, paid.plan, [december])
    december.refresh_from_db()

    def march():
        rows = standing_of(paid.plan, [first.pk]).rows
        return [row.amount for row in rows if (row.stage.name, row.side) == ("March", "partner")]

    before = march()
    visit.refresh_from_db()
    visiting.visit_record_reopened(person, visit)
    withdrawn = march()
    visit.refresh_from_db()
    visiting.visit_recorded(person, visit, dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC))

    assert december.amount == D("213.75")
    assert (before, withdrawn, march()) == ([D("118.75")], [D("23.75")], [D("118.75")])


def test_after_a_fold_it_is_asked_back(paid):
    first, person = paid.partnerships[0], paid.partnerships[0].partner_teachers.get().user
    step = paid.programme.timetable.get(name="Reciprocal visit beyond three")
    visit = planned(first, step, dt.date(2026, 12, 1))
    visiting.visit_recorded(person, visit, dt.datetime(2026, 12, 1, 16, tzinfo=dt.UTC))
    hand_in(first, paid.points[1])
    approve(paid.Tom, paid.plan, [release_of(first, paid.stages[1], "partner")])
    batch = authorise(paid)
    answers = [paying.Answered(row, True, DAY) for row in batch.payments.all()]
    paying.take_answers(paid.Ruth, batch, answers)
    fold(paid, first)
    before = recoveries(first, "partner")
    visit.refresh_from_db()

    visiting.visit_record_reopened(person, visit)

    row = Recovery.objects.get(partnership=first, side="partner", state="proposed")
    assert [(state, amount) for state, _, amount in before] == [("proposed", D("237.50"))]
    assert row.amount == D("332.50")
    assert row.working[-2:] == [
        "Reciprocal visit beyond three, 1 December 2026: £95.00 was paid, and it is not recorded any more",
        "2.5 less 0 less 0 is 2.5: at £95.00 for a half-day, £237.50, and £95.00 for what is not recorded any more, "
        "is £332.50",
    ]


def test_what_no_step_told_of_is_found_at_night(folded):
    Visit.objects.filter(pk=folded.visit.pk).update(status="took place")

    check_money()
    check_money()

    assert recoveries(folded.first) == [("dropped", "folded", D("95.00"))]


def test_at_night_one_plan_that_fails_leaves_no_other_behind_and_no_balance_unchecked(folded):
    """Of one plan in force no release can be written; in the other somebody is asked for what is not owed any more."""
    Visit.objects.filter(pk=folded.visit.pk).update(status="took place")
    other = funded_programme(partnerships=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'full'; END $$ LANGUAGE plpgsql"
        )
        cursor.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON funding_release FOR EACH ROW "
            f"WHEN (NEW.stage_id = {other.stages[0].pk}) EXECUTE FUNCTION full_disk()"
        )
    Release.objects.filter(stage=other.stages[0]).delete()

    with pytest.raises(ExceptionGroup) as failed:
        check_money()

    assert [str(error).splitlines()[0] for error in failed.value.exceptions] == ["full"]
    assert recoveries(folded.first) == [("dropped", "folded", D("95.00"))]
    assert LedgerCheck.objects.count() == 1


def test_an_approval_taken_back_joins_what_is_asked_back_since_with_what_was_set_against_it(folded):
    """95.00 was taken off a release; since then another 95.00 is owed. The approval is taken back: 190.00 is."""
    first, second = folded.partnerships
    second.specialist.home_school = first.specialist.home_school
    second.specialist.save()
    december = release_of(second, folded.stages[1], "specialist")
    recovering.set_against(folded.Ruth, folded.recovery, december)
    hand_in(second, folded.points[1])
    approve(folded.Tom, folded.plan, [december])
    used = Visit.objects.get(partnership=first, status="took place")
    visiting.visit_record_reopened(folded.Amira, used)
    assert recoveries(first) == [("offset", "folded", D("95.00")), ("proposed", "folded", D("95.00"))]

    releasing.take_approval_back(folded.Tom, december)

    assert [row for row in recoveries(first) if row[0] != "dropped"] == [("proposed", "folded", D("190.00"))]
