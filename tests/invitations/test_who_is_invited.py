"""Who may be invited by whom, to what, until when, and in which words."""

import datetime as dt
import re
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Invitation, Membership, User
from accounts.roles import Role
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    UserFactory,
)
from tests.inviting import accept, head_of, invite, link_in, text
from tests.world import person

pytestmark = pytest.mark.django_db


def test_a_second_invitation_to_the_same_role_is_refused_with_a_sentence(client, amira, mailoutbox):
    invite(client)

    again = invite(client, email=" zoe.KRANZ@schools.example ")

    assert "This person has an open invitation to this role: send that one again." in text(again)
    assert (Invitation.objects.count(), len(mailoutbox)) == (1, 1)


def test_a_role_that_someone_has_is_not_offered_to_them_again(client, amira, essex):
    MembershipFactory(user=UserFactory(email="zoe.kranz@schools.example"), role=Role.CONSULTANT, organisation=essex)

    answer = invite(client)

    assert "The person with this email address has this role already." in text(answer)
    assert not Invitation.objects.exists()


def test_what_was_typed_stays_when_something_is_missing(client, amira):
    answer = invite(client, role=Role.HEADTEACHER, ends_on="31/2/2027")

    page = answer.content.decode()
    assert "Choose the school in which this person works." in text(answer)
    assert "“31/2/2027” is not in the calendar." in text(answer)
    assert 'value="31/2/2027"' in page
    assert 'value="Zoe.Kranz@Schools.example"' in page
    assert re.search(r'value="headteacher"\s+checked', page)


def test_a_head_names_a_deputy_for_the_own_school_until_a_day(client, essex, school, mailoutbox):
    head = head_of(school, essex)
    client.force_login(head.user)

    without_day = invite(client, role=Role.HEADTEACHER)
    in_the_past = invite(client, role=Role.HEADTEACHER, ends_on="26/1/2027")
    elsewhere = invite(client, role=Role.HEADTEACHER, ends_on="31/3/2027", school=SchoolFactory(la_code="881").urn)
    accept(link_in(mailoutbox[0]))

    deputy = User.objects.get(email="zoe.kranz@schools.example").live_memberships
    assert "A deputy stands in until a day: give the last day." in text(without_day)
    assert "The last day is in the past." in text(in_the_past)
    assert "Deputy for the headteacher" in text(elsewhere)
    assert [(m.deputy, m.school, m.ends_on) for m in deputy] == [(True, school, dt.date(2027, 3, 31))]


def test_a_head_of_two_schools_names_a_deputy_for_one_of_them_only(client, essex, school):
    head = head_of(school, essex)
    second, third = SchoolFactory(la_code="881"), SchoolFactory(la_code="881")
    head_of(second, essex, user=head.user)
    client.force_login(head.user)

    refused = invite(client, role=Role.HEADTEACHER, ends_on="31/3/2027", school=third.urn)
    invite(client, role=Role.HEADTEACHER, ends_on="31/3/2027", school=second.urn)

    assert "No school here fits" in text(refused)
    assert [i.school for i in Invitation.objects.all()] == [second]


def test_a_head_who_coordinates_elsewhere_still_needs_a_last_day_for_a_deputy(client, essex, school):
    head = head_of(school, essex, user=person("Amira", Role.COORDINATOR))
    MembershipFactory(user=head.user, role=Role.COORDINATOR, organisation=OrganisationFactory())
    client.force_login(head.user)

    answer = invite(client, role=Role.HEADTEACHER, school=school.urn, organisation=essex.pk)

    assert "A deputy stands in until a day: give the last day." in text(answer)


def test_a_deputy_names_no_further_deputy(client, essex, school):
    deputy = head_of(school, essex, deputy=True, ends_on=dt.date(2027, 3, 31))
    client.force_login(deputy.user)

    refused = invite(client, role=Role.HEADTEACHER, ends_on="31/3/2030")
    invite(client, role=Role.OFFICE, email="office@schools.example")

    assert "Choose from what is offered here." in text(refused)
    assert [i.role for i in Invitation.objects.all()] == [Role.OFFICE]


def test_a_coordinator_cannot_invite_into_another_organisation(client, amira, essex):
    elsewhere = OrganisationFactory(la_code="886")

    invite(client, organisation=elsewhere.pk)
    outside = invite(
        client, role=Role.HEADTEACHER, email="other@schools.example", school=SchoolFactory(la_code="886").urn
    )

    assert [i.organisation for i in Invitation.objects.all()] == [essex]
    assert "No school here fits" in text(outside)


