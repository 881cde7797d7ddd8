"""The rows that a coordinator has sent, from being sent to being in the drafts: they can be left and gone on with."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts import audit
from programmes.models import Programme
from pupils.models import GradesFile

WAITS_FOR = dt.timedelta(days=7)


def waiting(person, programme: Programme) -> GradesFile | None:
    """What this person has sent for the programme, and not put into the drafts yet."""
    return programme.grades_files.filter(by=person).first()


@transaction.atomic
def keep(person, programme: Programme, text: str, ignored) -> GradesFile:
    """The rows wait to be looked at, in the place of those that the person sent before."""
    content = {"text": text, "ignored": list(ignored)}
    row, _ = programme.grades_files.update_or_create(by=person, defaults={"content": content, "at": timezone.now()})
    audit.record(person, "returns.sent", row)
    return row


def forget(now=None) -> int:
    """Files that nobody has put into the drafts within a week are gone."""
    old = GradesFile.objects.filter(at__lt=(now or timezone.now()) - WAITS_FOR)
    return old.delete()[0]
