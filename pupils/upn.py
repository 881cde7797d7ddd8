"""The pupil number: checked, kept encrypted, found by a keyed hash, and shown on the pupil's own page alone."""

import functools
import hashlib
import hmac
import json
import re

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

CHECK_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
FORM = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]")


# Whose it is already is not said: whoever tries numbers would learn which of them are pupils'.
NOT_HERE = "This UPN cannot be entered for this pupil."
INSTEAD = (
    "Compare it with your management system, or leave it blank. A pupil who has moved to your school is taken over "
    "from the page of the target pupils."
)


class WrongUpn(ValueError):
    """The sentence says what is wrong."""


def check_letter(body):
    """The letter that the twelve characters after it ask for: weights 2 to 13, modulo 23.

    A temporary number ends in a letter, which counts by its place in the list of check letters.
    """
    values = [CHECK_LETTERS.index(c) if c.isalpha() else int(c) for c in body]
    return CHECK_LETTERS[sum(weight * value for weight, value in enumerate(values, start=2)) % 23]


def clean_upn(text):
    """The UPN in capitals without spaces; "" for none. Raises WrongUpn with a sentence that has no number in it."""
    upn = re.sub(r"\s+", "", text).upper()
    if not upn:
        return ""
    if not FORM.fullmatch(upn) or not set(upn) - set("0123456789") <= set(CHECK_LETTERS):
        raise WrongUpn("A UPN is a letter and 12 digits, or a letter, 11 digits and a letter")
    if upn[0] != check_letter(upn[1:]):
        raise WrongUpn("The first letter of this UPN does not fit its digits, so one character is wrong")
    return upn


def upn_index(upn):
    """A keyed hash by which a UPN is found and kept unique without being readable; None for none."""
    if not upn:
        return None
    return hmac.digest(settings.UPN_INDEX_KEY.encode(), upn.encode(), hashlib.sha256)


@functools.cache
def ciphers(keys):
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(upn):
    return ciphers(tuple(settings.UPN_KEYS)).encrypt(upn.encode()) if upn else b""


def decrypt(stored):
    """The UPN, or an error that names the setting: a key that was taken away too early."""
    if not stored:
        return ""
    try:
        return ciphers(tuple(settings.UPN_KEYS)).decrypt(bytes(stored)).decode()
    except InvalidToken as error:
        raise RuntimeError(
            "A UPN was encrypted with a key that UPN_KEYS no longer holds: put the old key back"
        ) from error


def needs_newest_key(stored):
    """Whether this is not encrypted with the first of UPN_KEYS."""
    try:
        Fernet(settings.UPN_KEYS[0]).decrypt(bytes(stored))
    except InvalidToken:
        return True
    return False


class EncryptedUpnField(models.BinaryField):
    """Text in Python, ciphertext in the database."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"editable": True, "default": ""} | kwargs)

    def _check_str_default_value(self):
        return []

    def to_python(self, value):
        return value

    def from_db_value(self, value, expression, connection):
        return decrypt(value)

    def get_db_prep_value(self, value, connection, prepared=False):
        return super().get_db_prep_value(encrypt(value), connection, prepared)

    def value_to_string(self, obj):
        raise TypeError("A UPN is not serialised")


class EncryptedJsonField(EncryptedUpnField):
    """The same for what can be written as JSON; None, or nothing at all, is kept as nothing."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"editable": False, "default": None} | kwargs)

    def from_db_value(self, value, expression, connection):
        text = decrypt(value)
        return json.loads(text) if text else None

    def get_db_prep_value(self, value, connection, prepared=False):
        return super().get_db_prep_value("" if value is None else json.dumps(value), connection, prepared)
