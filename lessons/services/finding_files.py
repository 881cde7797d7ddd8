"""Files that go with a finding. Each change is one of the text as well: whoever agreed before is asked again."""

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts import audit
from lessons.models import Finding, FindingFile, Sheet

MOST_FILES = 10


@transaction.atomic
def add_file(person, finding, kind, content, label) -> FindingFile | None:
    """The file, under a name of ours; None where the finding has as many as it may have."""
    Sheet.objects.filter(pk=finding.sheet_id).update(version=F("version") + 1)
    if finding.files.standing().count() >= MOST_FILES:
        transaction.set_rollback(True)
        return None
    file = FindingFile(finding=finding, kind=kind, label=label, size=len(content), added_by=person)
    file.file.save(f"{finding.pk}-{get_random_string(12).lower()}.{kind}", ContentFile(content), save=False)
    file.save()
    audit.record(person, "findings.file added", finding)
    return file


@transaction.atomic
def remove_file(person, file) -> bool:
    """It goes with the next text that is shown; at once where it was never shown."""
    Sheet.objects.filter(pk=file.finding.sheet_id).update(version=F("version") + 1)
    removed = FindingFile.objects.filter(pk=file.pk, removed_at=None).update(removed_at=timezone.now())
    if not removed:
        transaction.set_rollback(True)
        return False
    audit.record(person, "findings.file removed", file.finding)
    delete_unshown(file.finding)
    return True


def delete_unshown(finding: Finding):
    """Files that are removed and no part of what is published go from the storage too, once this is committed."""
    for file in finding.files.filter(removed_at__isnull=False, is_shown=False):
        stored, name = file.file.storage, file.file.name
        file.delete()
        transaction.on_commit(lambda stored=stored, name=name: stored.delete(name))
