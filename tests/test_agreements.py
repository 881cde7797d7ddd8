"""Agreements: who signs in which capacity, that a signature counts once and stays, and what the last one brings."""

import datetime as dt
import threading
from types import SimpleNamespace

import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.models import AuditEvent, OutgoingMail
from accounts.roles import Role
from programmes.models import Agreement, AgreementText, Partnership, PartnerTeacher, Programme, Signature
from programmes.services import agreements
from programmes.services.agreements import (
    CannotBeMade,
    ChangedMeanwhile,
    NotDue,
    SavedMeanwhile,
    TakesNoSignature,
    follow_people,
    is_name_of,
    make_agreements,
    remind,
    renew_agreement,
    save_text,
    sign,
    standing,
    still_holds,
    waits_for,
)
from programmes.services.agreements.words import shipped
from programmes.services.people import replace_partner_teacher
from tests.factories import (
    MembershipFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

Capacity = Signature.Capacity
Status = Partnership.Status


def build(own_school=False, status=Status.PROPOSED, heads=True):
    """A partnership whose people can all sign in."""
    programme = ProgrammeFactory()
    home = SchoolFactory(name="Home School")
    partner = home if own_school else SchoolFactory(name="Partner School")
    people = SimpleNamespace(
        coordinator=UserFactory(first_name="Cora", last_name="Dale"),
        specialist=UserFactory(first_name="Sam", last_name="Achebe"),
        partner=UserFactory(first_name="Nia", last_name="Holt"),
        partner_head=UserFactory(first_name="Grace", last_name="Frost"),
        home_head=UserFactory(first_name="Owen", last_name="Price"),
    )
    partnership = PartnershipFactory(
        programme=programme,
        specialist=SpecialistTeacherFactory(programme=programme, user=people.specialist, home_school=home),
        partner_school=partner,
        partner_teacher=people.partner,
        status=status,
    )
    roles = [
        (people.coordinator, Role.COORDINATOR, None),
        (people.specialist, Role.SPECIALIST, None),
        (people.partner, Role.PARTNER, partner),
    ]
    if heads:
        roles += [(people.partner_head, Role.HEADTEACHER, partner)]
        roles += [] if own_school else [(people.home_head, Role.HEADTEACHER, home)]
    for user, role, school in roles:
        MembershipFactory(user=user, role=role, organisation=programme.organisation, school=school)
    return SimpleNamespace(
        programme=programme,
        partnership=partnership,
        home_school=home,
        partner_school=partner,
        people=people,
        **vars(people),
    )


def made(ours):
    (agreement,) = make_agreements(ours.coordinator, ours.programme, [ours.partnership])
    return fresh(agreement)


def fresh(agreement):
    return Agreement.objects.with_signatures().get(pk=agreement.pk)


def sign_next(person, agreement):
    (signature, *_) = waits_for(person, fresh(agreement))
    return sign(person, agreement, signature, person.get_full_name())


def sign_all_but_one(ours, agreement):
    for person in (ours.specialist, ours.partner, ours.home_head):
        sign_next(person, agreement)


def completed(ours):
    agreement = made(ours)
    for person in (ours.specialist, ours.partner, ours.partner_head, ours.home_head):
        sign_next(person, agreement)
    return fresh(agreement)


def capacities(agreement):
    return [(row.capacity, row.person and str(row.person), row.school.name) for row in agreement.signatures.all()]


def mailed(kind):
    return sorted(str(mail.to) for mail in OutgoingMail.objects.filter(kind=kind))


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
    barrier, failed = threading.Barrier(2), []

    def put(person):
        try:
            (signature,) = waits_for(person, fresh(agreement))
            barrier.wait(5)
            sign(person, agreement, signature, person.get_full_name())
        except Exception as error:  # a thread tells by this list
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=put, args=[person]) for person in (ours.partner_head, ours.home_head)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert fresh(agreement).is_complete
    assert AuditEvent.objects.filter(did="agreements.complete").count() == 1
    assert ours.partnership.steps.filter(status=Status.AGREED).count() == 1
    assert len(mailed("agreement-complete")) == 5


@pytest.mark.django_db(transaction=True)
def test_two_who_make_agreements_at_once_make_one():
    ours = build()
    barrier, found = threading.Barrier(2), []

    def make():
        try:
            barrier.wait(5)
            found.append(len(make_agreements(ours.coordinator, ours.programme, [ours.partnership])))
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [0, 1]
    assert Agreement.objects.count() == AgreementText.objects.count() == 1


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
