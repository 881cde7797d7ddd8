"""What was entered wrongly can be withdrawn or refused, bars no earlier day, and what held before holds again."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import AuditEvent
from funding.models import Payee, WrongState
from funding.services import paying
from funding.services.payees import confirm, enter, refuse
from tests.money.funded import approve, authorise, either, funded_programme, payees
from tests.money.test_payees import TODAY, changed, page, released
from tests.reading import text_of, today
from tests.together import at_once

pytestmark = pytest.mark.django_db
LATER = TODAY + dt.timedelta(days=40)


def press(client, person, row, because="Nobody at the school knows it"):
    client.force_login(person)
    return client.post(reverse("funding:payee_refuse", args=[row.pk]), {"because": because}, follow=True)


def enter_form(client, money, release, since):
    client.force_login(money.Ruth)
    form = {"name": "Right Ltd", "route": "supplier", "code": "R1", "since": since}
    return client.post(reverse("funding:payee", args=[release.school.urn]), form, follow=True)


# Withdrawn or refused -------------------------------------------------------------------------------------------


def test_what_is_refused_gives_way_to_what_held_before_without_another_confirmation(client, approved):
    release = released(approved)
    before = Payee.objects.get(school=release.school)
    row = changed(approved, release)
    blocked = len(paying.choose(approved.Ruth, approved.organisation).releases)

    answer = press(client, approved.Tom, row)

    row.refresh_from_db()
    assert (row.withdrawn_by, row.because, row.confirmed_at) == (
        approved.Tom,
        "Nobody at the school knows it",
        None,
    )
    assert f"It is refused. {release.school} is paid as before: {before.in_words}." in text_of(answer)
    assert f"refused by {approved.Tom} on 27 January 2027: Nobody at the school knows it" in text_of(answer)
    choice = paying.choose(approved.Ruth, approved.organisation)
    assert (blocked, len(choice.releases), choice.left) == (3, 4, [])
    assert before in [group.payee for group in choice.groups]
    assert AuditEvent.objects.filter(did="payee refused", who=approved.Tom, row=row.pk).count() == 1
    assert list(row.events.values_list("pgh_label", "withdrawn_by")) == [("insert", None), ("update", approved.Tom.pk)]
    assert authorise(approved, approved.Ruth).payments.filter(payee=before).exists()


def test_whoever_entered_it_withdraws_it_also_before_its_day(client, approved):
    row = changed(approved, released(approved), since=LATER)

    shown = page(client, approved.Ruth, "payee", row.school.urn)
    answer = press(client, approved.Ruth, row, "The day was mistyped")

    row.refresh_from_db()
    assert "Nothing changes before its day" in text_of(shown)
    assert "Withdraw it" in text_of(shown)
    assert "It is withdrawn." in text_of(answer)
    assert "withdrawn on 27 January 2027: The day was mistyped" in text_of(answer)
    assert (row.withdrawn_by, row.because) == (approved.Ruth, "The day was mistyped")
    assert AuditEvent.objects.filter(did="payee withdrawn", who=approved.Ruth).count() == 1
    assert not Payee.objects.waiting(TODAY).exists()


def test_a_reason_is_asked_for_and_what_stands_is_said(client, approved):
    row = changed(approved, released(approved))

    answer = press(client, approved.Una, row, " ")

    assert answer.status_code == 422
    assert "Say why." in text_of(answer)
    assert "This is not right" in text_of(answer)
    row.refresh_from_db()
    assert row.withdrawn_at is None


def test_what_is_confirmed_or_ended_is_not_refused_nor_confirmed_any_more(client, approved):
    row = changed(approved, released(approved))
    confirm(approved.Tom, row)
    other = changed(approved, released(approved), code="S7")
    refuse(approved.Una, other, "No such number")

    with pytest.raises(WrongState, match=f"{approved.Tom} confirmed it before"):
        refuse(approved.Una, row, "No")
    with pytest.raises(WrongState, match=f"{approved.Una} refused it before"):
        confirm(approved.Tom, other)
    with pytest.raises(WrongState, match="refused it before"):
        refuse(approved.Ruth, other, "No")
    for pk, fields in ((row.pk, {"withdrawn_by": approved.Una}), (other.pk, {"because": "x"})):
        with pytest.raises(DatabaseError), transaction.atomic():
            Payee.objects.filter(pk=pk).update(**fields)

    assert f"{approved.Tom} confirmed it before." in text_of(press(client, approved.Una, row))
    assert Payee.objects.on(TODAY).get(school=row.school) == row


def test_the_database_takes_no_withdrawal_without_a_reason(approved):
    row = changed(approved, released(approved))

    with pytest.raises(DatabaseError, match="payee_withdrawn_with_a_reason"), transaction.atomic():
        Payee.objects.filter(pk=row.pk).update(withdrawn_by=approved.Una, withdrawn_at=row.entered_at)


def test_somebody_elses_row_is_not_found(client, approved):
    row = changed(approved, released(approved))
    other = funded_programme(1)

    assert press(client, other.Tom, row).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_confirming_and_refusing_at_once_one_holds():
    money = funded_programme(1)
    row = Payee.objects.create(
        organisation=money.organisation,
        school=money.partnerships[0].partner_school,
        entered_by=money.Ruth,
        name="Harbour",
        route="supplier",
        code="S1",
        since=TODAY,
    )

    steps = [lambda: confirm(money.Tom, row), lambda: refuse(money.Una, row, "No")] * 4
    answers = at_once(*steps, expecting=WrongState)

    row = Payee.objects.get(pk=row.pk)
    assert sum(isinstance(answer, Payee) for answer in answers) == 1
    assert (row.confirmed_at is None) != (row.withdrawn_at is None)


# An earlier day -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("since", [LATER, TODAY])
def test_what_nobody_confirmed_bars_no_earlier_day(client, approved, since):
    release = released(approved)
    first = changed(approved, release, since=since)

    enter_form(client, approved, release, "20/1/2027")

    row = Payee.objects.get(name="Right Ltd")
    confirm(approved.Tom, row)
    assert Payee.objects.on(TODAY).get(school=release.school) == row
    first.refresh_from_db()
    assert (first.withdrawn_at is None) == (since == LATER)  # what had begun gives way to it


def test_what_is_confirmed_for_a_later_day_bars_no_earlier_one_and_is_named(client, approved):
    release = released(approved)
    confirm(approved.Tom, changed(approved, release, since=LATER))

    answer = enter_form(client, approved, release, "27/1/2027")

    assert Payee.objects.filter(name="Right Ltd").exists()
    words = "From 8 March 2027 on it is Harbour Trust, supplier payment S66666, as was entered before."
    assert words in text_of(answer)


def test_what_holds_now_bars_an_earlier_day(client, approved):
    release = released(approved)
    confirm(approved.Tom, changed(approved, release))

    answer = enter_form(client, approved, release, "20/1/2027")

    assert "What holds now began on 27/1/2027: give that day or a later one." in text_of(answer)
    assert not Payee.objects.filter(name="Right Ltd").exists()


def test_what_is_entered_instead_says_so_in_the_history(approved):
    release = released(approved)
    first = changed(approved, release)
    blank = Payee(organisation=first.organisation, school=first.school, name="Right Ltd", route="supplier", code="R1")
    blank.since, blank.entered_by = TODAY, approved.Una

    enter(approved.Una, blank)

    first.refresh_from_db()
    assert (first.withdrawn_by, first.because) == (approved.Una, "Something else was entered instead.")
    with pytest.raises(WrongState, match="Something else was entered since"):
        confirm(approved.Tom, first)


# On Today -------------------------------------------------------------------------------------------------------


def test_today_names_all_who_entered_and_says_what_is_not_paid(client, approved):
    first, second, third, *_ = approved.releases
    changed(approved, released(approved, first))
    changed(approved, released(approved, second), approved.Una)
    changed(approved, released(approved, third), since=LATER)

    found = today(client, approved.Tom)

    assert (
        f"3 schools\u2019 payees wait for a second person {first.school} and 2 more: entered by {approved.Ruth} and "
        f"{approved.Una}, so you or {approved.Martin} can confirm them. Nothing is paid to 2 of them before somebody "
        "else has confirmed it. 2 releases, £308.75, wait for it."
    ) in found


def test_today_says_nothing_of_payments_that_go_on_until_a_later_day(client, approved):
    changed(approved, released(approved), since=LATER)

    found = today(client, approved.Tom)

    assert "can confirm it. Nothing changes before 8 March 2027." in found
    assert "Nothing is paid to" not in found
    assert "Nothing changes before its day" in text_of(page(client, approved.Tom, "payees"))


def test_for_whoever_entered_it_it_waits_for_others(client, approved):
    row = changed(approved, released(approved))

    own, other = today(client, approved.Ruth), today(client, approved.Una)

    mine = own.split("Waiting for others")
    assert "cannot be paid yet" not in mine[0]
    assert "1 payee that you entered waits for a second person" in mine[1]
    assert f"{row.school}:" in mine[1]
    amount = f"£{released(approved).amount}"
    waits = f"Nothing is paid to it before somebody else has confirmed it. 1 release, {amount}, waits for it."
    assert f"can confirm it. {waits}" in mine[1]
    who = either(approved.Tom, approved.Martin)
    assert f"{row.school}: entered by {approved.Ruth}, so you, {who} can confirm it. {waits}" in other
    for text in (own, other):
        assert "cannot be paid yet" not in text
        assert text.count(row.school.name) == 1


def test_what_can_be_paid_says_since_when_it_is_due_and_what_cannot_what_it_comes_to(client, handed_in):
    """Nobody has said yet how the schools of the second partnership are paid."""
    approve(handed_in.Tom, handed_in.plan, handed_in.releases)
    handed_in.partnerships = handed_in.partnerships[:1]
    payees(handed_in)

    text = today(client, handed_in.Ruth)

    assert "2 releases, £308.75, can be paid To 2 payees, due since 16 October. Approved since 27 January" in text
    assert "2 releases, £308.75, cannot be paid yet Nobody has said yet how" in text
    assert "is paid. And for 1 other reason. Due since 16 October" in text
