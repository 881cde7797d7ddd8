"""Nobody is given a role in an organisation for which they do not work before they have said yes to it."""

import re

import pytest
from django.urls import reverse

from accounts.models import Invitation, Membership, User
from accounts.roles import Role
from accounts.services import NotOfHere
from programmes.models import SpecialistTeacher
from programmes.services import people
from tests.factories import MembershipFactory, OrganisationFactory, SchoolFactory, UserFactory

ASK = (
    "This address belongs to someone who does not work with {} yet. Invite them first; once they have accepted they "
    "can be added here."
)


def someone(is_active=True, **membership):
    user = UserFactory(email="quill@schools.example", first_name="Quillon", last_name="Farthing", is_active=is_active)
    if membership:
        MembershipFactory(user=user, **membership)
    return user


def text(answer):
    return " ".join(answer.content.decode().split()).replace("&#x27;", "'")


def standing():
    return [
        sorted(rows.values_list("pk", flat=True))
        for rows in (User.objects, Membership.objects, SpecialistTeacher.objects)
    ]


def add_specialist(client, ours, school):
    typed = {"first_name": "Wrong", "last_name": "Name", "email": "Quill@schools.example", "home_school": school.urn}
    address = reverse("programmes:specialist_add", args=[ours.programme.slug])
    return client.post(address, typed | {"partnerships_wanted": "2", "on": "1/9/2026"}, follow=True)


def invitation_offered(client, answer):
    """The invitation form behind the link at the address, as it is filled in."""
    (link,) = re.findall(r'href="([^"]+)">Invite the person with this address', answer.content.decode())
    form = client.get(link.replace("&amp;", "&")).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value()}


@pytest.mark.parametrize("is_active", [True, False])
def test_a_specialist_teacher_of_elsewhere_is_asked_first(client, ours, coordinator, is_active):
    someone(is_active, role=Role.SPECIALIST, organisation=OrganisationFactory())
    school, before = SchoolFactory(), standing()

    answer = add_specialist(client, ours, school)

    assert ASK.format(ours.organisation) in text(answer)
    assert ("Quillon" in text(answer), "Farthing" in text(answer)) == (False, False)
    assert [answer.context["form"][name].value() for name in ("first_name", "email")] == [
        "Wrong",
        "Quill@schools.example",
    ]
    assert standing() == before
    assert invitation_offered(client, answer) == {"role": Role.SPECIALIST, "email": "quill@schools.example"}


@pytest.mark.parametrize("replaces", [True, False])
def test_a_partner_teacher_of_elsewhere_is_asked_first(client, ours, coordinator, replaces):
    someone(role=Role.PARTNER, organisation=OrganisationFactory(), school=ours.school)
    row, before = ours.partnership.partner_teachers.get(), standing()
    typed = {"who": "someone else", "first_name": "Wrong", "last_name": "Name", "email": "quill@schools.example"}
    add = reverse("programmes:partner_teacher_add", args=[ours.partnership.pk])
    replace = reverse("programmes:partner_teacher_replace", args=[ours.partnership.pk, row.pk])

    page = client.get(replace if replaces else add)
    on = page.context["form"]["on"].value()
    typed |= {"on": f"{on:%-d/%-m/%Y}", "because": "Left the school"}
    answer = client.post(replace if replaces else add, typed)

    assert ASK.format(ours.organisation) in text(answer)
    assert ("Quillon" in text(answer), answer.context["form"]["first_name"].value()) == (False, "Wrong")
    assert standing() == before
    assert ours.partnership.partner_teachers.filter(until=None).get() == row
    offered = invitation_offered(client, answer)
    assert offered == {"role": Role.PARTNER, "email": "quill@schools.example", "school": str(ours.school)}


def test_whoever_left_and_can_sign_in_is_asked_anew(ours):
    gone = someone()
    MembershipFactory(user=gone, role=Role.COORDINATOR, organisation=ours.organisation, ends_on="2021-01-01")
    person = ours.people[Role.COORDINATOR]

    with pytest.raises(NotOfHere):
        people.add_partner_teacher(person, ours.partnership, email=gone.email, on=ours.programme.starts_on)

    assert not Membership.objects.live().filter(user=gone).exists()


@pytest.mark.parametrize("is_active", [True, False])
def test_whoever_works_here_already_is_added_at_once(client, ours, coordinator, is_active):
    user = someone(is_active, role=Role.CONSULTANT, organisation=ours.organisation)
    MembershipFactory(user=user, role=Role.FINANCE, organisation=OrganisationFactory())

    add_specialist(client, ours, SchoolFactory())

    assert SpecialistTeacher.objects.filter(user=user, programme=ours.programme).count() == 1
    assert not Invitation.objects.filter(email=user.email).exists()


def test_whoever_was_named_here_only_and_cannot_sign_in_is_added_at_once(client, ours, coordinator):
    user = someone(is_active=False)
    MembershipFactory(user=user, role=Role.CONSULTANT, organisation=ours.organisation, ends_on="2021-01-01")

    add_specialist(client, ours, SchoolFactory())

    assert SpecialistTeacher.objects.filter(user=user, programme=ours.programme).count() == 1
