"""One's own email address: a code to the new one, then it is the way in and the old one is none."""

import datetime as dt
import html
import re
import smtplib

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent, Invitation
from accounts.roles import Role
from tests.factories import MembershipFactory, UserFactory
from tests.signing_in import PASSWORD, SECRET, code_of, is_signed_in, sign_in, with_factor
from tests.signing_in import person as with_password

pytestmark = pytest.mark.django_db

ADDRESS, CODE = "/sign-in/address/", "/sign-in/address/code/"
NEW = "new@schools.example"


@pytest.fixture
def user(client):
    """Someone who signs in with a code by email."""
    user = UserFactory(email="old@schools.example")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    MembershipFactory(user=user, role=Role.SPECIALIST)
    client.force_login(user)
    return user


def words(response):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def code_in(mail):
    return re.search(r"^\s*(\S{6,11})\s*$", mail.body, re.MULTILINE)[1]


def ask(client, email=NEW):
    return client.post(ADDRESS, {"email": email}, follow=True)


def enter(client, code):
    return client.post(CODE, {"code": code}, follow=True)


def kept(user):
    """What the person's row says, and what the sign-in says."""
    rows = EmailAddress.objects.filter(user=user).values_list("email", "verified", "primary")
    return get_user_model().objects.get(pk=user.pk).email, list(rows)


def codes_for(email, mailoutbox):
    """What asking to sign in with the address brings."""
    mailoutbox.clear()
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": email})
    return client, [mail.subject for mail in mailoutbox]


def test_the_address_changes_with_the_code_sent_to_the_new_one_and_the_old_one_is_told(client, user, mailoutbox):
    asked = ask(client, " New@Schools.example")
    before = kept(user)
    wrong = enter(client, "AAAAAA")
    answer = enter(client, code_in(mailoutbox[0]))

    sent, told = mailoutbox
    assert "A code is on its way to new@schools.example." in words(asked)
    assert before == ("old@schools.example", [("old@schools.example", True, True)])
    assert "That code is not right." in words(wrong)
    assert answer.redirect_chain[-1] == (reverse("accounts:account"), 302)
    assert "Your email address is new@schools.example now." in words(answer)
    assert kept(user) == (NEW, [(NEW, True, True)])
    assert (sent.to, told.to) == ([NEW], ["old@schools.example"])
    assert "was changed from old@schools.example to new@schools.example." in told.body
    assert "If it was not, tell your coordinator today" in told.body
    assert list(AuditEvent.objects.filter(who=user).values_list("did", "row")) == [("changed own address", user.pk)]


def test_the_new_address_opens_the_account_and_the_old_one_does_not(client, user, mailoutbox):
    ask(client)
    enter(client, code_in(mailoutbox[0]))

    _, with_old = codes_for("old@schools.example", mailoutbox)
    visitor, with_new = codes_for(NEW, mailoutbox)
    visitor.post(reverse("account_confirm_login_code"), {"code": code_in(mailoutbox[0])})

    assert with_old == ["Somebody tried to sign in to Lesson Study with your address"]
    assert with_new == ["Your code for Lesson Study"]
    assert int(visitor.session["_auth_user_id"]) == user.pk


def test_a_code_that_went_to_the_old_address_before_the_change_lets_nobody_in(client, user, mailoutbox):
    thief, _ = codes_for("old@schools.example", mailoutbox)
    code = code_in(mailoutbox[0])
    mailoutbox.clear()
    ask(client)
    enter(client, code_in(mailoutbox[0]))

    answer = thief.post(reverse("account_confirm_login_code"), {"code": code}, follow=True)

    assert not is_signed_in(thief)
    assert "This address has been changed. Sign in with the new one." in words(answer)
    assert kept(user) == (NEW, [(NEW, True, True)])


