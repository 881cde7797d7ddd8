"""Files of the register that are forgotten: by a person, or because a newer file of theirs can be used."""

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import RegisterChange, RegisterFile
from jobs.models import Job


def forget_files(register_file):
    """The files have done their work. What they changed stays in the rows."""
    names = [file.name for file in (register_file.file, register_file.links) if file]
    type(register_file).objects.filter(pk=register_file.pk).update(file="", links="")
    for name in names:
        default_storage.delete(name)


@transaction.atomic
def set_aside(person, register_file) -> bool:
    """The file is forgotten and nothing of it is written. False when it was confirmed or set aside before."""
    row = RegisterFile.objects.select_for_update().get(pk=register_file.pk)
    if row.discarded_at or row.in_hand or row.updates.exclude(state=Job.State.FAILED).exists():
        return False
    RegisterFile.objects.filter(pk=row.pk).update(discarded_at=timezone.now())
    RegisterChange.objects.filter(register_file=row).delete()
    audit.record(person, "register.set_aside", row)
    transaction.on_commit(lambda: forget_files(row), robust=True)
    return True


def set_earlier_aside(register_file):
    """What the same person sent before is set aside. A file that cannot be used stays listed with its problems."""
    sent = RegisterFile.objects.standing().filter(pk__lt=register_file.pk, uploaded_by=register_file.uploaded_by_id)
    for earlier in sent.filter(organisation=register_file.organisation_id).order_by("pk"):
        if earlier.refused:
            transaction.on_commit(lambda row=earlier: forget_files(row), robust=True)
        else:
            set_aside(register_file.uploaded_by, earlier)
