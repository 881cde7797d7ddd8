"""Partnerships whose agreement is made and signed by their people."""

from types import SimpleNamespace

from accounts.models import OutgoingMail
from accounts.roles import Role
from programmes.models import Agreement, Partnership, Signature
from programmes.services.agreements import (
    make_agreements,
    sign,
    waits_for,
)
from tests.factories import (
    MembershipFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
    UserFactory,
)

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
