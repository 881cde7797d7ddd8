"""The weekly mail reminds heads and teachers of what holds money back, in the sentences of the page."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import OutgoingMail
from accounts.roles import Role
from funding.services import releasing
from programmes.models import DataReturn
from reports.digest import order_digests
from reports.tasks import write_digests
from tests.factories import MembershipFactory
from tests.money.funded import approve, hand_in, release_of, teachers_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db
MISSING = "1 of 4 grades is missing for October, with no reason given."
SINCE = "can mend it; due since 16 October 2026."


@pytest.fixture
def owing(money):
    """The first partnership owes a grade for October; nothing else that is due is missing."""
    first, second = money.partnerships
    for partnership in money.partnerships:
        for point in money.points[:2]:
            hand_in(partnership, point)
    DataReturn.objects.filter(partnership=first, data_point=money.points[0]).update(assessed=3, state="open")
    money.first, money.second = first, second
    money.missing = f"{MISSING} {teachers_of(first)} {SINCE}"
    return money


def role(money, who, school=None, **fields):
    organisation = money.organisation
    return MembershipFactory(organisation=organisation, role=who, school=school, **fields).user


def mail_to(person):
    run = order_digests(dt.date(2027, 1, 25))
    write_digests(run.pk)
    letter = OutgoingMail.objects.filter(kind="weekly_digest", to=person).first()
    return letter and letter.text


def test_a_head_reads_in_the_mail_what_stands_on_the_page(client, owing):
    school = owing.first.partner_school
    head = role(owing, Role.HEADTEACHER, school)
    client.force_login(head)

    page = text_of(client.get(reverse("funding:school", args=[school.urn])))
    mail = mail_to(head)

    assert owing.missing in page
    label = f"{owing.first.label}, with {owing.first.specialist.home_school}"
    assert f"This holds money back:\n\n- £118.75, October stage, {label}: {owing.missing}\n" in mail


def test_a_hold_is_told_with_its_reason_and_what_waits_for_approval_is_not(owing):
    school = owing.second.partner_school
    head = role(owing, Role.HEADTEACHER, school)
    releasing.hold(owing.Martin, release_of(owing.second, owing.stages[0], "partner"), "New supplier number")

    mail = mail_to(head)

    assert f"Held since 27 January 2027 by {owing.Martin}: New supplier number" in mail
    assert "December stage" not in mail.partition("This holds money back:")[2]


def test_a_hold_on_what_is_approved_is_told_too(owing):
    head = role(owing, Role.HEADTEACHER, owing.second.partner_school)
    releases = [release_of(owing.second, stage, "partner") for stage in owing.stages[:2]]
    approve(owing.Tom, owing.plan, releases)
    releasing.hold(owing.Martin, releases[0], "New supplier number")

    assert f"by {owing.Martin}: New supplier number" in mail_to(head)


def test_both_teachers_are_told_what_they_owe_and_whose_money_waits_without_amounts(owing):
    specialist = owing.first.specialist.user
    MembershipFactory(user=specialist, organisation=owing.organisation, role=Role.SPECIALIST)

    mail = mail_to(specialist)

    schools = f"{owing.first.specialist.home_school} and {owing.first.partner_school}"
    assert f"- {owing.first.label}: {owing.missing} It holds back the money of {schools} for the October stage." in mail
    assert "£" not in mail


def test_whoever_owes_nothing_is_not_reminded(owing):
    specialist = owing.second.specialist.user
    MembershipFactory(user=specialist, organisation=owing.organisation, role=Role.SPECIALIST)
    head = role(owing, Role.HEADTEACHER, owing.second.partner_school)
    approve(
        owing.Tom,
        owing.plan,
        [release_of(owing.second, stage, side) for stage in owing.stages[:2] for side in ("specialist", "partner")],
    )

    mails = [mail_to(specialist), mail_to(head)]

    assert all("This holds money back" not in (mail or "") for mail in mails)


def test_a_school_next_door_and_the_office_read_nothing_of_it(owing):
    head = role(owing, Role.HEADTEACHER, owing.second.partner_school)
    office = role(owing, Role.OFFICE, owing.first.partner_school)

    mails = [mail_to(head), mail_to(office), mail_to(owing.Amira)]

    assert all("This holds money back" not in (mail or "") for mail in mails)
