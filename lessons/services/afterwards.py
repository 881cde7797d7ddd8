"""What comes after the signatures: corrections, the head's word, and what was agreed being done."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from lessons.models import HeadReply, RecordCorrection, VisitRecord
from lessons.services.signing import NotAsSeen


@transaction.atomic
def correct(person, record, text) -> RecordCorrection:
    """A correction stands below the record. The same text by the same person, sent twice, is one."""
    correction, new = RecordCorrection.objects.get_or_create(record=record, text=text, by=person)
    if new:
        audit.record(person, "records.corrected", record)
    return correction


@transaction.atomic
def reply(person, record, is_accurate, comment, seen=0) -> HeadReply:
    """The head's word. It takes the place of the earlier one that they saw, and changes nothing in the record."""
    VisitRecord.objects.select_for_update(no_key=True).get(pk=record.pk)
    last = record.replies.filter(by=person).last()
    if last is not None and (last.is_accurate, last.comment) == (is_accurate, comment):
        return last
    if seen != (last.pk if last else 0):
        raise NotAsSeen(f"record {record.pk} was answered meanwhile")
    said = HeadReply.objects.create(record=record, is_accurate=is_accurate, comment=comment, by=person)
    audit.record(person, "records.answered", record)
    return said


@transaction.atomic
def see_reply(person, said) -> bool:
    """A coordinator has looked into a reply; of two who say so one is kept."""
    seen = HeadReply.objects.filter(pk=said.pk, seen_at=None).update(seen_at=timezone.now(), seen_by=person)
    if seen:
        audit.record(person, "records.reply seen", said.record)
    return bool(seen)


@transaction.atomic
def mark_done(person, task) -> bool:
    """An action or a gap task is done. Said twice it is done once."""
    done = type(task).objects.filter(pk=task.pk, done_at=None).update(done_at=timezone.now(), done_by=person)
    if done:
        audit.record(person, "records.task done", task)
    return bool(done)


@transaction.atomic
def mark_not_done(person, task) -> bool:
    """It is to be done after all."""
    taken_back = type(task).objects.filter(pk=task.pk, done_at__isnull=False).update(done_at=None, done_by=None)
    if taken_back:
        audit.record(person, "records.task not done", task)
    return bool(taken_back)
