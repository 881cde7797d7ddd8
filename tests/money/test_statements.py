"""Statements of a school and of a programme: as pages, tables and papers, the same to the penny."""

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import pdfua
import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from funding.models import MoneyReport, Recovery
from funding.overview import by_year
from funding.printing.build import TEMPLATES, render
from funding.services import papers, paying, recovering
from funding.standing import standing_of
from funding.tasks import make_report
from tests.factories import MembershipFactory
from tests.money.funded import IN_TIME, approve, authorise, fold, hand_in, payees, release_of, teachers_of
from tests.pdfs import elements, pages
from tests.reading import text_of

pytestmark = pytest.mark.django_db
MADE_AT = dt.datetime(2027, 4, 15, 9, tzinfo=dt.UTC)
D = Decimal


@pytest.fixture
def april(money):
    """October was approved in January. One partnership was paid before 31 March, the other after it; it is 15 April."""
    payees(money)
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
        approve(
            money.Tom,
            money.plan,
            [release_of(partnership, money.stages[0], side) for side in ("specialist", "partner")],
        )
    batch = authorise(money)
    first = money.partnerships[0]
    early = {first.partner_school_id, first.specialist.home_school_id}
    for day, is_early in ((dt.date(2027, 3, 20), True), (dt.date(2027, 4, 10), False)):
        with time_machine.travel(dt.datetime.combine(day, dt.time(12), dt.UTC), tick=False):
            own = [row for row in batch.payments.select_related("payee") if (row.payee.school_id in early) == is_early]
            paying.take_answers(money.Ruth, batch, [paying.Answered(row, True, day) for row in own])
    with time_machine.travel(MADE_AT, tick=False):
        yield money


def years_of(money, today=None):
    return by_year(standing_of(money.plan, today=today))


def table_at(client, money):
    client.force_login(money.Ruth)
    file = client.get(reverse("funding:programme_statement", args=[money.programme.slug, "csv"]))
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


def head_of(money, school):
    return MembershipFactory(organisation=money.organisation, role=Role.HEADTEACHER, school=school).user


def words_of(kind, figures):
    return " ".join(pages(render(TEMPLATES[kind], json.loads(json.dumps(figures)), MADE_AT)))


# 31 March ---------------------------------------------------------------------------------------------------------


def test_what_was_approved_by_31_march_and_paid_after_it_is_unpaid_at_31_march(april):
    before, after = years_of(april)

    second = april.partnerships[1]
    assert {row.partnership for row in before.unpaid} == {second}
    assert (before.words, before.paid, before.unpaid_total, before.to_come) == (
        "2026-27",
        D("308.75"),
        D("308.75"),
        D("1235.00"),
    )
    assert (after.words, after.paid, after.unpaid_total, after.to_come) == (
        "2027-28",
        D("308.75"),
        D("0.00"),
        D("617.50"),
    )


def test_each_release_is_in_one_year_and_together_they_are_the_programme(april):
    years = years_of(april)

    rows = [row for year in years for row in year.rows]
    assert len(rows) == len({row.release.pk for row in rows}) == 16
    assert sum(sum_.amount for year in years for sum_ in year.sums) == D("2470.00")


def test_of_a_year_that_is_not_over_what_is_unpaid_today_is_listed(money):
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
    approve(money.Tom, money.plan, [release_of(money.partnerships[0], money.stages[0], "partner")])

    year = years_of(money)[0]

    assert (year.is_over, [row.release.stage.name for row in year.unpaid]) == (False, ["October"])


@pytest.mark.parametrize(
    ("moment", "year"),
    [(dt.datetime(2027, 3, 31, 22, 59, tzinfo=dt.UTC), 2026), (dt.datetime(2027, 3, 31, 23, 1, tzinfo=dt.UTC), 2027)],
)
def test_the_day_of_an_approval_is_that_of_britain(money, moment, year):
    hand_in(money.partnerships[0], money.points[0])
    with time_machine.travel(moment, tick=False):
        approve(money.Tom, money.plan, [release_of(money.partnerships[0], money.stages[0], "partner")])

    unpaid = {one.year for one in years_of(money, dt.date(2027, 4, 2)) if one.unpaid}

    assert unpaid == ({2026, 2027} if year == 2026 else {2027})


