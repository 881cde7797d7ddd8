"""Money through the pages: why it waits, who approves, who pays, and what is refused in words."""

import csv
import io
from decimal import Decimal

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from funding.models import Approval, Payee, PaymentBatch, PlanChange, Release
from funding.services import releasing
from programmes.models import DataReturn
from tests.factories import MembershipFactory, PartnerSchoolFactory, PartnershipFactory, ProgrammeFactory
from tests.money.funded import approve, authorise, funded_programme, hand_in, payees, release_of, teachers_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def head(money):
    school = money.partnerships[0].partner_school
    return MembershipFactory(organisation=money.organisation, role=Role.HEADTEACHER, school=school).user


@pytest.fixture
def october(money):
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
    money.releases = [
        release_of(partnership, money.stages[0], side)
        for partnership in money.partnerships
        for side in ("specialist", "partner")
    ]
    return money


def as_(client, person):
    client.force_login(person)
    return client


def approve_url(money):
    return reverse("funding:approve", args=[money.programme.slug])


def sent_by(page):
    """What the form of a check page sends when its button is pressed."""
    rows = page.context["rows"]
    return {
        "key": str(page.context["key"]),
        "release": [row.release.pk for row in rows],
        **{f"amount_{row.release.pk}": str(row.amount) for row in rows},
        "approve": "yes",
    }


# Why has our money not been released? ---------------------------------------------------------------------------


def test_from_today_a_head_is_one_click_from_the_reason_and_what_to_do(client, money, head):
    first = money.partnerships[0]
    DataReturn.objects.filter(partnership=first, data_point=money.points[0]).update(assessed=3)

    today = text_of(as_(client, head).get(reverse("today")))
    page = text_of(client.get(reverse("funding:school", args=[first.partner_school.urn])))

    assert "2 releases for your school are not paid yet Stage October and December. See why" in today
    assert "Of £475.00 for this school" in page
    assert "£237.50 is held back" in page
    assert f"1 of 4 grades is missing for October, with no reason given. {teachers_of(first)} can mend it" in page


def test_the_page_of_a_school_says_who_has_to_act_at_each_stage(client, october, head):
    first = october.partnerships[0]
    mine = release_of(first, october.stages[0], "partner")
    url = reverse("funding:school", args=[first.partner_school.urn])

    ready = text_of(as_(client, head).get(url))
    payees(october)
    approve(october.Tom, october.plan, [mine])
    approved = text_of(client.get(url))
    authorise(october)
    sent = text_of(client.get(url))

    assert f"Nothing is missing. Tom {october.Tom.last_name} or Martin {october.Martin.last_name} approves it." in ready
    assert f"Approved on 27 January 2027 by Tom {october.Tom.last_name}. Finance pays it next." in approved
    assert "With the finance system" in sent


def test_a_release_says_how_many_half_days_its_share_is(client, october):
    first = october.partnerships[0]
    mine, other = (release_of(first, october.stages[0], side) for side in ("partner", "specialist"))
    as_(client, october.Ruth)

    waiting = text_of(client.get(mine.get_absolute_url()))
    approve(october.Tom, october.plan, [mine, other])

    assert "25% of 5 half-days at £95.00 1.25 £118.75" in waiting
    assert "25% of 5 half-days at £95.00 1.25 £118.75" in text_of(client.get(mine.get_absolute_url()))
    assert "25% of 8 half-days at £95.00 2 £190.00" in text_of(client.get(other.get_absolute_url()))


def test_a_head_of_another_school_finds_nothing(client, october, head):
    other = october.partnerships[1]
    as_(client, head)

    assert client.get(reverse("funding:school", args=[other.partner_school.urn])).status_code == 404
    assert client.get(release_of(other, october.stages[0], "partner").get_absolute_url()).status_code == 404


def test_the_statement_of_a_school_comes_to_the_penny_of_its_page(client, october, head):
    first = october.partnerships[0]
    payees(october)
    approve(october.Tom, october.plan, [release_of(first, october.stages[0], "partner")])

    file = as_(client, head).get(reverse("funding:statement", args=[first.partner_school.urn, "csv"]))

    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    told = [(row["Stage"], row["Amount"], row["How it stands"], row["Financial year"]) for row in rows]
    assert told == [
        ("October", "118.75", "Waiting for finance to pay", "2026-27"),
        ("December", "118.75", "Waiting for the two teachers", "2026-27"),
        ("March", "118.75", "Not due yet", "2026-27"),
        ("Summer", "118.75", "Not due yet", "2027-28"),
    ]
    assert [row["Half-days"] for row in rows] == ["1.25"] * 4
    assert rows[1]["What is missing"] == "4 of 4 grades are missing for December, with no reason given."


