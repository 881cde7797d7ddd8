"""Finance's answer with something wrong in it: told in the cell, mended there, and taken only when it is looked at."""

import datetime as dt
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from xlsxwriter import Workbook

from funding.models import AnswersFile, FileLayout, Payment
from funding.services import answering
from tests.browsing import WIDTHS, problems_at
from tests.money.funded import as_, authorise
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(approved):
    """Four payments wait for finance's answer."""
    row = authorise(approved)
    row.them = list(row.payments.select_related("payee").order_by("number"))
    return row


def rows(batch, *lines, header="Reference,Result,Amount,Reason"):
    """`{0}` is the reference of the first payment, and `{a}` the amount of all."""
    refs = [payment.reference for payment in batch.them]
    return "\n".join([header, *(line.format(*refs, a=batch.them[0].amount) for line in lines)])


def send(client, batch, text, name=""):
    sent = {"file": SimpleUploadedFile(name, text)} if name else {"pasted": text}
    return client.post(reverse("funding:answer", args=[batch.pk]), sent, follow=True)


def say(client, batch, **said):
    return client.post(reverse("funding:answer_look", args=[batch.pk]), said, follow=True)


def fields_of(answer):
    """What a browser would send of the table of rows to mend."""
    cells = [cell for row in answer.context["reading"].rows for cell in row.cells]
    return {"mended": "on"} | {cell.name: cell.value for cell in cells}


def answers(batch):
    return list(batch.payments.order_by("number").values_list("answer", flat=True))


def test_every_wrong_cell_is_a_box_with_what_is_wrong_and_what_to_do(client, approved, batch):
    text = rows(batch, "{0},paid,{a},", "{1},maybe,1.00,", "LS999-0001-001,paid,,", "{0},paid,,", "{3},rejected,,")

    looked = send(as_(client, approved.Ruth), batch, text)

    second = batch.them[1]
    assert [(row.number, row.who, row.beside) for row in looked.context["reading"].rows] == [
        (3, second.reference, [second.payee.name, f"£{second.amount}"]),
        (4, "LS999-0001-001", []),
        (5, batch.them[0].reference, [batch.them[0].payee.name, f"£{batch.them[0].amount}"]),
        (6, batch.them[3].reference, [batch.them[3].payee.name, f"£{batch.them[3].amount}"]),
    ]
    assert [
        (row.number, cell.header, cell.value, cell.said) for row in looked.context["reading"].rows for cell in row.cells
    ] == [
        (3, "Result", "maybe", ["“maybe” is neither paid nor rejected. Write paid or rejected."]),
        (
            3,
            "Amount",
            "1.00",
            [
                f"“1.00”, read as £1.00, is not the amount of {second.reference}, £{second.amount}. "
                "Correct it, or leave the row out and ask finance what was paid."
            ],
        ),
        (
            4,
            "Reference",
            "LS999-0001-001",
            ["“LS999-0001-001” is a payment of another organiser. Leave the row out, and tell finance."],
        ),
        (
            5,
            "Reference",
            batch.them[0].reference,
            [
                f"{batch.them[0].reference} stands in row 2 already. "
                "Correct the reference, or leave one of the two rows out."
            ],
        ),
        (6, "Reason", "", ["The reason is missing. Say why finance rejected it."]),
    ]
    assert "Nothing is saved yet: 4 rows have something to mend" in text_of(looked)
    assert answers(batch) == [""] * 4


def test_cells_are_mended_the_other_rows_are_carried_along_and_nothing_is_taken_before(client, approved, batch):
    as_(client, approved.Ruth)
    looked = send(client, batch, rows(batch, "{0},paid,,", "{1},maybe,,", "X,paid,,", "{3},rejected,,"))
    data = fields_of(looked) | {"r3-1": "rejected", "out-4": "on", "r5-3": "Account closed"}

    still = say(client, batch, **data)
    well = say(client, batch, **(fields_of(still) | {"r3-3": "Wrong code"}))
    before = answers(batch)
    taken = say(client, batch, save="on")

    assert [(row.number, cell.header) for row in still.context["reading"].rows for cell in row.cells] == [(3, "Reason")]
    assert "The answer says: 1 paid, 2 rejected" in text_of(well)
    assert "1 payment is not in it, and waits on for finance\u2019s answer." in text_of(well)
    assert before == [""] * 4
    assert answers(batch) == ["paid", "rejected", "", "rejected"]
    assert [row.because for row in batch.payments.order_by("number")] == ["", "Wrong code", "", "Account closed"]
    assert "1 paid, 2 rejected." in text_of(taken)
    assert not AnswersFile.objects.exists()


