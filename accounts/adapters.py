"""What allauth asks us: who may come in, and how secrets are kept."""

from smtplib import SMTPException

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.shortcuts import redirect
from django.urls import reverse

from accounts import audit
from accounts.names.services import carry_invitations

log = structlog.get_logger(__name__)


class InvitedPeopleOnly(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "duplicate_email": "This is your email address already. Type the one that you change to.",
        "email_password_mismatch": "The email address or the password is not right. Try again, or ask for a code.",
        "email_taken": "Somebody has this address in Lesson Study already, so it cannot be yours as well. If that is "
        "you, sign in with it, or ask your coordinator.",
        "enter_current_password": "Enter your current password as it is now.",
        "incorrect_code": "That code is not right. Enter the newest one we sent.",
        "incorrect_password": "That password is not right.",
        "rate_limited": "Too many attempts. Wait a few minutes, then try again.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes, then try again.",
    }

    def is_open_for_signup(self, request):
        return False

    def pre_login(self, request, user, **kwargs):
        """A code or link that went to an address they have changed since lets nobody in, nor makes it theirs again."""
        if kwargs["email"] and kwargs["email"].lower() != user.email:
            clear_login(request)
            sentence = "This address has been changed. Sign in with the new one."
            self.add_message(request, messages.WARNING, message=sentence)
            return redirect("account_login")
        return super().pre_login(request, user, **kwargs)

    def post_login(self, request, user, **kwargs):
        audit.record(user, "signed in")
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request, **credentials):
        audit.record(None, "sign-in failed")
        return super().authentication_failed(request, **credentials)

    def confirm_email(self, request, email_address):
        """The address of the person, their sign-in and what they are invited to change together, or not at all."""
        user, moved = email_address.user, False
        try:
            with transaction.atomic():
                if email_address.email != user.email:
                    carry_invitations(user, email_address.email)
                    audit.record(user, "changed own address", user)
                moved = super().confirm_email(request, email_address)
                transaction.set_rollback(not moved)
        except IntegrityError:
            self.add_message(request, messages.WARNING, message=self.error_messages["email_taken"])
        return moved

    def get_email_verification_redirect_url(self, email_address):
        return reverse("accounts:account")

    def send_notification_mail(self, template_prefix, user, *args, **kwargs):
        """What is told to an address that takes no mail any more does not keep the person from what they do."""
        try:
            super().send_notification_mail(template_prefix, user, *args, **kwargs)
        except (OSError, SMTPException) as error:
            log.warning("mail_not_sent", user=user.pk, error=type(error).__name__)

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