# Approving ------------------------------------------------------------------------------------------------------


def test_the_check_says_what_is_approved_what_is_left_and_who_pays(client, october):
    page = as_(client, october.Tom).get(approve_url(october), {"release": [row.pk for row in october.releases]})

    text = text_of(page)
    assert "Check before you approve 4 releases, £617.50" in text
    assert "£100,000.00 now, £99,382.50 after this" in text
    assert (
        "2 returns, complete and submitted on 16 October Entered and submitted by 2 teachers, none of them you" in text
    )
    assert "You cannot authorise the payment of what you approve" in text


def test_what_was_checked_is_approved_once_however_often_the_form_is_sent(client, october):
    page = as_(client, october.Tom).get(approve_url(october), {"release": [row.pk for row in october.releases]})
    form = sent_by(page)

    first = client.post(approve_url(october), form)
    second = client.post(approve_url(october), form)

    assert first.url == second.url == Approval.objects.get().get_absolute_url()
    assert "4 releases approved, £617.50" in text_of(client.get(first.url))
    assert set(Release.objects.filter(stage=october.stages[0]).values_list("state", flat=True)) == {"approved"}


def test_grades_that_change_before_the_button_leave_everything_as_it_was(client, october):
    page = as_(client, october.Tom).get(approve_url(october), {"release": [row.pk for row in october.releases]})
    DataReturn.objects.filter(partnership=october.partnerships[1], data_point=october.points[0]).update(state="open")

    refused = client.post(approve_url(october), sent_by(page))

    text = text_of(refused)
    assert refused.status_code == 409
    assert "Nothing was approved: something has changed since you looked." in text
    assert "All grades for October are there, but nobody has submitted them." in text
    assert "Check before you approve 2 releases, £308.75" in text
    assert not Approval.objects.exists()


def test_who_entered_the_data_is_told_before_the_click_who_can(client, october):
    data = DataReturn.objects.get(partnership=october.partnerships[0], data_point=october.points[0])
    data.entries.create(user=october.Tom, grades=2)

    stage = text_of(
        as_(client, october.Tom).get(reverse("funding:stage", args=[october.programme.slug, october.stages[0].pk]))
    )
    check = text_of(client.get(approve_url(october), {"release": [row.pk for row in october.releases]}))

    words = "You entered or submitted the grades behind it, so somebody else approves it."
    assert stage.count(f"{words} Martin {october.Martin.last_name} can.") == 2
    assert "2 releases of what you chose are left out" in check
    assert f"Martin {october.Martin.last_name} can." in check


def test_a_hold_and_a_waiver_stand_on_the_page_of_the_release(client, money):
    release = release_of(money.partnerships[0], money.stages[0], "partner")
    as_(client, money.Amira)

    client.post(reverse("funding:hold", args=[release.pk]), {"because": "New supplier number"})
    client.post(
        reverse("funding:waive", args=[release.pk]), {"condition": "data", "reason": "illness", "note": "In November"}
    )

    text = text_of(client.get(release.get_absolute_url()))
    assert "On hold from 27 January 2027" in text
    assert "Waived: The grades of the data point are complete and submitted. A teacher was ill for long: In Nov" in text
    client.post(reverse("funding:end_hold", args=[release.pk]))
    ended = text_of(client.get(release.get_absolute_url()))
    said = f"{money.Amira} put it on hold on 27 January 2027: “New supplier number”."
    assert f"{said} {money.Amira} ended that on 27 January 2027." in ended


@pytest.mark.parametrize("name", ["hold", "waive"])
def test_what_is_missing_in_a_form_of_a_release_stands_at_the_top_too(client, money, name):
    release = release_of(money.partnerships[0], money.stages[0], "partner")

    page = as_(client, money.Amira).post(reverse(f"funding:{name}", args=[release.pk]), {})

    assert page.status_code == 422
    assert "<title>Error: " in page.content.decode()
    assert "There is a problem" in text_of(page)


def test_a_head_reads_who_can_end_a_hold(client, october, head):
    first = october.partnerships[0]
    releasing.hold(october.Amira, release_of(first, october.stages[0], "partner"), "Wait a day")

    text = text_of(as_(client, head).get(reverse("funding:school", args=[first.partner_school.urn])))

    assert f"by {october.Amira}: Wait a day. The coordinator or a budget holder can end it. You can ask them." in text


def test_no_plan_is_offered_for_a_programme_that_is_over(client, money):
    over = ProgrammeFactory(organisation=money.organisation, status="closed", funded=True)

    text = text_of(as_(client, money.Amira).get(reverse("funding:home")))

    assert over.title in text
    assert "None: it is over" in text
    assert f"Draw up a plan for {over.title}" not in text


