"""Who comes in, how, and what ends it."""

import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    SECRET_SESSION_KEY,
)
from allauth.usersessions.models import UserSession
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse

from accounts.adapters import EncryptedSecrets
from accounts.models import AuditEvent
from accounts.roles import Role
from accounts.services import end_membership
from tests.factories import MembershipFactory, UserFactory
from tests.signing_in import PASSWORD, SECRET, code_of, is_signed_in, person, sign_in, with_factor, wrong_code
from tests.world import build_world

pytestmark = pytest.mark.django_db


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_someone_signs_in_with_a_code_from_the_mail(client, mailoutbox):
    user = person(Role.SPECIALIST)

    client.post(reverse("account_request_login_code"), {"email": user.email.upper()})
    code = re.search(r"^\s*(\S{6,11})\s*$", mailoutbox[0].body, re.MULTILINE)[1]
    wrong = client.post(reverse("account_confirm_login_code"), {"code": "AAAAAA"})
    before = is_signed_in(client)
    right = client.post(reverse("account_confirm_login_code"), {"code": code})

    assert "That code is not right. Enter the newest one we sent." in text(wrong)
    assert not before
    assert (right.status_code, right["Location"]) == (302, reverse("today"))
    assert client.get(reverse("visits:list")).status_code == 200
    assert AuditEvent.objects.filter(who=user, did="signed in").count() == 1


def test_someone_signs_in_with_a_password_and_a_wrong_one_is_refused(client):
    user = person(Role.SPECIALIST)

    wrong = client.post(reverse("account_login"), {"login": user.email, "password": "something else"})
    refused = is_signed_in(client)
    sign_in(user, client)

    assert "is not right" in text(wrong)
    assert not refused
    assert is_signed_in(client)
    assert AuditEvent.objects.filter(who=None, did="sign-in failed").count() == 1


def test_a_stranger_learns_nothing_about_who_has_an_account(client, mailoutbox):
    user = person(Role.SPECIALIST)

    known, unknown = (
        Client().post(reverse("account_request_login_code"), {"email": email}, follow=True)
        for email in (user.email, "stranger@schools.example")
    )

    assert text(known).replace(user.email, "") == text(unknown).replace("stranger@schools.example", "")
    assert sorted(mail.to for mail in mailoutbox) == [[user.email], ["stranger@schools.example"]]


def test_someone_whom_a_programme_has_loaded_cannot_sign_in(client, mailoutbox):
    user = UserFactory(is_active=False)
    user.set_password(PASSWORD)
    user.save()

    by_password = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True)
    client.post(reverse("account_request_login_code"), {"email": user.email}, follow=True)
    codes = [re.search(r"^\s*(\S{6,11})\s*$", mail.body, re.MULTILINE) for mail in mailoutbox]
    for code in filter(None, codes):
        client.post(reverse("account_confirm_login_code"), {"code": code[1]}, follow=True)

    assert by_password.status_code == 200
    assert not is_signed_in(client)


@pytest.mark.parametrize("role", Role)
def test_the_second_factor_is_required_of_those_who_reach_many(role):
    client, _ = sign_in(person(role))

    led_there = {
        client.get(reverse(name)).headers.get("Location") == reverse("mfa_activate_totp")
        for name in ("today", "accounts:account", "programmes:list", "usersessions_list", "mfa_index")
    }

    assert led_there == {role in {Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE, Role.ADMINISTRATOR}}


def test_setting_the_second_factor_up_opens_the_pages_and_its_secret_is_kept_encrypted():
    user = person(Role.FINANCE)
    client, asked = sign_in(user)
    again = {"password": PASSWORD, "next": reverse("mfa_activate_totp")}
    page = client.post(reverse("account_reauthenticate"), again, follow=True)
    secret = client.session[SECRET_SESSION_KEY]

    wrong = client.post(reverse("mfa_activate_totp"), {"code": wrong_code(secret)})
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})

    kept = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]
    assert "Is it still you?" in text(asked)
    assert page.redirect_chain[-1][0] == reverse("mfa_activate_totp")
    assert "That code is not right. Enter the one that the app shows now." in text(wrong)
    assert secret not in kept
    assert EncryptedSecrets().decrypt(kept) == secret
    assert client.get(reverse("today")).status_code == 200


