"""Agreements: who signs in which capacity, that a signature counts once, and the text they are made of."""

import datetime as dt

import pytest

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.models import Agreement, AgreementText, Partnership, PartnerTeacher, Signature
from programmes.services import agreements
from programmes.services.agreements import (
    ChangedMeanwhile,
    SavedMeanwhile,
    TakesNoSignature,
    is_name_of,
    make_agreements,
    renew_agreement,
    save_text,
    sign,
    standing,
    waits_for,
)
from programmes.services.agreements.words import shipped
from tests.factories import (
    MembershipFactory,
    UserFactory,
)
from tests.signing import (
    Capacity,
    Status,
    build,
    capacities,
    completed,
    fresh,
    made,
    mailed,
    sign_all_but_one,
    sign_next,
)
from tests.together import at_once

pytestmark = pytest.mark.django_db


# Who signs ---------------------------------------------------------------------------------------------------------


def test_both_teachers_and_both_heads_sign():
    ours = build()

    agreement = made(ours)

    assert capacities(agreement) == [
        ("specialist", "Sam Achebe", "Home School"),
        ("partner", "Nia Holt", "Partner School"),
        ("partner head", None, "Partner School"),
        ("home head", None, "Home School"),
    ]
    assert mailed("agreement-ready") == ["Grace Frost", "Nia Holt", "Owen Price", "Sam Achebe"]


def test_within_one_school_there_is_one_head_and_every_partner_teacher_signs():
    ours = build(own_school=True)
    second = UserFactory(first_name="Yara", last_name="Costa")
    PartnerTeacher.objects.create(partnership=ours.partnership, user=second, since=ours.programme.starts_on)

    agreement = made(ours)

    assert capacities(agreement) == [
        ("specialist", "Sam Achebe", "Home School"),
        ("partner", "Nia Holt", "Home School"),
        ("partner", "Yara Costa", "Home School"),
        ("partner head", None, "Home School"),
    ]
    assert standing([ours.partnership])[ours.partnership.pk].waiting[-1] == "Grace Frost (headteacher)"


def test_one_person_with_two_capacities_signs_each():
    ours = build(own_school=True, heads=False)
    MembershipFactory(
        user=ours.specialist, role=Role.HEADTEACHER, organisation=ours.programme.organisation, school=ours.home_school
    )
    agreement = made(ours)
    sign_next(ours.partner, agreement)

    sign_next(ours.specialist, agreement)
    halfway = [row.capacity for row in waits_for(ours.specialist, fresh(agreement))]
    before_last = fresh(agreement).is_complete
    sign_next(ours.specialist, agreement)

    assert halfway == ["partner head"]
    assert not before_last
    assert fresh(agreement).is_complete
    assert waits_for(ours.specialist, fresh(agreement)) == []


def test_a_named_deputy_signs_for_the_head_and_as_one():
    ours = build(heads=False)
    deputy = UserFactory(first_name="Ines", last_name="Duarte")
    MembershipFactory(
        user=deputy,
        role=Role.HEADTEACHER,
        organisation=ours.programme.organisation,
        school=ours.partner_school,
        deputy=True,
        ends_on=dt.date(2100, 1, 1),
    )
    agreement = made(ours)

    sign_next(deputy, agreement)

    row = agreement.signatures.get(capacity=Capacity.HEAD_OF_PARTNER_SCHOOL)
    assert (row.signed_by, row.as_deputy, row.typed_name) == (deputy, True, "Ines Duarte")


def test_nobody_signs_for_another_nor_with_a_role_elsewhere():
    ours, theirs = build(), build()
    agreement = made(ours)
    head_elsewhere = UserFactory()
    MembershipFactory(
        user=head_elsewhere,
        role=Role.HEADTEACHER,
        organisation=theirs.programme.organisation,
        school=ours.partner_school,
    )

    strangers = (ours.coordinator, head_elsewhere, theirs.partner, theirs.partner_head, UserFactory())
    signers = (ours.specialist, ours.partner, ours.partner_head, ours.home_head)

    waiting = [[row.capacity for row in waits_for(person, agreement)] for person in (*signers, *strangers)]

    assert waiting == [["specialist"], ["partner"], ["partner head"], ["home head"], [], [], [], [], []]


@pytest.mark.parametrize(
    "typed",
    ["Zoë O'Brien-Lee", " zoe  obrien lee ", "ZOE O\u2019BRIEN-LEE", "Mrs Zoë Ann O'Brien-Lee"],
)
def test_a_name_is_recognised_in_whatever_way_it_is_written(typed):
    assert is_name_of(UserFactory.build(first_name="Zoë", last_name="O'Brien-Lee"), typed)


