from programmes.models.partnerships import Partnership, PartnershipStep, PartnerTeacher, SpecialistTeacher
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
from programmes.models.returns import DataReturn, DataReturnEntry

__all__ = [
    "Area",
    "AreaConsultant",
    "DataPoint",
    "DataReturn",
    "DataReturnEntry",
    "Expectation",
    "PartnerTeacher",
    "Partnership",
    "PartnershipStep",
    "Programme",
    "SpecialistTeacher",
    "SuccessCriterion",
    "TimetableStep",
    "academic_year",
]
