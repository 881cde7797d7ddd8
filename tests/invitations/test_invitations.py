"""From an invitation to a role: the mail, its link, and everything that can have happened to it meanwhile."""

import datetime as dt
import socket

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    SECRET_SESSION_KEY,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Invitation, Membership, User
from accounts.roles import Role
from tests import signing_in
from tests.factories import (
    MembershipFactory,
    UserFactory,
)
from tests.inviting import accept, invite, link_in, tables_with, text

pytestmark = pytest.mark.django_db


def test_an_invited_person_accepts_and_is_signed_in(client, amira, essex, mailoutbox):
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
    client, amira, mailoutbox
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


def test_the_mail_says_who_invites_to_what_and_until_when(client, amira, school, mailoutbox):
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


def test_the_link_is_nowhere_in_the_database(client, amira, mailoutbox):
    invite(client)

    token = link_in(mailoutbox[0]).split("/")[2]
    assert tables_with("zoe.kranz@schools.example") == ["accounts_invitation"]
    assert tables_with(token) == []


def test_opening_the_link_uses_nothing_up(client, amira, mailoutbox):
    invite(client)
    link = link_in(mailoutbox[0])

    answers = [Client().get(link).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert Invitation.objects.get().state == "open"
    assert Client().head(link).status_code == 405


def test_a_link_works_once(client, amira, mailoutbox):
    invite(client)
    link = link_in(mailoutbox[0])
    accept(link)

    again, looked = accept(link), Client().get(link)

    assert (again.status_code, looked.status_code) == (404, 404)
    assert "This invitation has been used" in text(again)
    assert "Sign in" in text(looked)
    assert Membership.objects.filter(user__email="zoe.kranz@schools.example").count() == 1


def test_a_withdrawn_link_says_so(client, amira, mailoutbox):
    invite(client)

    answer = client.post(reverse("accounts:withdraw", args=[Invitation.objects.get().pk]), follow=True)
    again = client.post(reverse("accounts:withdraw", args=[Invitation.objects.get().pk]), follow=True)
    opened = accept(link_in(mailoutbox[0]))

    assert "is withdrawn; its link no longer works" in text(answer)
    assert "nothing has changed" in text(again)
    assert (opened.status_code, "This invitation was withdrawn" in text(opened)) == (404, True)
    assert not User.objects.filter(email="zoe.kranz@schools.example").exists()


def test_an_expired_link_says_so_and_can_be_sent_again(client, amira, mailoutbox):
    invite(client)
    with time_machine.travel(dt.datetime(2027, 2, 10, 9, 1, tzinfo=dt.UTC), tick=False):
        opened = accept(link_in(mailoutbox[0]))
        client.force_login(amira)
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


def test_sending_again_ends_the_earlier_link(client, amira, mailoutbox):
    invite(client)
    client.post(reverse("accounts:invite_again", args=[Invitation.objects.get().pk]))

    first, second = (link_in(mail) for mail in mailoutbox)
    answers = [Client().get(link).status_code for link in (first, second)]

    assert answers == [404, 200]


def test_a_mail_server_that_is_down_keeps_the_invitation_and_says_so(client, amira, settings, mailoutbox):
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


def test_someone_with_an_account_keeps_the_name_and_is_not_signed_in_by_the_link(client, amira, mailoutbox):
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


def test_whoever_is_signed_in_as_the_invited_person_stays_so(client, amira, mailoutbox):
    known = UserFactory(email="zoe.kranz@schools.example")
    invite(client)
    visitor = Client()
    visitor.force_login(known)

    answer = accept(link_in(mailoutbox[0]), visitor)

    assert answer.redirect_chain == [(reverse("accounts:account"), 302)]
    assert "The role is yours." in text(answer)


@pytest.mark.parametrize("signed_in", [True, False])
def test_whoever_accepts_a_further_role_acts_in_it(client, amira, essex, school, mailoutbox, signed_in):
    known = signing_in.person(Role.SPECIALIST, email="zoe.kranz@schools.example")
    invite(client, Role.HEADTEACHER, school=school.urn)
    visitor = Client()
    if signed_in:
        visitor.force_login(known)

    accept(link_in(mailoutbox[0]), visitor)
    if not signed_in:
        signing_in.sign_in(known, visitor)
    page = visitor.get(reverse("accounts:account"))

    assert (page.context["acting"].role, page.context["acting"].school) == (Role.HEADTEACHER, school)


def test_whoever_is_signed_in_as_another_person_is_warned_and_then_signed_out(client, amira, mailoutbox):
    UserFactory(email="zoe.kranz@schools.example")
    invite(client)

    page = client.get(link_in(mailoutbox[0]))
    accept(link_in(mailoutbox[0]), client)

    assert "This browser is signed in as Amira AmiraCoordinator." in text(page)
    assert "_auth_user_id" not in client.session


def test_someone_whom_a_programme_has_loaded_is_invited_without_typing(client, amira, essex, school, mailoutbox):
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
