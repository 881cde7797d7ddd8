"""Money on Today: whose turn it is with what is asked back, and what a head only waits for."""

import datetime as dt

import pytest

from accounts.roles import Role
from funding.models import Evidence, Recovery, Stage
from funding.services import paying, recovering
from tests.factories import MembershipFactory
from tests.money.funded import IN_TIME, authorise, fold, release_of
from tests.reading import today

pytestmark = pytest.mark.django_db
TITLE = "1 release for your school is not paid yet"


def head_of(money, school):
    return MembershipFactory(organisation=money.organisation, role=Role.HEADTEACHER, school=school).user


def test_each_step_of_what_is_asked_back_stands_on_today_of_whose_turn_it_is(client, paid):
    """118.75 of the partner school and 95.00 of the specialist teacher's."""
    fold(paid, paid.partnerships[0])
    rows = list(Recovery.objects.all())
    office = [paid.Amira, paid.Tom, paid.Martin, paid.Ruth]

    proposed = [today(client, person) for person in office]
    for row in rows:
        recovering.request(paid.Amira, row)
    requested = [today(client, person) for person in office]
    for row in rows:
        recovering.approve(paid.Tom, row)
    approved = [today(client, person) for person in office]

    can = "£213.75, paid and not used, can be asked back"
    assert [can in text for text in proposed] == [True, False, False, True]
    assert "the partnership folded before its half-days were used. And 1 more." in proposed[3]
    assert ["waits for your approval" in text for text in requested] == [False, True, True, False]
    assert ["£213.75, asked back, is not paid back yet" in text for text in approved] == [False, False, False, True]


def test_the_head_who_owes_it_reads_it_until_it_is_set_against_a_stage(client, paid):
    first, second = paid.partnerships
    second.partner_school = first.partner_school
    second.save()
    fold(paid, first)
    row = Recovery.objects.get(partnership=first, side="partner")
    head, other = head_of(paid, first.partner_school), head_of(paid, second.specialist.home_school)

    recovering.request(paid.Amira, row)
    requested = today(client, head)
    recovering.approve(paid.Tom, row)
    approved, elsewhere = today(client, head), today(client, other)
    recovering.set_against(paid.Ruth, row, release_of(second, paid.stages[1], "partner"))
    set_against, finance = today(client, head), today(client, paid.Ruth)

    words = "£118.75 is asked back from your school"
    assert [words in text for text in (requested, approved, elsewhere, set_against)] == [False, True, False, False]
    assert "is not paid back yet" not in finance


def test_a_head_only_waits_for_money_as_long_as_others_have_to_act(client, paid):
    text = today(client, head_of(paid, paid.partnerships[0].partner_school))

    assert text.index("Waiting for others") < text.index(TITLE)
    assert "Nothing needs you now" in text


def test_it_is_the_schools_turn_where_it_owes_evidence(client, paid):
    december, partnership = paid.stages[1], paid.partnerships[0]
    Stage.objects.filter(pk=december.pk).update(conditions=["data", "evidence"], evidence="The action plan")
    head = head_of(paid, partnership.partner_school)

    owing = today(client, head)
    Evidence.objects.create(stage=december, partnership=partnership, on=dt.date(2027, 1, 20), by=paid.Amira)
    done = today(client, head)

    assert f"{TITLE} Stage December. Your school owes: The action plan." in owing
    assert "Waiting for others" not in owing.split(TITLE)[0]
    assert "Your school owes" not in done
    assert "Waiting for others" in done.split(TITLE)[0]


def test_a_batch_that_is_partly_answered_says_how_much_waits(client, approved):
    batch = authorise(approved)
    first, *others = batch.payments.order_by("number")
    whole = today(client, approved.Ruth)
    paying.take_answers(approved.Ruth, batch, [paying.Answered(first, True, IN_TIME.date())])

    partly = today(client, approved.Ruth)

    assert f"Batch {batch} waits for finance\u2019s answer £617.50, authorised on 27 January." in whole
    waits = sum(row.amount for row in others)
    assert f"£{waits} of £617.50, 3 of 4 payments, authorised on 27 January." in partly
