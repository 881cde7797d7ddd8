"""Cover that is given up within two school days is paid to whom the half-day would have been paid."""

import datetime as dt
from decimal import Decimal

import pytest

from funding.models import FundingPlan
from funding.standing import standing_of
from tests.factories import BookingFactory
from tests.money.funded import planned
from visits import services as visiting
from visits.ledger.reading import lines_of

pytestmark = pytest.mark.django_db


def given_up(money, name, host):
    """A visit of tomorrow for which both teachers are out of class is cancelled today."""
    first = money.partnerships[0]
    visit = planned(first, money.programme.timetable.get(name=name), dt.date(2027, 1, 28))
    type(visit).objects.filter(pk=visit.pk).update(host=host)
    visit.refresh_from_db()
    teacher = first.partner_teachers.get().user
    BookingFactory(visit=visit, person=teacher, school=first.partner_school, on=visit.on, half=visit.half)
    visiting.cancel_visit(money.Amira, visit, "Snow")


def late_lines(money):
    rows = standing_of(FundingPlan.objects.get(pk=money.plan.pk), [money.partnerships[0].pk]).rows
    return sorted((row.side, line.amount) for row in rows for line in row.lines if line.kind == "late cover")


def in_ledger(money):
    """Late half-days of the specialist teacher's school and the partner school."""
    return [line.account.late for line in lines_of(money.programme.partnerships.filter(ref="P001"))]


@pytest.mark.parametrize("is_host_paid", [False, True])
def test_the_host_whom_the_step_does_not_pay_is_paid_for_late_cover_only_where_its_cover_is(money, is_host_paid):
    FundingPlan.objects.filter(pk=money.plan.pk).update(pays_host_cover=is_host_paid)
    given_up(money, "Visit 2", money.partnerships[0].partner_school)

    host = [("partner", Decimal("95.00"))] if is_host_paid else []
    assert late_lines(money) == [*host, ("specialist", Decimal("95.00"))]
    assert in_ledger(money) == [1, 0]


def test_who_hosts_a_visit_in_return_is_not_paid_and_who_comes_is(money):
    given_up(money, "Reciprocal visit 1", money.partnerships[0].specialist.home_school)

    assert late_lines(money) == [("partner", Decimal("95.00"))]
    assert in_ledger(money) == [0, 1]
