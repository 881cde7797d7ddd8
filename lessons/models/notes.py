"""Boxes that people type into, and every text that ever arrived for one: typed words are never lost."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from lessons.models.records import VisitRecord

FIXED = """
    IF EXISTS (SELECT FROM lessons_visitrecord r WHERE r.id = NEW.record_id AND r.status = 'signed off')
    THEN RAISE EXCEPTION 'a record that both sides have signed does not change'; END IF;
    RETURN NEW;
"""


class Note(models.Model):
    """One box of a record as it stands. `field` names the box; `version` counts its texts, so that two who write into
    it at once are told."""

    record = models.ForeignKey(VisitRecord, on_delete=models.CASCADE, related_name="notes")
    field = models.CharField(max_length=80)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["record", "field"], name="note_once_per_field")]
        triggers = [
            pgtrigger.Trigger(
                name="note_stays_once_signed_off",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=FIXED,
            )
        ]


class NoteRevision(models.Model):
    """A text that arrived for a box, whether or not it became the current one (`made`, the version that it made).

    `client` and `seq` name the sending: sent twice it is one. Rows are only ever added, but for the day on which what
    was written about pupils is erased.
    """

    record = models.ForeignKey(VisitRecord, on_delete=models.CASCADE, related_name="revisions")
    field = models.CharField(max_length=80)
    client = models.UUIDField()
    seq = models.PositiveIntegerField()
    base = models.PositiveIntegerField("the version from which it was written")
    made = models.PositiveIntegerField("the version that it made", null=True, blank=True)
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["client", "seq"], name="note_revision_once_per_sending"),
            models.UniqueConstraint(
                fields=["record", "field", "made"],
                condition=Q(made__isnull=False),
                name="note_revision_once_per_version",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="note_revision_is_only_added", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
