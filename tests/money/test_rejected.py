"""What finance rejected is said wherever it would be paid again, and is not chosen again by itself."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from funding.models import Payee
from funding.services import paying, releasing
from tests.money.funded import WHY, authorise
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def page_of(client, person, name, *args, data=None):
    client.force_login(person)
    answer = client.get(reverse(f"funding:{name}", args=args), data or {})
    return text_of(answer), answer.content.decode()


def paid_otherwise(money):
    old = money.payee
    Payee.objects.create(
        organisation=old.organisation,
        school=old.school,
        name=old.name,
        route="supplier",
        code="V9",
        since=dt.date(2027, 1, 27),
        entered_by=money.Una,
        confirmed_by=money.Ruth,
        confirmed_at=timezone.now(),
    )


def test_the_payments_page_says_why_and_does_not_choose_it_again(client, rejected):
    text, html = page_of(client, rejected.Ruth, "payments")

    words = f"Rejected by finance on 27 January 2027 in {rejected.payment.reference}: {WHY}"
    assert f"{words}. The payee is the same still." in text
    assert "Finance rejected 1 release of these" in text
    assert html.count('name="release"') == 1
    assert " checked" not in html


def test_once_the_payee_has_changed_it_is_chosen_again_and_still_told(client, rejected):
    paid_otherwise(rejected)

    text, html = page_of(client, rejected.Ruth, "payments")

    assert f"{WHY}. The payee has changed since." in text
    assert html.count(" checked") == 1


def test_the_check_before_authorising_says_it(client, rejected):
    release = paying.choose(rejected.Ruth, rejected.organisation).releases[0]

    text, _ = page_of(client, rejected.Ruth, "authorise", data={"release": [release.pk]})

    assert f"{rejected.payment.reference}: {WHY}. The payee is the same still." in text


def test_the_list_of_the_stage_says_it_to_the_office(client, rejected):
    text, _ = page_of(client, rejected.Amira, "stage", rejected.programme.slug, rejected.stages[0].pk)

    assert f"Payment rejected Rejected by finance on 27 January 2027: {WHY}" in text


def test_the_check_before_it_is_approved_again_says_it(client, rejected):
    release = paying.choose(rejected.Ruth, rejected.organisation).releases[0]
    releasing.take_approval_back(rejected.Tom, release)

    text, _ = page_of(client, rejected.Martin, "approve", rejected.programme.slug, data={"release": [release.pk]})

    assert f"Rejected by finance on 27 January 2027 in {rejected.payment.reference}: {WHY}" in text


def test_today_names_each_school_and_its_reason(client, approved):
    batch = authorise(approved)
    rows = list(batch.payments.select_related("payee__school").order_by("number"))
    answers = [paying.Answered(row, False, dt.date(2027, 1, 27), f"Reason {n}") for n, row in enumerate(rows, 1)]
    paying.take_answers(approved.Ruth, batch, answers)
    client.force_login(approved.Ruth)

    text = text_of(client.get(reverse("today")))

    assert "Finance rejected 4 releases, £617.50" in text
    for number, row in enumerate(rows, 1):
        assert (f"{row.payee.school}, October: Reason {number}" in text) == (f"Reason {number}" in text)
    assert text.count("October: Reason ") == 3
    assert "; and 1 more. See how these schools are paid." in text


def test_today_tells_the_finance_officer(client, rejected):
    client.force_login(rejected.Ruth)

    before = text_of(client.get(reverse("today")))
    paid_otherwise(rejected)
    after = text_of(client.get(reverse("today")))

    assert "Finance rejected 1 release, £" in before
    assert f"October: {WHY}. See how the school is paid." in before
    assert "can be paid" not in before
    assert "Finance rejected" not in after
    assert "1 release, £" in after
