"""A register on its way: sent, confirmed, read again."""

import uuid

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import RegisterChange, RegisterFile, RegisterUpdate
from jobs.models import Job
from jobs.work import publish


class NotNow(Exception):
    """The step is not open any more; the sentence says why."""


def send(person, organisation, register, links=None) -> RegisterFile:
    """Keep the files where only the worker reads them, and have them read. What was sent before stands until then."""
    stored = [
        default_storage.save(f"accounts.registerfile/{uuid.uuid4()}.csv", file) for file in (register, links) if file
    ]
    try:
        with transaction.atomic():
            row = RegisterFile.objects.create(
                organisation=organisation,
                uploaded_by=person,
                name=register.name[-120:],
                size=register.size,
                file=stored[0],
                links=stored[1] if links else "",
                links_name=links.name[-120:] if links else "",
            )
            audit.record(person, "register.sent", row)
            publish(row)
    except BaseException:
        for name in stored:
            default_storage.delete(name)
        raise
    return row


@transaction.atomic
def confirm(person, register_file) -> RegisterUpdate:
    """Have the file written. Of two who confirm one wins, and the other gets what the first has ordered."""
    row = RegisterFile.objects.select_for_update().get(pk=register_file.pk)
    if row.discarded_at or not row.is_done or not row.file:
        raise NotNow("This file is not waiting to be confirmed.")
    if standing := row.updates.exclude(state=Job.State.FAILED).first():
        return standing
    if overtaken_by(row):
        raise NotNow("The register has changed since this file was read. Read it again, then confirm.")
    update = RegisterUpdate.objects.create(register_file=row, confirmed_by=person)
    without = f"without {row.missing_count} schools" if row.seems_incomplete else ""
    without = f"a part, {without}" if row.is_a_part else without
    audit.record(person, "register.confirmed", row, about=without)
    publish(update)
    return update


def overtaken_by(register_file):
    """An update of the register that was finished after this file was read, if there is one."""
    later = RegisterUpdate.objects.filter(state=Job.State.DONE, finished_at__gt=register_file.finished_at)
    return later.exclude(register_file=register_file).first()


@transaction.atomic
def read_again(person, register_file) -> RegisterFile:
    """The same files as a new row, which says what they would change today."""
    row = RegisterFile.objects.select_for_update().get(pk=register_file.pk)
    if not row.file or row.in_hand or row.updates.exclude(state=Job.State.FAILED).exists():
        raise NotNow("The file is not here any more. Send it again.")
    fields = ["organisation", "name", "size", "links_name"]
    again = RegisterFile.objects.create(
        uploaded_by=person, file=row.file.name, links=row.links.name, **{name: getattr(row, name) for name in fields}
    )
    RegisterFile.objects.filter(pk=row.pk).update(file="", links="", discarded_at=timezone.now())
    RegisterChange.objects.filter(register_file=row).delete()
    audit.record(person, "register.read_again", again)
    publish(again)
    return again
