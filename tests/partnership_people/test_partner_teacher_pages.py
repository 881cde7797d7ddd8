"""The pages on which a partner teacher is named: who is offered, and what is refused in a sentence."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from programmes.models import PartnerTeacher
from tests.factories import MembershipFactory, UserFactory
from tests.replacing import replace_teacher, teacher_row


def test_those_known_at_the_school_are_offered_with_what_they_are_there(client, ours, coordinator):
    known = UserFactory(first_name="Ann", last_name="Aardvark")
    for role in (Role.PARTNER, Role.HEADTEACHER):
        MembershipFactory(user=known, role=role, organisation=ours.organisation, school=ours.school)
    client.force_login(coordinator)

    page = client.get(reverse("programmes:partner_teacher_add", args=[ours.partnership.pk]))

    offered = [(row[1], row.hint) for row in page.context["form"].fields["who"].choices[:-1]]
    assert offered[0] == ("Ann Aardvark", "Partner teacher and Headteacher")
    assert {hint for _, hint in offered[1:]} == {"Headteacher"}


def typed(**fields):
    return {"on": "27/1/2027", "who": "someone else", "first_name": "New", "last_name": "Comer"} | fields


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"email": ""}, "Enter the email address."),
        ({"email": "nobody"}, "Enter one email address, such as name@school.example."),
        ({"email": "a@schools.example", "last_name": ""}, "Enter the last name."),
        ({"email": "a@schools.example", "first_name": "<b>"}, "A name cannot contain &lt; or &gt;."),
        ({"email": "a@schools.example", "on": "28/1/2027"}, "Give a day from 1 September 2026 to 27 January 2027."),
        ({"email": "ouresidecoordinator@schools.example", "who": "99999"}, "Choose"),
        ({"email": "oursidecoordinator@schools.example"}, "You cannot give yourself a role."),
        ({"email": "oursidespecialist@schools.example"}, "is the specialist teacher of this partnership."),
    ],
)
def test_bad_input_is_answered_in_a_sentence_and_stays(ours, coordinator, client, fields, says):
    MembershipFactory(role=Role.HEADTEACHER, organisation=ours.organisation, school=ours.school)
    client.force_login(coordinator)
    before = PartnerTeacher.objects.count(), User.objects.count()

    page = client.post(reverse("programmes:partner_teacher_add", args=[ours.partnership.pk]), typed(**fields))

    assert page.status_code == 200
    assert says in page.content.decode()
    assert "Comer" in page.content.decode() or fields.get("last_name") == ""
    assert (PartnerTeacher.objects.count(), User.objects.count()) == before


def test_someone_known_at_the_school_is_offered_and_others_are_not(ours, world, coordinator, client):
    known = MembershipFactory(
        user__first_name="Known", role=Role.HEADTEACHER, organisation=ours.organisation, school=ours.school
    ).user
    MembershipFactory(role=Role.OFFICE, organisation=ours.organisation, school=ours.school)
    client.force_login(coordinator)
    address = reverse("programmes:partner_teacher_add", args=[ours.partnership.pk])

    offered = {value for value, *_ in client.get(address).context["form"].fields["who"].choices}
    stranger = client.post(address, {"on": "27/1/2027", "who": world[1].people[Role.PARTNER].pk})
    done = client.post(address, {"on": "27/1/2027", "who": known.pk}, follow=True)

    assert offered == {str(known.pk), str(ours.people[Role.HEADTEACHER].pk), "someone else"}
    assert stranger.status_code == 200
    assert "The partner teacher has joined." in done.content.decode()
    assert teacher_ids(ours) == {ours.people[Role.PARTNER].pk, known.pk}


def teacher_ids(ours):
    return set(ours.partnership.partner_teachers.filter(until=None).values_list("user", flat=True))


def test_whoever_has_left_already_is_not_replaced_again(ours, coordinator, client):
    row = teacher_row(ours)
    replace_teacher(ours)
    client.force_login(coordinator)

    page = client.get(reverse("programmes:partner_teacher_replace", args=[ours.partnership.pk, row.pk]), follow=True)

    assert "has left this partnership already." in page.content.decode()
