"""What a school owes or is still to get is worked out again when the plan changes or a visit is given up."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import F
from django.urls import reverse

from funding.models import Recovery, Stage
from funding.services import planning, recording
from funding.services.settling import settle
from funding.standing import standing_of
from tests.money.funded import ask, planned, recoveries, recovery_page
from tests.reading import text_of, today
from visits import services as visiting

pytestmark = pytest.mark.django_db
D = Decimal
DAY = dt.date(2027, 1, 27)


def test_what_no_stage_is_left_to_pay_is_said_and_a_further_stage_pays_it(client, all_paid):
    visit = planned(all_paid.first, all_paid.programme.timetable.get(name="Visit 3"), dt.date(2027, 1, 28))
    visiting.cancel_visit(all_paid.Amira, visit, "The teacher was ill")
    school = all_paid.first.specialist.home_school

    def pages():
        client.force_login(all_paid.Amira)
        urls = [
            reverse("funding:programme", args=[all_paid.programme.slug]),
            reverse("funding:school", args=[school.urn]),
        ]
        return [text_of(client.get(url)) for url in urls]

    before = pages()

    def add_a_stage():
        all_paid.plan.stages.filter(pk=all_paid.stages[3].pk).update(share=F("share") - 1)
        Stage.objects.create(plan=all_paid.plan, name="Last", due_on=DAY, share=1, conditions=[])

    planning.change(all_paid.Amira, all_paid.plan, add_a_stage, "Cover is still to be paid")
    after = pages()

    due = f"£95.00 is due to {school} ({all_paid.first.ref}) and no stage is left to pay it: all are approved or paid."
    more = "£95.00 more is due and no stage is left to pay it."
    assert [due in before[0], more in before[1]] == [True, True]
    assert [due in after[0], more in after[1]] == [False, False]
    [row] = [
        row
        for row in standing_of(all_paid.plan, [all_paid.first.pk]).rows
        if row.stage.name == "Last" and row.side == "specialist"
    ]
    assert ("late cover", D("95.00")) in [(line.kind, line.amount) for line in row.lines]
    assert row.amount == D("95.00")  # what the share brings was paid before


def test_a_visit_not_held_can_be_checked_by_whoever_approves_and_its_end_is_told(client, all_paid):
    key = next(one.key for one in recording.missed(all_paid.plan) if one.partnership == all_paid.first)
    recording.give_up(all_paid.Amira, all_paid.plan, [key], "No cover was to be found.")
    row = Recovery.objects.get()
    ask(all_paid, row)

    page = recovery_page(client, all_paid.Tom, row)
    recording.take_giving_up_back(all_paid.Amira, all_paid.plan.items.get(name="Visit 2").not_held.get())
    told = today(client, all_paid.Tom)

    assert "8 paid, 7 funded as things stand now" in page
    assert "Visit 2 did not take place: No cover was to be found" in page
    assert "8 less 7 is 1: at £95.00 for a half-day, £95.00" in page
    assert "Visit 2 is to take place after all. It was worked out anew: nothing is owed any more." in told
    assert "£95.00 that you approved is not asked back any more" in told


def with_half_days(money, number):
    return lambda: money.plan.items.filter(name="Visit 6").update(specialist_half_days=number)


def test_what_a_change_of_the_plan_leaves_paid_too_much_is_asked_back_at_once(client, all_paid):
    """Nothing is open any more that could pay so much less."""
    planning.change(all_paid.Amira, all_paid.plan, with_half_days(all_paid, 0), "One visit fewer")

    assert recoveries(all_paid.first) == [("proposed", "changed", D("95.00"))]
    assert recoveries(all_paid.first, "partner") == []


def test_what_is_asked_back_ends_with_a_change_that_lets_the_school_keep_it(client, all_paid):
    planning.change(all_paid.Amira, all_paid.plan, with_half_days(all_paid, 0), "One visit fewer")
    ask(all_paid, Recovery.objects.get())
    school = all_paid.first.specialist.home_school

    seen = planning.preview(all_paid.plan, with_half_days(all_paid, 1))
    kept = recoveries(all_paid.first)
    change = planning.change(all_paid.Amira, all_paid.plan, with_half_days(all_paid, 1), "As it was")

    assert kept == [("approved", "changed", D("95.00"))]
    assert [row.more for row in seen.schools if row.school == school] == [D("95.00")]
    assert recoveries(all_paid.first) == [("dropped", "changed", D("95.00"))]
    why = "The funding plan was changed. It was worked out anew: nothing is owed any more."
    assert why in today(client, all_paid.Tom)
    assert change.difference == sum(row.more for row in seen.schools)


def test_a_reason_that_is_long_is_shortened(all_paid):
    planning.change(all_paid.Amira, all_paid.plan, with_half_days(all_paid, 0), "One visit fewer")
    all_paid.plan.items.filter(name="Visit 6").update(specialist_half_days=1)

    settle(all_paid.plan, why="Visit 6 is to take place after all. " * 9)

    because = Recovery.objects.get().because
    assert len(because) <= 200
    assert because.endswith("... It was worked out anew: nothing is owed any more.")
