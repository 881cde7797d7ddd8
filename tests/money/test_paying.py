"""Batches: frozen, authorised by somebody else than approved, paid or rejected by finance's answer, never twice."""

import hashlib
import uuid
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from funding import ledger
from funding.answers import amount_of, read
from funding.models import LedgerEntry, PaymentBatch, Release
from funding.services import paying, releasing
from funding.services.paying import NotAuthorised
from funding.tasks import check_money
from lessonstudy import health
from tests.money.funded import approve, authorise, funded_programme, hand_in, payees, release_of

pytestmark = pytest.mark.django_db


def states(money):
    return list(Release.objects.filter(pk__in=[row.pk for row in money.releases]).values_list("state", flat=True))


def test_a_batch_is_frozen_with_its_file(approved):
    batch = authorise(approved)

    text = bytes(batch.content).decode("utf-8-sig").splitlines()
    assert states(approved) == ["authorised"] * 4
    assert (batch.total, batch.releases_number) == (Decimal("617.50"), 4)
    assert batch.reference == f"LS{approved.organisation.pk:03}-0001"
    assert batch.sha256 == hashlib.sha256(bytes(batch.content)).hexdigest()
    assert text[0].split(",")[:5] == [
        "Reference of the payment",
        "Paid to",
        "Route",
        "Cost centre or supplier number",
        "Amount",
    ]
    assert sum(Decimal(line.split(",")[4]) for line in text[1:]) == batch.total
    with pytest.raises(DatabaseError), transaction.atomic():
        PaymentBatch.objects.update(total=1)


def test_the_same_form_sent_twice_gives_the_same_batch(approved):
    key = uuid.uuid4()
    choice = paying.choose(approved.Ruth, approved.organisation)
    seen = {release.pk: group.payee.pk for group in choice.groups for release in group.releases}

    first = paying.authorise(approved.Ruth, approved.organisation, seen, key)
    second = paying.authorise(approved.Ruth, approved.organisation, seen, key)
    with pytest.raises(NotAuthorised):
        paying.authorise(approved.Una, approved.organisation, seen, uuid.uuid4())

    assert first == second
    assert PaymentBatch.objects.count() == 1


def test_who_approved_cannot_authorise_the_payment(approved):
    choice = paying.choose(approved.Tom, approved.organisation)

    assert choice.groups == []
    others = " or ".join(str(p) for p in sorted([approved.Ruth, approved.Una], key=lambda p: (p.last_name, p.pk)))
    assert {words for _, words in choice.left} == {
        f"You approved it, so somebody else authorises its payment: {others} can."
    }
    assert len(paying.choose(approved.Tom, approved.organisation, looking=True).releases) == 4
    with pytest.raises(NotAuthorised):
        paying.authorise(approved.Tom, approved.organisation, {approved.releases[0].pk: 1}, uuid.uuid4())
    batch = authorise(approved)
    payment = batch.payments.first()
    with pytest.raises(DatabaseError), transaction.atomic():
        Release.objects.filter(payment=payment).update(authorised_by=approved.Tom)


def test_what_finance_says_is_paid_or_goes_back_to_approved(approved):
    batch = authorise(approved)
    first, second, *_ = batch.payments.order_by("number")
    text = f"Our ref\tStatus\tAmount\tReason\n{first.reference}\tPaid\t\u00a3{first.amount}\t\n"
    text = text.replace("Our ref", "Reference") + f"{second.reference.lower()}\trejected\t\tWrong supplier number"

    reading = read(text, batch)
    counts = paying.take_answers(approved.Ruth, batch, reading.answers)
    again = paying.take_answers(approved.Ruth, batch, read(text, batch).answers)

    assert reading.problems == []
    assert (counts, again) == ({"paid": 1, "rejected": 1}, {"same": 2})
    assert sorted(states(approved)) == ["approved", "authorised", "authorised", "paid"]
    back = Release.objects.get(pk__in=[r.pk for r in approved.releases], state="approved")
    assert [row.because for row in paying.rejected_before(back)] == ["Wrong supplier number"]
    assert ledger.balances(approved.plan) == ledger.recomputed(approved.plan)
    second_batch = authorise(approved)
    assert (second_batch.number, second_batch.total) == (2, second.amount)


