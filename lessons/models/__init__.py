"""What teachers write: records of visits and what follows from them, and the lesson-study notebook."""

from lessons.models.booklets import Booklet
from lessons.models.exports import StudyExport
from lessons.models.findings import Finding, FindingCitation, FindingConsent, FindingFile, NameAnswer
from lessons.models.observations import Observation, Photo
from lessons.models.records import HeadReply, Presence, RecordCorrection, RecordSignature, Side, VisitRecord
from lessons.models.research_lessons import (
    DiscussionAgreement,
    LessonGuest,
    LessonPart,
    LessonWatch,
    PrivateNote,
    ResearchLesson,
    Stage,
)
from lessons.models.sheets import Note, NoteRevision, Sheet
from lessons.models.studies import CasePupil, Study, StudyMember, StudyReader
from lessons.models.tasks import GapTask, RecordAction

__all__ = [
    "Booklet",
    "CasePupil",
    "DiscussionAgreement",
    "Finding",
    "FindingCitation",
    "FindingConsent",
    "FindingFile",
    "GapTask",
    "HeadReply",
    "LessonGuest",
    "LessonPart",
    "LessonWatch",
    "NameAnswer",
    "Note",
    "NoteRevision",
    "Observation",
    "Photo",
    "Presence",
    "PrivateNote",
    "RecordAction",
    "RecordCorrection",
    "RecordSignature",
    "ResearchLesson",
    "Sheet",
    "Side",
    "Stage",
    "Study",
    "StudyExport",
    "StudyMember",
    "StudyReader",
    "VisitRecord",
]
