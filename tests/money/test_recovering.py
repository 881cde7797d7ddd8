"""A partnership folds with money ahead of its visits: what is left is not paid, what is too much is asked back."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from accounts.roles import Role
from funding import ledger
from funding.models import Recovery, Release, WrongState
from funding.services import recovering
from funding.standing import standing_of
from programmes.services import life
from tests.factories import MembershipFactory, PartnershipFactory
from tests.money.funded import approve, fold, hand_in, held, release_of

pytestmark = pytest.mark.django_db


def recoveries(partnership):
    rows = Recovery.objects.filter(partnership=partnership).order_by("side")
    return [(row.side, row.state, row.amount, row.half_days_paid, row.half_days_used) for row in rows]


def test_what_was_paid_ahead_of_the_visits_is_worked_out(paid):
    """The specialist teacher's school was paid 2 half-days and used 1, the partner school 1.25 and used none."""
    fold(paid, paid.partnerships[0])

    assert recoveries(paid.partnerships[0]) == [
        ("partner", "proposed", Decimal("118.75"), Decimal("1.25"), 0),
        ("specialist", "proposed", Decimal("95.00"), Decimal("2.00"), 1),
    ]
    rest = Release.objects.filter(partnership=paid.partnerships[0]).exclude(state="paid")
    assert {row.state for row in rest} == {"voided"}
    assert not Recovery.objects.filter(partnership=paid.partnerships[1]).exists()


def test_where_more_was_used_than_paid_the_next_stage_pays_the_rest_without_any_grades(paid):
    held(paid, paid.partnerships[0], "Visit 2", "Visit 3")
    fold(paid, paid.partnerships[0])

    rows = [row for row in standing_of(paid.plan, [paid.partnerships[0].pk]).rows if row.side == "specialist"]
    assert [(row.stage.name, row.word, row.amount) for row in rows] == [
        ("October", "paid", Decimal("190.00")),
        ("December", "ready", Decimal("95.00")),
    ]


def test_two_people_ask_it_back_and_the_ledger_follows(paid):
    fold(paid, paid.partnerships[0])
    row = Recovery.objects.get(partnership=paid.partnerships[0], side="specialist")

    recovering.request(paid.Amira, row)
    with pytest.raises(WrongState, match="somebody else approves"):
        recovering.approve(paid.Amira, row)
    with pytest.raises(DatabaseError), transaction.atomic():
        Recovery.objects.filter(pk=row.pk).update(state="approved", approved_by=paid.Amira)
    recovering.approve(paid.Tom, row)
    recovering.receive(paid.Ruth, row, dt.date(2027, 1, 27))

    assert (row.state, row.ended_on) == ("recovered", dt.date(2027, 1, 27))
    assert ledger.balances(paid.plan) == ledger.recomputed(paid.plan)
    home = paid.partnerships[0].specialist.home_school
    assert ledger.balances(paid.plan)[home.pk, paid.stages[0].pk, "paid"] == Decimal("95.00")
    with pytest.raises(WrongState):
        recovering.receive(paid.Ruth, row, dt.date(2027, 1, 27))


def test_it_is_set_against_the_next_stage_of_the_same_school(paid):
    """The partner school has a second partnership, whose December release pays so much less."""
    first, second = paid.partnerships
    second.partner_school = first.partner_school
    second.save()
    fold(paid, first)
    hand_in(second, paid.points[1])
    row = Recovery.objects.get(partnership=first, side="partner")
    recovering.request(paid.Amira, row)
    recovering.approve(paid.Tom, row)
    december = release_of(second, paid.stages[1], "partner")

    with pytest.raises(WrongState, match="Choose a release of this school"):
        recovering.set_against(paid.Ruth, row, release_of(second, paid.stages[1], "specialist"))
    recovering.set_against(paid.Ruth, row, december)
    approve(paid.Tom, paid.plan, [december])

    row.refresh_from_db()
    december.refresh_from_db()
    assert (row.state, december.amount, december.state) == ("offset", Decimal("0.00"), "paid")
    assert [(line.kind, line.amount) for line in december.lines.all()] == [
        ("share", Decimal("118.75")),
        ("offset", Decimal("-118.75")),
    ]
    assert ledger.balances(paid.plan) == ledger.recomputed(paid.plan)


def test_what_was_set_against_a_stage_a_moment_ago_is_not_paid_back_as_well(paid):
    first, second = paid.partnerships
    second.partner_school = first.partner_school
    second.save()
    fold(paid, first)
    row = Recovery.objects.get(partnership=first, side="partner")
    recovering.request(paid.Amira, row)
    recovering.approve(paid.Tom, row)
    looked_at_before = Recovery.objects.get(pk=row.pk)
    recovering.set_against(paid.Ruth, row, release_of(second, paid.stages[1], "partner"))

    with pytest.raises(WrongState, match="It is set against a later stage"):
        recovering.receive(paid.Una, looked_at_before, dt.date(2027, 1, 27))

    row.refresh_from_db()
    assert row.state == "approved"


def test_a_fold_that_is_taken_back_opens_the_stages_again(paid):
    fold(paid, paid.partnerships[0])

    partnership = paid.partnerships[0]
    life.move(paid.Amira, partnership, "active", on=dt.date(2027, 1, 26), reason="Entered by mistake")

    assert [row[1] for row in recoveries(partnership)] == ["dropped", "dropped"]
    amounts = [row.amount for row in standing_of(paid.plan, [partnership.pk]).rows if row.side == "partner"]
    assert amounts == [Decimal("118.75")] * 4


def test_a_partnership_that_is_agreed_has_its_releases(money):
    row = PartnershipFactory(programme=money.programme, status="proposed")
    MembershipFactory(organisation=money.organisation, role=Role.HEADTEACHER, school=row.partner_school)
    before = Release.objects.filter(partnership=row).count()

    life.move(money.Amira, row, "agreed", on=dt.date(2027, 1, 26))

    assert (before, Release.objects.filter(partnership=row).count()) == (0, 8)