@pytest.mark.parametrize(
    ("line", "column", "what"),
    [
        ("LS999-0001-001,paid,", "reference", "is a payment of another organiser."),
        ("Seaview,paid,", "reference", "“Seaview” is no payment of"),
        ("{ref},maybe,", "result", "“maybe” is neither paid nor rejected."),
        ("{ref},paid,1.00", "amount", "“1.00”, read as £1.00, is not the amount of"),
        (
            "{ref},paid,=1+1",
            "amount",
            "“=1+1” is a formula, which may say something else tomorrow, and not the amount of",
        ),
        ("{ref},rejected,", "reason", "The reason is missing."),
    ],
)
def test_what_is_wrong_in_an_answer_is_said_and_nothing_is_written(approved, line, column, what):
    batch = authorise(approved)
    text = "reference,result,amount\n" + line.format(ref=batch.payments.first().reference)
    if "rejected" in line:
        text = text.replace("amount", "amount,reason").replace(",rejected,", ",rejected,,")

    reading = read(text, batch)

    assert [(problem.row, problem.column) for problem in reading.problems] == [(2, column)]
    assert what in reading.problems[0].what
    assert reading.answers == []


def test_rows_in_another_order_with_other_columns_and_a_decimal_comma_are_understood(approved):
    batch = authorise(approved)
    rows = [
        f"Yes;{str(row.amount).replace('.', ',')};{row.payee};{row.reference.lower()} "
        for row in batch.payments.order_by("-number")
    ]

    reading = read("\n".join(["Outcome;Sum;Supplier;Payment reference", *rows]), batch)

    assert reading.problems == []
    assert [row.payment for row in reading.paid] == list(batch.payments.order_by("-number"))


def test_the_answer_of_another_organiser_is_refused_row_by_row(approved):
    """Whose first batch has the number one as well."""
    other = funded_programme(1)
    hand_in(other.partnerships[0], other.points[0])
    payees(other)
    approve(other.Tom, other.plan, [release_of(other.partnerships[0], other.stages[0], "partner")])
    theirs, ours = authorise(other), authorise(approved)
    text = "\n".join(["reference,result", *(f"{row.reference},paid" for row in theirs.payments.all())])

    reading = read(text, ours)

    (ref,) = theirs.payments.values_list("pk", flat=True)
    assert [problem.what for problem in reading.problems] == [
        f"“{theirs.payments.get(pk=ref).reference}” is a payment of another organiser."
    ]
    assert reading.answers == []


@pytest.mark.parametrize("cell", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_formulas_in_an_answer_are_text(approved, cell):
    batch = authorise(approved)
    ref = batch.payments.first().reference

    read_as = read(f"reference\tresult\treason\n{ref}\trejected\t{cell}", batch)

    assert read_as.problems == []
    assert read_as.rejected[0].because == cell.strip()


def test_a_payment_stands_once_in_an_answer(approved):
    batch = authorise(approved)
    ref = batch.payments.first().reference

    reading = read(f"reference,result\n{ref},paid\n{ref},rejected", batch)

    assert [problem.what for problem in reading.problems] == [f"{ref} stands in row 2 already."]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", "1234.50"),
        ("\u00a31234.5", "1234.5"),
        ("1.234,50", "1234.50"),
        ("118,75", "118.75"),
        ("1,23", "1.23"),
        ("12.345", None),
        ("-5", None),
        ("1e3", None),
        ("", None),
    ],
)
def test_amounts_as_finance_writes_them(text, amount):
    assert amount_of(text) == (amount and Decimal(amount))


def test_the_nightly_check_finds_what_differs(approved):
    authorise(approved)
    whole = ledger.check_balances()
    entry = LedgerEntry.objects.filter(account="with finance").first()
    LedgerEntry.objects.create(
        **{
            name: getattr(entry, name)
            for name in ("plan", "stage", "partnership", "side", "school", "account", "release")
        },
        amount=Decimal("0.01"),
        reason="by hand",
        source="by hand",
        by=approved.Ruth,
    )

    differs = ledger.check_balances()

    assert (whole.balances, whole.differences) == (4, [])
    assert [row["account"] for row in differs.differences] == ["with finance"]
    found = next(check for check in health.money())
    assert (found.well, found.says) == (False, "1 of 4 balances differs from the releases")


def test_the_administrator_reads_whether_last_nights_check_of_money_was_right(approved):
    never = next(health.money())
    check_money()
    well = next(health.money())

    assert (never.well, never.says) == (False, "has not been checked for two days")
    assert (well.well, well.says) == (True, "4 balances say the same as the releases")


def test_a_release_on_hold_or_without_a_payee_is_left_out_with_the_reason(approved):
    releasing.hold(approved.Amira, approved.releases[0], "New supplier number")

    choice = paying.choose(approved.Ruth, approved.organisation)

    assert len(choice.releases) == 3
    assert [words for _, words in choice.left] == ["It is on hold: New supplier number"]
