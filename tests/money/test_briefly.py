"""In a few words on the roster and on Today: in which stage whose act is waited for."""

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from funding.briefly import briefs_of
from funding.models import Hold, Payee, Side
from funding.services import paying
from tests.factories import MembershipFactory
from tests.money.funded import approve, authorise, either, funded_programme, hand_in, payees, release_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db
NOVEMBER = "2026-11-20T09:00:00+00:00"  # October is due, December is not


@pytest.fixture
def several():
    """Five that stand differently in November: nothing in; ready; approved; one side on hold; with finance."""
    with time_machine.travel(NOVEMBER, tick=False):
        money = funded_programme(partnerships=5)
        _, _, approved, held, paid = money.partnerships
        for partnership in money.partnerships[1:]:
            hand_in(partnership, money.points[0])
        payees(money)
        approve(money.Tom, money.plan, october_of(money, paid))
        authorise(money)
        approve(money.Tom, money.plan, october_of(money, approved))
        Hold.objects.create(release=october_of(money, held)[0], by=money.Amira, because="A question")
        yield money


def october_of(money, partnership):
    return [release_of(partnership, money.stages[0], side) for side in (Side.SPECIALIST, Side.PARTNER)]


def said(money, **more):
    found = briefs_of(money.plan, **more)
    return [f"{found[row.pk].stage} {found[row.pk].words}" for row in money.partnerships]


def test_each_partnership_says_who_has_to_act_in_which_stage(several):
    assert said(several) == [
        "October waits for grades",
        "October waits for approval",
        "October approved, finance pays",
        "October is on hold",
        "October sent to finance",
    ]


def test_what_waits_for_the_school_comes_before_what_waits_for_others(several):
    december = several.stages[1].due_on
    assert said(several, today=december)[1:3] == ["December waits for grades", "December waits for grades"]


def test_before_anything_is_due_the_next_stage_is_named(several):
    before = several.stages[0].due_on.replace(day=1)
    assert said(several, today=before)[0] == "October due 16 Oct"


def test_a_side_that_no_item_funds_waits_for_nothing(several):
    several.plan.items.update(partner_half_days=0, partner_amount=0, specialist_half_days=0, specialist_amount=0)
    assert briefs_of(several.plan) == {}


def test_the_roster_has_it_in_a_column_a_filter_and_the_download(several, client):
    client.force_login(several.Amira)

    page = client.get("/roster/?money=approval")
    table = client.get("/roster/roster.csv")

    assert [row.partnership.ref for row in page.context["asked"].rows] == ["P002"]
    assert "Money October waits for approval" in " ".join(text_of(page).split())
    rows = {row["Reference"]: row["Money"] for row in csv.DictReader(io.StringIO(table.content.decode("utf-8-sig")))}
    assert rows["P001"] == "October: waits for grades"


def test_a_consultant_sees_the_roster_without_money(several, client):
    consultant = MembershipFactory(organisation=several.organisation, role=Role.CONSULTANT).user
    specialist = several.partnerships[0].specialist
    specialist.consultant = consultant
    specialist.save()
    client.force_login(consultant)

    page = client.get("/roster/")

    assert "October waits for grades" not in text_of(page)
    assert page.status_code == 200


def test_the_money_by_stage_says_who_acts_and_names_what_is_held_and_what_finance_rejected(client, approved):
    """October of one partnership was paid but for what finance rejected; December waits for grades."""
    batch = authorise(approved)
    first, *others = batch.payments.select_related("payee__school").order_by("number")
    answers = [paying.Answered(first, False, dt.date(2027, 1, 27), "The number is not known")]
    answers += [paying.Answered(row, True, dt.date(2027, 1, 27)) for row in others]
    paying.take_answers(approved.Ruth, batch, answers)
    client.force_login(approved.Amira)

    text = text_of(client.get(reverse("funding:programme", args=[approved.programme.slug])))

    finance = either(approved.Ruth, approved.Una)
    assert f"Waiting for finance {finance}" in text
    assert "Held back: £617.50 in 4 releases of the December stage , for " in text
    assert f"to {first.payee.school}, October , cannot be paid yet. Finance rejected the payment" in text


def test_today_brings_the_money_by_stage_from_its_own_page(several, client):
    client.force_login(several.Amira)
    url = reverse("funding:programme", args=[several.programme.slug])

    assert f'hx-get="{url}" hx-select="#by-stage"' in client.get("/").content.decode()
    assert 'id="by-stage"' in client.get(url).content.decode()


def test_what_is_approved_and_cannot_be_paid_says_who_acts(several, client):
    """Of the one with finance a payment comes back; the payee of another is not confirmed yet."""
    _, _, approved, _, sent = several.partnerships
    payment = sent.releases.get(stage=several.stages[0], side=Side.PARTNER).payment
    paying.take_answers(several.Ruth, payment.batch, [paying.Answered(payment, False, dt.date(2026, 11, 20), "Closed")])
    Payee.objects.create(
        organisation=several.organisation,
        school=approved.partner_school,
        name="A trust",
        route="supplier",
        code="V7",
        since=dt.date(2026, 11, 1),
        entered_by=several.Ruth,
    )

    waits = said(several)
    client.force_login(several.Amira)
    page = text_of(client.get("/roster/?money=finance"))

    assert [waits[2], waits[4]] == [
        "October approved, a second person confirms the payee",
        "October payment rejected, finance looks at the payee",
    ]
    for words in (waits[2], waits[4]):
        assert f"Money {words}" in " ".join(page.split())
    assert "finance pays" not in page


def test_where_nobody_has_said_how_a_school_is_paid_finance_enters_it(handed_in):
    approve(handed_in.Tom, handed_in.plan, handed_in.releases)

    before_december = {"today": dt.date(2026, 11, 20)}
    assert said(handed_in, **before_december) == ["October approved, finance enters the payee"] * 2
