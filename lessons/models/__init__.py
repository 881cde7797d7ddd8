"""What teachers write after a visit, who stands behind it, and what is to be done next."""

from lessons.models.notes import Note, NoteRevision
from lessons.models.records import HeadReply, Presence, RecordCorrection, RecordSignature, Side, VisitRecord
from lessons.models.tasks import GapTask, RecordAction

__all__ = [
    "GapTask",
    "HeadReply",
    "Note",
    "NoteRevision",
    "Presence",
    "RecordAction",
    "RecordCorrection",
    "RecordSignature",
    "Side",
    "VisitRecord",
]
