"""One factory per model, with no surprises: required fields only. Names are numbered."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Membership, Organisation, School, User
from accounts.roles import Role
from lessons.models import Finding, Sheet, Study, VisitRecord
from programmes.letters.facts import digest_of, facts_of
from programmes.models import (
    ActionItem,
    DataPoint,
    HeadsLetter,
    Nomination,
    PairingRun,
    PartnerSchool,
    Partnership,
    PartnershipStep,
    PartnerTeacher,
    Programme,
    SpecialistTeacher,
)
from pupils.models import Assessment, Place, TargetPupil
from pupils.upn import upn_index
from reports.kinds import figures_of
from reports.models import Report
from visits.models import Attendance, Booking, Event, EventSeries, Plan, Visit


def free_la_code(n):
    """Three digits do not last for all tests of a process, and rows that are copied in bring codes of their own."""
    taken = set(Organisation.objects.values_list("la_code", flat=True))
    return next(code for k in range(600) if (code := f"{300 + (n + k) % 600}") not in taken)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence("Shire {}".format)
    la_code = factory.Sequence(lambda n: free_la_code(n))


class SchoolFactory(DjangoModelFactory):
    class Meta:
        model = School

    urn = factory.Sequence(lambda n: f"{910000 + n}")
    la_code = "199"
    la_name = "Nowhere"
    name = factory.Sequence("Alder {} School".format)
    type = "Community school"
    status = School.Status.OPEN
    phase = "Primary"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence("person{}@schools.example".format)
    password = "!"  # cannot be used: people come in by a code, or set one
    first_name = "Robin"
    last_name = factory.Sequence("Surname{}".format)
    is_active = True


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.COORDINATOR
    organisation = factory.SubFactory(OrganisationFactory)
    starts_on = dt.date(2020, 9, 1)


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence("Programme {}".format)
    slug = factory.Sequence("programme-{}".format)
    starts_on = dt.date(2026, 9, 1)
    ends_on = dt.date(2027, 8, 31)
    status = Programme.Status.ACTIVE
    subjects = ["maths"]
    year_groups = [5]
    scale = "nc-sublevels"
    expected_points = 3


class DataPointFactory(DjangoModelFactory):
    class Meta:
        model = DataPoint

    programme = factory.SubFactory(ProgrammeFactory)
    name = "October"
    due_on = dt.date(2026, 10, 16)


class SpecialistTeacherFactory(DjangoModelFactory):
    class Meta:
        model = SpecialistTeacher

    programme = factory.SubFactory(ProgrammeFactory)
    ref = factory.Sequence("S{}".format)
    user = factory.SubFactory(UserFactory)
    home_school = factory.SubFactory(SchoolFactory)


class PartnerSchoolFactory(DjangoModelFactory):
    """A school that takes part and waits for one partnership in Year 5 maths."""

    class Meta:
        model = PartnerSchool

    programme = factory.SubFactory(ProgrammeFactory)
    school = factory.SubFactory(SchoolFactory)
    stage = PartnerSchool.Stage.JOINED
    subject = "maths"
    year_group = 5


class NominationFactory(DjangoModelFactory):
    class Meta:
        model = Nomination

    specialist = factory.SubFactory(SpecialistTeacherFactory)
    nominated_by = "The head of the home school"
    nominated_on = dt.date(2026, 5, 4)


class HeadsLetterFactory(DjangoModelFactory):
    """A letter with the facts of the day on which it is made."""

    class Meta:
        model = HeadsLetter

    partner_school = factory.SubFactory(PartnerSchoolFactory)
    ordered_by = factory.SubFactory(UserFactory)
    facts = factory.LazyAttribute(lambda letter: facts_of(letter.partner_school))
    digest = factory.LazyAttribute(lambda letter: digest_of(letter.facts))


class PairingRunFactory(DjangoModelFactory):
    """Suggestions that are there, and suggest nothing."""

    class Meta:
        model = PairingRun

    programme = factory.SubFactory(ProgrammeFactory)
    asked_by = factory.SubFactory(UserFactory)
    state = PairingRun.State.DONE
    asking = factory.LazyFunction(lambda: {"own_school": False, "refused": []})
    result = factory.LazyFunction(
        lambda: {
            "pairs": [],
            "unplaced": [],
            "metres": 0,
            "unknown": 0,
            "nearest_first": {"placed": 0, "metres": 0, "unknown": 0},
        }
    )


class PartnershipFactory(DjangoModelFactory):
    """An active partnership with one partner teacher (`partner_teacher`), without an area."""

    class Meta:
        model = Partnership
        skip_postgeneration_save = True

    programme = factory.SubFactory(ProgrammeFactory)
    ref = factory.Sequence("P{}".format)
    specialist = factory.SubFactory(SpecialistTeacherFactory, programme=factory.SelfAttribute("..programme"))
    partner_school = factory.SubFactory(SchoolFactory)
    subject = "maths"
    year_group = 5
    status = Partnership.Status.ACTIVE

    @factory.post_generation
    def partner_teacher(self, create, given, **kwargs):
        PartnerTeacher.objects.create(partnership=self, user=given or UserFactory(), since=self.programme.starts_on)
        PartnershipStep.objects.create(partnership=self, status=self.status, on=self.programme.starts_on)


class VisitFactory(DjangoModelFactory):
    """One that took place has its record."""

    class Meta:
        model = Visit

    partnership = factory.SubFactory(PartnershipFactory)
    kind = Visit.Kind.OBSERVATION
    on = dt.date(2027, 2, 9)
    half = "am"
    host = factory.SelfAttribute("partnership.partner_school")
    status = Visit.Status.PLANNED
    recorded_at = factory.LazyAttribute(lambda v: timezone.now() if v.status == Visit.Status.TOOK_PLACE else None)


class BookingFactory(DjangoModelFactory):
    class Meta:
        model = Booking

    visit = factory.SubFactory(VisitFactory)
    person = factory.SubFactory(UserFactory)
    on = factory.SelfAttribute("visit.on")
    half = factory.SelfAttribute("visit.half")


class PlanFactory(DjangoModelFactory):
    """A plan that is there, and proposes nothing."""

    class Meta:
        model = Plan

    programme = factory.SubFactory(ProgrammeFactory)
    ordered_by = factory.SubFactory(UserFactory)
    state = Plan.State.DONE
    result = factory.LazyFunction(
        lambda: {
            "today": "2026-11-27",
            "groups": [],
            "visits": [],
            "reasons": {},
            "wishes": dict.fromkeys(
                ["preferred", "preferences", "edges", "weekdays", "partnerships", "together", "from_middle"], 0
            ),
            "cost": 0,
        }
    )


class ActionItemFactory(DjangoModelFactory):
    class Meta:
        model = ActionItem

    programme = factory.SubFactory(ProgrammeFactory)
    what = factory.Sequence("Ring school {}".format)
    owner = factory.SubFactory(UserFactory)
    made_by = factory.SelfAttribute("owner")
    due_on = dt.date(2027, 2, 12)


class EventSeriesFactory(DjangoModelFactory):
    class Meta:
        model = EventSeries

    programme = factory.SubFactory(ProgrammeFactory)
    rhythm = EventSeries.Rhythm.MONTHLY
    first_on = dt.date(2026, 9, 10)
    until = dt.date(2027, 7, 16)


class EventFactory(DjangoModelFactory):
    """A twilight of the whole programme, for its teachers."""

    class Meta:
        model = Event

    programme = factory.SubFactory(ProgrammeFactory)
    kind = Event.Kind.TWILIGHT
    on = dt.date(2027, 2, 11)
    starts_at = dt.time(16)
    ends_at = dt.time(18)
    audience = ["specialist", "partner"]


class AttendanceFactory(DjangoModelFactory):
    class Meta:
        model = Attendance

    event = factory.SubFactory(EventFactory)
    person = factory.SubFactory(UserFactory)


class TargetPupilFactory(DjangoModelFactory):
    class Meta:
        model = TargetPupil

    programme = factory.SubFactory(ProgrammeFactory)
    ref = factory.Sequence("C{}".format)
    first_name = factory.Sequence("Forename{}".format)
    last_name = factory.Sequence("Family{}".format)
    year_group = 5
    upn_index = factory.LazyAttribute(lambda pupil: upn_index(getattr(pupil, "upn", "")))


class PlaceFactory(DjangoModelFactory):
    class Meta:
        model = Place

    partnership = factory.SubFactory(PartnershipFactory)
    pupil = factory.SubFactory(TargetPupilFactory, programme=factory.SelfAttribute("..partnership.programme"))


class AssessmentFactory(DjangoModelFactory):
    class Meta:
        model = Assessment

    place = factory.SubFactory(PlaceFactory)
    data_point = factory.SubFactory(DataPointFactory)


class ReportFactory(DjangoModelFactory):
    class Meta:
        model = Report
        skip_postgeneration_save = True

    kind = Report.Kind.PROGRAMME
    programme = factory.SubFactory(ProgrammeFactory)
    ordered_by = factory.SubFactory(UserFactory)
    digest = "0" * 64
    figures = factory.LazyFunction(dict)

    @factory.post_generation
    def frozen(self, create, wanted, **kwargs):
        """The figures of this moment, where a test reads the report."""
        if wanted:
            Report.objects.filter(pk=self.pk).update(figures=figures_of(Report.objects.get(pk=self.pk)))


class SheetFactory(DjangoModelFactory):
    class Meta:
        model = Sheet


class VisitRecordFactory(DjangoModelFactory):
    """A record that is being written."""

    class Meta:
        model = VisitRecord

    visit = factory.SubFactory(VisitFactory)
    sheet = factory.SubFactory(SheetFactory, programme=factory.SelfAttribute("..visit.partnership.programme"))
    written_by = factory.SelfAttribute("visit.partnership.specialist.user")


class StudyFactory(DjangoModelFactory):
    """A study without members, of which nothing is written yet."""

    class Meta:
        model = Study

    partnership = factory.SubFactory(PartnershipFactory)
    sheet = factory.SubFactory(SheetFactory, programme=factory.SelfAttribute("..partnership.programme"))
    begun_by = factory.SelfAttribute("partnership.specialist.user")


class FindingFactory(DjangoModelFactory):
    """A draft without words."""

    class Meta:
        model = Finding

    study = factory.SubFactory(StudyFactory)
    sheet = factory.SubFactory(SheetFactory, programme=factory.SelfAttribute("..study.partnership.programme"))
    begun_by = factory.SelfAttribute("study.begun_by")
