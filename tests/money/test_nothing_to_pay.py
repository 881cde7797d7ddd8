"""A release that comes to nothing: one whose share earlier stages have paid waits for nobody, and one that something is
set against is settled by its approval. Nothing of either goes to finance, and every page, file and paper says so."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from funding.models import FundingPlan, Recovery, WrongState
from funding.printing.school import school_figures
from funding.printing.stage import stage_figures
from funding.services import paying, planning, recovering, releasing
from funding.standing import standing_of
from tests.factories import MembershipFactory
from tests.money.funded import approve, ask, fold, hand_in, release_of
from tests.money.test_approving_pages import approve_url, sent_by
from tests.reading import text_of

pytestmark = pytest.mark.django_db
SETTLED = "Settled: nothing to pay"


def read(client, person, name, *args, data=None):
    client.force_login(person)
    return text_of(client.get(reverse(name, args=args), data or {}))


def head_of(money, school):
    return MembershipFactory(organisation=money.organisation, role=Role.HEADTEACHER, school=school).user


def file_of(client, school):
    file = client.get(reverse("funding:statement", args=[school.urn, "csv"])).content.decode("utf-8-sig")
    return [(row["Stage"], row["Amount"], row["How it stands"]) for row in csv.DictReader(io.StringIO(file))]


def on_paper(money, school, stage):
    """(of the stage, of the school): how each release of this stage stands on the two papers."""
    of_stage = stage_figures(money.plan, stage)
    of_school = school_figures(money.organisation, school)
    entries = [e for s in of_school["programmes"][0]["stages"] if s["name"] == stage.name for e in s["entries"]]
    return of_stage, entries


# Paid by earlier stages -------------------------------------------------------------------------------------------


@pytest.fixture
def cheaper(paid):
    """The rate is half of what October was paid by: December of a specialist teacher's school is 95 less 95."""
    half = FundingPlan.objects.filter(pk=paid.plan.pk)
    planning.change(paid.Tom, paid.plan, lambda: half.update(rate="47.50"), "It was too much")
    paid.plan.refresh_from_db()
    paid.release = release_of(paid.partnerships[0], paid.stages[1], "specialist")
    paid.school = paid.partnerships[0].specialist.home_school
    return paid


def test_what_earlier_stages_have_paid_waits_for_nobody_anywhere(client, cheaper):
    head, stage = head_of(cheaper, cheaper.school), cheaper.stages[1]

    today = read(client, head, "today")
    page = read(client, head, "funding:school", cheaper.school.urn)
    rows = file_of(client, cheaper.school)
    office = read(client, cheaper.Tom, "funding:stage", cheaper.programme.slug, stage.pk)
    release = read(client, cheaper.Amira, "funding:release", cheaper.release.pk)
    of_stage, of_school = on_paper(cheaper, cheaper.school, stage)

    assert "not paid yet" not in today
    assert "held back" not in page.replace("nothing is held back", "")
    assert [stage for stage, *_ in rows if stage == "December"] == []
    assert cheaper.school.name not in office
    assert cheaper.school.name not in str(of_stage)
    assert of_school == []
    assert "Nothing to pay" in release
    assert "Earlier stages have paid its share already, so nothing is missing for it" in release
    assert "Waive a condition" not in release


def test_it_can_neither_be_approved_nor_waived_nor_held(client, cheaper):
    hand_in(cheaper.partnerships[0], cheaper.points[1])
    said = "It comes to nothing, so nothing of it is approved, waived or held."

    check = read(client, cheaper.Tom, "funding:approve", cheaper.programme.slug, data={"release": [cheaper.release.pk]})
    with pytest.raises(WrongState, match=said):
        releasing.waive(cheaper.Amira, cheaper.release, "data", "illness")
    with pytest.raises(WrongState, match=said):
        releasing.hold(cheaper.Amira, cheaper.release, "A question")
    with pytest.raises(releasing.NotApproved) as refused:
        approve(cheaper.Tom, cheaper.plan, [cheaper.release])

    assert "Nothing to approve" in check
    assert said in check
    assert [refusal.words for refusal in refused.value.refusals] == [said]


def test_it_is_paid_again_once_more_is_due(cheaper):
    FundingPlan.objects.filter(pk=cheaper.plan.pk).update(rate="95.00")
    hand_in(cheaper.partnerships[0], cheaper.points[1])

    approve(cheaper.Tom, FundingPlan.objects.get(pk=cheaper.plan.pk), [cheaper.release])

    cheaper.release.refresh_from_db()
    assert cheaper.release.amount == Decimal("190.00")


# Set against ------------------------------------------------------------------------------------------------------


@pytest.fixture
def against(paid):
    """118.75 is asked back of the partner school of one partnership, and set against December of its other one, which
    comes to as much. All else of December is approved."""
    first, second = paid.partnerships
    second.partner_school = first.partner_school
    second.save()
    fold(paid, first)
    paid.recovery = Recovery.objects.get(partnership=first, side="partner")
    ask(paid, paid.recovery)
    paid.release = release_of(second, paid.stages[1], "partner")
    recovering.set_against(paid.Ruth, paid.recovery, paid.release)
    hand_in(second, paid.points[1])
    approve(paid.Martin, paid.plan, [release_of(second, paid.stages[1], "specialist")])
    paid.school = first.partner_school
    return paid


def test_what_is_set_against_a_release_is_settled_by_its_approval_and_nothing_goes_to_finance(client, against):
    slug, chosen = against.programme.slug, {"release": [against.release.pk]}

    today = read(client, against.Tom, "today")
    page = client.get(approve_url(against), chosen)
    done = text_of(client.post(approve_url(against), sent_by(page), follow=True))
    against.recovery.refresh_from_db()

    settles = "It comes to nothing, and settles what stands in its lines: nothing goes to finance."
    assert f"1 release of the December stage waits for your approval {settles}" in today
    check = text_of(page)
    nobody = "Nobody: it comes to nothing, so nothing goes to finance. What stands in its lines is settled."
    assert f"Paid next by {nobody}" in check
    assert "finance can pay" not in check
    assert "Check before you approve 1 release, nothing to pay" in check
    assert "Approve 1 release, nothing to pay" in check
    assert "1 release approved, nothing to pay" in done
    assert "It comes to nothing, so there is no payment: what stands in its lines is settled." in done
    assert SETTLED in done
    assert "authorises the payment next" not in done
    assert against.recovery.state == Recovery.State.OFFSET
    assert against.release.pk not in [row.pk for row in paying.choose(against.Ruth, against.organisation).releases]
    assert f"{SETTLED}" in read(client, against.Amira, "funding:stage", slug, against.stages[1].pk)


def test_then_its_page_its_file_and_its_papers_say_that_it_is_settled(client, against):
    approve(against.Tom, against.plan, [against.release])
    head = head_of(against, against.school)

    page = read(client, head, "funding:school", against.school.urn)
    stands = {how for stage, _, how in file_of(client, against.school) if stage == "December"}
    of_stage, of_school = on_paper(against, against.school, against.stages[1])
    release = read(client, against.Amira, "funding:release", against.release.pk)

    assert stands == {SETTLED}
    assert SETTLED in page
    assert SETTLED in release
    assert SETTLED in str(of_stage)
    assert SETTLED in str(of_school)
    [row] = [row for row in standing_of(against.plan).rows if row.release.pk == against.release.pk]
    assert (row.amount, row.release.paid_on) == (Decimal("0.00"), dt.date(2027, 1, 27))
