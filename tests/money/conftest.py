import datetime as dt

import pytest
import time_machine

from funding.services import paying, releasing
from tests.money.funded import IN_TIME, approve, authorise, funded_programme, hand_in, held, payees, release_of


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(IN_TIME, tick=False):
        yield


@pytest.fixture
def money(db):
    """Two partnerships of the Essex plan, at the end of January: October and December are due."""
    return funded_programme()


@pytest.fixture
def approved(money):
    """All four releases of October are approved by Tom, and every school can be paid."""
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
    money.releases = [
        release_of(partnership, money.stages[0], side)
        for partnership in money.partnerships
        for side in ("specialist", "partner")
    ]
    payees(money)
    approve(money.Tom, money.plan, money.releases)
    return money


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
