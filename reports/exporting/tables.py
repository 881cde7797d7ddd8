"""Which tables an organisation may take away, which columns of them, and why the others stay.

A table has the rows that its coordinators reach, by the rule of the model itself; one without a rule of its own follows
the table to which `through` leads. A test fails for a model of which nothing is said here.
"""

from dataclasses import dataclass

from django.db.models import BinaryField, FileField, Q

from accounts import models as accounts
from accounts.roles import Role
from funding import models as funding
from lessons import models as lessons
from programmes import models as programmes
from pupils import models as pupils
from reports.models import HeadlinePercentage
from visits import models as visits

FINDING = ("programme", "public")


@dataclass(frozen=True)
class Table:
    model: type
    through: str = ""
    only: tuple[str, ...] = ()  # the columns that it has; all where none is named
    without: tuple[str, ...] = ()  # those that it has not
    called: str = ""  # where its plural is no English
    narrowed: Q | None = None  # fewer rows than the coordinator reaches

    @property
    def name(self) -> str:
        """Of its file: specialist_teachers."""
        return self.called or str(self.model._meta.verbose_name_plural).lower().replace(" ", "_")

    @property
    def fields(self):
        """Files, secrets and what is stored as bytes are in none."""
        return [
            field
            for field in self.model._meta.concrete_fields
            if (field.name in self.only if self.only else field.name not in self.without)
            and not isinstance(field, (FileField, BinaryField))
        ]

    def rows(self, membership):
        """What coordinators of the organisation of this membership reach."""
        rows = self.model.objects.all()
        if self.through:
            above = TABLES[self.model._meta.get_field(self.through).related_model].rows(membership)
            rows = rows.filter(**{f"{self.through}__in": above.order_by().values("pk")})
        elif reach := getattr(rows, "reach", None):
            rows = rows.filter(reach[Role.COORDINATOR](membership))
        return rows.filter(self.narrowed or Q()).order_by("pk")


ALIVE = Q(partnership__programme__erased_at=None)
ALL = [
    Table(accounts.Organisation),
    Table(accounts.School, without=("words",)),
    Table(HeadlinePercentage),
    Table(accounts.User, only=("id", "first_name", "last_name", "email", "is_active")),
    Table(accounts.Membership),
    Table(programmes.Programme),
    Table(programmes.Area, "programme"),
    Table(programmes.AreaConsultant, "area"),
    Table(programmes.DataPoint, "programme"),
    Table(programmes.Expectation, "programme"),
    Table(programmes.SuccessCriterion, "programme", called="success_criteria"),
    Table(programmes.TimetableStep, "programme"),
    Table(programmes.TermDate),
    Table(programmes.SchoolClosure),
    Table(programmes.SchoolLimits),
    Table(programmes.SpecialistTeacher),
    Table(programmes.SpecialistStep, "specialist"),
    Table(programmes.Nomination),
    Table(programmes.ConflictOfInterest, called="conflicts_of_interest"),
    Table(programmes.PartnerSchool),
    Table(programmes.HeadContact, "partner_school"),
    Table(programmes.Partnership),
    Table(programmes.PartnershipStep, "partnership"),
    Table(programmes.PartnerTeacher),
    Table(programmes.PastSpecialist, "partnership"),
    Table(programmes.AreaChange, "partnership"),
    Table(programmes.Acceptance, "partnership"),
    Table(programmes.Objection),
    Table(programmes.ActionItem),
    Table(programmes.ActionNote, "action"),
    Table(programmes.AgreementText, "programme"),
    Table(programmes.Agreement, without=("sections",)),
    Table(programmes.Signature, "agreement"),
    Table(programmes.Revisit, "agreement"),
    Table(programmes.DataReturn),
    Table(programmes.KeepingChange, "programme"),
    Table(visits.Visit),
    Table(visits.Booking, "visit"),
    Table(visits.VisitChange, "visit"),
    Table(visits.ProposedTime),
    Table(visits.EventSeries, "programme", called="event_series"),
    Table(visits.Event),
    Table(visits.Attendance, "event"),
    Table(pupils.Scale),
    Table(pupils.Grade, "scale"),
    Table(pupils.TargetPupil, only=("id", "programme", "ref", "year_group"), narrowed=Q(programme__erased_at=None)),
    Table(pupils.Place, only=("id", "pupil", "partnership"), narrowed=ALIVE),
    Table(pupils.Assessment, "place"),
    Table(pupils.TargetGrade, "place", only=("id", "place", "grade", "side", "agreed_by", "ended_by")),
    # a coordinator follows when studies and lessons were and how they stand, and reads none of them
    Table(lessons.Study, "partnership", without=("sheet",)),
    Table(lessons.ResearchLesson, "study", without=("sheet", "cancelled_because")),
    Table(lessons.VisitRecord, without=("sheet",)),
    Table(lessons.RecordSignature, "record"),
    Table(lessons.HeadReply, called="replies_of_heads"),
    Table(
        lessons.Finding,
        "study",
        only=("id", "study", "audience", "published_at", "subject", "year_group", "headline", "technique", "themes"),
        narrowed=Q(published_at__isnull=False, audience__in=FINDING),
    ),
    Table(funding.FundingPlan),
    Table(funding.Stage),
    Table(funding.PlanItem, "plan"),
    Table(funding.ItemRecord, "item"),
    Table(funding.Evidence, "stage", called="evidence"),
    Table(funding.VisitNotHeld, "item"),
    Table(funding.Approval, without=("key",)),
    Table(funding.Release, without=("evidence",)),
    Table(funding.ReleaseLine, "release"),
    Table(funding.Waiver, "release"),
    Table(funding.Hold, "release"),
    Table(funding.Recovery),
    Table(funding.LedgerEntry),
    Table(funding.Payee),
    Table(funding.PaymentBatch, without=("content", "key"), called="payment_batches"),
    Table(funding.Payment, "batch"),
]
TABLES = {table.model: table for table in ALL}

