from functools import reduce
from operator import or_

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from jobs.models import JobQuerySet, Paper
from programmes.models import Area, DataPoint, Partnership, Programme, SpecialistTeacher
from programmes.models.partnerships import OWN
from programmes.models.programmes import started
from programmes.models.specialists import areas_of, of_organisation

# Which columns say what a report is about, besides its programme; and which of them each kind has.
SUBJECTS = ("school", "partnership", "specialist", "area", "data_point")
ABOUT = {
    "school impact": {"school"},
    "governors": {"school"},
    "home school impact": {"school"},
    "programme results": set(),
    "partnership progress": {"partnership", "data_point"},
    "school progress": {"school", "data_point"},
    "area progress": {"area", "data_point"},
    "programme progress": {"data_point"},
    "specialist year": {"specialist"},
    "visit records": {"partnership"},
    "signed records": {"partnership"},
    "steering pack": set(),
    "public summary": set(),
}
OF_A_SCHOOL = ["school impact", "governors", "home school impact", "school progress"]
OF_A_PARTNERSHIP = ["partnership progress", "visit records"]
# Without names: coordinators and consultants know pupils by their references.
OF_A_PROGRAMME = [
    "programme results", "governors", "area progress", "programme progress", "signed records", "steering pack",
    "public summary",
]  # fmt: skip


def about_own_partnership(role):
    return lambda m: Q(kind__in=OF_A_PARTNERSHIP, partnership__in=Partnership.objects.filter(OWN[role](m)).values("pk"))


class ReportQuerySet(JobQuerySet, ScopedQuerySet):
    """A report holds what its reader may see: it is for whoever has the same role in the same place today."""

    started = started("programme__")
    reach = {
        Role.HEADTEACHER: lambda m: Q(
            kind__in=OF_A_SCHOOL, programme__organisation=m.organisation_id, school=m.school_id
        ),
        Role.COORDINATOR: lambda m: Q(kind__in=OF_A_PROGRAMME, programme__organisation=m.organisation_id),
        Role.CONSULTANT: lambda m: (
            Q(kind=Report.Kind.AREA_PROGRESS, area__in=areas_of(m))
            | Q(
                kind=Report.Kind.SIGNED,
                partnership__in=Partnership.objects.filter(OWN[Role.CONSULTANT](m)).values("pk"),
            )
        ),
        Role.SPECIALIST: lambda m: (
            about_own_partnership(Role.SPECIALIST)(m)
            | Q(
                kind=Report.Kind.YEAR,
                specialist__in=SpecialistTeacher.objects.filter(of_organisation(m), user=m.user_id),
            )
        ),
        Role.PARTNER: about_own_partnership(Role.PARTNER),
    }


class Report(Paper):
    """A report that someone asked for: the job, its progress, its frozen figures and its file in one row.

    `digest` is the hash of the figures and the template's version: asking again while nothing changed gives this one.
    What each kind says, and to whom, stands in `reports.kinds`.
    """

    class Kind(models.TextChoices):
        SCHOOL = "school impact", "School impact report"
        GOVERNORS = "governors", "Impact report for governors"
        HOME = "home school impact", "Impact report of our specialist teachers"
        PROGRAMME = "programme results", "Programme results"
        PARTNERSHIP_PROGRESS = "partnership progress", "Progress report of a partnership"
        SCHOOL_PROGRESS = "school progress", "Progress report of a school"
        AREA_PROGRESS = "area progress", "Progress report of an area"
        PROGRAMME_PROGRESS = "programme progress", "Progress report of a programme"
        YEAR = "specialist year", "Year of a specialist teacher"
        RECORDS = "visit records", "Visit records of a partnership"
        SIGNED = "signed records", "Signed visit records of a partnership"
        STEERING = "steering pack", "Steering-group pack"
        PUBLIC = "public summary", "Public summary"

    task = "reports.tasks.make_report"

    kind = models.CharField(max_length=20, choices=Kind)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="reports")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    specialist = models.ForeignKey(SpecialistTeacher, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    data_point = models.ForeignKey(DataPoint, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    parts = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    digest = models.CharField(max_length=64)
    figures = models.JSONField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "programme", "school", "partnership", "specialist", "area", "data_point", "parts"],
                condition=Q(state__in=["queued", "running"]),
                nulls_distinct=False,
                name="report_one_in_hand",
                violation_error_message="This report is being made already.",
            ),
            models.CheckConstraint(
                name="report_is_about_what_its_kind_is_about",
                condition=reduce(
                    or_,
                    (
                        Q(kind=kind, **{f"{name}__isnull": name not in about for name in SUBJECTS})
                        for kind, about in ABOUT.items()
                    ),
                ),
            ),
        ]

    def get_absolute_url(self):
        return reverse("reports:detail", args=[self.pk])

    @property
    def about(self) -> dict:
        """The columns that say what it is about besides its programme, with their rows."""
        return {name: getattr(self, name) for name in SUBJECTS} | {"parts": self.parts}

    @property
    def named(self) -> str:
        """What a button says of it to those who only listen."""
        return f": {self.get_kind_display()}, {self.subject_of}, {self.programme.academic_year}"

    @property
    def subject_of(self) -> str:
        """The school, the person, the area or the programme that the report is about."""
        about = self.school or self.specialist or self.area or self.programme.name
        name = f"{self.partnership.label}, {self.partnership.partner_school}" if self.partnership_id else str(about)
        return f"{name}, {self.data_point}" if self.data_point_id else name