def test_a_coordinator_of_two_organisations_chooses_and_cannot_mix_them_up(client, amira, essex):
    trust = OrganisationFactory(name="Saltmarsh Learning Trust", kind="trust", la_code="")
    MembershipFactory(user=amira, role=Role.COORDINATOR, organisation=trust)

    nowhere = invite(client)
    elsewhere = invite(client, organisation=OrganisationFactory().pk)
    invite(client, organisation=trust.pk)

    assert "Choose the organisation." in text(nowhere)
    assert "Choose from what is offered here." in text(elsewhere)
    assert [i.organisation for i in Invitation.objects.all()] == [trust]


def test_the_administrator_invites_coordinators_only(client, essex, mailoutbox):
    administrator = person("Priya", Role.ADMINISTRATOR)
    MembershipFactory(user=administrator, role=Role.ADMINISTRATOR, organisation=None)
    client.force_login(administrator)

    refused = invite(client, role=Role.FINANCE, organisation=essex.pk)
    invite(client, role=Role.COORDINATOR, organisation=essex.pk)
    invite(client, role=Role.ADMINISTRATOR, organisation=essex.pk, email="second@schools.example")

    assert "Choose from what is offered here." in text(refused)
    assert {(i.role, i.organisation) for i in Invitation.objects.all()} == {
        (Role.COORDINATOR, essex),
        (Role.ADMINISTRATOR, None),
    }
    assert mailoutbox[1].subject == "Your invitation to Lesson Study: this installation"


def test_a_head_cannot_invite_the_teacher_whom_the_coordinator_invites(client, essex, school):
    client.force_login(head_of(school, essex).user)
    teacher = MembershipFactory(
        role=Role.PARTNER, organisation=essex, school=school, user=UserFactory(first_name="Tom", is_active=False)
    )

    people = client.get(reverse("accounts:people"))
    crafted = client.post(f"{reverse('accounts:invite')}?membership={teacher.pk}")

    assert "Waiting for the coordinator to invite Tom" in text(people)
    assert "You cannot give this role." in text(crafted)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("pk", ["x", "0", "999999999999999999999", "-1", ""])
def test_an_invitation_of_nobody_is_not_found(client, amira, pk):
    answer = client.get(f"{reverse('accounts:invite')}?membership={pk}")

    assert answer.status_code == 404


def test_the_address_fills_in_the_role_and_the_school(client, amira, school):
    address = reverse("accounts:invite")

    page = client.get(f"{address}?role=headteacher&urn={school.urn}").content.decode()
    odd = [client.get(f"{address}?{query}").status_code for query in ("urn=%00", "role=%00", "organisation=x")]

    assert re.search(r'value="headteacher"\s+checked', page)
    assert re.search(rf'name="school-is" type="radio" value="{school.pk}" checked', page)
    assert odd == [200, 200, 200]


@pytest.mark.parametrize(
    ("named", "back"),
    [
        ("/partnerships/7/", "/partnerships/7/"),
        ("", "/people/"),
        ("//elsewhere.example/", "/people/"),
        ("x", "/people/"),
    ],
)
def test_whoever_invites_from_another_page_comes_back_to_it(client, amira, named, back):
    address = f"{reverse('accounts:invite')}?{urlencode({'role': 'consultant', 'next': named})}"
    who = {"first_name": "Zoe", "last_name": "Kranz", "email": "zoe@schools.example", "role": "consultant"}

    page = client.get(address).content.decode()
    answer = client.post(address, who)

    assert f'<a href="{back}" class="govuk-back-link">' in page
    assert (answer.status_code, answer["Location"]) == (302, back)


OWN = "You cannot give yourself a role. Ask a colleague to invite you."


def test_nobody_invites_the_own_address(client, amira, essex, school):
    typed = invite(client, role=Role.HEADTEACHER, email=amira.email.upper(), school=school.urn)
    own = amira.memberships.get()
    ready = client.post(f"{reverse('accounts:invite')}?membership={own.pk}", follow=True)

    assert OWN in text(typed)
    assert OWN in text(ready)
    assert not Invitation.objects.exists()