def test_a_reason_is_written_into_a_file_that_has_no_column_for_it(client, approved, batch):
    looked = send(as_(client, approved.Ruth), batch, rows(batch, "{0},rejected", header="Reference,Result"))
    (row,) = looked.context["reading"].rows

    say(client, batch, **(fields_of(looked) | {row.cells[0].name: "Account closed"}))
    say(client, batch, save="on")

    assert [cell.header for cell in row.cells] == ["Reason"]
    assert batch.payments.get(number=1).because == "Account closed"


def test_a_payment_of_another_batch_is_told_with_where_its_answer_belongs(client, approved, batch):
    as_(client, approved.Ruth)
    send(client, batch, rows(batch, "{0},rejected,,Closed"))
    say(client, batch, save="on")
    second = authorise(approved)
    second.them = [second.payments.get()]

    looked = send(client, second, rows(batch, "{1},paid,,"))

    (cell,) = looked.context["reading"].rows[0].cells
    assert cell.said == [
        f"“{batch.them[1].reference}” is a payment of batch {batch}, not of {second}. "
        f"Leave the row out here, and send it on the page of {batch}."
    ]


@pytest.mark.parametrize(
    ("line", "column", "said"),
    [
        ("{0},paid,\"=SUM(A1:A2)\",", "Amount", "is a formula, which may say something else tomorrow"),
        ("{0},\"=IF(1,\"\"paid\"\")\",,", "Result", "is a formula, which may say something else tomorrow"),
        ("{0},paid,-5,", "Amount", "“-5” is not the amount of"),
        ("{0},paid,1e12,", "Amount", "“1e12” is not the amount of"),
        ("{0},paid,0,", "Amount", "read as £0.00, is not the amount of"),
        ("{0},paid,95.005,", "Amount", "“95.005” is not the amount of"),
        ("{0},,,", "Result", "The cell is empty. Write paid or rejected."),
        (",paid,,", "Reference", "The cell is empty. Write the reference of the payment, as"),
        ("{0},rejected,," + "x" * 201, "Reason", "The reason has 201 characters. Keep it to 200."),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_said_in_its_cell(client, approved, batch, line, column, said):
    looked = send(as_(client, approved.Ruth), batch, rows(batch, line))

    (cell,) = looked.context["reading"].rows[0].cells
    assert (cell.header, said in cell.said[0]) == (column, True), cell.said
    assert answers(batch) == [""] * 4


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("30/2/2027", "“30/2/2027” is no day. Write it as 27/01/2027."),
        ("28/1/2027", "28 January 2027 is after today. Write 27/01/2027."),
        (
            "26/1/2027",
            "26 January 2027 is before the batch, of 27 January 2027. Write 27/01/2027.",
        ),
    ],
)
def test_a_day_on_which_nothing_can_have_been_paid_is_said(client, approved, batch, day, said):
    text = rows(batch, "{0},paid," + day, header="Reference,Result,Date paid")

    looked = send(as_(client, approved.Ruth), batch, text)

    (cell,) = looked.context["reading"].rows[0].cells
    assert (cell.header, cell.said) == ("Date paid", [said])


def test_a_workbook_with_a_title_above_its_columns_and_others_besides_is_read(client, approved, batch):
    book = io.BytesIO()
    with Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["Payments of January"])
        sheet.write_row(2, 0, ["Supplier", "Our reference", "Outcome", "Sum"])
        sheet.write_row(3, 0, ["Seaview", batch.them[0].reference, "Processed", f"£{batch.them[0].amount}"])

    looked = text_of(send(as_(client, approved.Ruth), batch, book.getvalue(), "back.xlsx"))

    assert "The answer says: 1 paid, 0 rejected" in looked
    assert "Columns not used: Supplier." in looked


