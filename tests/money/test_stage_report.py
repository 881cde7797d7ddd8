"""The funding-release report of a stage: what stands in it, how it is made, and who may have it."""

import datetime as dt
import json

import pdfua
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from funding.models import MoneyReport, PaymentBatch, Recovery, Waiver
from funding.printing.build import TEMPLATES, render
from funding.services import papers, paying, recovering, releasing
from funding.tasks import make_report
from tests.factories import MembershipFactory
from tests.money.funded import approve, fold, funded_programme, hand_in, release_of, teachers_of
from tests.pdfs import elements, pages
from tests.reading import text_of

pytestmark = pytest.mark.django_db
MADE_AT = dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC)


def figures_of(money, number=0):
    return json.loads(json.dumps(papers.stage_figures(money.plan, money.stages[number])))


def paper_of(figures):
    return render(TEMPLATES[MoneyReport.Kind.STAGE], figures, MADE_AT)


def words_of(figures):
    return " ".join(pages(paper_of(figures)))


def order(client, money, person, number=0):
    client.force_login(person)
    return client.post(reverse("funding:stage_report", args=[money.programme.slug, money.stages[number].pk]))


def test_every_release_stands_in_it_with_its_amount_and_together_they_are_the_stage(october):
    figures = figures_of(october)

    assert {(row["partnership"], row["side"], row["amount"]) for row in figures["released"]} == {
        ("P001", "Partner school", "118.75"),
        ("P001", "Specialist teacher\u2019s school", "190.00"),
    }
    assert (figures["released_total"], figures["waiting_total"]) == ("308.75", "308.75")
    assert figures["sums"]["total"] == "617.50"
    assert sum(float(kind["amount"]) for kind in figures["kinds"]) == 617.5
    assert figures["budget"] == {
        "whole": "100000.00",
        "spent": "308.75",
        "left": "99691.25",
        "to_come": "2161.25",
        "free": "97530.00",
    }


def test_it_says_on_what_evidence_what_was_waived_by_whom_and_why_the_others_wait(october):
    second = october.partnerships[1]
    releasing.hold(october.Martin, release_of(second, october.stages[0], "partner"), "New supplier number")

    words = words_of(figures_of(october))

    tom, amira, martin = (str(october.people[name]) for name in ("Tom", "Amira", "Martin"))
    assert "October: 4 grades for 4 target pupils, submitted (version 1), 16 October 2026" in words
    assert f"Approved 27 January 2027 by {tom}" in words
    assert "Sent to finance 27 January 2027: LS" in words
    who = teachers_of(october.partnerships[1])
    assert f"4 of 4 grades are missing for October, with no reason given. {who} can mend it; due" in words
    assert f"Held since 27 January 2027 by {martin}: New supplier number" in words
    assert "A teacher was ill for long: In November" in words
    assert f"{amira} 27 January 2027" in words


def test_its_reasons_are_those_of_the_page_of_the_school(client, october):
    second = october.partnerships[1]
    school = second.specialist.home_school
    head = MembershipFactory(organisation=october.organisation, role=Role.HEADTEACHER, school=school).user
    client.force_login(head)

    page = text_of(client.get(reverse("funding:school", args=[school.urn])))

    (row,) = [row for row in figures_of(october)["waiting"] if row["urn"] == school.urn]
    assert row["reasons"] == [
        f"4 of 4 grades are missing for October, with no reason given. {teachers_of(second)} can mend it; "
        "due since 16 October 2026."
    ]
    assert row["reasons"][0] in page


def test_a_stage_that_is_not_due_says_so_and_one_without_anything_too(money):
    assert "Not due until 12 March 2027." in words_of(figures_of(money, 2))
    assert "Nothing is approved yet, of £617.50 for 4 schools." in words_of(figures_of(money))

    empty = figures_of(funded_programme(0))
    assert "Nothing is planned for this stage." in words_of(empty)


def test_it_is_tagged_with_title_and_language_names_nobody_in_its_metadata_and_is_the_same_bytes_again(
    october, tmp_path
):
    figures = figures_of(october)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        data = paper_of(figures)

    (path := tmp_path / "report.pdf").write_bytes(data)
    pdf, found = elements(data)
    kinds = [str(element.S) for element in found]
    assert len(asked) == 0
    assert list(pdfua.validate(str(path)).findings) == []
    assert str(pdf.docinfo.Title) == f"Funding-release report, October stage: {october.programme.title}"
    assert str(pdf.Root.Lang) == "en-GB"
    assert kinds.count("/H1") == 1
    assert all("/Scope" in element.A for element in found if element.S == "/TH")
    assert data == paper_of(figures)