def test_the_page_lists_what_is_unpaid_at_31_march_and_whether_it_was_paid_since(client, april):
    client.force_login(april.Ruth)

    page = text_of(client.get(reverse("funding:programme", args=[april.programme.slug])))

    second = april.partnerships[1]
    assert "2 releases approved and not paid at 31 March 2027" in page
    assert f"{second.partner_school} P002, Partner school October 27 January 2027 10 April 2027 £118.75" in page


# The programme ----------------------------------------------------------------------------------------------------


def test_the_table_of_a_programme_says_the_same_by_stage_area_and_year(client, april):
    rows = table_at(client, april)

    for part in ("By stage", "By area", "By financial year"):
        assert sum(D(row["Amount"]) for row in rows if row["Part"] == part) == D("2470.00")
    budget = {row["Line"]: row["Amount"] for row in rows if row["Part"] == "Budget against actual"}
    assert (budget["Budget"], budget["Approved or paid"], budget["Left"]) == ("100000.00", "617.50", "99382.50")
    unpaid = [row for row in rows if row["Part"] == "Approved and unpaid at 31 March 2027"]
    assert [(row["Of what"], row["Day"], row["Amount"]) for row in unpaid] == [
        ("October, P002, Specialist teacher\u2019s school", "2027-01-27", "190.00"),
        ("October, P002, Partner school", "2027-01-27", "118.75"),
    ]


def test_the_workbook_has_the_same_and_another_ending_does_not_exist(client, april):
    client.force_login(april.Tom)

    address = reverse("funding:programme_statement", args=[april.programme.slug, "xlsx"])
    assert client.get(address).content.startswith(b"PK")
    assert client.get(address.replace("xlsx", "pdf")).status_code == 404


def test_the_paper_of_a_programme_has_every_part_of_it(april):
    words = words_of("programme", papers.programme_figures(april.plan))

    assert "£2,470.00 for 4 schools, of a budget of £100,000.00. £617.50 is approved or paid" in words
    assert "By stage Stage Paid Waiting for finance" in words
    assert "2026-27 £308.75 £308.75 £1,235.00 2027-28 £308.75 £0.00 £617.50" in words
    assert "31 March 2027: 2 releases, £308.75" in words
    assert "27 January 2027 10 April 2027" in words


def test_a_programme_in_which_nothing_has_happened_has_a_statement_too(money):
    words = words_of("programme", papers.programme_figures(money.plan))

    assert "£0.00 is approved or paid" in words
    assert "Approved and unpaid at 31 March 31 March 2027, as it stands today: nothing." in words


def test_what_schools_paid_back_is_told_by_year(client, paid):
    fold(paid, paid.partnerships[0])
    for row in Recovery.objects.all():
        recovering.request(paid.Amira, row)
        recovering.approve(paid.Martin, row)
        recovering.receive(paid.Ruth, row, dt.date(2027, 1, 27))
    back = sum(Recovery.objects.values_list("amount", flat=True))

    rows = table_at(client, paid)
    words = words_of("programme", papers.programme_figures(paid.plan))

    assert [row["Amount"] for row in rows if row["Line"] == "2026-27, paid back"] == [str(back)]
    assert "Paid back by schools" in words
    assert "The partnership folded before its half-days were used" in words


# The school -------------------------------------------------------------------------------------------------------