def test_an_invitation_to_oneself_that_stands_is_not_accepted(client, amira, school, mailoutbox):
    invite(client, role=Role.HEADTEACHER, school=school.urn)
    Invitation.objects.update(email=amira.email)

    answer = accept(link_in(mailoutbox[0]), client)

    assert OWN in text(answer)
    assert Invitation.objects.get().state == "open"
    assert not Membership.objects.filter(role=Role.HEADTEACHER).exists()


def test_an_invitation_does_not_outlive_the_last_day_of_the_role(client, essex, school, mailoutbox):
    head = head_of(school, essex)
    client.force_login(head.user)
    sent = invite(client, role=Role.HEADTEACHER, ends_on="29/1/2027")
    row = Invitation.objects.get()
    with time_machine.travel(dt.datetime(2027, 1, 29, 23, 30, tzinfo=dt.UTC), tick=False):
        on_the_day = Client().get(link_in(mailoutbox[0]))

    Invitation.objects.update(expires_at=dt.datetime(2027, 2, 10, tzinfo=dt.UTC))  # as rows were kept before
    with time_machine.travel(dt.datetime(2027, 1, 30, 9, tzinfo=dt.UTC), tick=False):
        client.force_login(head.user)
        late = accept(link_in(mailoutbox[0]))
        people = client.get(reverse("accounts:people"))
        again = client.post(reverse("accounts:invite_again", args=[row.pk]), follow=True)

    assert "until Friday 29 January" in text(sent)
    assert on_the_day.status_code == 200
    assert (late.status_code, "This invitation has expired" in text(late)) == (404, True)
    assert "The last day of this role is over: withdraw it" in text(people)
    assert "Send again" not in text(people)
    assert "The last day of this role is over, so the invitation cannot be sent again." in text(again)
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Z" * 101, "Keep the name to 100 characters."),
        ("<b>Zoe</b>", "A name cannot contain < or >. Type it without."),
        ("Zoe\nSee http://elsewhere.example", "A name cannot contain < or >. Type it without."),
    ],
)
def test_a_name_that_cannot_stand_in_a_mail_is_refused(client, amira, mailoutbox, name, sentence):
    refused = invite(client, first_name=name)
    invite(client)
    not_taken = accept(link_in(mailoutbox[0]), last_name=name)

    sentence = sentence.replace("<", "&lt;").replace(">", "&gt;")
    assert sentence in text(refused)
    assert sentence in text(not_taken)
    assert len(mailoutbox) == 1
    assert not User.objects.filter(email="zoe.kranz@schools.example").exists()


def test_the_head_of_a_school_of_another_authority_that_takes_part_can_be_invited(client, amira, essex):
    programme = ProgrammeFactory(organisation=essex, other_authorities=True)
    guest = PartnershipFactory(programme=programme, partner_school=SchoolFactory(la_code="886"))
    stranger = PartnershipFactory(partner_school=SchoolFactory(la_code="886"))

    invite(client, role=Role.HEADTEACHER, school=guest.partner_school.urn)
    invite(client, role=Role.HEADTEACHER, email="home@schools.example", school=guest.specialist.home_school.urn)
    refused = invite(client, role=Role.HEADTEACHER, email="x@schools.example", school=stranger.partner_school.urn)

    assert {i.school for i in Invitation.objects.all()} == {guest.partner_school, guest.specialist.home_school}
    assert "No school here fits" in text(refused)


def test_every_form_takes_a_second_click_for_the_first(client, amira):
    page = client.get(reverse("accounts:invite")).content.decode()

    button = re.search(r"<button[^>]*>\s*Send the invitation|<input[^>]*Send the invitation[^>]*>", page)[0]
    assert 'data-prevent-double-click="true"' in button
    assert button.count('data-module="govuk-button"') == 1


def test_the_register_knows_the_name_of_the_head_who_is_invited(client, amira, essex):
    school = SchoolFactory(la_code="881", head_first_name="Ines", head_last_name="Marlow")
    PartnershipFactory(programme=ProgrammeFactory(organisation=essex), partner_school=school)
    address = reverse("accounts:invite")

    head = client.get(address, {"role": "headteacher", "urn": school.urn}).context["form"].initial
    office = client.get(address, {"role": "office", "urn": school.urn}).context["form"].initial

    filled = {"role": "headteacher", "school": school, "organisation": None}
    assert head == filled | {"first_name": "Ines", "last_name": "Marlow"}
    assert office == filled | {"role": "office"}
