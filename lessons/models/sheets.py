"""The sheets that teachers write, and every text that ever arrived for one: typed words are never lost."""

import pgtrigger
from django.db import models
from django.db.models import Q

from desks import models as desks
from programmes.models import Programme

# Rows that are only ever added go in one way: a running erasure of their programme asks for it in this transaction.
ADDED_ONLY = """
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM pupils_erasure e
        WHERE e.id = nullif(current_setting('lessonstudy.erasure', true), '')::bigint
            AND e.state = 'running' AND e.begun_at IS NOT NULL AND e.programme_id = ({programme}))
    THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'Cannot update or delete rows from % table', TG_TABLE_NAME;
"""


class Sheet(desks.Sheet):
    """The boxes of a visit record, a study, a research lesson, a finding."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+")


class Note(desks.Note):
    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="notes")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sheet", "field"], name="note_once_per_field")]
        triggers = [
            pgtrigger.Trigger(
                name="note_stays_once_locked",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=desks.stays_once_locked("lessons_sheet"),
            )
        ]


class NoteRevision(desks.Revision):
    """Rows are only ever added, but for the day on which what was written about pupils is erased."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="revisions")

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
            pgtrigger.Trigger(
                name="note_revision_is_only_added",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=ADDED_ONLY.format(
                    programme="SELECT s.programme_id FROM lessons_sheet s WHERE s.id = OLD.sheet_id"
                ),
            )
        ]