def test_with_a_second_factor_its_code_is_asked_at_sign_in():
    user = with_factor(person(Role.COORDINATOR))
    client, page = sign_in(user)
    at_the_question = is_signed_in(client)

    wrong = client.post(reverse("mfa_authenticate"), {"code": wrong_code(SECRET)})
    still_there = is_signed_in(client)
    right = client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})

    assert page.redirect_chain[-1][0] == reverse("mfa_authenticate")
    assert (at_the_question, still_there, is_signed_in(client)) == (False, False, True)
    assert "That code is not right." in text(wrong)
    assert (right.status_code, client.get(reverse("accounts:people")).status_code) == (302, 200)


def test_a_code_of_the_second_factor_works_once():
    user = with_factor(person(Role.COORDINATOR))
    code = code_of(SECRET)
    first, _ = sign_in(user)
    first.post(reverse("mfa_authenticate"), {"code": code})

    second, _ = sign_in(user)
    second.post(reverse("mfa_authenticate"), {"code": code})

    assert (is_signed_in(first), is_signed_in(second)) == (True, False)


def test_a_role_that_has_ended_is_gone_with_the_next_request(client):
    ours = build_world()[0]
    head = ours.people[Role.HEADTEACHER]
    client.force_login(head)
    before = client.get(reverse("pupils:list")).status_code

    end_membership(None, ours.memberships[Role.HEADTEACHER])
    after = client.get(reverse("pupils:list")).status_code
    account = client.get(reverse("accounts:account"))

    assert (before, after) == (200, 403)
    assert "You have no role at present" in text(account)


def test_someone_sees_where_they_are_signed_in_and_ends_it_everywhere_else():
    user = person(Role.SPECIALIST)
    here, _ = sign_in(user)
    there, _ = sign_in(user)
    there.get(reverse("today"))

    page = here.get(reverse("usersessions_list"))
    here.post(reverse("usersessions_list"))

    assert "You are signed in at 2 places." in text(page)
    assert here.get(reverse("today")).status_code == 200
    answer = there.get(reverse("today"))
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, reverse("account_login"))


def test_a_device_was_last_seen_within_five_minutes_of_when_it_was():
    with time_machine.travel("2026-11-27 10:00Z", tick=False) as clock:
        client, _ = sign_in(person(Role.SPECIALIST))

        seen = []
        for minutes in (0, 4, 2, 4, 2):
            clock.shift(60 * minutes)
            client.get(reverse("today"))
            seen.append(f"{UserSession.objects.get().last_seen_at:%H:%M}")

    assert seen == ["10:00", "10:00", "10:06", "10:06", "10:12"]


def test_signing_out_ends_the_session():
    client, _ = sign_in(person(Role.SPECIALIST))
    key = client.session.session_key

    client.post(reverse("account_logout"))

    stolen = Client()
    stolen.cookies[configured.SESSION_COOKIE_NAME] = key
    assert stolen.get(reverse("today")).status_code == 302


@pytest.mark.parametrize("factor_missing", [False, True])
def test_a_fragment_without_a_session_loads_the_sign_in_as_a_whole(client, factor_missing):
    where = reverse("account_login")
    if factor_missing:
        client.force_login(person(Role.FINANCE))
        where = reverse("mfa_activate_totp")

    answer = client.get(reverse("today"), headers={"HX-Request": "true"})

    assert (answer.status_code, answer["HX-Redirect"].partition("?")[0], answer.content) == (204, where, b"")


