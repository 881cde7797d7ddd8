import datetime as dt

import pytest
import time_machine
from django.core.cache import cache

from accounts.roles import Role
from funding.models import Recovery
from funding.services import paying, releasing
from tests.factories import EventFactory, MembershipFactory
from tests.money.funded import (
    IN_TIME,
    WHY,
    approve,
    ask,
    authorise,
    fold,
    funded_programme,
    hand_in,
    held,
    payees,
    planned,
    release_of,
)
from visits.events import register


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(IN_TIME, tick=False):
        yield


@pytest.fixture
def money(db):
    """Two partnerships of the Essex plan, at the end of January: October and December are due."""
    return funded_programme()


@pytest.fixture
def head(money):
    """Of the partner school of the first partnership."""
    school = money.partnerships[0].partner_school
    return MembershipFactory(organisation=money.organisation, role=Role.HEADTEACHER, school=school).user


@pytest.fixture
def handed_in(money):
    """The grades of October are in: its four releases wait for approval."""
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
    money.releases = [
        release_of(partnership, money.stages[0], side)
        for partnership in money.partnerships
        for side in ("specialist", "partner")
    ]
    return money


@pytest.fixture
def approved(handed_in):
    """All four releases of October are approved by Tom, and every school can be paid."""
    payees(handed_in)
    approve(handed_in.Tom, handed_in.plan, handed_in.releases)
    return handed_in


@pytest.fixture
def paid(money):
    """October is paid to both sides of both partnerships, and one visit of the first took place."""
    payees(money)
    releases = []
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
        releases += [release_of(partnership, money.stages[0], side) for side in ("specialist", "partner")]
    approve(money.Tom, money.plan, releases)
    batch = authorise(money)
    answers = [paying.Answered(row, True, dt.date(2027, 1, 20)) for row in batch.payments.all()]
    paying.take_answers(money.Ruth, batch, answers)
    held(money, money.partnerships[0], "Visit 1")
    return money


@pytest.fixture
def october(money):
    """Of four releases two are paid for by finance, one is held, and one rests on a waiver and waits for approval."""
    first, second = money.partnerships
    hand_in(first, money.points[0])
    payees(money)
    approve(money.Tom, money.plan, [release_of(first, money.stages[0], side) for side in ("specialist", "partner")])
    authorise(money)
    releasing.waive(money.Amira, release_of(second, money.stages[0], "partner"), "data", "illness", "In November")
    return money


@pytest.fixture
def rejected(approved):
    """One payment of October's batch came back with `WHY`, the others were paid."""
    batch = authorise(approved)
    first, *others = batch.payments.select_related("payee__school").order_by("number")
    answers = [paying.Answered(first, False, dt.date(2027, 1, 27), WHY)]
    answers += [paying.Answered(row, True, dt.date(2027, 1, 27)) for row in others]
    paying.take_answers(approved.Ruth, batch, answers)
    approved.payment, approved.payee, approved.school = first, first.payee, first.payee.school
    return approved


@pytest.fixture
def folded(paid):
    """October paid the specialist teacher's school 2 half-days. 1 was used, and a visit of the day before the fold is
    neither confirmed nor cancelled. 95.00 is asked for by Amira and approved by Tom."""
    paid.first = paid.partnerships[0]
    paid.visit = planned(paid.first, paid.programme.timetable.get(name="Visit 2"), dt.date(2027, 1, 25))
    fold(paid, paid.first)
    paid.recovery = Recovery.objects.get(partnership=paid.first, side="specialist")
    ask(paid, paid.recovery)
    return paid


@pytest.fixture
def registered(paid):
    """Everybody was at the first moderation, and its register is closed."""
    step = paid.programme.timetable.get(name="Moderation 1")
    paid.event = EventFactory(
        kind="moderation",
        programme=paid.programme,
        step=step,
        on=dt.date(2027, 1, 20),
        takes="am",
        starts_at=dt.time(9),
        ends_at=dt.time(12),
    )
    paid.first = paid.partnerships[0]
    for partnership in paid.partnerships:
        for person in partnership.teachers:
            register.mark(paid.Amira, paid.event, person, True)
    register.close_register(paid.Amira, paid.event)
    paid.event.refresh_from_db()
    return paid


@pytest.fixture
def all_paid(registered):
    """All four stages are paid to both sides of the first partnership."""
    for point, stage in list(zip(registered.points, registered.stages, strict=True))[1:]:
        hand_in(registered.first, point)
        type(stage).objects.filter(pk=stage.pk).update(due_on=dt.date(2027, 1, 20) + dt.timedelta(stage.pk % 5))
    for stage in registered.stages[1:]:
        sides = [release_of(registered.first, stage, side) for side in ("specialist", "partner")]
        approve(registered.Tom, registered.plan, sides)
    batch = authorise(registered)
    answers = [paying.Answered(row, True, dt.date(2027, 1, 20)) for row in batch.payments.all()]
    paying.take_answers(registered.Ruth, batch, answers)
    return registered


@pytest.fixture
def lettered(money):
    """All four releases of October are approved."""
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
    money.stage = money.stages[0]
    money.school = money.partnerships[0].partner_school
    money.release = release_of(money.partnerships[0], money.stage, "partner")
    money.releases = [
        release_of(partnership, money.stage, side)
        for partnership in money.partnerships
        for side in ("specialist", "partner")
    ]
    approve(money.Tom, money.plan, money.releases)
    cache.clear()
    return money