def test_a_worker_makes_it_and_it_comes_down_byte_for_byte(client, october):
    answer = order(client, october, october.Ruth)
    report = MoneyReport.objects.get()
    waiting = text_of(client.get(answer.url))
    progress = reverse("funding:paper_progress", args=[report.pk])
    same = client.get(progress, {"seen": report.how_far}, headers={"HX-Request": "true"})
    not_yet = client.get(reverse("funding:paper_download", args=[report.pk]))

    make_report(report.pk)

    report.refresh_from_db()
    ready = text_of(client.get(answer.url))
    files = [client.get(reverse("funding:paper_download", args=[report.pk])).getvalue() for _ in range(2)]
    assert "It waits for its turn." in waiting
    assert (same.status_code, not_yet.status_code) == (204, 404)
    assert f"Download it (PDF, {-(-report.size // 1000)} kB)" in ready
    assert files[0] == files[1] == paper_of(report.figures)
    assert AuditEvent.objects.filter(did="money report downloaded", row=report.pk).count() == 2


def test_asked_for_again_it_is_the_same_until_something_changes(client, october):
    first = order(client, october, october.Ruth)
    while_made = order(client, october, october.Tom)
    make_report(MoneyReport.objects.get().pk)
    unchanged = order(client, october, october.Amira)

    hand_in(october.partnerships[1], october.points[0])
    stale = text_of(client.get(first.url))
    changed = client.post(reverse("funding:paper_again", args=[MoneyReport.objects.get().pk]))

    assert first.url == while_made.url == unchanged.url
    assert "Something has changed since" in stale
    assert changed.url != first.url
    assert MoneyReport.objects.count() == 2


def test_it_is_listed_on_the_stage_for_the_office_of_this_organisation_only(client, october):
    answer = order(client, october, october.Amira)
    other = funded_programme(1)

    stage = client.get(reverse("funding:stage", args=[october.programme.slug, october.stages[0].pk]))
    client.force_login(other.Amira)
    elsewhere = client.get(answer.url)

    assert f"asked for by {october.Amira}" in text_of(stage)
    assert elsewhere.status_code == 404


def test_the_waiver_of_an_approved_release_stays_printed(october):
    release = release_of(october.partnerships[1], october.stages[0], "partner")
    approve(october.Tom, october.plan, [release])

    figures = figures_of(october)

    row = next(row for row in figures["released"] if row["partnership"] == "P002")
    assert row["rests_on"] == []
    assert [one["condition"] for one in row["waivers"]] == [Waiver.objects.get().get_condition_display()]
    assert [one["by"] for one in figures["waivers"]] == [str(october.Amira)]


def test_what_finance_rejected_before_is_told_with_its_reason(october):
    batch = PaymentBatch.objects.get()
    first, *others = batch.payments.order_by("number")
    answers = [paying.Answered(first, False, dt.date(2027, 1, 27), "The supplier number is not known")]
    paying.take_answers(
        october.Ruth, batch, answers + [paying.Answered(one, True, dt.date(2027, 1, 27)) for one in others]
    )

    words = words_of(figures_of(october))

    assert f"Rejected 27 January 2027: {first.reference}. The supplier number is not known" in words
    assert words.count("Rejected 27 January") == 1


def test_its_first_page_and_its_budget_agree_after_a_recovery_and_name_what_was_paid_back(paid):
    fold(paid, paid.partnerships[0])
    row = Recovery.objects.get(side="specialist")
    recovering.request(paid.Amira, row)
    recovering.approve(paid.Martin, row)
    recovering.receive(paid.Ruth, row, dt.date(2027, 1, 27))

    figures = figures_of(paid)
    first, *_ = pages(paper_of(figures))
    words = words_of(figures)

    assert figures["released_total"] == figures["budget"]["approved"] == "617.50"
    assert "\u00a3617.50 in 4 releases are approved" in first
    assert "Schools paid back \u00a395.00 of it, as listed below." in first
    assert "Approved or paid, all stages \u00a3617.50 Paid back by schools \u00a395.00" in first
    assert "Approved or paid, less paid back \u00a3522.50 Left \u00a399,477.50" in first
    assert f"Paid back by schools \u00a395.00 School Partnership Why Day Amount {row.school} P001" in words


@pytest.mark.parametrize("times", [3, 4, 5])
def test_no_heading_stands_alone_at_the_end_of_a_page(october, times):
    """Whatever is left of the page, the first row of a table stands under its heading, though it be a long one."""
    figures = figures_of(october)
    figures["released"] *= times
    first = figures["waiting"][0]
    first["reasons"] *= 12

    found = [text for text in pages(paper_of(figures)) if "Held back and waiting" in text]

    assert len(found) == 1
    assert f"2 releases, \u00a3{figures['waiting_total']}" in found[0]
    assert first["school"] in found[0].split("Held back and waiting")[1]


def test_the_report_costs_the_same_queries_for_one_partnership_and_for_many():
    def queries_of(money):
        papers.stage_figures(money.plan, money.stages[0])
        with CaptureQueriesContext(connection) as asked:
            papers.stage_figures(money.plan, money.stages[0])
        return len(asked)

    assert queries_of(funded_programme(1)) == queries_of(funded_programme(5))
