"""How long what teachers write is kept: it may speak of pupils, and goes with them once a person has looked at it."""

import datetime as dt

from lessons.models import (
    GapTask,
    HeadReply,
    Note,
    NoteRevision,
    Presence,
    RecordAction,
    RecordCorrection,
    RecordSignature,
    VisitRecord,
)

YEAR = dt.timedelta(days=365)
OF_A_RECORD = "record__visit__partnership__programme__ends_on"

# Model -> the day from which its time runs, and how long that is.
KEEP = {VisitRecord: ("visit__partnership__programme__ends_on", YEAR)} | dict.fromkeys(
    [Note, NoteRevision, Presence, RecordAction, GapTask, RecordSignature, RecordCorrection, HeadReply],
    (OF_A_RECORD, YEAR),
)
