"""Finance's answer to a batch, from being sent to being taken: it can be left and gone on with."""

import datetime as dt
from collections import Counter

from django.db import transaction
from django.utils import timezone

from accounts import audit
from funding.models import AnswersFile, PaymentBatch
from funding.services.paying import Answered, take_answers

WAITS_FOR = dt.timedelta(days=7)


@transaction.atomic
def keep(person, batch: PaymentBatch, text: str, ignored) -> AnswersFile:
    """The rows wait to be looked at, in the place of those that the person sent before for this batch."""
    said = {"text": text, "ignored": list(ignored), "at": timezone.now()}
    row, _ = batch.answers_files.update_or_create(by=person, defaults=said)
    audit.record(person, "payment answers sent", batch)
    return row


@transaction.atomic
def take(person, batch: PaymentBatch, sent: AnswersFile, answers: list[Answered]) -> Counter:
    """The answers are true of their payments, and the rows wait no more."""
    counts = take_answers(person, batch, answers)
    sent.delete()
    return counts


def forget(now=None) -> int:
    """Rows that nobody has taken within a week are gone."""
    old = AnswersFile.objects.filter(at__lt=(now or timezone.now()) - WAITS_FOR)
    return old.delete()[0]
