"""What becomes of what teachers write: it may speak of pupils, and goes with them once a person has looked at it.

Findings go with their study: they speak of pupils by letter, and who reads them is for their authors to say.
"""

from django.db.models import Q

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
from pupils.retention.parts import Part

OF_A_SHEET = "sheet__programme"
OF_A_RECORD = "record__visit__partnership__programme"
OF_A_STUDY = "study__partnership__programme"
OF_A_LESSON = f"lesson__{OF_A_STUDY}"
OF_A_FINDING = f"finding__{OF_A_STUDY}"


class Booklets(Part):
    """A booklet holds findings of several programmes; it goes when one of them does."""

    def rows(self, programme):
        findings = Finding.objects.filter(study__partnership__programme=programme).values_list("pk", flat=True)
        return Booklet.objects.filter(chosen__overlap=list(findings))


class Citations(Part):
    """What our studies build on, and what builds on our findings."""

    def rows(self, programme):
        path = OF_A_STUDY.removeprefix("study__")
        ours = Study.objects.filter(**{path: programme})
        return FindingCitation.objects.filter(Q(study__in=ours) | Q(finding__study__in=ours))


# In this order: what points to other rows goes before these.
PARTS = [
    Part(StudyExport, OF_A_STUDY, "PDF or bundle of a study", "PDFs and bundles of studies"),
    Booklets(Booklet, "", "booklet of findings", "booklets of findings"),
    Part(Photo, OF_A_LESSON, "photo of a pupil\u2019s work", "photos of pupils\u2019 work"),
    Part(FindingFile, OF_A_FINDING, "file with a finding", "files with findings"),
    Part(Observation, OF_A_LESSON, "observation in a lesson", "observations in lessons"),
    Part(PrivateNote, OF_A_LESSON, "private note", "private notes"),
    Part(LessonWatch, OF_A_LESSON, "note of who watched whom", "notes of who watched whom"),
    Part(LessonPart, OF_A_LESSON, "part in a lesson", "parts in lessons"),
    Part(LessonGuest, OF_A_LESSON, "guest at a lesson", "guests at lessons"),
    Part(DiscussionAgreement, OF_A_LESSON, "agreement to a discussion", "agreements to discussions"),
    Part(Stage, OF_A_LESSON, "stage of a lesson", "stages of lessons"),
    Part(NameAnswer, OF_A_FINDING, "answer about a name in a finding", "answers about names in findings"),
    Part(FindingConsent, OF_A_FINDING, "consent to a finding", "consents to findings"),
    Citations(FindingCitation, OF_A_STUDY, "link to a finding", "links to findings"),
    Part(Finding, OF_A_STUDY, "finding", "findings"),
    Part(ResearchLesson, OF_A_STUDY, "research lesson", "research lessons"),
    Part(CasePupil, OF_A_STUDY, "case pupil", "case pupils"),
    Part(StudyReader, OF_A_STUDY, "reader of a study", "readers of studies"),
    Part(StudyMember, OF_A_STUDY, "member of a study", "members of studies"),
    Part(Study, "partnership__programme", "lesson study", "lesson studies"),
    Part(Presence, OF_A_RECORD, "note of a pupil\u2019s presence", "notes of pupils\u2019 presence"),
    Part(RecordAction, OF_A_RECORD, "action from a visit", "actions from visits"),
    Part(GapTask, OF_A_RECORD, "gap task", "gap tasks"),
    Part(RecordCorrection, OF_A_RECORD, "correction of a visit record", "corrections of visit records"),
    Part(HeadReply, OF_A_RECORD, "reply of a headteacher", "replies of headteachers"),
    Part(RecordSignature, OF_A_RECORD, "signature under a visit record", "signatures under visit records"),
    Part(VisitRecord, "visit__partnership__programme", "visit record", "visit records"),
    Part(NoteRevision, OF_A_SHEET, "text as it was once sent", "texts as they were once sent"),
    Part(Note, OF_A_SHEET, "text as it stands", "texts as they stand"),
    Part(Sheet, "programme", "sheet of a record, study or lesson", "sheets of records, studies and lessons"),
]


def exports_in_hand(programme):
    rows = StudyExport.objects.in_hand().filter(study__partnership__programme=programme).count()
    what = "1 PDF or bundle of a study is" if rows == 1 else f"{rows} PDFs or bundles of studies are"
    return [(f"{what} being made. Look again in a minute.", "")] if rows else []