def test_a_head_makes_the_statement_of_the_own_school_and_downloads_it(client, april):
    school = april.partnerships[1].partner_school
    client.force_login(head_of(april, school))

    answer = client.post(reverse("funding:statement_order", args=[school.urn]))
    report = MoneyReport.objects.get()
    make_report(report.pk)
    ready = text_of(client.get(answer.url))
    words = " ".join(pages(client.get(reverse("funding:paper_download", args=[report.pk])).getvalue()))

    assert f"Statement of money: {school}" in ready
    assert "Of £475.00 for this school, £237.50 is held back" in words
    who = teachers_of(april.partnerships[1])
    assert f"4 of 4 grades are missing for December, with no reason given. {who} can mend it; due" in words
    assert "Entitled £475.00 Released, of it £118.75 Paid, of that £118.75 Held back £237.50 Still to come £118.75" in (
        words
    )


def test_the_paper_of_a_school_has_what_its_table_has(client, april):
    school = april.partnerships[0].specialist.home_school
    client.force_login(april.Ruth)

    file = client.get(reverse("funding:statement", args=[school.urn, "csv"]))

    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    (part,) = papers.school_figures(april.organisation, school)["programmes"]
    printed = [
        (stage["name"], line["words"], line["amount"])
        for stage in part["stages"]
        for entry in stage["entries"]
        for line in entry["lines"]
    ]
    assert [(row["Stage"], row["For"], row["Amount"]) for row in rows] == printed
    assert sum(D(row["Amount"]) for row in rows) == D(part["sums"]["total"])


def test_what_is_asked_back_stands_on_the_page_the_table_and_the_paper_once_it_is_approved(client, paid):
    fold(paid, paid.partnerships[0])
    row = Recovery.objects.order_by("-amount").first()
    client.force_login(head_of(paid, row.school))
    page, table = (
        reverse("funding:school", args=[row.school.urn]),
        reverse("funding:statement", args=[row.school.urn, "csv"]),
    )

    proposed = text_of(client.get(page))
    recovering.request(paid.Amira, row)
    recovering.approve(paid.Martin, row)
    approved = text_of(client.get(page))
    recovering.receive(paid.Ruth, row, dt.date(2027, 1, 27))
    received = client.get(table).content.decode("utf-8-sig")
    figures = papers.school_figures(paid.organisation, row.school)

    assert "Asked back" not in proposed
    assert "Waiting for the school to pay it back" in approved
    assert f"-{row.amount},Paid back" in received
    assert figures["programmes"][0]["paid_back"] == str(row.amount)
    assert "Paid back, 27 January 2027" in words_of("school", figures)


def test_the_office_reads_the_statement_of_a_school_and_the_school_next_door_does_not(client, april):
    first, second = april.partnerships
    client.force_login(april.Amira)
    url = client.post(reverse("funding:statement_order", args=[first.partner_school.urn])).url

    statuses = []
    for person in (april.Ruth, head_of(april, first.partner_school), head_of(april, second.partner_school)):
        client.force_login(person)
        statuses.append(client.get(url).status_code)

    assert statuses == [200, 200, 404]


def test_a_school_without_money_has_no_statement(client, money):
    school = money.partnerships[0].partner_school
    head = head_of(money, school)
    type(money.plan).objects.filter(pk=money.plan.pk).update(status="draft", activated_by=None, activated_at=None)
    client.force_login(head)

    answer = client.post(reverse("funding:statement_order", args=[school.urn]), follow=True)

    assert "No money is planned for this school yet, so there is no statement." in text_of(answer)


@pytest.mark.parametrize("kind", ["school", "programme"])
def test_statements_are_tagged_with_title_and_language(april, tmp_path, kind):
    school = april.partnerships[0].partner_school
    figures = (
        papers.school_figures(april.organisation, school) if kind == "school" else papers.programme_figures(april.plan)
    )

    data = render(TEMPLATES[kind], json.loads(json.dumps(figures)), IN_TIME)

    (path := tmp_path / "statement.pdf").write_bytes(data)
    pdf, found = elements(data)
    assert list(pdfua.validate(str(path)).findings) == []
    assert str(pdf.docinfo.Title).endswith(str(school) if kind == "school" else april.programme.title)
    assert str(pdf.Root.Lang) == "en-GB"
    assert all("/Scope" in element.A for element in found if element.S == "/TH")