def test_the_page_of_an_item_of_the_timetable_writes_no_warning(client, money, caplog):
    item = money.plan.items.filter(step__isnull=False).first()

    page = as_(client, money.Amira).get(reverse("funding:item_change", args=[money.programme.slug, item.pk]))

    assert page.status_code == 200
    assert [row for row in caplog.records if row.levelname in {"WARNING", "ERROR"}] == []


# Paying ---------------------------------------------------------------------------------------------------------


def test_finance_authorises_downloads_and_takes_the_answer(client, october):
    payees(october)
    approve(october.Tom, october.plan, october.releases)
    as_(client, october.Ruth)
    check = client.get(reverse("funding:authorise"), {"release": [row.pk for row in october.releases]})
    choice = check.context["choice"]
    form = {"key": str(check.context["key"]), "release": [row.pk for row in choice.releases], "authorise": "yes"}
    form |= {f"payee_{row.pk}": group.payee.pk for group in choice.groups for row in group.releases}

    made = client.post(reverse("funding:authorise"), form)
    again = client.post(reverse("funding:authorise"), form)
    batch = PaymentBatch.objects.get()
    file = client.get(reverse("funding:batch_file", args=[batch.pk])).content
    lines = [f"{row.reference}\tpaid\t{row.amount}\t20/1/2027" for row in batch.payments.all()]
    pasted = "\n".join(["Reference\tStatus\tAmount\tDate", *lines]).replace("20/1/2027", "27/1/2027")
    looked = text_of(client.post(reverse("funding:answer", args=[batch.pk]), {"pasted": pasted}))
    client.post(reverse("funding:answer", args=[batch.pk]), {"pasted": pasted, "save": "yes"})

    assert made.url == again.url == batch.get_absolute_url()
    assert file == bytes(batch.content) == client.get(reverse("funding:batch_file", args=[batch.pk])).content
    assert "The file says: 4 paid, 0 rejected" in looked
    assert set(Release.objects.filter(stage=october.stages[0]).values_list("state", flat=True)) == {"paid"}


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


def test_the_columns_of_the_file_are_those_of_the_organiser(client, october):
    payees(october)
    as_(client, october.Ruth)
    wrong = text_of(client.post(reverse("funding:columns"), {"lines": "Ref = reference\nSum = total"}))
    client.post(reverse("funding:columns"), {"lines": "Ref = reference\nSum = amount\nTo = payee\nNo = code"})
    approve(october.Tom, october.plan, october.releases)

    batch = authorise(october)

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


def test_the_look_at_an_answer_names_each_payment_and_no_formula_is_an_answer(client, october):
    payees(october)
    approve(october.Tom, october.plan, october.releases)
    batch = authorise(october)
    first, second, third, fourth = batch.payments.order_by("number")
    as_(client, october.Ruth)
    url = reverse("funding:answer", args=[batch.pk])

    pasted = f"Reference\tResult\tReason\n{first.reference}\tpaid\t\n{second.reference}\trejected\tClosed"
    looked = text_of(client.post(url, {"pasted": pasted}))
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["Reference", "Result"])
        sheet.write_string(1, 0, first.reference)
        sheet.write_formula(1, 1, '=IF(1<2,"paid","no")', value="paid")
    file = SimpleUploadedFile("answer.xlsx", book.getvalue())
    read = client.post(url, {"file": file}).context["form"]["pasted"].value()
    formula = text_of(client.post(url, {"pasted": read}))

    assert f"Becomes paid: {first.reference}, {first.payee}, £{first.amount}, on 27 January 2027" in looked
    assert f"{second.reference}, {second.payee}, £{second.amount}: Closed" in looked
    assert f"{third.reference}, {third.payee}, £{third.amount} {fourth.reference}" in looked
    assert ",”no”)” is a formula, which may say something else tomorrow. Write paid or rejected." in formula


def test_a_budget_that_does_not_reach_is_said_before_the_button_and_there_is_none(client, october):
    type(october.plan).objects.filter(pk=october.plan.pk).update(budget=200)
    as_(client, october.Tom)

    page = client.get(approve_url(october), {"release": [release.pk for release in october.releases]})

    said = "nly £200.00 of the budget is left, and this comes to £617.50. Choose fewer, or raise it."
    assert f"O{said}" in text_of(page)
    assert "which is £2,270.00 more than the budget has" in text_of(page)
    assert 'name="approve"' not in page.content.decode()
    refused = client.post(approve_url(october), sent_by(page))
    assert (refused.status_code, f"Nothing was approved: o{said}" in text_of(refused)) == (409, True)
    assert not Approval.objects.exists()


