"""Paying through the pages: payees, batches, their files and finance's answers."""

import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from funding.models import Payee, PaymentBatch, Release
from funding.services import paying
from tests.factories import PartnerSchoolFactory, PartnershipFactory, ProgrammeFactory
from tests.money.funded import IN_TIME, WHY, approve, as_, authorise, payees
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_finance_authorises_downloads_and_takes_the_answer(client, handed_in):
    payees(handed_in)
    approve(handed_in.Tom, handed_in.plan, handed_in.releases)
    as_(client, handed_in.Ruth)
    check = client.get(reverse("funding:authorise"), {"release": [row.pk for row in handed_in.releases]})
    choice = check.context["choice"]
    form = {"key": str(check.context["key"]), "release": [row.pk for row in choice.releases], "authorise": "yes"}
    form |= {f"payee_{row.pk}": group.payee.pk for group in choice.groups for row in group.releases}

    made = client.post(reverse("funding:authorise"), form)
    again = client.post(reverse("funding:authorise"), form)
    batch = PaymentBatch.objects.get()
    file = client.get(reverse("funding:batch_file", args=[batch.pk])).content
    lines = [f"{row.reference}\tpaid\t{row.amount}\t20/1/2027" for row in batch.payments.all()]
    pasted = "\n".join(["Reference\tStatus\tAmount\tDate", *lines]).replace("20/1/2027", "27/1/2027")
    looked = text_of(client.post(reverse("funding:answer", args=[batch.pk]), {"pasted": pasted}, follow=True))
    client.post(reverse("funding:answer_look", args=[batch.pk]), {"save": "on"})

    assert made.url == again.url == batch.get_absolute_url()
    assert file == bytes(batch.content) == client.get(reverse("funding:batch_file", args=[batch.pk])).content
    assert "The answer says: 4 paid, 0 rejected" in looked
    assert set(Release.objects.filter(stage=handed_in.stages[0]).values_list("state", flat=True)) == {"paid"}


def test_how_a_school_is_paid_changes_from_a_day_on_and_what_held_stays(client, money):
    payees(money)
    school = money.partnerships[0].partner_school
    as_(client, money.Ruth)

    client.post(
        reverse("funding:payee", args=[school.urn]),
        {"name": "Harbour Trust", "is_trust": "on", "route": "supplier", "code": "S-77", "since": "27/1/2027"},
    )

    rows = Payee.objects.filter(school=school).order_by("since").values_list("name", "code", "is_trust")
    assert list(rows)[1:] == [("Harbour Trust", "S-77", True)]
    assert "Harbour Trust" in text_of(client.get(reverse("funding:payees")))


def test_schools_that_get_money_come_first_and_any_is_found_by_name(client, money):
    programme = ProgrammeFactory(organisation=money.organisation)
    other = PartnershipFactory(programme=programme, ref="P900", status="proposed")
    PartnerSchoolFactory(programme=programme, school=other.partner_school)
    first = money.partnerships[0].partner_school
    as_(client, money.Ruth)

    page = client.get(reverse("funding:payees"))
    found = client.get(reverse("funding:payees"), {"q": first.name})
    none = client.get(reverse("funding:payees"), {"q": "Zzzyx"})

    ours = {row.partner_school for row in money.partnerships}
    assert ours <= {school for school, _ in page.context["rows"]}
    assert other.partner_school in {school for school, _ in page.context["others"]}
    assert [school for school, _ in found.context["rows"]][:1] == [first]
    assert "No school that takes part is called that." in text_of(none)


def test_the_columns_of_the_file_are_those_of_the_organiser(client, handed_in):
    payees(handed_in)
    as_(client, handed_in.Ruth)
    wrong = text_of(client.post(reverse("funding:columns"), {"lines": "Ref = reference\nSum = total"}))
    client.post(reverse("funding:columns"), {"lines": "Ref = reference\nSum = amount\nTo = payee\nNo = code"})
    approve(handed_in.Tom, handed_in.plan, handed_in.releases)

    batch = authorise(handed_in)

    assert "Line 2: “total” is none of the words." in wrong
    assert bytes(batch.content).decode("utf-8-sig").splitlines()[0] == "Ref,Sum,To,No"


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("A = reference\nB = amount\nC = code", "A column with the payee is missing"),
        ("A = reference\nB = amount\nC = payee", "A column with the code is missing"),
        (
            "A = reference\nB = amount\nC = payee\nD = code\nE = amount",
            "A column with the amount is there more than once",
        ),
        ("A = reference\nA = amount\nC = payee\nD = code", "Two columns are called “A”"),
    ],
)
def test_the_file_says_who_is_paid_where_how_much_and_by_what_reference_once_each(client, money, lines, sentence):
    page = as_(client, money.Ruth).post(reverse("funding:columns"), {"lines": lines})

    assert (page.status_code, sentence in text_of(page)) == (422, True)


