"""Drawing a plan up, what keeps it from being in force, and changing it in a running year."""

from decimal import Decimal

import pytest

from accounts.models import Membership
from funding.models import PlanChange, PlanItem, Release, WrongState
from funding.plan_changes import changed
from funding.services import planning
from funding.standing import standing_of
from tests.money.funded import approve, funded_programme, hand_in, release_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_a_plan_begins_with_the_half_days_of_the_timetable_and_a_stage_for_each_data_point():
    money = funded_programme(activate=False)

    items = money.plan.items.values_list("kind", "specialist_half_days", "partner_half_days")
    assert sorted(items) == sorted(
        [("required", 1, 0)] * 6
        + [("required", 0, 1)] * 3
        + [("required", 1, 1)] * 2
        + [("optional", 0, 1), ("optional", 0, 0)]
    )
    stages = [(stage.name, stage.due_on, stage.share, stage.conditions) for stage in money.plan.stages.all()]
    assert stages == [(point.name, point.due_on, Decimal(25), ["data"]) for point in money.points]
    assert not Release.objects.exists()


@pytest.mark.parametrize(("number", "last"), [(3, Decimal("33.334")), (4, Decimal(25)), (7, Decimal("14.284"))])
def test_equal_shares_add_up_to_a_hundred(number, last):
    shares = planning.equal_shares(number)

    assert (sum(shares), shares[-1]) == (100, last)


def test_it_needs_two_who_approve_and_a_finance_officer_who_does_not():
    money = funded_programme(activate=False)
    Membership.objects.filter(user__in=[money.Martin, money.Una, money.Ruth]).delete()

    assert planning.gaps(money.plan) == [
        f"Two people must be able to approve, and only Tom {money.Tom.last_name} can. Invite another budget holder.",
        "A finance officer is needed who approves nothing. Invite one.",
    ]
    with pytest.raises(WrongState):
        planning.activate(money.Amira, money.plan)


def test_shares_that_do_not_add_up_and_days_outside_the_year_are_said():
    money = funded_programme(activate=False)
    money.plan.stages.filter(name="Summer").update(share=20, due_on="2027-09-30")

    assert planning.gaps(money.plan) == [
        "The shares of the stages add up to 95%. Make them 100%.",
        "Summer is due on 30 September 2027, outside the year of the programme (1 September 2026 to 31 August 2027). "
        "Change the day.",
    ]


def test_a_change_is_previewed_and_changes_nothing_yet(money):
    def more():
        type(money.plan).objects.filter(pk=money.plan.pk).update(rate=100)

    rows = planning.preview(money.plan, more).schools

    money.plan.refresh_from_db()
    assert money.plan.rate == 95
    assert {(row.before, row.after, row.more) for row in rows} == {
        (Decimal("760.00"), Decimal("800.00"), Decimal("40.00")),
        (Decimal("475.00"), Decimal("500.00"), Decimal("25.00")),
    }


def test_a_preview_says_what_each_stage_pays_and_what_would_wait(money):
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
        hand_in(partnership, money.points[1])
    _, december, march, _ = money.stages

    def others():
        for stage, share in zip(money.stages, (85, 5, 5, 5), strict=True):
            money.plan.stages.filter(pk=stage.pk).update(share=share)
        money.plan.stages.filter(pk=december.pk).update(conditions=["data", "evidence"], evidence="Action plan")
        money.plan.stages.filter(pk=march.pk).update(due_on="2027-01-20")

    seen = planning.preview(money.plan, others)

    rows = [(one.stage.name, one.was_due, one.before, one.after, one.waits, one.goes) for one in seen.stages]
    assert rows == [
        ("October", None, Decimal("617.50"), Decimal("2099.50"), 0, 0),
        ("December", None, Decimal("617.50"), Decimal("123.50"), 4, 0),
        ("March", march.due_on, Decimal("617.50"), Decimal("123.50"), 4, 0),
        ("Summer", None, Decimal("617.50"), Decimal("123.50"), 0, 0),
    ]
    partner = money.partnerships[0].partner_school
    mine = next(row for row in seen.schools if row.school == partner)
    assert (mine.more, [one.waits for one in mine.stages]) == (0, [0, 1, 1, 0])
    assert (mine.stages[0].before, mine.stages[0].after) == (Decimal("118.75"), Decimal("403.75"))
    assert set(money.plan.stages.values_list("share", flat=True)) == {25}