@pytest.mark.parametrize("typed", ["", "Zoë", "O'Brien-Lee", "Z O'Brien-Lee", "O'Brien-Lee Zoë", "Someone Else", "..."])
def test_another_name_is_not(typed):
    assert not is_name_of(UserFactory.build(first_name="Zoë", last_name="O'Brien-Lee"), typed)


# Signing -----------------------------------------------------------------------------------------------------------


def test_the_last_signature_completes_it_and_the_partnership_is_agreed():
    ours = build()
    agreement = made(ours)
    sign_all_but_one(ours, agreement)
    before = (fresh(agreement).completed_at, Partnership.objects.get().status)

    sign_next(ours.partner_head, agreement)

    ours.partnership.refresh_from_db()
    step = ours.partnership.steps.last()
    assert before == (None, Status.PROPOSED)
    assert fresh(agreement).completed_at is not None
    assert (ours.partnership.status, step.by) == (Status.AGREED, ours.partner_head)
    assert step.reason == "Version 1 of the agreement is signed by all 4"
    assert mailed("agreement-complete") == ["Cora Dale", "Grace Frost", "Nia Holt", "Owen Price", "Sam Achebe"]


def test_an_active_partnership_stays_active():
    ours = build(status=Status.ACTIVE)

    completed(ours)

    ours.partnership.refresh_from_db()
    assert ours.partnership.status == Status.ACTIVE


def test_a_double_click_signs_once():
    ours = build()
    agreement = made(ours)
    (signature,) = waits_for(ours.partner, agreement)

    first = sign(ours.partner, agreement, signature, "Nia Holt")
    second = sign(ours.partner, agreement, signature, "Nia Holt")

    assert (first, second) == (True, False)
    assert AuditEvent.objects.filter(did="agreements.signed").count() == 1


def test_a_partnership_that_rests_takes_no_signature():
    ours = build(status=Status.ACTIVE)
    agreement = made(ours)
    (signature,) = waits_for(ours.partner, agreement)
    Partnership.objects.update(status=Status.PAUSED)

    with pytest.raises(TakesNoSignature):
        sign(ours.partner, agreement, signature, "Nia Holt")

    assert waits_for(ours.partner, fresh(agreement)) == []
    assert not agreement.signatures.filter(signed_at__isnull=False).exists()


def test_an_agreement_that_changed_meanwhile_is_not_signed():
    ours = build()
    agreement = made(ours)
    (signature,) = waits_for(ours.partner, agreement)
    newer = renew_agreement(ours.coordinator, agreement, "The dates moved")

    with pytest.raises(ChangedMeanwhile) as told:
        sign(ours.partner, agreement, signature, "Nia Holt")

    assert told.value.agreement == newer
    assert not Signature.objects.filter(signed_at__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_last_signatures_at_once_one_completes_it():
    ours = build()
    agreement = made(ours)
    for person in (ours.specialist, ours.partner):
        sign_next(person, agreement)
    last = {head: waits_for(head, fresh(agreement)) for head in (ours.partner_head, ours.home_head)}

    at_once(
        *[
            lambda head=head, signature=signature: sign(head, agreement, signature, head.get_full_name())
            for head, [signature] in last.items()
        ]
    )

    assert fresh(agreement).is_complete
    assert AuditEvent.objects.filter(did="agreements.complete").count() == 1
    assert ours.partnership.steps.filter(status=Status.AGREED).count() == 1
    assert len(mailed("agreement-complete")) == 5


@pytest.mark.django_db(transaction=True)
def test_two_who_make_agreements_at_once_make_one():
    ours = build()

    found = at_once(*[lambda: len(make_agreements(ours.coordinator, ours.programme, [ours.partnership]))] * 2)

    assert sorted(found) == [0, 1]
    assert Agreement.objects.count() == AgreementText.objects.count() == 1


# The text ----------------------------------------------------------------------------------------------------------


def test_each_change_is_a_version_and_what_is_made_keeps_its_words():
    ours = build()
    agreement = made(ours)
    words = shipped() | {"protocol": "We are equals in [partner school]."}

    text = save_text(ours.coordinator, ours.programme, words, 1)
    newer = renew_agreement(ours.coordinator, agreement, "New words")

    assert text.version == 2
    assert fresh(agreement).sections["parts"][0] != newer.sections["parts"][0]
    assert newer.sections["parts"][0]["blocks"] == [{"kind": "text", "text": "We are equals in Partner School."}]
    assert [(row.version, row.waiting, row.complete) for row in agreements.versions(ours.programme)] == [
        (2, 1, 0),
        (1, 0, 0),
    ]


def test_of_two_who_change_the_text_the_second_is_told():
    ours = build()
    first = save_text(ours.coordinator, ours.programme, shipped(), 0)

    with pytest.raises(SavedMeanwhile) as told:
        save_text(ours.coordinator, ours.programme, shipped() | {"targets": ""}, 0)

    assert told.value.text == first
    assert AgreementText.objects.count() == 1
