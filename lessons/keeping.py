"""How long what teachers write is kept: it may speak of pupils, and goes with them once a person has looked at it.

Findings go with their study: they speak of pupils by letter, and who reads them is for their authors to say.
"""

import datetime as dt

from django.conf import settings

from lessons.models import (
    Booklet,
    CasePupil,
    DiscussionAgreement,
    Finding,
    FindingCitation,
    FindingConsent,
    FindingFile,
    GapTask,
    HeadReply,
    LessonGuest,
    LessonPart,
    LessonWatch,
    NameAnswer,
    Note,
    NoteRevision,
    Observation,
    Photo,
    Presence,
    PrivateNote,
    RecordAction,
    RecordCorrection,
    RecordSignature,
    ResearchLesson,
    Sheet,
    Stage,
    Study,
    StudyExport,
    StudyMember,
    StudyReader,
    VisitRecord,
)

YEAR = dt.timedelta(days=365)
ENDS = "programme__ends_on"
OF_A_SHEET = f"sheet__{ENDS}"
OF_A_RECORD = f"record__visit__partnership__{ENDS}"
OF_A_STUDY = f"study__partnership__{ENDS}"
OF_A_LESSON = f"lesson__{OF_A_STUDY}"

# Model -> the day from which its time runs, and how long that is.
KEEP = (
    {Sheet: (ENDS, YEAR), VisitRecord: (f"visit__partnership__{ENDS}", YEAR), Study: (f"partnership__{ENDS}", YEAR)}
    | dict.fromkeys([Note, NoteRevision], (OF_A_SHEET, YEAR))
    | dict.fromkeys(
        [Presence, RecordAction, GapTask, RecordSignature, RecordCorrection, HeadReply], (OF_A_RECORD, YEAR)
    )
    | dict.fromkeys([StudyMember, StudyReader, CasePupil, ResearchLesson, FindingCitation], (OF_A_STUDY, YEAR))
    | dict.fromkeys(
        [
            Stage,
            LessonPart,
            LessonWatch,
            LessonGuest,
            Observation,
            Photo,
            DiscussionAgreement,
            PrivateNote,
        ],
        (OF_A_LESSON, YEAR),
    )
    | {Finding: (OF_A_STUDY, YEAR)}
    | dict.fromkeys([FindingConsent, FindingFile, NameAnswer], (f"finding__{OF_A_STUDY}", YEAR))
    | dict.fromkeys([Booklet, StudyExport], ("queued_at", dt.timedelta(days=settings.KEEP_PACKS_DAYS)))
)
