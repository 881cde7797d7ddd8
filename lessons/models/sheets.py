"""Sheets of boxes that people type into, and every text that ever arrived for one: typed words are never lost."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from programmes.models import Programme

FIXED = """
    IF EXISTS (
        SELECT FROM lessons_sheet s, unnest(s.locked) AS beginning
        WHERE s.id = NEW.sheet_id AND starts_with(NEW.field, beginning))
    THEN RAISE EXCEPTION 'a box that is locked does not change'; END IF;
    RETURN NEW;
"""
WHOLE = [""]  # every name begins so


class Sheet(models.Model):
    """Boxes of one page: a visit record, a study, a research lesson. Each change of one raises `version`.

    Boxes whose name begins as one of `locked` do not change any more.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=0)
    locked = ArrayField(models.CharField(max_length=80, blank=True), default=list, blank=True)

    def __str__(self):
        return f"sheet {self.pk}"

    def is_locked(self, field):
        return field.startswith(tuple(self.locked))

    @property
    def texts(self):
        """What stands in each box that was ever written in."""
        return {note.field: note.text for note in self.notes.all()}


class Note(models.Model):
    """One box of a sheet as it stands. `field` names the box; `version` counts its texts, so that two who write into
    it at once are told. `in_sheet` is the version of the sheet that its last text made."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="notes")
    field = models.CharField(max_length=80)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    in_sheet = models.PositiveIntegerField(default=0)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sheet", "field"], name="note_once_per_field")]
        triggers = [
            pgtrigger.Trigger(
                name="note_stays_once_locked",
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

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="revisions")
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
                fields=["sheet", "field", "made"],
                condition=Q(made__isnull=False),
                name="note_revision_once_per_version",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="note_revision_is_only_added", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
