"""Agreements that wait for somebody: reminding, and saying later that they still hold."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from accounts.models import OutgoingMail
from accounts.roles import Role
from programmes.models import Agreement, Programme
from programmes.services import agreements
from programmes.services.agreements import (
    NotDue,
    remind,
    standing,
    still_holds,
)
from tests.factories import (
    MembershipFactory,
    PartnershipFactory,
)
from tests.signing import (
    Status,
    build,
    completed,
    made,
    sign_next,
)

pytestmark = pytest.mark.django_db


# Reminding ---------------------------------------------------------------------------------------------------------


def test_a_reminder_goes_to_those_who_have_not_signed_and_never_twice_in_three_days():
    ours = build()
    agreement = made(ours)
    sign_next(ours.specialist, agreement)
    start = timezone.now()

    with time_machine.travel(start + dt.timedelta(minutes=1), tick=False):
        first = remind(ours.coordinator, agreement)
    with time_machine.travel(start + dt.timedelta(days=2), tick=False):
        second = remind(ours.coordinator, agreement)
    with time_machine.travel(start + dt.timedelta(days=3, minutes=1), tick=False):
        third = remind(ours.coordinator, agreement)

    assert sorted(map(str, first.sent)) == ["Grace Frost", "Nia Holt", "Owen Price"]
    assert (second.sent, sorted(str(mail.to) for mail in second.resting)) == (
        [],
        ["Grace Frost", "Nia Holt", "Owen Price"],
    )
    assert len(third.sent) == 3


def test_two_capacities_make_one_reminder_and_who_cannot_sign_in_is_named():
    ours = build(heads=False)
    MembershipFactory(
        user=ours.specialist, role=Role.HEADTEACHER, organisation=ours.programme.organisation, school=ours.home_school
    )
    ours.partner.is_active = False
    ours.partner.save()
    agreement = made(ours)

    done = remind(ours.coordinator, agreement)

    assert [str(person) for person in done.sent] == ["Sam Achebe"]
    assert done.cannot_sign_in == ["Nia Holt (partner teacher)", "the headteacher of Partner School"]
    assert "in 2 capacities" in OutgoingMail.objects.get(kind="agreement-reminder").text


def test_the_standing_names_who_is_missing_and_since_when():
    ours = build()
    agreement = made(ours)
    sign_next(ours.specialist, agreement)

    found = standing([ours.partnership])[ours.partnership.pk]

    assert (found.signed, found.required, found.since) == (1, 4, agreement.signatures.first().asked_at)
    assert found.waiting == [
        "Nia Holt (partner teacher)",
        "Grace Frost (headteacher of the partner school)",
        "Owen Price (headteacher of the specialist teacher's school)",
    ]
    assert standing([PartnershipFactory()]) == {}


def test_the_standing_of_many_costs_as_much_as_that_of_one(django_assert_max_num_queries):
    corners = [build() for _ in range(5)]
    for ours in corners:
        made(ours)

    with django_assert_max_num_queries(8) as one:
        standing([corners[0].partnership])
    with django_assert_max_num_queries(8) as many:
        found = standing([ours.partnership for ours in corners])

    assert len(found) == 5
    assert len(one) == len(many)


# Revisiting --------------------------------------------------------------------------------------------------------


def test_from_the_day_on_each_side_says_once_that_it_still_holds():
    ours = build(status=Status.ACTIVE)
    due_on = timezone.localdate() + dt.timedelta(days=30)
    Programme.objects.update(agreement_revisited_on=due_on)
    agreement = completed(ours)
    rows = Agreement.objects.all()

    too_early = agreements.to_revisit(rows, due_on - dt.timedelta(days=1)).count()
    on_the_day = agreements.to_revisit(rows, due_on).count()
    still_holds(ours.specialist, agreement, due_on)
    still_holds(ours.specialist, agreement, due_on)
    after_one = agreements.to_revisit(rows, due_on).count()
    still_holds(ours.partner, agreement, due_on)

    assert (too_early, on_the_day, after_one, agreements.to_revisit(rows, due_on).count()) == (0, 1, 1, 0)
    assert list(agreement.revisits.values_list("side", "by")) == [
        ("specialist", ours.specialist.pk),
        ("partner", ours.partner.pk),
    ]


def test_the_coordinator_says_it_for_both_and_nobody_before_the_day():
    ours = build(status=Status.ACTIVE)
    today = timezone.localdate()
    Programme.objects.update(agreement_revisited_on=today + dt.timedelta(days=1))
    agreement = completed(ours)

    with pytest.raises(NotDue):
        still_holds(ours.coordinator, agreement, today)
    still_holds(ours.coordinator, agreement, today + dt.timedelta(days=1))

    assert agreement.revisits.get().side == "both"
    with pytest.raises(NotDue):
        still_holds(ours.partner_head, agreement, today + dt.timedelta(days=1))