def test_a_file_without_the_columns_is_mended_as_text_or_sent_anew(client, approved, batch):
    as_(client, approved.Ruth)

    looked = text_of(send(client, batch, f"Payee,Status\n{batch.them[0].payee},paid"))
    again = text_of(send(client, batch, rows(batch, "{0},paid,,")))

    assert "The column “reference” is missing." in looked
    assert "The answer says: 1 paid, 0 rejected" in again


def test_the_columns_may_be_called_as_in_the_file_of_the_organiser(client, approved, batch):
    columns = {"columns": ["reference", "payee", "code", "amount"], "headings": ["Belege", "To", "No", "Pounds"]}
    FileLayout.objects.create(organisation=approved.organisation, **columns)
    text = rows(batch, "{0},maybe,2.00", header="Belege,Status,Pounds")

    looked = send(as_(client, approved.Ruth), batch, text)

    assert [cell.header for cell in looked.context["reading"].rows[0].cells] == ["Status", "Pounds"]


def test_rows_wait_for_whoever_sent_them_until_they_are_taken_or_set_aside(client, approved, batch):
    send(as_(client, approved.Ruth), batch, rows(batch, "{0},maybe,,"))
    left = text_of(client.get(batch.get_absolute_url()))
    gone_on = client.get(reverse("funding:answer_look", args=[batch.pk]))
    theirs = as_(client, approved.Una).get(reverse("funding:answer_look", args=[batch.pk]), follow=True)
    aside = text_of(say(as_(client, approved.Ruth), batch, set_aside="on"))

    assert (
        "Rows of finance\u2019s answer that you sent on Wednesday 27 January 2027 at 09:00 wait to be looked at."
        in left
    )
    assert fields_of(gone_on)["r2-1"] == "maybe"
    assert "No rows wait to be looked at." in text_of(theirs)
    assert "The rows are set aside: nothing of them is saved." in aside
    assert not AnswersFile.objects.exists()


def test_rows_that_nobody_took_are_gone_after_a_week(client, approved, batch):
    send(as_(client, approved.Ruth), batch, rows(batch, "{0},maybe,,"))
    now = timezone.now()

    assert [answering.forget(now + dt.timedelta(days=days)) for days in (6, 8)] == [0, 1]


def test_an_answer_taken_by_somebody_else_meanwhile_is_no_second_one(client, approved, batch):
    send(as_(client, approved.Ruth), batch, rows(batch, "{0},paid,,"))
    send(as_(client, approved.Una), batch, rows(batch, "{0},rejected,,Closed"))
    say(client, batch, save="on")

    looked = say(as_(client, approved.Ruth), batch, save="on")

    (cell,) = looked.context["reading"].rows[0].cells
    assert cell.said == [
        f"{batch.them[0].reference} was answered before: rejected on 27 January 2027. Leave the row out."
    ]
    assert batch.payments.get(number=1).answer == Payment.Answer.REJECTED


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_finance_mends_an_answer_in_the_browser(open_as, approved, batch):
    """By keyboard from the summary into the cell; the pages are accessible at every width."""
    page = open_as(approved.Ruth)
    page.goto(batch.get_absolute_url())
    page.get_by_label("Or rows from a spreadsheet").fill(rows(batch, "{0},paid,,", "{1},payd,,", "{2},rejected,,"))
    page.get_by_role("button", name="Look at the answer").click()
    expect(page.get_by_role("heading", name="Mend finance\u2019s answer")).to_be_visible()
    mend = problems_at(page, WIDTHS)
    page.get_by_role("link", name=re.compile("^Row 3.*Result$")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label(re.compile("^Result, row 3"))).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("paid")
    page.get_by_label(re.compile("^Reason, row 4")).fill("Account closed")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The answer says: 2 paid, 1 rejected")).to_be_visible()
    look = problems_at(page, WIDTHS)

    page.get_by_role("button", name="Take 3 answers").click()

    expect(page.get_by_text("2 paid, 1 rejected.", exact=True)).to_be_visible()
    assert answers(batch) == ["paid", "paid", "rejected", ""]
    assert (mend, look, page.complaints) == ({}, {}, [])
