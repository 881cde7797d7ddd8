"""What allauth asks us: who may come in, and how secrets are kept."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

from accounts import audit


class InvitedPeopleOnly(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The email address or the password is not right. Try again, or ask for a code.",
        "enter_current_password": "Enter your current password as it is now.",
        "incorrect_code": "That code is not right. Enter the newest one we sent.",
        "incorrect_password": "That password is not right.",
        "rate_limited": "Too many attempts. Wait a few minutes, then try again.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes, then try again.",
    }

    def is_open_for_signup(self, request):
        return False

    def post_login(self, request, user, **kwargs):
        audit.record(user, "signed in")
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request, **credentials):
        audit.record(None, "sign-in failed")
        return super().authentication_failed(request, **credentials)

    def add_message(self, request, level, message_template=None, *args, **kwargs):
        """No "Successfully signed in as ..." on top of every first page."""
        if message_template in {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}:
            return
        super().add_message(request, level, message_template, *args, **kwargs)


class EncryptedSecrets(DefaultMFAAdapter):
    """TOTP secrets and recovery seeds are encrypted at rest with the newest of TOTP_KEYS."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That code is not right. Enter the one that the app shows now.",
    }

    def encrypt(self, text):
        return keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text):
        return keys().decrypt(encrypted_text.encode()).decode()


def keys():
    return MultiFernet([Fernet(key) for key in settings.TOTP_KEYS])
