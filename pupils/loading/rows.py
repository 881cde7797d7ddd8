"""What a row of each file must be. Fields carry the columns' own names; a blank cell counts as not given."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, model_validator

from accounts.models import School
from accounts.register.columns import UNKNOWN_DAYS
from papers.sheets import Choice, DayFirstDate, Email, SemicolonList, Text, WholeNumber, Wrong, YearGroup, quote
from programmes.models import Partnership, TimetableStep
from pupils.models import Assessment, TargetPupil
from pupils.upn import WrongUpn, clean_upn


def text_up_to(longest):
    def check(value):
        if len(value) > longest:
            raise Wrong(f"{quote(value)} has {len(value)} characters.", f"Shorten it to {longest}.")
        return value

    return AfterValidator(check)


Ref = Annotated[Text, text_up_to(40)]
Name = Annotated[Text, text_up_to(100)]
Subject = Annotated[Text, text_up_to(60)]
KnownDate = Annotated[DayFirstDate, AfterValidator(lambda day: None if day in UNKNOWN_DAYS else day)]


def checked_urn(value):
    if not re.fullmatch(r"[0-9]{6}", value):
        raise Wrong(f"{quote(value)} is not a URN.", "A URN has six digits, as in the national register.")
    return value


def checked_la_code(value):
    if not re.fullmatch(r"[0-9]{3}", value):
        raise Wrong(f"{quote(value)} is not an LA code.", "An LA code has three digits, such as 881.")
    return value


def checked_upn(value):
    try:
        return clean_upn(value)
    except WrongUpn as error:
        raise Wrong(f"{error}.", "Copy it again from your management system, or leave the cell blank.") from None


Urn = Annotated[str, AfterValidator(checked_urn)]
LaCode = Annotated[str, AfterValidator(checked_la_code)]


class SchoolRow(BaseModel):
    urn: Urn = Field(alias="URN")
    la_code: LaCode = Field(alias="LA (code)")
    la_name: Name = Field(alias="LA (name)")
    establishment_number: Annotated[Text, text_up_to(4)] = Field("", alias="EstablishmentNumber")
    name: Annotated[Text, text_up_to(200)] = Field(alias="EstablishmentName")
    type: Name = Field("", alias="TypeOfEstablishment (name)")
    status: Choice({school.label: school.value for school in School.Status}) = Field(alias="EstablishmentStatus (name)")
    opened_on: KnownDate | None = Field(None, alias="OpenDate")
    closed_on: KnownDate | None = Field(None, alias="CloseDate")
    phase: Annotated[Text, text_up_to(50)] = Field("", alias="PhaseOfEducation (name)")
    low_age: WholeNumber | None = Field(None, alias="StatutoryLowAge", ge=0, le=99)
    high_age: WholeNumber | None = Field(None, alias="StatutoryHighAge", ge=0, le=99)
    number_of_pupils: WholeNumber | None = Field(None, alias="NumberOfPupils", ge=0, le=100_000)
    percentage_fsm: Decimal | None = Field(None, alias="PercentageFSM", ge=0, le=100, decimal_places=2)
    street: Annotated[Text, text_up_to(150)] = Field("", alias="Street")
    town: Name = Field("", alias="Town")
    postcode: Annotated[Text, text_up_to(10)] = Field("", alias="Postcode")
    head_title: Annotated[Text, text_up_to(30)] = Field("", alias="HeadTitle (name)")
    head_first_name: Name = Field("", alias="HeadFirstName")
    head_last_name: Name = Field("", alias="HeadLastName")
    easting: WholeNumber | None = Field(None, alias="Easting", ge=0, le=1_000_000)
    northing: WholeNumber | None = Field(None, alias="Northing", ge=0, le=2_000_000)


# Nothing hangs on these. The programme's schools do hang on the days.
LENIENT_COLUMNS = {
    field.alias
    for name, field in SchoolRow.model_fields.items()
    if not field.is_required() and name not in {"opened_on", "closed_on"}
}


class SpecialistRow(BaseModel):
    ref: Ref
    first_name: Name
    last_name: Name
    email: Email
    home_school_urn: Urn
    subjects: SemicolonList[Subject] = []
    year_groups: SemicolonList[YearGroup] = []
    joined: Annotated[Text, text_up_to(40)] = ""
    outcome: Annotated[Text, text_up_to(80)] = ""


class PartnershipRow(BaseModel):
    ref: Ref
    specialist_teacher: Ref
    partner_school_urn: Urn
    partner_teacher_first_name: Name = ""
    partner_teacher_last_name: Name = ""
    partner_teacher_email: Email = ""
    subject: Subject
    year_group: YearGroup
    area: Annotated[Text, text_up_to(80)] = ""
    status: Choice(Partnership.Status)
    ended_on: DayFirstDate | None = None
    reason: Text = ""


class PupilRow(BaseModel):
    pupil: Ref
    upn: Annotated[str, AfterValidator(checked_upn)] = ""
    partnership: Ref
    first_name: Name = ""
    last_name: Name = ""
    year_group: YearGroup
    sex: Choice(TargetPupil.Sex, {"U": "", "unknown": "", "not known": ""}) = ""
    pupil_premium: Choice(TargetPupil.YesNo, {"unknown": TargetPupil.YesNo.UNKNOWN}) = TargetPupil.YesNo.UNKNOWN
    sen: Choice(TargetPupil.Sen) = TargetPupil.Sen.NONE
    eal: Choice(TargetPupil.YesNo, {"unknown": TargetPupil.YesNo.UNKNOWN}) = TargetPupil.YesNo.UNKNOWN


PUPIL_ALIASES = {
    "pupil": ["Pupil reference", "Ref"],
    "upn": ["Unique Pupil Number"],
    "first_name": ["Forename", "First name", "Given name"],
    "last_name": ["Surname", "Last name", "Family name"],
    "year_group": ["Year", "Year group", "NC Year"],
    "sex": ["Gender"],
    "pupil_premium": ["PP"],
    "sen": ["SEN status", "SEN provision"],
    "eal": ["English as an additional language"],
}


class AssessmentRow(BaseModel):
    pupil: Ref
    partnership: Ref
    subject: Subject
    data_point: Annotated[Text, text_up_to(40)]
    assessed_on: DayFirstDate | None = None
    grade: Annotated[Text, text_up_to(30)] = ""
    not_assessed_reason: Choice(Assessment.Reason) = ""

    @model_validator(mode="after")
    def either_or(self):
        if self.grade and self.not_assessed_reason:
            raise Wrong(
                "The row has both a grade and a reason why there is none.",
                "Keep the grade, or keep the reason.",
                column="not_assessed_reason",
            )
        if not self.grade and not self.not_assessed_reason:
            reasons = ", ".join(Assessment.Reason.values)
            raise Wrong(
                "The row has neither a grade nor a reason why there is none.",
                f"Enter the grade, or one of the reasons: {reasons}.",
                column="grade",
            )
        return self


class TimetableRow(BaseModel):
    order: WholeNumber = Field(ge=1, le=999)
    type: Choice(TimetableStep.Type)
    name: Annotated[Text, text_up_to(120)]
    window_start: DayFirstDate
    window_end: DayFirstDate
    half_days: WholeNumber = Field(0, ge=0, le=20)
    host: Annotated[Text, text_up_to(60)] = ""
    audience: Text = ""
    funded_specialist_half_days: WholeNumber = Field(0, ge=0, le=20)
    funded_partner_half_days: WholeNumber = Field(0, ge=0, le=20)
    required: Choice({"yes": True, "no": False}, {"y": True, "n": False, "true": True, "false": False}) = True
    records: Text = ""

    @model_validator(mode="after")
    def window(self):
        if self.window_end < self.window_start:
            raise Wrong("The window ends before it starts.", "Correct one of the two dates.", column="window_end")
        return self