@pytest.mark.parametrize("is_active", [True, False])
def test_an_address_that_somebody_has_is_refused_only_to_whoever_reads_its_mail(client, user, mailoutbox, is_active):
    UserFactory(email="taken@schools.example", is_active=is_active)

    taken, free = ask(client, "taken@schools.example"), ask(Client(), NEW)
    told = enter(client, code_in(mailoutbox[0]))

    assert "A code is on its way to taken@schools.example." in words(taken)
    assert free.status_code == 200
    assert "Somebody has this address in Lesson Study already" in words(told)
    assert kept(user) == ("old@schools.example", [("old@schools.example", True, True)])


def test_somebody_who_takes_the_address_in_the_same_moment_keeps_it(client, user, mailoutbox, monkeypatch):
    ask(client)
    monkeypatch.setattr("allauth.account.forms.email_already_exists", lambda **kwargs: UserFactory(email=NEW))

    answer = enter(client, code_in(mailoutbox[0]))

    assert "Somebody has this address in Lesson Study already" in words(answer)
    assert kept(user) == ("old@schools.example", [("old@schools.example", True, True)])
    assert not AuditEvent.objects.filter(did="changed own address").exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the new email address."),
        ("not an address", "Enter one email address, such as name@school.example."),
        ("OLD@schools.example", "This is your email address already."),
    ],
)
def test_what_is_no_new_address_is_refused(client, user, mailoutbox, typed, sentence):
    answer = ask(client, typed)

    assert sentence in words(answer)
    assert mailoutbox == []


def test_a_mail_that_cannot_be_sent_is_said_and_a_dead_old_address_holds_nobody_back(
    client, user, mailoutbox, monkeypatch
):
    def refuse(backend, mails):
        raise smtplib.SMTPRecipientsRefused({})

    send = "django.core.mail.backends.locmem.EmailBackend.send_messages"
    with monkeypatch.context() as patch:
        patch.setattr(send, refuse)
        refused = ask(client)
    ask(client, "other@schools.example")
    with monkeypatch.context() as patch:
        patch.setattr(send, refuse)
        enter(client, code_in(mailoutbox[0]))

    assert "The mail with the code could not be sent." in words(refused)
    assert f'value="{NEW}"' in refused.content.decode()
    assert kept(user)[0] == "other@schools.example"


def test_too_many_wrong_codes_end_the_change(client, user, mailoutbox):
    ask(client)
    for _ in range(5):
        enter(client, "AAAAAA")

    enter(client, code_in(mailoutbox[0]))

    assert kept(user)[0] == "old@schools.example"


def test_whoever_has_a_second_factor_or_a_password_shows_it_once_more(mailoutbox):
    finance, teacher = with_factor(with_password(Role.FINANCE)), with_password(Role.SPECIALIST)
    first, _ = sign_in(finance)
    first.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})
    second, _ = sign_in(teacher)

    by_app, by_password = first.get(ADDRESS), second.get(ADDRESS)
    crafted = first.post(ADDRESS, {"email": NEW})
    second.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": ADDRESS})

    where = [reverse("account_reauthenticate")]
    assert [answer["Location"].partition("?")[0] for answer in (by_app, by_password, crafted)] == where * 3
    assert second.get(ADDRESS).status_code == 200
    assert mailoutbox == []


def test_an_invitation_that_waits_comes_along_and_makes_no_second_account(client, user, mailoutbox):
    coordinator = MembershipFactory(role=Role.COORDINATOR)
    row = {"first_name": "Robin", "last_name": "Reed", "organisation": coordinator.organisation}
    row |= {"invited_by": coordinator.user, "expires_at": timezone.now() + dt.timedelta(days=3)}
    waits = Invitation.objects.create(email=user.email, role=Role.CONSULTANT, digest=b"1", **row)
    double = Invitation.objects.create(email=user.email, role=Role.SPECIALIST, digest=b"2", **row)
    there = Invitation.objects.create(email=NEW, role=Role.SPECIALIST, digest=b"3", **row)

    ask(client)
    enter(client, code_in(mailoutbox[0]))

    assert {row.pk: (row.email, row.state) for row in Invitation.objects.all()} == {
        waits.pk: (NEW, "open"),
        double.pk: ("old@schools.example", "withdrawn"),
        there.pk: (NEW, "open"),
    }
    assert bytes(Invitation.objects.get(pk=waits.pk).digest) == b"1"
