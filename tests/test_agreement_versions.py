"""What is signed stays for good, and what a change of people makes of an agreement."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.models import OutgoingMail
from accounts.roles import Role
from programmes.models import Agreement, Partnership, PartnerTeacher, Signature
from programmes.services import agreements
from programmes.services.agreements import (
    CannotBeMade,
    ChangedMeanwhile,
    follow_people,
    renew_agreement,
    standing,
)
from programmes.services.people import replace_partner_teacher
from tests.factories import (
    MembershipFactory,
    UserFactory,
)
from tests.signing import Capacity, Status, build, completed, fresh, made, sign_all_but_one, sign_next

pytestmark = pytest.mark.django_db


# For good ----------------------------------------------------------------------------------------------------------


HELD = "pgtrigger: Cannot|takes no signature any more|when everyone has signed it"
BREACHES = {
    "the words": "UPDATE programmes_agreement SET sections = '{}'",
    "the version": "UPDATE programmes_agreement SET version = 7",
    "the reason": "UPDATE programmes_agreement SET because = 'x'",
    "the completion": "UPDATE programmes_agreement SET completed_at = NULL",
    "the agreement": "DELETE FROM programmes_agreement",
    "a typed name": "UPDATE programmes_signature SET typed_name = 'x'",
    "whose it is": "UPDATE programmes_signature SET signed_by_id = person_id",
    "a signature": "DELETE FROM programmes_signature",
    "the text": "UPDATE programmes_agreementtext SET protocol = 'x'",
}


@pytest.mark.parametrize("what", BREACHES)
def test_sql_cannot_change_what_is_signed(what):
    ours = build()
    agreement = completed(ours)
    before = (Agreement.objects.values().get(), list(Signature.objects.values()))

    with pytest.raises(ProgrammingError, match=HELD), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BREACHES[what])

    assert (Agreement.objects.values().get(), list(Signature.objects.values())) == before
    assert agreement.is_complete


def test_no_signature_can_be_added_to_a_complete_agreement():
    ours = build()
    agreement = completed(ours)

    with pytest.raises(ProgrammingError, match=HELD), transaction.atomic():
        Signature.objects.create(
            agreement=agreement, capacity=Capacity.PARTNER, person=UserFactory(), school=ours.partner_school
        )


def test_sql_cannot_call_it_complete_while_a_signature_is_missing():
    ours = build()
    agreement = made(ours)
    sign_all_but_one(ours, agreement)

    with pytest.raises(ProgrammingError, match=HELD), transaction.atomic():
        Agreement.objects.update(completed_at=timezone.now())

    assert not fresh(agreement).is_complete


def test_a_replaced_version_stays_replaced_and_readable():
    ours = build()
    old = completed(ours)
    words = old.sections

    newer = renew_agreement(ours.coordinator, old, "A new focus")

    old = fresh(old)
    assert (old.sections, old.is_complete, old.superseded_at is not None) == (words, True, True)
    assert (newer.version, newer.because, newer.completed_at) == (2, "A new focus", None)
    assert not fresh(newer).signatures.filter(signed_at__isnull=False).exists()
    with pytest.raises(ProgrammingError, match=HELD), transaction.atomic():
        Agreement.objects.filter(pk=old.pk).update(superseded_at=None)


def test_two_current_versions_cannot_stand_side_by_side():
    ours = build()
    agreement = made(ours)

    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.create(partnership=ours.partnership, text=agreement.text, version=2, sections={})


def test_of_two_new_versions_at_once_the_second_is_told():
    ours = build()
    agreement = made(ours)
    first = renew_agreement(ours.coordinator, agreement, "One")

    with pytest.raises(ChangedMeanwhile) as told:
        renew_agreement(ours.coordinator, agreement, "Two")

    assert told.value.agreement == first


def test_without_a_partner_teacher_there_is_no_agreement_and_no_new_version():
    ours = build()
    agreement = made(ours)
    PartnerTeacher.objects.update(until=timezone.localdate())

    with pytest.raises(CannotBeMade, match="no partner teacher"):
        renew_agreement(ours.coordinator, agreement, "Why not")

    assert fresh(agreement).is_current


# People change -----------------------------------------------------------------------------------------------------


def replace_partner(ours, name):
    PartnerTeacher.objects.filter(until=None).update(until=ours.programme.starts_on)
    joined = UserFactory(first_name=name, last_name="Costa")
    PartnerTeacher.objects.create(partnership=ours.partnership, user=joined, since=ours.programme.starts_on)
    MembershipFactory(
        user=joined, role=Role.PARTNER, organisation=ours.programme.organisation, school=ours.partner_school
    )
    return joined


def test_before_the_partner_teacher_signs_the_successor_takes_the_line():
    ours = build()
    agreement = made(ours)
    sign_next(ours.specialist, agreement)
    joined = replace_partner(ours, "Yara")

    same = follow_people(ours.coordinator, ours.partnership)

    assert same == agreement
    assert sorted(str(row.person) for row in same.signatures.filter(person__isnull=False)) == [
        "Sam Achebe",
        "Yara Costa",
    ]
    assert OutgoingMail.objects.filter(kind="agreement-ready", to=joined).count() == 1
    assert fresh(same).signatures.get(capacity=Capacity.SPECIALIST).is_signed


def test_when_someone_who_left_has_signed_a_new_version_is_made():
    ours = build()
    agreement = made(ours)
    sign_next(ours.partner, agreement)
    replace_partner(ours, "Yara")

    newer = follow_people(ours.coordinator, ours.partnership)

    assert (newer.version, newer.because) == (2, "The people of the partnership changed")
    assert not fresh(agreement).is_current
    assert fresh(agreement).signatures.get(capacity=Capacity.PARTNER).typed_name == "Nia Holt"


def test_after_completion_a_change_of_people_makes_a_new_version():
    ours = build(status=Status.ACTIVE)
    agreement = completed(ours)
    replace_partner(ours, "Yara")

    newer = follow_people(ours.coordinator, ours.partnership)

    assert newer.version == 2
    assert (fresh(agreement).is_complete, fresh(agreement).is_current) == (True, False)


def test_replacing_a_partner_teacher_lets_the_agreement_follow():
    ours = build(status=Status.ACTIVE)
    agreement = completed(ours)
    row = ours.partnership.partner_teachers.select_related("partnership__programme__organisation").get()

    replace_partner_teacher(
        ours.coordinator,
        row,
        on=min(max(timezone.localdate(), ours.programme.starts_on), ours.programme.ends_on),
        because="Left the school",
        email="yara@schools.example",
        first_name="Yara",
        last_name="Costa",
    )

    newer = Agreement.objects.current().get()
    assert (newer.version, newer.signatures.get(capacity=Capacity.PARTNER).person.last_name) == (2, "Costa")
    assert fresh(agreement).is_complete


def test_an_agreement_that_could_not_follow_says_so():
    ours = build(status=Status.ACTIVE)
    agreement = completed(ours)
    Partnership.objects.update(status=Status.PAUSED)
    replace_partner(ours, "Yara")

    followed = follow_people(ours.coordinator, ours.partnership)

    assert followed == agreement
    assert agreements.has_other_people(fresh(agreement))


@pytest.mark.parametrize("had_signed", [False, True])
def test_without_a_partner_teacher_it_waits_for_one_and_is_not_complete(had_signed):
    ours = build(status=Status.ACTIVE)
    agreement = made(ours)
    if had_signed:
        sign_next(ours.partner, agreement)
    replace_partner_teacher(
        ours.coordinator, ours.partnership.partner_teachers.get(), on=ours.programme.starts_on, because="Left"
    )
    half_way = standing([ours.partnership])[ours.partnership.pk]
    for person in (ours.specialist, ours.partner_head, ours.home_head):
        sign_next(person, agreement)
    waiting = standing([ours.partnership])[ours.partnership.pk]
    on_its_own = fresh(agreement).is_complete

    someone = replace_partner(ours, "Yara")
    follow_people(ours.coordinator, ours.partnership)

    after = standing([ours.partnership])[ours.partnership.pk]
    assert (half_way.signed, half_way.required, half_way.waiting[0]) == (int(had_signed), 4, "a partner teacher")
    assert (waiting.signed, waiting.required, waiting.waiting) == (3 + had_signed, 4, ["a partner teacher"])
    assert not on_its_own
    assert (after.agreement.version, after.is_complete) == (1 + had_signed, False)
    assert f"{someone} (partner teacher)" in after.waiting


def test_a_partner_teacher_who_signed_and_comes_back_makes_it_complete():
    ours = build(status=Status.ACTIVE)
    agreement = made(ours)
    sign_next(ours.partner, agreement)
    ours.partnership.partner_teachers.update(until=ours.programme.starts_on)
    for person in (ours.specialist, ours.partner_head, ours.home_head):
        sign_next(person, agreement)
    waited = not fresh(agreement).is_complete
    ours.partnership.partner_teachers.update(until=None)

    follow_people(ours.coordinator, ours.partnership)

    assert (waited, fresh(agreement).is_complete) == (True, True)


def test_nothing_happens_while_the_people_are_the_same():
    ours = build()
    agreement = completed(ours)

    assert follow_people(ours.coordinator, ours.partnership) == agreement
    assert Agreement.objects.count() == 1


def test_when_the_one_who_had_not_signed_leaves_the_others_complete_it():
    ours = build(status=Status.ACTIVE)
    second = UserFactory()
    row = PartnerTeacher.objects.create(partnership=ours.partnership, user=second, since=ours.programme.starts_on)
    agreement = made(ours)
    for person in (ours.specialist, ours.partner, ours.partner_head, ours.home_head):
        sign_next(person, agreement)
    PartnerTeacher.objects.filter(pk=row.pk).update(until=ours.programme.starts_on)

    follow_people(ours.coordinator, ours.partnership)

    assert fresh(agreement).is_complete