def test_the_look_at_an_answer_names_each_payment_and_no_formula_is_an_answer(client, handed_in):
    payees(handed_in)
    approve(handed_in.Tom, handed_in.plan, handed_in.releases)
    batch = authorise(handed_in)
    first, second, third, fourth = batch.payments.order_by("number")
    as_(client, handed_in.Ruth)
    url = reverse("funding:answer", args=[batch.pk])

    pasted = f"Reference\tResult\tReason\n{first.reference}\tpaid\t\n{second.reference}\trejected\tClosed"
    looked = text_of(client.post(url, {"pasted": pasted}, follow=True))
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["Reference", "Result"])
        sheet.write_string(1, 0, first.reference)
        sheet.write_formula(1, 1, '=IF(1<2,"paid","no")', value="paid")
    file = SimpleUploadedFile("answer.xlsx", book.getvalue())
    formula = text_of(client.post(url, {"file": file}, follow=True))

    assert f"{first.reference} {first.payee} Paid on 27 January 2027 £{first.amount}" in looked
    assert f"{second.reference} {second.payee} Rejected Closed £{second.amount}" in looked
    assert f"{third.reference} {third.payee} Not in it: waits on £{third.amount} {fourth.reference}" in looked
    assert ",”no”)” is a formula, which may say something else tomorrow. Write paid or rejected." in formula


def test_a_batch_that_is_partly_answered_says_what_of_its_total_is_where_and_who_acts_next(client, approved):
    batch = authorise(approved)
    first, second, third, fourth = batch.payments.select_related("payee__school").order_by("number")
    rows = [paying.Answered(first, True, IN_TIME.date()), paying.Answered(second, False, IN_TIME.date(), WHY)]
    paying.take_answers(approved.Ruth, batch, rows)

    page = as_(client, approved.Ruth).get(batch.get_absolute_url())
    said = text_of(page)
    theirs = text_of(as_(client, approved.Amira).get(batch.get_absolute_url()))

    waits = third.amount + fourth.amount
    assert "1 paid and 1 rejected. 2 of 4 payments wait for finance\u2019s answer." in said
    assert f"Paid \u00a3{first.amount}" in said
    assert f"Rejected \u00a3{second.amount} to be paid again once it is clear how: see Payments" in said
    assert f"Waits for finance\u2019s answer \u00a3{waits}" in said
    assert f"{WHY} How {second.payee.school} is paid" in said
    assert f"How {second.payee.school} is paid" not in theirs
    authorise(approved)
    again = text_of(as_(client, approved.Ruth).get(batch.get_absolute_url()))
    assert f"Rejected \u00a3{second.amount} Paid" not in again
    assert f"Sent again in {batch.reference[:-1]}2" in again


def test_whoever_ticks_nothing_is_told_so(client, approved):
    page = text_of(as_(client, approved.Ruth).get(reverse("funding:authorise")))

    assert "You chose nothing. Tick the releases whose payment you want to authorise." in page


def test_the_list_of_batches_takes_as_many_queries_for_one_as_for_many(client, approved, queries_of):
    authorise(approved)
    as_(client, approved.Ruth)
    url = reverse("funding:payments")
    client.get(url)
    few = queries_of(url)
    for number in range(3):
        batch = authorise(approved) if number else PaymentBatch.objects.get()
        answers = [paying.Answered(row, False, IN_TIME.date(), f"{WHY} {number}") for row in batch.payments.all()]
        paying.take_answers(approved.Ruth, batch, answers)
    authorise(approved)

    many = queries_of(url)

    assert len(client.get(url).context["batches"]) == 4
    assert (many == few, many <= 42) == (True, True), (few, many)
