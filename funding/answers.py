"""The file that comes back from the finance system: what it says of a batch, and what is wrong in which cell."""

import datetime as dt
import io
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils import timezone

from funding.models import Payment, PaymentBatch
from funding.services.paying import Answered
from papers.sheets import Problem, Problems, Wrong, plain_name, quote, read_day, read_table

PASTED = "answers.csv"
REQUIRED = ["reference", "result"]
OPTIONAL = ["amount", "reason", "paid_on"]
ALIASES = {
    "reference": ["Reference of the payment", "Payment reference", "Our reference", "Ref"],
    "result": ["Status", "Answer", "Outcome", "Paid or rejected"],
    "amount": ["Value", "Amount paid", "Total", "Sum"],
    "reason": ["Why", "Comment", "Message", "Rejection reason"],
    "paid_on": ["Date", "Paid", "Payment date", "Date paid", "Day"],
}
PAID = {"paid", "yes", "y", "ok", "success", "successful", "processed", "cleared"}
REJECTED = {"rejected", "reject", "no", "n", "failed", "returned", "error", "declined"}
MOST_ROWS = 5_000


@dataclass
class Reading:
    answers: list[Answered] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    unanswered: list[Payment] = field(default_factory=list)

    @property
    def new(self) -> list[Answered]:
        """Those that say something which is not known yet."""
        return [row for row in self.answers if not row.payment.answer]

    @property
    def paid(self) -> list[Answered]:
        return [row for row in self.new if row.is_paid]

    @property
    def rejected(self) -> list[Answered]:
        return [row for row in self.new if not row.is_paid]


def read(text: str, batch: PaymentBatch, today=None) -> Reading:
    """What the rows say of the payments of this batch. Nothing is written; every problem names row and column."""
    reading, problems, today = Reading(), Problems(), today or timezone.localdate()
    payments = {plain_name(row.reference): row for row in batch.payments.select_related("batch", "payee")}
    table = read_table(
        io.BytesIO(text.encode("utf-8", "replace")),
        PASTED,
        required=REQUIRED,
        optional=OPTIONAL,
        aliases=ALIASES,
        problems=problems,
        max_rows=MOST_ROWS,
    )
    seen = {}
    for row in table or ():
        read_row(row, table, payments, seen, batch, today, problems, reading)
    if table is not None:
        reading.ignored = list(table.ignored)
        if not table and not problems:
            problems.add(PASTED, "There are no rows below the names of the columns.", "Add a row for each payment.")
    reading.problems = problems.shown()
    answered = {row.payment.pk for row in reading.answers}
    reading.unanswered = [row for row in payments.values() if not row.answer and row.pk not in answered]
    return reading


def read_row(row, table, payments, seen, batch, today, problems, reading):
    def wrong(column, what, mend):
        problems.add(PASTED, what, mend, row=row.number, column=table.header(column))

    before = len(problems)
    payment = payments.get(plain_name(row["reference"]))
    if payment is None:
        what = f"{quote(row['reference'])} is no payment of {batch.reference}."
        return wrong("reference", what, "Take the reference from the file of this batch, or take the row out.")
    if (first := seen.setdefault(payment.pk, row.number)) != row.number:
        return wrong("reference", f"{payment.reference} stands in row {first} already.", "Keep one of the two rows.")
    is_paid = result_of(row["result"])
    if is_paid is None:
        is_formula = row["result"].startswith("=")
        what = "is a formula, which may say something else tomorrow" if is_formula else "is neither paid nor rejected"
        wrong("result", f"{quote(row['result'])} {what}.", "Write paid or rejected.")
    elif payment.answer and (payment.answer == Payment.Answer.PAID) != is_paid:
        said = f"{payment.get_answer_display().lower()} on {payment.answered_at:%-d %B %Y}"
        wrong("result", f"{payment.reference} was answered before: {said}.", "Take the row out.")
    if row["amount"] and (amount := amount_of(row["amount"])) != payment.amount:
        read_as = f", read as \u00a3{amount:,.2f}," if amount is not None else ""
        if row["amount"].startswith("="):
            read_as = " is a formula, which may say something else tomorrow, and"
        is_not = "not" if row["amount"].startswith("=") else "is not"
        what = (
            f"{quote(row['amount'])}{read_as} {is_not} the amount of {payment.reference}, \u00a3{payment.amount:,.2f}."
        )
        wrong("amount", what, "Correct it, or ask finance what was paid.")
    on = today
    if row["paid_on"]:
        on = day_of(row["paid_on"])
        if on is None:
            wrong("paid_on", f"{quote(row['paid_on'])} is no day.", "Write it as 31/01/2027.")
        elif not timezone.localdate(batch.authorised_at) <= on <= today:
            first = timezone.localdate(batch.authorised_at)
            wrong("paid_on", f"{on:%-d %B %Y} is not from {first:%-d %B %Y} to today.", "Correct the day.")
    if is_paid is False and not row["reason"]:
        wrong("reason", "The reason is missing.", "Say why finance rejected it.")
    if len(problems) == before:
        reading.answers.append(Answered(payment, is_paid, on, row["reason"][:200]))
    return None


def result_of(text) -> bool | None:
    word = plain_name(text)
    return True if word in PAID else False if word in REJECTED else None


def amount_of(text) -> Decimal | None:
    """1,234.56, £1234.56 and 1.234,56 alike; None where it is no amount, or could be read in two ways."""
    digits = re.sub(r"[\s\u00a3\u20ac$']", "", text)
    if re.fullmatch(r"\d{1,3}(\.\d{3})*,\d{2}|\d+,\d{2}", digits):
        digits = digits.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(,\d{3})*(\.\d{1,2})?|\d+(\.\d{1,2})?", digits):
        digits = digits.replace(",", "")
    else:
        return None
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None


def day_of(text) -> dt.date | None:
    try:
        return read_day(text)
    except Wrong:
        return None
