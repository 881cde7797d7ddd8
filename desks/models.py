"""What every sheet of boxes that people type into is made of: the apps whose sheets they are make rows of it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

WHOLE = [""]  # every name begins so


def stays_once_locked(table):
    """The function of the trigger on the notes of the sheets in this table: what is locked does not change."""
    return f"""
    IF EXISTS (
        SELECT FROM {table} s, unnest(s.locked) AS beginning
        WHERE s.id = NEW.sheet_id AND starts_with(NEW.field, beginning))
    THEN RAISE EXCEPTION 'a box that is locked does not change'; END IF;
    RETURN NEW;
"""


class Sheet(models.Model):
    """Boxes of one page. Each change of one raises `version`. Boxes whose name begins as one of `locked` do not change
    any more.

    A kind of sheet has a kind of note that points to it as `notes`, and a kind of revision that does as `revisions`.
    """

    version = models.PositiveIntegerField(default=0)
    locked = ArrayField(models.CharField(max_length=80, blank=True), default=list, blank=True)

    class Meta:
        abstract = True

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

    field = models.CharField(max_length=80)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    in_sheet = models.PositiveIntegerField(default=0)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class Revision(models.Model):
    """A text that arrived for a box, whether or not it became the current one (`made`, the version that it made).

    `client` and `seq` name the sending: sent twice it is one.
    """

    field = models.CharField(max_length=80)
    client = models.UUIDField()
    seq = models.PositiveIntegerField()
    base = models.PositiveIntegerField("the version from which it was written")
    made = models.PositiveIntegerField("the version that it made", null=True, blank=True)
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
