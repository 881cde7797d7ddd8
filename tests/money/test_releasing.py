"""Approving with four eyes, within the budget, once; holding, waiving and taking back."""

import uuid
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from funding.models import Approval, LedgerEntry, Release, WrongState
from funding.services import releasing
from funding.services.releasing import NotApproved
from programmes.models import DataReturn
from tests.money.funded import approve, hand_in, release_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def october(money):
    """Both sides of the first partnership are ready at the first stage."""
    money.data = hand_in(money.partnerships[0], money.points[0])
    money.releases = [release_of(money.partnerships[0], money.stages[0], side) for side in ("specialist", "partner")]
    return money


def entries():
    return sorted((row.account, row.amount, row.reason) for row in LedgerEntry.objects.all())


def test_what_is_approved_has_its_school_amount_lines_and_the_version_of_its_evidence(october):
    approval = approve(october.Tom, october.plan, october.releases)

    release = Release.objects.get(pk=october.releases[1].pk)
    assert (release.state, release.school, release.amount) == (
        "approved",
        october.partnerships[0].partner_school,
        Decimal("118.75"),
    )
    assert (release.data_return, release.data_version, release.approved_by) == (october.data, 1, october.Tom)
    assert [(line.kind, line.words, line.amount) for line in release.lines.all()] == [
        ("share", "25% of 5 half-days at \u00a395.00", Decimal("118.75"))
    ]
    assert [(row["condition"], row["words"], row["on"]) for row in release.evidence] == [
        ("data", "October: 4 grades for 4 target pupils, submitted (version 1)", "2026-10-16")
    ]
    assert (approval.number, approval.total) == (2, Decimal("308.75"))
    assert entries() == [
        ("approved", Decimal("118.75"), "approved"),
        ("approved", Decimal("190.00"), "approved"),
    ]


def test_the_same_form_sent_twice_gives_the_first_result(october):
    key, seen = uuid.uuid4(), {october.releases[1].pk: Decimal("118.75")}

    first = releasing.approve(october.Tom, october.plan, seen, key)
    second = releasing.approve(october.Tom, october.plan, seen, key)

    assert first == second
    assert (Approval.objects.count(), LedgerEntry.objects.count()) == (1, 1)


def test_who_entered_or_submitted_the_data_cannot_approve_it(october):
    october.data.entries.create(user=october.Tom, grades=1)
    DataReturn.objects.filter(pk=october.data.pk).update(submitted_by=october.Martin)

    for person in (october.Tom, october.Martin):
        with pytest.raises(NotApproved) as refused:
            approve(person, october.plan, october.releases[:1])
        assert refused.value.refusals[0].words == (
            "You entered or submitted the grades behind it, so somebody else approves it."
        )


def test_the_database_refuses_it_too(october):
    october.data.entries.create(user=october.Tom, grades=1)
    fixed = {"school": october.partnerships[0].partner_school, "amount": 1, "approved_at": "2027-01-27T09:00Z"}
    row = Release.objects.filter(pk=october.releases[0].pk)

    with pytest.raises(DatabaseError, match="cannot approve it"), transaction.atomic():
        row.update(state="approved", approved_by=october.Tom, data_return=october.data, **fixed)
    with pytest.raises(DatabaseError, match="cannot become"), transaction.atomic():
        row.update(state="authorised", approved_by=october.Tom, **fixed)


def test_what_has_changed_since_it_was_seen_is_not_approved(october):
    seen = {october.releases[0].pk: Decimal("190.00")}
    october.plan.rate = 100
    october.plan.save()

    with pytest.raises(NotApproved) as refused:
        releasing.approve(october.Tom, october.plan, seen, uuid.uuid4())

    assert refused.value.refusals[0].words == "It comes to \u00a3200.00 now, not \u00a3190.00 as you saw."
    assert not LedgerEntry.objects.exists()


def test_one_that_is_not_ready_any_more_stops_all_of_them(october):
    seen = {row.pk: amount for row, amount in zip(october.releases, (Decimal("190"), Decimal("118.75")), strict=True)}
    releasing.hold(october.Amira, october.releases[0], "The school has a new supplier number")

    with pytest.raises(NotApproved) as refused:
        releasing.approve(october.Tom, october.plan, seen, uuid.uuid4())

    assert [refusal.words for refusal in refused.value.refusals] == [
        "It is on hold: The school has a new supplier number"
    ]
    assert not Release.objects.exclude(state="open").exists()


def test_more_than_the_budget_is_not_approved(october):
    october.plan.budget = Decimal("300")
    october.plan.save()

    with pytest.raises(NotApproved, match=r"only £300\.00 of the budget is left"):
        approve(october.Tom, october.plan, october.releases)


def test_a_waiver_makes_it_ready_for_everybody_but_whoever_waived_it(money):
    release = release_of(money.partnerships[0], money.stages[0], "partner")
    releasing.waive(money.Tom, release, "data", "illness")

    with pytest.raises(NotApproved) as refused:
        approve(money.Tom, money.plan, [release])
    approve(money.Martin, money.plan, [release])

    release.refresh_from_db()
    assert refused.value.refusals[0].words == "You waived one of its conditions, so somebody else approves it."
    assert [row["words"] for row in release.evidence] == ["Waived: a teacher was ill for long"]


def test_an_approval_that_is_taken_back_leaves_nothing_but_its_history(october):
    approve(october.Tom, october.plan, october.releases[:1])

    release = releasing.take_approval_back(october.Martin, Release.objects.get(pk=october.releases[0].pk))

    assert (release.state, release.amount, release.lines.filter(is_alive=True).count()) == ("open", None, 0)
    assert sum(row.amount for row in LedgerEntry.objects.all()) == 0
    approve(october.Tom, october.plan, october.releases[:1])
    with pytest.raises(WrongState, match="nothing is left to waive"):
        releasing.waive(october.Amira, release, "data", "illness")


def test_what_was_approved_stays_as_it_was_in_the_database(october):
    approve(october.Tom, october.plan, october.releases)
    row = Release.objects.filter(pk=october.releases[0].pk)

    for change in ({"amount": 1}, {"approved_by": october.Martin}, {"data_version": 7}):
        with pytest.raises(DatabaseError, match="what was approved stays"), transaction.atomic():
            row.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        LedgerEntry.objects.update(amount=5)
    events = row.get().events.order_by("pgh_id").values_list("pgh_label", "state", "amount")
    assert list(events) == [("insert", "open", None), ("update", "approved", Decimal("190.00"))]
