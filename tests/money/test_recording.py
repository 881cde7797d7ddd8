"""What the coordinator records: evidence that came, and visits that will not take place."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from funding import ledger
from funding.models import Evidence, ItemRecord, Recovery, VisitNotHeld, WrongState
from funding.services import paying, recording, recovering
from funding.standing import standing_of
from funding.tasks import check_money
from programmes.services import life
from tests.factories import MembershipFactory, PartnershipFactory, VisitFactory
from tests.money.funded import approve, authorise, hand_in, held, payees, release_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


# Optional items -------------------------------------------------------------------------------------------------


def recorded(money, partnership, on=dt.date(2027, 1, 20)):
    item = money.plan.items.get(name="Case study")
    return recording.record(money.Amira, item, partnership, "partner", on)


def stage_of(money, row):
    return recording.paying_stages(standing_of(money.plan, [row.partnership_id])).get(row.pk)


def test_what_is_recorded_before_a_fold_is_still_paid_after_it(money):
    first = money.partnerships[0]
    row = recorded(money, first)
    assert stage_of(money, row).name == "March"

    life.move(money.Amira, first, "folded", on=dt.date(2027, 1, 26), reason="Staff change")

    (left,) = [row for row in standing_of(money.plan, [first.pk]).rows if row.side == "partner"]
    assert (left.stage.name, left.word, left.amount) == ("March", "not due", Decimal("150.00"))
    again = recorded(money, first, dt.date(2027, 1, 21))
    assert stage_of(money, again).name == "March"


def test_what_is_recorded_after_a_fold_is_paid_in_the_release_that_is_still_open(money):
    first = money.partnerships[0]
    held(money, first, "Visit 1")
    life.move(money.Amira, first, "folded", on=dt.date(2027, 1, 26), reason="Staff change")
    item = money.plan.items.get(name="Case study")

    row = recording.record(money.Amira, item, first, "specialist", dt.date(2027, 1, 20))

    (left,) = standing_of(money.plan, [first.pk]).rows
    assert (left.stage.name, left.amount) == ("October", Decimal("245.00"))
    assert stage_of(money, row).name == "October"


def test_what_no_stage_can_pay_is_refused_with_the_reason(money):
    first = money.partnerships[0]
    proposed = PartnershipFactory(programme=money.programme, ref="P013", status="proposed")
    life.move(money.Amira, first, "folded", on=dt.date(2027, 1, 26), reason="Staff change")

    for partnership, why in (
        (proposed, "P013 is proposed, and nothing is paid before it is agreed"),
        (first, "P001 has folded, and none of its releases is open"),
    ):
        with pytest.raises(WrongState, match=why):
            recorded(money, partnership)

    assert not ItemRecord.objects.exists()


def test_a_grant_on_sign_off_is_paid_once_to_each_side(client, money):
    """The second person who approves reads what the amount is made of."""
    first, second = money.partnerships
    item = money.plan.items.create(
        name="Action plan grant", kind="grant", specialist_amount=Decimal(500), partner_amount=Decimal(500)
    )
    row = recording.record(money.Amira, item, first, "specialist", dt.date(2027, 1, 20))

    words = (
        f"Action plan grant is paid once: {money.Amira} recorded it for this side on 27 January 2027, for 20 January"
    )
    with pytest.raises(WrongState, match=words):
        recording.record(money.Amira, item, first, "specialist", dt.date(2027, 1, 21))

    recording.record(money.Amira, item, first, "partner", dt.date(2027, 1, 21))
    recording.record(money.Amira, item, second, "specialist", dt.date(2027, 1, 21))
    recording.withdraw(money.Amira, row)
    recording.record(money.Amira, item, first, "specialist", dt.date(2027, 1, 22))

    assert ItemRecord.objects.filter(withdrawn_at=None).count() == 3
    for point in money.points[:3]:
        hand_in(first, point)
    money.plan.stages.filter(name="March").update(due_on=dt.date(2027, 1, 27))
    march = release_of(first, money.stages[2], "specialist")
    client.force_login(money.Tom)
    page = client.get(reverse("funding:approve", args=[money.programme.slug]), {"release": [march.pk]})
    assert "Action plan grant, signed off 22 January 2027: £500.00" in text_of(page)
    assert f'href="{march.get_absolute_url()}"' in page.content.decode()


def test_the_list_of_records_names_the_stage_that_pays_each(money, client):
    client.force_login(money.Amira)
    url = reverse("funding:records", args=[money.programme.slug])
    item = money.plan.items.get(name="Case study")
    sent = {"item": item.pk, "partnership": money.partnerships[0].pk, "side": "partner", "on": "20/1/2027"}

    page = text_of(client.post(url, sent, follow=True))

    assert "It is recorded. The March stage pays it." in page
    assert "20 January 2027 March Amira" in page


# Evidence -------------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(money):
    """October waits for an action plan as well as for the grades, which are in."""
    stage = money.stages[0]
    stage.conditions, stage.evidence = ["data", "evidence"], "The action plan"
    stage.save()
    for partnership in money.partnerships:
        hand_in(partnership, money.points[0])
    return money


def words(money, partnership, stage=0):
    rows = standing_of(money.plan, [partnership.pk]).of(stage=money.stages[stage])
    return [row.word for row in rows]


def evidence_url(money):
    return reverse("funding:evidence", args=[money.programme.slug])


def test_what_came_is_ticked_and_releases_both_schools(waiting, client):
    first, second = waiting.partnerships
    client.force_login(waiting.Amira)
    page = client.get(evidence_url(waiting))
    assert "October , due 16 October 2026, waits for: The action plan" in " ".join(text_of(page).split())

    sent = {"stage": waiting.stages[0].pk, "partnership": [first.pk], "on": "20/1/2027"}
    done = client.post(evidence_url(waiting), sent, follow=True)

    assert "The action plan: in for 1 partnership now." in text_of(done)
    assert (words(waiting, first), words(waiting, second)) == (["ready"] * 2, ["awaiting"] * 2)
    assert Evidence.objects.get().on == dt.date(2027, 1, 20)
    assert list(done.context["form"].waiting) == [str(second.pk)]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"on": "20/1/2027"}, "Tick the partnerships for which it is in."),
        ({"partnership": ["1"], "on": ""}, "Enter the day."),
        ({"partnership": ["999999"], "on": "20/1/2027"}, "Look at what is left."),
        ({"partnership": ["1"], "on": "20/1/2037"}, "Enter a day from"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_ticked_stays(waiting, client, sent, sentence):
    client.force_login(waiting.Amira)
    pk = str(waiting.partnerships[0].pk)
    sent = {key: [pk if one == "1" else one for one in value] if key != "on" else value for key, value in sent.items()}

    page = client.post(evidence_url(waiting), sent | {"stage": waiting.stages[0].pk})

    assert page.status_code == 422
    assert sentence in text_of(page)
    assert Evidence.objects.count() == 0
    if pk in sent.get("partnership", ()):
        assert page.context["form"]["partnership"].value() == [pk]


def test_evidence_is_taken_back_until_an_approved_release_rests_on_it(waiting, client):
    first = waiting.partnerships[0]
    row = recording.receive_evidence(waiting.Amira, waiting.stages[0], [first], dt.date(2027, 1, 20))[0]
    assert recording.receive_evidence(waiting.Amira, waiting.stages[0], [first], dt.date(2027, 1, 21)) == []
    approve(waiting.Tom, waiting.plan, [release_of(first, waiting.stages[0], "specialist")])
    url = reverse("funding:evidence_withdraw", args=[waiting.programme.slug, row.pk])
    client.force_login(waiting.Amira)

    refused = client.post(url, follow=True)
    assert "A release that is approved rests on it." in text_of(refused)
    assert Evidence.objects.count() == 1


def test_only_the_coordinator_is_led_from_the_reason_to_the_page(waiting, client):
    first = waiting.partnerships[0]
    head = MembershipFactory(organisation=waiting.organisation, role=Role.HEADTEACHER, school=first.partner_school).user
    page = reverse("funding:school", args=[first.partner_school.urn])

    client.force_login(waiting.Amira)
    assert evidence_url(waiting) in client.get(page).content.decode()
    client.force_login(head)
    shown = client.get(page)
    assert "The action plan is not in." in text_of(shown)
    assert evidence_url(waiting) not in shown.content.decode()


# Visits that will not take place ----------------------------------------------------------------------------------


def not_held_url(money):
    return reverse("funding:not_held", args=[money.programme.slug])


def keys(money, partnership, *names):
    return [
        one.key for one in recording.missed(money.plan) if one.partnership == partnership and one.item.name in names
    ]


def amounts(money, partnership, side="specialist"):
    return [row.amount for row in standing_of(money.plan, [partnership.pk]).rows if row.side == side]


def test_offered_are_required_visits_whose_weeks_are_over_and_that_have_no_half_day(money):
    first, second = money.partnerships
    held(money, first, "Visit 1")
    VisitFactory(partnership=second, step=money.programme.timetable.get(name="Visit 1"), on=dt.date(2027, 2, 10))

    names = [(one.item.name, one.partnership.ref) for one in recording.missed(money.plan)]

    over = money.plan.items.filter(step__type="visit", step__required=True, step__window_end__lt=dt.date(2027, 1, 27))
    over = list(over.order_by("step__order").values_list("name", flat=True))
    assert over == [*(f"Visit {n}" for n in range(1, 7)), "Reciprocal visit 1", "Reciprocal visit 2"]
    assert names == [(name, ref) for name in over for ref in ("P001", "P002") if name != "Visit 1"]


def test_open_stages_pay_so_much_less(money, client):
    """Eight half-days at 95 in four quarters: 190.00 each; two are given up before anything is paid: 142.50 each."""
    first = money.partnerships[0]
    client.force_login(money.Amira)
    before = amounts(money, first)
    page = client.get(not_held_url(money))
    assert "£95.00 less for the specialist teacher" in text_of(page)

    sent = {"visit": keys(money, first, "Visit 1", "Visit 2"), "because": "Illness"}
    done = client.post(not_held_url(money), sent, follow=True)

    assert before == [Decimal("190.00")] * 4
    assert amounts(money, first) == [Decimal("142.50")] * 4
    assert "2 visits are not paid. Open stages pay so much less." in text_of(done)
    assert Recovery.objects.count() == 0


@pytest.fixture
def all_paid(money):
    """All four stages of the first partnership are paid to both sides, although nothing took place."""
    first = money.partnerships[0]
    payees(money)
    for point, stage in zip(money.points, money.stages, strict=True):
        hand_in(first, point)
        type(stage).objects.filter(pk=stage.pk).update(due_on=stage.due_on.replace(year=2026, month=10 + stage.pk % 3))
    for stage in money.stages:
        approve(money.Tom, money.plan, [release_of(first, stage, side) for side in ("specialist", "partner")])
    batch = authorise(money)
    paying.take_answers(
        money.Ruth, batch, [paying.Answered(row, True, dt.date(2027, 1, 20)) for row in batch.payments.all()]
    )
    return money


def recoveries(partnership):
    rows = Recovery.objects.filter(partnership=partnership).order_by("pk")
    return [(row.side, row.state, row.reason, row.amount) for row in rows]


def test_what_no_open_stage_can_take_is_worked_out_to_be_asked_back(all_paid, client):
    first = all_paid.partnerships[0]
    client.force_login(all_paid.Amira)

    sent = {"visit": keys(all_paid, first, "Visit 1", "Reciprocal visit 1"), "because": "Strike"}
    done = client.post(not_held_url(all_paid), sent, follow=True)

    assert "£190.00 was paid already and no open stage can take it" in text_of(done)
    assert recoveries(first) == [
        ("specialist", "proposed", "not held", Decimal("95.00")),
        ("partner", "proposed", "not held", Decimal("95.00")),
    ]


def test_once_it_is_paid_back_nothing_is_asked_twice_and_held_after_all_it_is_paid_again(all_paid):
    first = all_paid.partnerships[0]
    recording.give_up(all_paid.Amira, all_paid.plan, keys(all_paid, first, "Visit 1"), "Strike")
    row = Recovery.objects.get()
    recovering.request(all_paid.Amira, row)
    recovering.approve(all_paid.Tom, row)
    recovering.receive(all_paid.Ruth, row, dt.date(2027, 1, 27))

    recording.give_up(all_paid.Amira, all_paid.plan, keys(all_paid, first, "Visit 2"), "Strike")
    assert [one[1:] for one in recoveries(first)] == [
        ("recovered", "not held", Decimal("95.00")),
        ("proposed", "not held", Decimal("95.00")),
    ]
    account = standing_of(all_paid.plan, [first.pk]).accounts[first.pk, "specialist"]
    assert account.left_over == Decimal("-95.00")

    held(all_paid, first, "Visit 1", "Visit 2")
    account = standing_of(all_paid.plan, [first.pk]).accounts[first.pk, "specialist"]
    assert account.left_over == Decimal("95.00")  # it was given back, and the visit took place after all
    assert ledger.balances(all_paid.plan) == ledger.recomputed(all_paid.plan)


def test_a_recovery_that_is_not_owed_any_more_is_not_asked_for(all_paid):
    first = all_paid.partnerships[0]
    recording.give_up(all_paid.Amira, all_paid.plan, keys(all_paid, first, "Visit 1", "Visit 2"), "Strike")
    row = Recovery.objects.get()
    held(all_paid, first, "Visit 1")

    with pytest.raises(WrongState, match="worked out anew"):
        recovering.request(all_paid.Amira, row)
    assert [one[1:] for one in recoveries(first)] == [
        ("dropped", "not held", Decimal("190.00")),
        ("proposed", "not held", Decimal("95.00")),
    ]
    held(all_paid, first, "Visit 2")
    check_money()
    assert [one[1] for one in recoveries(first)] == ["dropped", "dropped"]


def test_taking_it_back_undoes_it(all_paid, client):
    first = all_paid.partnerships[0]
    recording.give_up(all_paid.Amira, all_paid.plan, keys(all_paid, first, "Visit 1"), "Strike")
    mark = VisitNotHeld.objects.get()
    client.force_login(all_paid.Amira)

    url = reverse("funding:not_held_withdraw", args=[all_paid.programme.slug, mark.pk])
    done, again = client.post(url, follow=True), client.post(url, follow=True)

    assert "The visit is to take place after all, and is paid as planned." in text_of(done)
    assert "Nothing has changed. It is taken back already." in text_of(again)
    assert [one[1] for one in recoveries(first)] == ["dropped"]


def test_of_two_who_give_up_the_same_visit_one_is_told(money, client):
    first = money.partnerships[0]
    chosen = keys(money, first, "Visit 1")
    recording.give_up(money.Amira, money.plan, chosen, "Strike")
    with pytest.raises(WrongState, match="1 of the visits you chose took place, or somebody has given them up already"):
        recording.give_up(money.Amira, money.plan, chosen, "Strike")
    client.force_login(money.Amira)
    page = client.post(not_held_url(money), {"visit": chosen, "because": "Strike"})
    assert page.status_code == 422
    assert "given up already. Look at what is left." in text_of(page)


def test_a_visit_that_is_given_up_holds_nothing_back(money):
    first, stage = money.partnerships[0], money.stages[0]
    stage.conditions = ["visits"]
    stage.save()
    assert words(money, first) == ["awaiting"] * 2
    due = [item.name for item in money.plan.items.filter(step__type="visit", step__window_end__lte=stage.due_on)]
    recording.give_up(money.Amira, money.plan, keys(money, first, *due), "Strike")
    assert words(money, first) == ["ready"] * 2
