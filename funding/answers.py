"""The file that comes back from the finance system: what it says of a batch, and what is wrong in which cell."""

import datetime as dt
import io
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils import timezone

from funding.models import FileLayout, Payment, PaymentBatch
from funding.services.paying import Answered
from papers.sheets import Mending, Problems, Wrong, plain_name, quote, read_day, read_table, rows_to_mend
from papers.templatetags.plain import money

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


REFERENCE = re.compile(r"LS(\d{3,})-(\d{4,})-(\d{3,})")
LONGEST_REASON = Payment._meta.get_field("because").max_length


@dataclass
class Reading(Mending):
    answers: list[Answered] = field(default_factory=list)
    unanswered: list[Payment] = field(default_factory=list)

    @property
    def new(self) -> list[Answered]:
        """Those that say something which is not known yet."""
        return [row for row in self.answers if not row.payment.answer]

    @property
    def known(self) -> int:
        return len(self.answers) - len(self.new)

    @property
    def paid(self) -> list[Answered]:
        return [row for row in self.new if row.is_paid]

    @property
    def rejected(self) -> list[Answered]:
        return [row for row in self.new if not row.is_paid]


def columns_of(batch: PaymentBatch) -> dict[str, list[str]]:
    """What each column may be called besides its name: as in the file of the organiser, too."""
    layout = FileLayout.objects.filter(organisation=batch.organisation_id).first()
    own = dict(zip(layout.columns, layout.headings, strict=True)) if layout else {}
    return {column: [*others, *filter(None, [own.get(column)])] for column, others in ALIASES.items()}


def read(text: str, batch: PaymentBatch, today=None) -> Reading:
    """What the rows say of the payments of this batch. Nothing is written; every problem names row and column."""
    reading, problems, today = Reading(), Problems(), today or timezone.localdate()
    payments = {plain_name(row.reference): row for row in batch.payments.select_related("batch", "payee")}
    table = read_table(
        io.BytesIO(text.encode("utf-8", "replace")),
        PASTED,
        required=REQUIRED,
        optional=OPTIONAL,
        aliases=columns_of(batch),
        problems=problems,
        max_rows=MOST_ROWS,
    )
    seen = {}
    for row in table or ():
        read_row(row, table, payments, seen, batch, today, problems, reading)
    if table is not None:
        if not table and not problems:
            problems.add(PASTED, "There are no rows below the names of the columns.", "Add a row for each payment.")
        reading.rows, reading.number_wrong = rows_to_mend(problems, table, text, lambda row: about(row, payments))
    reading.problems = problems.shown()
    answered = {row.payment.pk for row in reading.answers}
    reading.unanswered = [row for row in payments.values() if not row.answer and row.pk not in answered]
    return reading


def about(row, payments) -> tuple[str, list[str]]:
    """The payment by its reference; beside it who is paid how much."""
    payment = payments.get(plain_name(row["reference"]))
    if payment is None:
        return quote(row["reference"], "", 30), []
    return payment.reference, [payment.payee.name, money(payment.amount)]


def read_row(row, table, payments, seen, batch, today, problems, reading):
    def wrong(column, what, mend):
        problems.add(PASTED, what, mend, row=row.number, column=table.header(column))

    before = len(problems)
    payment = payments.get(plain_name(row["reference"]))
    if payment is None:
        return wrong("reference", *why_unknown(row["reference"], batch))
    if (first := seen.setdefault(payment.pk, row.number)) != row.number:
        what = f"{payment.reference} stands in row {first} already."
        return wrong("reference", what, "Correct the reference, or leave one of the two rows out.")
    is_paid = result_of(row["result"])
    if is_paid is None:
        wrong("result", why_no_result(row["result"]), "Write paid or rejected.")
    elif payment.answer and (payment.answer == Payment.Answer.PAID) != is_paid:
        said = f"{payment.get_answer_display().lower()} on {payment.answered_at:%-d %B %Y}"
        wrong("result", f"{payment.reference} was answered before: {said}.", "Leave the row out.")
    if row["amount"] and (amount := amount_of(row["amount"])) != payment.amount:
        mend = "Correct it, or leave the row out and ask finance what was paid."
        wrong("amount", why_another_amount(row["amount"], amount, payment), mend)
    on = today
    if row["paid_on"]:
        on = day_of(row["paid_on"])
        first = timezone.localdate(batch.authorised_at)
        if on is None:
            wrong("paid_on", f"{quote(row['paid_on'])} is no day.", f"Write it as {today:%d/%m/%Y}.")
        elif not first <= on <= today:
            what = f"{on:%-d %B %Y} is {'after today' if on > today else f'before the batch, of {first:%-d %B %Y}'}."
            day = f"{today:%d/%m/%Y}" if first == today else f"a day from {first:%d/%m/%Y} to {today:%d/%m/%Y}"
            wrong("paid_on", what, f"Write {day}.")
    if is_paid is False and not row["reason"]:
        wrong("reason", "The reason is missing.", "Say why finance rejected it.")
    elif is_paid is False and len(row["reason"]) > LONGEST_REASON:
        what = f"The reason has {len(row['reason'])} characters."
        wrong("reason", what, f"Keep it to {LONGEST_REASON}.")
    if len(problems) == before:
        reading.answers.append(Answered(payment, is_paid, on, row["reason"][:LONGEST_REASON]))
    return None


def why_unknown(reference, batch) -> tuple[str, str]:
    """What the reference is instead, and what to do."""
    if not reference:
        return (
            "The cell is empty.",
            f"Write the reference of the payment, as {batch.reference}-001, or leave the row out.",
        )
    if (found := REFERENCE.fullmatch("".join(reference.upper().split()))) and found[0].rpartition("-")[
        0
    ] != batch.reference:
        other = found[0].rpartition("-")[0]
        if int(found[1]) != batch.organisation_id:
            return f"{quote(reference)} is a payment of another organiser.", "Leave the row out, and tell finance."
        if PaymentBatch.objects.filter(organisation=batch.organisation_id, number=int(found[2])).exists():
            what = f"{quote(reference)} is a payment of batch {other}, not of {batch.reference}."
            return what, f"Leave the row out here, and send it on the page of {other}."
    what = f"{quote(reference)} is no payment of {batch.reference}."
    return what, "Take the reference from the file of this batch, or leave the row out."


def why_no_result(text) -> str:
    if not text:
        return "The cell is empty."
    is_formula = "a formula, which may say something else tomorrow"
    return f"{quote(text)} is {is_formula if text.startswith('=') else 'neither paid nor rejected'}."


def why_another_amount(text, amount, payment) -> str:
    """What the cell is read as, and what the amount of the payment is."""
    right = f"the amount of {payment.reference}, {money(payment.amount)}"
    if text.startswith("="):
        return f"{quote(text)} is a formula, which may say something else tomorrow, and not {right}."
    if amount is None:
        return f"{quote(text)} is not {right}."
    return f"{quote(text)}, read as {money(amount)}, is not {right}."


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
