"""People who sign in: with a password, with a second factor, and the codes that it gives."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from accounts.adapters import EncryptedSecrets
from accounts.roles import IN_SCHOOL, Role
from tests.factories import MembershipFactory, SchoolFactory, UserFactory

PASSWORD = "plover cabin seventy"
SECRET = "JBSWY3DPEHPK3PXP"


def person(role=Role.FINANCE, **fields):
    """Someone with one role, no second factor, and a password."""
    user = UserFactory(**fields)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    place = {"organisation": None} if role == Role.ADMINISTRATOR else {}
    MembershipFactory(user=user, role=role, **place, school=SchoolFactory() if role in IN_SCHOOL else None)
    return user


def with_factor(user):
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": EncryptedSecrets().encrypt(SECRET)}
    )
    return user


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def wrong_code(secret):
    """A code that no counter of this minute gives."""
    valid = {format_hotp_value(hotp_value(secret, counter)) for counter in yield_hotp_counters_from_time()}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in valid)


def sign_in(user, client=None):
    client = client or Client()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True)
    return client, answer


def is_signed_in(client):
    return "_auth_user_id" in client.session