def test_a_page_about_people_is_kept_in_no_cache(client):
    client.force_login(person(Role.SPECIALIST))

    assert client.get(reverse("today"))["Cache-Control"] == "no-store, private"


def test_the_demonstration_lets_nobody_in_elsewhere(client):
    membership = MembershipFactory()

    page = client.get(reverse("accounts:demo"))
    button = client.post(reverse("accounts:demo_sign_in", args=[membership.pk]))

    assert (page.status_code, button.status_code, is_signed_in(client)) == (404, 404, False)


def test_one_click_signs_in_as_anyone_of_the_demonstration(client, settings):
    settings.DEMO = True
    ours = build_world()[0]
    coordinator = ours.people[Role.COORDINATOR].memberships.get()
    loaded = MembershipFactory(user=UserFactory(is_active=False))

    page = client.get(reverse("accounts:demo"))
    answer = client.post(reverse("accounts:demo_sign_in", args=[coordinator.pk]), follow=True)
    nobody = client.post(reverse("accounts:demo_sign_in", args=[loaded.pk]))

    assert "Choose whose eyes to look through" in text(page)
    assert str(loaded.user) not in text(page)
    assert (answer.status_code, answer.redirect_chain) == (200, [(reverse("today"), 302)])
    assert client.get(reverse("accounts:people")).status_code == 200
    assert nobody.status_code == 404
    assert AuditEvent.objects.filter(who=coordinator.user, did="signed in", about="demo").count() == 1


def test_someone_with_two_roles_chooses_in_which_to_work(client):
    ours = build_world()[0]
    user, first = ours.people[Role.PARTNER], ours.memberships[Role.PARTNER]
    second = MembershipFactory(user=user, role=Role.HEADTEACHER, organisation=ours.organisation, school=ours.school)
    client.force_login(user)

    page = client.get(reverse("accounts:account"))
    client.post(reverse("accounts:work_as", args=[second.pk]))
    changed = client.get(reverse("accounts:account"))
    crafted = client.post(reverse("accounts:work_as", args=[ours.memberships[Role.OFFICE].pk]))

    assert "Your two roles" in text(page)
    assert page.context["acting"] == first
    assert changed.context["acting"] == second
    assert "People" in [item["label"] for item in changed.context["nav"]]
    assert crafted.status_code == 404


def test_today_leads_someone_with_two_roles_to_the_other_one(client):
    ours = build_world()[0]
    user = ours.people[Role.PARTNER]
    second = MembershipFactory(user=user, role=Role.HEADTEACHER, organisation=ours.organisation, school=ours.school)
    client.force_login(user)

    as_teacher = text(client.get(reverse("today")))
    client.post(reverse("accounts:work_as", args=[second.pk]))
    as_head = text(client.get(reverse("today")))
    client.force_login(ours.people[Role.OFFICE])
    with_one_role = text(client.get(reverse("today")))

    other = f"{{}}, {ours.school} ."
    assert f"See Today as {other.format('headteacher')}" in as_teacher
    assert f"See Today as {other.format('partner teacher')}" in as_head
    assert "See Today as" not in with_one_role


def test_a_chosen_role_that_has_ended_gives_way_to_the_other(client):
    ours = build_world()[0]
    user, first = ours.people[Role.PARTNER], ours.memberships[Role.PARTNER]
    second = MembershipFactory(user=user, role=Role.HEADTEACHER, organisation=ours.organisation, school=ours.school)
    client.force_login(user)
    client.post(reverse("accounts:work_as", args=[second.pk]))

    end_membership(None, second)

    assert client.get(reverse("accounts:account")).context["acting"] == first


def test_too_many_wrong_passwords_are_stopped(client):
    user = person(Role.SPECIALIST)
    for _ in range(5):
        client.post(reverse("account_login"), {"login": user.email, "password": "wrong"})

    _, answer = sign_in(user, client)

    assert "Too many attempts." in text(answer)
    assert not is_signed_in(client)
