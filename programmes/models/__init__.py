from programmes.models.acceptances import Acceptance
from programmes.models.actions import ActionItem, ActionNote
from programmes.models.agreements import Agreement, AgreementText, Revisit, Signature
from programmes.models.area_changes import AreaChange
from programmes.models.closures import SchoolClosure, SchoolLimits
from programmes.models.keeping import KeepingChange
from programmes.models.letters import HeadsLetter
from programmes.models.objections import Objection
from programmes.models.pairing import PairingRun
from programmes.models.partnerships import Partnership, PartnershipStep, PartnerTeacher
from programmes.models.people import PastSpecialist
from programmes.models.programmes import (
    Area,
    AreaConsultant,
    DataPoint,
    Expectation,
    Programme,
    SuccessCriterion,
    TimetableStep,
    academic_year,
)
from programmes.models.recruiting import (
    ConflictOfInterest,
    HeadContact,
    Nomination,
    PartnerSchool,
    SpecialistStep,
)
from programmes.models.returns import DataReturn, DataReturnEntry
from programmes.models.specialists import SpecialistTeacher
from programmes.models.templates import TemplateStep, TimetableTemplate
from programmes.models.terms import TermDate

__all__ = [
    "Acceptance",
    "ActionItem",
    "ActionNote",
    "Agreement",
    "AgreementText",
    "Area",
    "AreaChange",
    "AreaConsultant",
    "ConflictOfInterest",
    "DataPoint",
    "DataReturn",
    "DataReturnEntry",
    "Expectation",
    "HeadContact",
    "HeadsLetter",
    "KeepingChange",
    "Nomination",
    "Objection",
    "PairingRun",
    "PartnerSchool",
    "PartnerTeacher",
    "Partnership",
    "PartnershipStep",
    "PastSpecialist",
    "Programme",
    "Revisit",
    "SchoolClosure",
    "SchoolLimits",
    "Signature",
    "SpecialistStep",
    "SpecialistTeacher",
    "SuccessCriterion",
    "TemplateStep",
    "TermDate",
    "TimetableStep",
    "TimetableTemplate",
    "academic_year",
]
