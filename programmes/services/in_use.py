"""What stands in the way of deleting a row, in words; apps to the right keep their rows by PROTECT or RESTRICT."""

from collections import Counter

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError


class InUse(Exception):
    """The row cannot go; the sentence says what uses it."""


@transaction.atomic
def delete_unused(row, called: str):
    """The row is gone, or InUse says what it is used by."""
    try:
        with transaction.atomic():
            row.delete()
    except (ProtectedError, RestrictedError) as error:
        objects = getattr(error, "protected_objects", None) or error.restricted_objects
        kinds = Counter(type(row) for row in objects)
        raise InUse(f"{called} cannot be deleted: it is used by {counted(kinds)}.") from error


def counted(kinds: Counter) -> str:
    """2 partnerships and 1 partner school"""
    said = [
        f"{number} {model._meta.verbose_name if number == 1 else model._meta.verbose_name_plural}"
        for model, number in sorted(kinds.items(), key=lambda kind: kind[0]._meta.label)
    ]
    return f"{', '.join(said[:-1])} and {said[-1]}" if len(said) > 1 else said[0]


def counted_word(number, word) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