def test_a_budget_that_does_not_reach_is_said_beforehand(money):
    def with_budget(amount):
        return lambda: type(money.plan).objects.filter(pk=money.plan.pk).update(budget=amount)

    first = money.partnerships[0]
    hand_in(first, money.points[0])
    approve(money.Tom, money.plan, [release_of(first, money.stages[0], "partner")])

    seen = planning.preview(money.plan, with_budget(1000))
    assert (seen.budget.spent, seen.budget.to_come, seen.budget.missing) == (
        Decimal("118.75"),
        Decimal("2351.25"),
        Decimal("1470.00"),
    )
    said = "£118.75 is approved or paid already, so the budget cannot be cut to £100.00."
    for refuse in (
        lambda: planning.preview(money.plan, with_budget(100)),
        lambda: planning.change(money.Tom, money.plan, with_budget(100), "Cut"),
    ):
        with pytest.raises(WrongState, match=said):
            refuse()
    money.plan.refresh_from_db()
    assert money.plan.budget == 100000


def test_a_change_in_a_running_year_keeps_what_was_paid_and_says_why(money):
    first = money.partnerships[0]
    hand_in(first, money.points[0])
    approve(money.Tom, money.plan, [release_of(first, money.stages[0], "partner")])

    def fewer():
        PlanItem.objects.filter(plan=money.plan, name__in=["Reciprocal visit 2", "Reciprocal visit 3"]).update(
            partner_half_days=0
        )

    planning.change(money.Amira, money.plan, fewer, "The schools asked for fewer visits")

    amounts = [row.amount for row in standing_of(money.plan, [first.pk]).rows if row.side == "partner"]
    assert amounts == [Decimal("118.75"), Decimal("23.75"), Decimal("71.25"), Decimal("71.25")]
    row = PlanChange.objects.get()
    assert (row.by, row.reason, row.difference) == (
        money.Amira,
        "The schools asked for fewer visits",
        Decimal("-380.00"),
    )


def test_the_history_of_the_plan_says_what_was_changed_from_what_to_what(money, client):
    item = money.plan.items.get(name="Case study")

    def several():
        type(money.plan).objects.filter(pk=money.plan.pk).update(budget=24000, pays_host_cover=True)
        money.plan.stages.filter(name="October").update(share=40, due_on="2026-10-23", conditions=["data", "visits"])
        money.plan.stages.filter(name="Summer").update(share=10)
        money.plan.items.filter(pk=item.pk).update(partner_amount=200)
        PlanItem.objects.create(plan=money.plan, name="Display", kind="optional", partner_amount=20)

    change = planning.change(money.Tom, money.plan, several, "Cut")

    grades = "The grades of the data point are complete and submitted"
    assert [(one.what, one.old, one.new) for one in changed(change)] == [
        ("Budget", "£100,000.00", "£24,000.00"),
        ("Cover of the host is paid", "no", "yes"),
        ("October, due on", "16 October 2026", "23 October 2026"),
        ("October, share", "25%", "40%"),
        ("October, released once", grades, f"{grades}, The visits due by then are recorded and signed off"),
        ("Summer, share", "25%", "10%"),
        ("Case study, amount to the partner school", "£150.00", "£200.00"),
        ("Display, item", "nothing", "kind Optional; amount to the partner school £20.00"),
    ]
    client.force_login(money.Martin)
    page = text_of(client.get(money.plan.get_absolute_url()))
    assert f"27 January 2027, 09:00, Tom {money.Tom.last_name}: Cut" in page
    assert "Budget £100,000.00 £24,000.00" in page


def test_a_change_that_breaks_the_plan_is_refused_whole(money):
    def broken():
        money.plan.stages.filter(name="Summer").update(share=20)

    with pytest.raises(WrongState, match="add up to 95%"):
        planning.change(money.Amira, money.plan, broken, "A mistake")

    assert money.plan.stages.get(name="Summer").share == 25
