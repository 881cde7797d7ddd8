"""Money that is approved and cannot be paid yet: the head reads why, and who acts next, wherever the school's money is
told."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from funding.models import Payee, Release
from funding.of_school import part_for, statement_of
from funding.printing.school import school_figures
from tests.factories import MembershipFactory
from tests.money.funded import WHY, approve, either, hand_in, release_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def new_payee(money, school, by, **fields):
    values = {"name": "Harbour Trust", "route": "supplier", "code": "S66666", "since": dt.date(2027, 1, 27)} | fields
    return Payee.objects.create(organisation=money.organisation, school=school, entered_by=by, **values)


def head_of(money, school):
    return MembershipFactory(organisation=money.organisation, role=Role.HEADTEACHER, school=school).user


def read(client, person, name, *args):
    client.force_login(person)
    return text_of(client.get(reverse(name, args=args)))


def finance(money):
    return either(money.Ruth, money.Una)


def told(money):
    """What is missing, in the file of the school, and what its statement on paper says."""
    part = part_for(money.plan, money.school, Release.objects.all())
    columns, rows = statement_of([part])
    stage, missing = columns.index("Stage"), columns.index("What is missing")
    missing = {row[missing] for row in rows if row[stage] == "October"} - {""}
    facts = school_figures(money.organisation, money.school)
    reasons = [words for stage in facts["programmes"][0]["stages"] for e in stage["entries"] for words in e["reasons"]]
    return missing, reasons


def test_a_head_reads_that_finance_rejected_it_why_and_who_acts(client, rejected):
    head = head_of(rejected, rejected.school)
    said = f"Finance rejected the payment {rejected.payment.reference} on 27 January 2027: {WHY}."
    acts = f"{finance(rejected)} looks at how the school is paid, and has it paid again."

    page = read(client, head, "funding:school", rejected.school.urn)
    missing, reasons = told(rejected)

    advice = "If how your school is paid has changed, tell them."
    assert f"Approved on 27 January 2027 by {rejected.Tom}. {said} {acts} {advice}" in page
    assert "Payment rejected" in page
    assert "is approved and cannot be paid yet" in page
    assert "Finance pays it next" not in page
    assert missing == {f"{said} {acts}"}
    assert f"Approved on 27 January 2027 by {rejected.Tom}. {said} {acts}" in reasons


def test_once_it_is_paid_otherwise_the_head_reads_that_finance_pays_it_next(client, rejected):
    head = head_of(rejected, rejected.school)
    new_payee(rejected, rejected.school, rejected.Una, confirmed_by=rejected.Ruth, confirmed_at=timezone.now())

    page = read(client, head, "funding:school", rejected.school.urn)

    assert f"{WHY}. How the school is paid has changed since. Finance pays it next. Nothing for you to do." in page
    assert "cannot be paid yet" not in page
    assert told(rejected)[0] == set()


def test_a_head_reads_that_the_payee_waits_for_a_second_person_and_who_it_is(client, approved):
    release = approved.releases[0]
    release.refresh_from_db()
    approved.school = release.school
    new_payee(approved, release.school, approved.Ruth)
    said = (
        f"How {release.school} is paid was entered by {approved.Ruth} on 27 January 2027 and waits for a second person"
    )

    page = read(client, head_of(approved, release.school), "funding:school", release.school.urn)
    own = read(client, approved.Amira, "funding:release", release.pk)

    for text in (page, own):
        assert said in text
        assert "can confirm it." in text
        assert "Waiting for a second person to confirm the payee" in text
    assert "Finance pays it next" not in page
    assert any(words.startswith(said) for words in told(approved)[0])


def test_a_head_reads_that_nobody_has_said_how_the_school_is_paid(client, money):
    hand_in(money.partnerships[0], money.points[0])
    release = release_of(money.partnerships[0], money.stages[0], "partner")
    approve(money.Tom, money.plan, [release])
    release.refresh_from_db()

    page = read(client, head_of(money, release.school), "funding:school", release.school.urn)

    acts = f"{finance(money)} enters it, and a second person confirms it."
    assert f"Nobody has said yet how {release.school} is paid. {acts}" in page


def test_today_tells_the_head(client, rejected):
    head = head_of(rejected, rejected.school)

    before = read(client, head, "today")
    new_payee(rejected, rejected.school, rejected.Una)
    waits = read(client, head, "today")

    assert "Finance rejected the payment of £" in before
    assert f"October: {WHY}." in before
    assert "Waiting for others" not in before.split("Finance rejected the payment of £")[0]
    assert "is approved and cannot be paid yet" in waits
    assert "waits for a second person" in waits
