"""From an invitation to a role: the mail, its link, and everything that can have happened to it meanwhile."""

import datetime as dt
import re
import socket
from urllib.parse import urlencode

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    SECRET_SESSION_KEY,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Invitation, Membership, User
from accounts.roles import Role
from tests.factories import (
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    UserFactory,
)
from tests.world import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def essex():
    return OrganisationFactory(name="Essex", la_code="881")


@pytest.fixture
def school():
    return SchoolFactory(name="Jaywell Junior School", la_code="881")


@pytest.fixture
def coordinator(client, essex):
    user = person("Amira", Role.COORDINATOR)
    MembershipFactory(user=user, role=Role.COORDINATOR, organisation=essex)
    client.force_login(user)
    return user


def head_of(school, organisation, **fields):
    return MembershipFactory(role=Role.HEADTEACHER, organisation=organisation, school=school, **fields)


def invite(client, role=Role.CONSULTANT, email="Zoe.Kranz@Schools.example", **fields):
    who = {"first_name": "Zoe", "last_name": "Kranz", "email": email, "role": role}
    return client.post(reverse("accounts:invite"), who | fields, follow=True)


def link_in(mail):
    return re.search(r"http://localhost:8000(/invitations/\S+)", mail.body)[1]


def accept(link, client=None, **names):
    client = client or Client()
    return client.post(link, {"first_name": "Zoe", "last_name": "Kranz"} | names, follow=True)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def tables_with(secret):
    """Every table in which some row holds the text, in whatever column, readable or as bytes."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT count(*) FROM {quoted} AS t WHERE t::text LIKE %s OR t::text LIKE %s",
                [f"%{secret}%", f"%{secret.encode().hex()}%"],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_an_invited_person_accepts_and_is_signed_in(client, coordinator, essex, mailoutbox):
    invite(client)
    visitor = Client()
    page = visitor.get(link_in(mailoutbox[0]))
    answer = accept(link_in(mailoutbox[0]), visitor, first_name="Zoë")

    user = User.objects.get(email="zoe.kranz@schools.example")
    assert "Ourside" not in text(page)
    assert "Amira AmiraCoordinator invites you to Lesson" in text(page)
    assert (answer.status_code, answer.redirect_chain) == (200, [(reverse("today"), 302)])
    assert int(visitor.session["_auth_user_id"]) == user.pk
    assert (user.get_full_name(), user.is_active) == ("Zoë Kranz", True)
    assert [(m.role, m.organisation, m.school, m.ends_on) for m in user.live_memberships] == [
        (Role.CONSULTANT, essex, None, None)
    ]
    assert list(AuditEvent.objects.filter(who=user).values_list("did", flat=True)) == ["signed in", "took up role"]


def test_an_invited_coordinator_sets_the_second_factor_up_and_reads_the_recovery_codes_at_once(
    client, coordinator, mailoutbox
):
    invite(client, role=Role.COORDINATOR)
    visitor = Client()
    asked = accept(link_in(mailoutbox[0]), visitor)

    code = format_hotp_value(hotp_value(visitor.session[SECRET_SESSION_KEY], next(yield_hotp_counters_from_time())))
    answer = visitor.post(reverse("mfa_activate_totp"), {"code": code}, follow=True)

    assert "Set up your authenticator app" in text(asked)
    assert answer.redirect_chain == [(reverse("mfa_view_recovery_codes"), 302)]
    assert "10 of 10 codes are left." in text(answer)
    assert visitor.get(reverse("today")).status_code == 200


def test_the_mail_says_who_invites_to_what_and_until_when(client, coordinator, school, mailoutbox):
    answer = invite(client, role=Role.HEADTEACHER, school=school.urn)

    mail = mailoutbox[0]
    assert "Invitation sent to zoe.kranz@schools.example." in text(answer)
    assert "Waiting for Zoe to accept, until Wednesday 10 February" in text(answer)
    assert mail.to == ["zoe.kranz@schools.example"]
    assert mail.subject == "Your invitation to Lesson Study: Jaywell Junior School"
    assert "Amira AmiraCoordinator invites you" in mail.body
    assert "Headteacher, Jaywell Junior School" in mail.body
    assert "until Wednesday 10 February 2027" in mail.body
    assert "If you did not expect this" in mail.body


def test_the_link_is_nowhere_in_the_database(client, coordinator, mailoutbox):
    invite(client)

    token = link_in(mailoutbox[0]).split("/")[2]
    assert tables_with("zoe.kranz@schools.example") == ["accounts_invitation"]
    assert tables_with(token) == []


def test_opening_the_link_uses_nothing_up(client, coordinator, mailoutbox):
    invite(client)
    link = link_in(mailoutbox[0])

    answers = [Client().get(link).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert Invitation.objects.get().state == "open"
    assert Client().head(link).status_code == 405


def test_a_link_works_once(client, coordinator, mailoutbox):
    invite(client)
    link = link_in(mailoutbox[0])
    accept(link)

    again, looked = accept(link), Client().get(link)

    assert (again.status_code, looked.status_code) == (404, 404)
    assert "This invitation has been used" in text(again)
    assert "Sign in" in text(looked)
    assert Membership.objects.filter(user__email="zoe.kranz@schools.example").count() == 1


def test_a_withdrawn_link_says_so(client, coordinator, mailoutbox):
    invite(client)

    answer = client.post(reverse("accounts:withdraw", args=[Invitation.objects.get().pk]), follow=True)
    again = client.post(reverse("accounts:withdraw", args=[Invitation.objects.get().pk]), follow=True)
    opened = accept(link_in(mailoutbox[0]))

    assert "is withdrawn; its link no longer works" in text(answer)
    assert "nothing has changed" in text(again)
    assert (opened.status_code, "This invitation was withdrawn" in text(opened)) == (404, True)
    assert not User.objects.filter(email="zoe.kranz@schools.example").exists()


def test_an_expired_link_says_so_and_can_be_sent_again(client, coordinator, mailoutbox):
    invite(client)
    with time_machine.travel(dt.datetime(2027, 2, 10, 9, 1, tzinfo=dt.UTC), tick=False):
        opened = accept(link_in(mailoutbox[0]))
        client.force_login(coordinator)
        people = client.get(reverse("accounts:people"))
        client.post(reverse("accounts:invite_again", args=[Invitation.objects.get().pk]))
        accepted = accept(link_in(mailoutbox[1]))

    assert (opened.status_code, "This invitation has expired" in text(opened)) == (404, True)
    assert "Expired on Wednesday 10 February" in text(people)
    assert accepted.status_code == 200
    assert Invitation.objects.get().state == "accepted"


def test_an_unknown_link_leads_nowhere(client):
    answer = client.get(reverse("accounts:invitation", args=["no-such-token"]))

    assert (answer.status_code, "This link leads nowhere" in text(answer)) == (404, True)


def test_sending_again_ends_the_earlier_link(client, coordinator, mailoutbox):
    invite(client)
    client.post(reverse("accounts:invite_again", args=[Invitation.objects.get().pk]))

    first, second = (link_in(mail) for mail in mailoutbox)
    answers = [Client().get(link).status_code for link in (first, second)]

    assert answers == [404, 200]


def test_a_second_invitation_to_the_same_role_is_refused_with_a_sentence(client, coordinator, mailoutbox):
    invite(client)

    again = invite(client, email=" zoe.KRANZ@schools.example ")

    assert "This person has an open invitation to this role: send that one again." in text(again)
    assert (Invitation.objects.count(), len(mailoutbox)) == (1, 1)


def test_a_role_that_someone_has_is_not_offered_to_them_again(client, coordinator, essex):
    MembershipFactory(user=UserFactory(email="zoe.kranz@schools.example"), role=Role.CONSULTANT, organisation=essex)

    answer = invite(client)

    assert "The person with this email address has this role already." in text(answer)
    assert not Invitation.objects.exists()


def test_what_was_typed_stays_when_something_is_missing(client, coordinator):
    answer = invite(client, role=Role.HEADTEACHER, ends_on="31/2/2027")

    page = answer.content.decode()
    assert "Choose the school in which this person works." in text(answer)
    assert "“31/2/2027” is not in the calendar." in text(answer)
    assert 'value="31/2/2027"' in page
    assert 'value="Zoe.Kranz@Schools.example"' in page
    assert re.search(r'value="headteacher"\s+checked', page)


def test_a_mail_server_that_is_down_keeps_the_invitation_and_says_so(client, coordinator, settings, mailoutbox):
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = nobody_listens.getsockname()
        down = invite(client)

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    up = client.post(reverse("accounts:invite_again", args=[Invitation.objects.get().pk]), follow=True)

    assert "is kept, but the mail could not be sent" in text(down)
    assert "The mail could not be sent" in text(down)
    assert "Waiting for Zoe to accept" in text(up)
    assert accept(link_in(mailoutbox[0])).status_code == 200


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


def test_a_coordinator_cannot_invite_into_another_organisation(client, coordinator, essex):
    elsewhere = OrganisationFactory(la_code="886")

    invite(client, organisation=elsewhere.pk)
    outside = invite(
        client, role=Role.HEADTEACHER, email="other@schools.example", school=SchoolFactory(la_code="886").urn
    )

    assert [i.organisation for i in Invitation.objects.all()] == [essex]
    assert "No school here fits" in text(outside)


def test_a_coordinator_of_two_organisations_chooses_and_cannot_mix_them_up(client, coordinator, essex):
    trust = OrganisationFactory(name="Saltmarsh Learning Trust", kind="trust", la_code="")
    MembershipFactory(user=coordinator, role=Role.COORDINATOR, organisation=trust)

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


def test_someone_with_an_account_keeps_the_name_and_is_not_signed_in_by_the_link(client, coordinator, mailoutbox):
    known = UserFactory(email="zoe.kranz@schools.example", first_name="Zoë", last_name="Kranz-Ray")
    Authenticator.objects.create(user=known, type=Authenticator.Type.TOTP, data={"secret": "x"})
    invite(client)
    visitor = Client()

    page = visitor.get(link_in(mailoutbox[0]))
    answer = accept(link_in(mailoutbox[0]), visitor, first_name="Someone", last_name="Else")

    known.refresh_from_db()
    assert "You have an account already." in text(page)
    assert "The role is yours. Sign in to use it." in text(answer)
    assert "_auth_user_id" not in visitor.session
    assert known.get_full_name() == "Zoë Kranz-Ray"
    assert known.may("programmes.view")


def test_whoever_is_signed_in_as_the_invited_person_stays_so(client, coordinator, mailoutbox):
    known = UserFactory(email="zoe.kranz@schools.example")
    invite(client)
    visitor = Client()
    visitor.force_login(known)

    answer = accept(link_in(mailoutbox[0]), visitor)

    assert answer.redirect_chain == [(reverse("accounts:account"), 302)]
    assert "The role is yours." in text(answer)


def test_whoever_is_signed_in_as_another_person_is_warned_and_then_signed_out(client, coordinator, mailoutbox):
    UserFactory(email="zoe.kranz@schools.example")
    invite(client)

    page = client.get(link_in(mailoutbox[0]))
    accept(link_in(mailoutbox[0]), client)

    assert "This browser is signed in as Amira AmiraCoordinator." in text(page)
    assert "_auth_user_id" not in client.session


def test_someone_whom_a_programme_has_loaded_is_invited_without_typing(client, coordinator, essex, school, mailoutbox):
    loaded = UserFactory(email="tom@schools.example", first_name="Tom", last_name="Adeyemi", is_active=False)
    membership = MembershipFactory(user=loaded, role=Role.PARTNER, organisation=essex, school=school)
    address = f"{reverse('accounts:invite')}?membership={membership.pk}"

    page = client.get(address)
    sent = client.post(address, {"email": "thief@elsewhere.example", "role": Role.COORDINATOR}, follow=True)
    accept(link_in(mailoutbox[0]), first_name="Tom", last_name="Adeyemi")

    loaded.refresh_from_db()
    assert "Invite Tom Adeyemi" in text(page)
    assert mailoutbox[0].to == ["tom@schools.example"]
    assert "Waiting for Tom to accept the invitation" in text(sent)
    assert loaded.is_active
    assert [m.pk for m in loaded.live_memberships] == [membership.pk]


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
def test_an_invitation_of_nobody_is_not_found(client, coordinator, pk):
    answer = client.get(f"{reverse('accounts:invite')}?membership={pk}")

    assert answer.status_code == 404


def test_the_address_fills_in_the_role_and_the_school(client, coordinator, school):
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
def test_whoever_invites_from_another_page_comes_back_to_it(client, coordinator, named, back):
    address = f"{reverse('accounts:invite')}?{urlencode({'role': 'consultant', 'next': named})}"
    who = {"first_name": "Zoe", "last_name": "Kranz", "email": "zoe@schools.example", "role": "consultant"}

    page = client.get(address).content.decode()
    answer = client.post(address, who)

    assert f'<a href="{back}" class="govuk-back-link">' in page
    assert (answer.status_code, answer["Location"]) == (302, back)


def test_ending_a_role_ends_it_once_and_not_ones_own(client, coordinator, essex):
    other = MembershipFactory(role=Role.FINANCE, organisation=essex)
    own = coordinator.memberships.get()

    ended = client.post(reverse("accounts:end", args=[other.pk]), follow=True)
    again = client.post(reverse("accounts:end", args=[other.pk]), follow=True)
    mine = client.post(reverse("accounts:end", args=[own.pk]), follow=True)

    assert f"{other.user} is no longer finance officer at Essex." in text(ended)
    assert "no longer" not in text(again)
    assert "You cannot end this role." in text(mine)
    assert list(Membership.objects.live()) == [own]


def test_a_head_ends_deputies_and_the_office_and_nobody_else(client, essex, school):
    head = head_of(school, essex)
    deputy = head_of(school, essex, deputy=True, ends_on=dt.date(2027, 3, 31))
    office = MembershipFactory(role=Role.OFFICE, organisation=essex, school=school)
    teacher = MembershipFactory(role=Role.PARTNER, organisation=essex, school=school)

    def ended_by(user, *memberships):
        client.force_login(user)
        for membership in memberships:
            client.post(reverse("accounts:end", args=[membership.pk]))
        return set(Membership.objects.filter(ended_at=timezone.now()))

    assert ended_by(deputy.user, head, deputy, teacher) == set()
    assert ended_by(head.user, head, deputy, office, teacher) == {deputy, office}


def test_people_are_found_by_name_address_and_school(client, coordinator, essex, school):
    for first, last, place in (("Tom", "Adeyemi", school), ("Dele", "Marsh", None)):
        role = Role.PARTNER if place else Role.SPECIALIST
        user = UserFactory(first_name=first, last_name=last, email=f"{first.lower()}@x.example")
        MembershipFactory(user=user, role=role, organisation=essex, school=place)

    def found(query):
        return [str(m.user) for m in client.get(reverse("accounts:people") + query).context["object_list"]]

    assert found("?q=adey") == found("?q=jaywell+tom") == found("?q=TOM@x") == ["Tom Adeyemi"]
    assert found("?q=nobody%00here") == found("?who=new") == []
    assert len(found("")) == 3


OWN = "You cannot give yourself a role. Ask a colleague to invite you."


def test_nobody_invites_the_own_address(client, coordinator, essex, school):
    typed = invite(client, role=Role.HEADTEACHER, email=coordinator.email.upper(), school=school.urn)
    own = coordinator.memberships.get()
    ready = client.post(f"{reverse('accounts:invite')}?membership={own.pk}", follow=True)

    assert OWN in text(typed)
    assert OWN in text(ready)
    assert not Invitation.objects.exists()


def test_an_invitation_to_oneself_that_stands_is_not_accepted(client, coordinator, school, mailoutbox):
    invite(client, role=Role.HEADTEACHER, school=school.urn)
    Invitation.objects.update(email=coordinator.email)

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
def test_a_name_that_cannot_stand_in_a_mail_is_refused(client, coordinator, mailoutbox, name, sentence):
    refused = invite(client, first_name=name)
    invite(client)
    not_taken = accept(link_in(mailoutbox[0]), last_name=name)

    sentence = sentence.replace("<", "&lt;").replace(">", "&gt;")
    assert sentence in text(refused)
    assert sentence in text(not_taken)
    assert len(mailoutbox) == 1
    assert not User.objects.filter(email="zoe.kranz@schools.example").exists()


def test_the_head_of_a_school_of_another_authority_that_takes_part_can_be_invited(client, coordinator, essex):
    programme = ProgrammeFactory(organisation=essex, other_authorities=True)
    guest = PartnershipFactory(programme=programme, partner_school=SchoolFactory(la_code="886"))
    stranger = PartnershipFactory(partner_school=SchoolFactory(la_code="886"))

    invite(client, role=Role.HEADTEACHER, school=guest.partner_school.urn)
    invite(client, role=Role.HEADTEACHER, email="home@schools.example", school=guest.specialist.home_school.urn)
    refused = invite(client, role=Role.HEADTEACHER, email="x@schools.example", school=stranger.partner_school.urn)

    assert {i.school for i in Invitation.objects.all()} == {guest.partner_school, guest.specialist.home_school}
    assert "No school here fits" in text(refused)


def test_every_form_takes_a_second_click_for_the_first(client, coordinator):
    page = client.get(reverse("accounts:invite")).content.decode()

    button = re.search(r"<button[^>]*>\s*Send the invitation|<input[^>]*Send the invitation[^>]*>", page)[0]
    assert 'data-prevent-double-click="true"' in button
    assert button.count('data-module="govuk-button"') == 1
