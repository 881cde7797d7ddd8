"""Training of a school's staff: paid for each person present, as many as the programme funds, and once for a school."""

import datetime as dt
from decimal import Decimal

import pytest

from funding.models import FundingPlan, PlanItem
from funding.standing import standing_of
from programmes.models import Partnership
from tests.factories import AttendanceFactory, EventFactory, PartnerSchoolFactory, PartnershipFactory

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def trained(money):
    """Three of the staff of a partner school, and one teacher of another, were at the shared training day."""
    step = money.programme.timetable.get(name="Moderation 2")
    money.plan.items.filter(step=step).delete()
    PlanItem.objects.create(plan=money.plan, kind="staff", step=step, name="Shared INSET", partner_half_days=2)
    money.school = money.partnerships[0].partner_school
    money.event = EventFactory(
        programme=money.programme, step=step, kind="inset", on=dt.date(2027, 1, 20), register_closed_at=closed_at(20)
    )
    said = {"event": money.event, "recorded_by": money.Amira, "recorded_at": closed_at(20)}
    for school in [money.school] * 3 + [money.partnerships[0].specialist.home_school]:
        AttendanceFactory(school=school, present=True, **said)
    AttendanceFactory(school=money.school, present=False, **said)
    return money


def closed_at(day):
    return dt.datetime(2027, 1, day, 17, tzinfo=dt.UTC)


def paid_for(money):
    """(reference of the partnership, amount) of each line that pays for training."""
    rows = standing_of(FundingPlan.objects.get(pk=money.plan.pk)).rows
    lines = [(row.partnership, line) for row in rows for line in row.lines if line.kind == "staff"]
    return [(partnership.ref, line.amount) for partnership, line in lines]


def test_each_person_present_is_paid_where_the_programme_names_no_number(trained):
    assert paid_for(trained) == [("P001", D("190.00"))] * 3


@pytest.mark.parametrize("is_listed", [True, False])
def test_no_more_are_paid_than_the_programme_funds(trained, is_listed):
    """Also where the school is on no list of schools that were recruited, as after loading a folder."""
    type(trained.programme).objects.filter(pk=trained.programme.pk).update(staff_funded=2)
    if is_listed:
        PartnerSchoolFactory(programme=trained.programme, school=trained.school)

    assert paid_for(trained) == [("P001", D("190.00"))] * 2


def test_the_number_of_the_school_goes_before_that_of_the_programme(trained):
    type(trained.programme).objects.filter(pk=trained.programme.pk).update(staff_funded=1)
    PartnerSchoolFactory(programme=trained.programme, school=trained.school, staff_funded=3)

    assert paid_for(trained) == [("P001", D("190.00"))] * 3


@pytest.mark.parametrize("status", ["proposed", "enquiry", "folded"])
def test_a_school_is_paid_once_with_the_first_partnership_that_was_agreed(trained, status):
    """A partnership that stands before it and is not agreed, or has folded, keeps nothing from being paid."""
    Partnership.objects.filter(pk=trained.partnerships[0].pk).update(ref="P002B")
    PartnershipFactory(programme=trained.programme, ref="P000", partner_school=trained.school, status=status)

    assert paid_for(trained) == [("P002B", D("190.00"))] * 3


def test_nothing_is_paid_before_the_register_is_closed(trained):
    type(trained.event).objects.filter(pk=trained.event.pk).update(register_closed_at=None)

    assert paid_for(trained) == []
