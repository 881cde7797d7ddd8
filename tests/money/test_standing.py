"""How releases stand: amounts by stage, why they wait, and what makes them ready."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from funding.models import Release
from funding.services import releasing
from funding.standing import standing_of
from programmes.models import DataReturn
from tests.factories import PartnershipFactory
from tests.money.funded import approve, hand_in, release_of

pytestmark = pytest.mark.django_db


def row_of(money, partnership, stage, side):
    return next(
        row
        for row in standing_of(money.plan).rows
        if (row.partnership.pk, row.stage.pk, row.side) == (partnership.pk, stage.pk, side)
    )


def test_the_essex_plan_comes_to_a_quarter_of_eight_and_of_five_half_days(money):
    rows = standing_of(money.plan).rows

    assert len(rows) == 2 * 2 * 4
    assert {row.amount for row in rows if row.side == "specialist"} == {Decimal("190.00")}
    assert {row.amount for row in rows if row.side == "partner"} == {Decimal("118.75")}


def test_it_says_what_is_missing_who_owes_it_and_since_when(money):
    first, october = money.partnerships[0], money.stages[0]
    DataReturn.objects.filter(partnership=first, data_point=money.points[0]).update(assessed=3)

    row = row_of(money, first, october, "partner")
    later = row_of(money, first, money.stages[2], "partner")

    assert (row.word, later.word) == ("awaiting", "not due")
    reason = row.missing[0]
    assert (reason.words, reason.who, reason.since) == (
        "1 of 4 grades is missing for October, with no reason given.",
        "the two teachers",
        dt.date(2026, 10, 16),
    )


def test_whole_grades_that_nobody_submitted_are_still_missing(money):
    first = money.partnerships[0]
    DataReturn.objects.filter(partnership=first, data_point=money.points[0]).update(assessed=4)

    row = row_of(money, first, money.stages[0], "partner")

    assert [reason.words for reason in row.missing] == [
        "All grades for October are there, but nobody has submitted them."
    ]


def test_submitted_grades_make_both_sides_of_this_partnership_ready_and_no_other(money):
    first = money.partnerships[0]
    hand_in(first, money.points[0])

    words = {(row.partnership.ref, row.side): row.word for row in standing_of(money.plan).of(stage=money.stages[0])}

    assert words == {
        ("P001", "specialist"): "ready",
        ("P001", "partner"): "ready",
        ("P002", "specialist"): "awaiting",
        ("P002", "partner"): "awaiting",
    }


def test_what_was_opened_again_is_not_ready_any_more(money):
    data = hand_in(money.partnerships[0], money.points[0])
    DataReturn.objects.filter(pk=data.pk).update(state="open")

    assert row_of(money, money.partnerships[0], money.stages[0], "partner").word == "awaiting"


def test_what_was_approved_stays_and_a_new_rate_goes_into_the_next_stage(money):
    first = money.partnerships[0]
    hand_in(first, money.points[0])
    approve(money.Tom, money.plan, [release_of(first, money.stages[0], "partner")])
    money.plan.rate = Decimal("100.00")
    money.plan.save()

    amounts = [row_of(money, first, stage, "partner").amount for stage in money.stages]
    december = row_of(money, first, money.stages[1], "partner")

    assert amounts == [Decimal("118.75"), Decimal("131.25"), Decimal("125.00"), Decimal("125.00")]
    assert sum(amounts) == Decimal("500.00")
    assert [(line.kind, line.amount) for line in december.lines] == [
        ("share", Decimal("125.00")),
        ("adjustment", Decimal("6.25")),
    ]


def test_it_takes_the_same_number_of_queries_for_two_and_for_twelve_partnerships(money):
    def queries():
        with CaptureQueriesContext(connection) as found:
            standing_of(money.plan)
        return len(found)

    queries()  # reads what is kept with the plan for good
    few = queries()
    for _ in range(10):
        row = PartnershipFactory(programme=money.programme)
        for point in money.points:
            DataReturn.objects.create(partnership=row, data_point=point, expected=4)
    releasing.make_releases(money.plan)

    assert queries() == few
    assert Release.objects.filter(stage__plan=money.plan).count() == 12 * 2 * 4