NOTEBOOK = "the notebook of a lesson study is its members'"
TYPED = "words as they were typed; what came of them stands in another table"
PAPER = "a file that is made anew from the tables"
HISTORY = "what a row was before; its changes stand on the pages of money"
NAMES = "it names pupils, or speaks of single ones"
INSTALLATION = "it belongs to the installation, not to an organisation"
LEFT_OUT = {
    "accounts": {
        "AuditEvent": INSTALLATION,
        "Invitation": "it waits for an answer, and holds what opens an account",
        "InvitationMail": PAPER,
        "OutgoingMail": "mails are read under Messages, as long as they are kept",
        "SchoolLink": "of the national register",
        "RegisterFile": "of the national register",
        "RegisterChange": "of the national register",
        "RegisterUpdate": "of the national register",
    },
    "desks": {},
    "programmes": {
        "HeadsLetter": PAPER,
        "PairingRun": "a proposal; what came of it stands in the partnerships",
        "DataReturnEntry": "who typed in a return: it only bars them from approving",
        "TimetableTemplate": "a pattern; the timetable of a programme is in the timetable steps",
        "TemplateStep": "a pattern; the timetable of a programme is in the timetable steps",
    },
    "visits": {
        "Away": "days on which a person is away are that person's",
        "CoverRun": INSTALLATION,
        "CoverMail": "mails are read under Messages, as long as they are kept",
        "Slot": "the running order of a meeting",
        "CalendarFeed": "it holds what opens a calendar",
        "PlannerSettings": "how half-days are proposed",
        "Plan": "a proposal; what came of it stands in the visits",
        "PlanAcceptance": "a proposal; what came of it stands in the visits",
    },
    "pupils": {
        "ExpectationChange": "what was expected before; the history stands under Assessment",
        "PupilList": NAMES,
        "GradesFile": TYPED,
        "PlaceChange": NAMES,
        "FormerDetails": NAMES,
        "Erasure": "that something was erased stands in the programme",
        "FrozenFigures": "the results have files of their own",
        "ReturnSheet": TYPED,
        "ReturnNote": TYPED,
        "ReturnRevision": TYPED,
        "ReturnVersion": TYPED,
        "VersionGrade": TYPED,
        "ReturnsUpload": TYPED,
        "ModeratedGrade": NAMES,
    },
    "lessons": {
        **dict.fromkeys(
            [
                "Sheet", "Note", "NoteRevision", "StudyMember", "StudyReader", "CasePupil", "NameAnswer", "FindingFile",
                "FindingCitation", "Stage", "LessonPart", "LessonWatch", "LessonGuest", "DiscussionAgreement",
                "PrivateNote", "Observation", "Photo",
            ],
            NOTEBOOK,
        ),
        "FindingConsent": "consent is between the authors",
        "Booklet": PAPER,
        "StudyExport": PAPER,
        "Presence": NAMES,
        "RecordCorrection": TYPED,
        "RecordAction": TYPED,
        "GapTask": TYPED,
    },
    "funding": {
        **dict.fromkeys(
            [
                "FundingPlanEvent", "StageEvent", "PlanItemEvent", "ItemRecordEvent", "EvidenceEvent",
                "VisitNotHeldEvent", "ApprovalEvent", "ReleaseEvent", "ReleaseLineEvent", "WaiverEvent", "HoldEvent",
                "RecoveryEvent", "PayeeEvent", "PaymentBatchEvent", "PaymentEvent", "PlanChange",
            ],
            HISTORY,
        ),
        "AnswersFile": TYPED,
        "LedgerCheck": INSTALLATION,
        "MoneyReport": PAPER,
        "FundingLetter": PAPER,
        "FileLayout": "the columns of the finance system",
    },
    "reports": dict.fromkeys(
        [
            "ProgrammeCopy", "AccessFile", "SavedView", "DigestRun", "Digest", "HandOverPack", "Report", "ReportRound",
            "RoundReport", "ReportSchedule", "ScheduledRound", "OrganisationExport",
        ],
        PAPER,
    ),
}  # fmt: skip