# The plan -------------------------------------------------------------------------------------------------------


def test_a_coordinator_draws_a_plan_up_and_puts_it_in_force(client):
    money = funded_programme(activate=False)
    slug = money.programme.slug
    money.plan.delete()
    as_(client, money.Amira)

    typed = {
        "funder": "National Challenge",
        "cost_centre": "E1",
        "account_code": "5012",
        "budget": "20000",
        "rate": "95",
    }
    page = client.post(reverse("funding:draw_up", args=[slug]), typed, follow=True)
    client.post(reverse("funding:activate", args=[slug]))

    assert "Put the plan in force" in text_of(page)
    assert Release.objects.filter(stage__plan__programme=money.programme).count() == 16


@pytest.mark.parametrize(("name", "acts"), [("Amira", True), ("Tom", False)])
def test_a_plan_that_would_begin_empty_says_what_is_missing_and_where_it_is_given(client, name, acts):
    money = funded_programme(activate=False)
    programme = ProgrammeFactory(organisation=money.organisation)
    as_(client, money.people[name])

    page = client.get(reverse("funding:draw_up", args=[programme.slug]))
    whole = text_of(client.get(reverse("funding:plan", args=[money.programme.slug])))

    assert "The programme has no data points, so the plan would begin without a stage." in text_of(page)
    assert "“Essex two-way 2009-10”" in text_of(page)
    linked = [reverse(f"programmes:{page}", args=[programme.slug]) for page in ("data_points", "timetable")]
    assert [f'href="{url}"' in page.content.decode() for url in linked] == [acts, acts]
    assert "What is missing for it" not in whole


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("budget", "-1", "Enter pounds and pence from 0.01 to 99,999,999.99"),
        ("budget", "0", "Enter pounds and pence from 0.01"),
        ("budget", "1e12", "Enter pounds and pence from 0.01"),
        ("rate", "95.005", "Enter pounds and pence from 0.01 to 9,999.99"),
        ("rate", "=95", "Enter pounds and pence from 0.01"),
        ("funder", "", "Enter who funds it."),
    ],
)
def test_amounts_that_are_none_are_refused_with_a_sentence(client, money, field, value, sentence):
    typed = {"funder": "NC", "cost_centre": "E1", "account_code": "5", "budget": "9000", "rate": "95", "why": "So"}

    page = as_(client, money.Amira).post(
        reverse("funding:settings", args=[money.programme.slug]), typed | {field: value}
    )

    money.plan.refresh_from_db()
    assert sentence in text_of(page)
    assert (page.status_code, money.plan.rate) == (422, 95)


def test_a_change_in_force_shows_every_school_first_and_is_kept_with_the_reason(client, money):
    url = reverse("funding:settings", args=[money.programme.slug])
    typed = {
        "funder": "NC",
        "cost_centre": "E1",
        "account_code": "5",
        "budget": "90000",
        "rate": "100",
        "why": "Pay rise",
    }
    as_(client, money.Amira)

    shown = client.post(url, typed)
    before = type(money.plan).objects.get(pk=money.plan.pk).rate
    client.post(url, typed | {"previewed": shown.context["form"]["previewed"].value()})

    assert "£475.00 £500.00 £25.00" in text_of(shown)
    assert "October: £118.75 now, £125.00 then" in text_of(shown)
    assert before == 95
    row = PlanChange.objects.get()
    assert (row.reason, row.difference) == ("Pay rise", Decimal("130.00"))


def test_shares_that_do_not_add_up_are_refused(client, money):
    shares = {f"share_{stage.pk}": "20" for stage in money.stages}

    page = as_(client, money.Amira).post(
        reverse("funding:shares", args=[money.programme.slug]), shares | {"why": "Try"}
    )

    assert "The shares add up to 80%. Make them 100%." in text_of(page)
    assert {stage.share for stage in money.plan.stages.all()} == {25}


def test_an_optional_item_is_recorded_once_and_paid_in_the_next_stage(client, money):
    first = money.partnerships[0]
    item = money.plan.items.get(name="Case study")
    typed = {"item": item.pk, "partnership": first.pk, "side": "partner", "on": "20/1/2027"}
    url = reverse("funding:records", args=[money.programme.slug])
    as_(client, money.Amira)

    client.post(url, typed)
    twice = text_of(client.post(url, typed))

    page = text_of(client.get(release_of(first, money.stages[2], "partner").get_absolute_url()))
    assert "It is recorded for this day already." in twice
    assert "£268.75 to" in page
    assert "Case study, 20 January 2027" in page
