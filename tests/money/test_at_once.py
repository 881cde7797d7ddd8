"""A hundred people press the same button at once: one effect."""

import uuid

import pytest

from funding import ledger
from funding.models import Approval, FundingLetter, LedgerEntry, PaymentBatch, Release, WrongState
from funding.services import letters, paying, releasing
from programmes.models import DataReturn
from tests.money.funded import approve, funded_programme, hand_in, payees
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def money(transactional_db):
    money = funded_programme()
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
    money.releases = list(Release.objects.filter(stage=money.stages[0]).order_by("pk"))
    payees(money)
    return money


def amounts(money):
    return {row.pk: 190 if row.side == "specialist" else money.plan.rate * 5 / 4 for row in money.releases}


def test_of_a_hundred_who_approve_at_once_one_does(money):
    seen = amounts(money)

    def press(number):
        person = money.Tom if number % 2 else money.Martin
        return lambda: releasing.approve(person, money.plan, seen, uuid.uuid4())

    answers = at_once(*map(press, range(100)), expecting=WrongState)

    assert sum(isinstance(answer, Approval) for answer in answers) == 1
    assert (Approval.objects.count(), LedgerEntry.objects.count()) == (1, 4)
    assert set(Release.objects.filter(stage=money.stages[0]).values_list("state", flat=True)) == {"approved"}


def test_one_form_sent_a_hundred_times_gives_one_approval_to_all(money):
    key, seen = uuid.uuid4(), amounts(money)

    answers = at_once(*[lambda: releasing.approve(money.Tom, money.plan, seen, key)] * 100)

    assert len(set(answers)) == 1
    assert LedgerEntry.objects.count() == 4


def test_of_a_hundred_who_authorise_at_once_one_makes_a_batch(money):
    approve(money.Tom, money.plan, money.releases)
    choice = paying.choose(money.Ruth, money.organisation)
    seen = {release.pk: group.payee.pk for group in choice.groups for release in group.releases}

    def press(number):
        person = money.Ruth if number % 2 else money.Una
        return lambda: paying.authorise(person, money.organisation, seen, uuid.uuid4())

    answers = at_once(*map(press, range(100)), expecting=WrongState)

    batch = PaymentBatch.objects.get()
    assert [answer for answer in answers if isinstance(answer, PaymentBatch)] == [batch]
    assert ledger.balances(money.plan) == ledger.recomputed(money.plan)


def test_grades_that_are_opened_again_while_a_release_is_approved_come_before_or_after_it(money):
    """Either nothing is approved, with the reason, or the version that was approved is kept."""
    seen, row = amounts(money), DataReturn.objects.get(partnership=money.partnerships[0], data_point=money.points[0])

    def reopen():
        DataReturn.objects.filter(pk=row.pk).update(state="open", version=row.version + 1)

    answers = at_once(
        lambda: releasing.approve(money.Tom, money.plan, seen, uuid.uuid4()), reopen, expecting=WrongState
    )

    states = set(Release.objects.filter(stage=money.stages[0]).values_list("state", "data_version"))
    if isinstance(answers[0], Approval):
        assert states == {("approved", 1)}
    else:
        assert states == {("open", None)}
        assert "nobody has submitted them" in answers[0].refusals[0].words


def test_of_twenty_who_issue_letters_at_once_each_school_gets_one(money):
    approve(money.Tom, money.plan, money.releases)
    schools = set(Release.objects.filter(stage=money.stages[0]).values_list("school", flat=True))

    answers = at_once(*[lambda: letters.issue(money.Ruth, money.plan, money.stages[0], schools)] * 20)

    assert sorted(len(answer) for answer in answers) == [0] * 19 + [4]
    assert FundingLetter.objects.count() == len(schools) == 4
