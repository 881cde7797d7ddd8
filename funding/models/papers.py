"""Papers of money: what was asked for, frozen as it stood, and made by a worker."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Organisation, School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from funding.models.plans import FundingPlan, Stage, of_office
from jobs.models import JobQuerySet, Paper
from programmes.models.programmes import started


def of_organisation(m):
    return Q(organisation=m.organisation_id)


def of_own_school(m):
    return Q(kind=MoneyReport.Kind.SCHOOL, organisation=m.organisation_id, school=m.school_id)


class MoneyReportQuerySet(JobQuerySet, ScopedQuerySet):
    """The office reads those of its organisation, a head the statements of the own school."""

    reach = dict.fromkeys([Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE], of_organisation) | {
        Role.HEADTEACHER: of_own_school
    }


class MoneyReport(Paper):
    """A PDF about money that somebody asked for: the job, its progress, its frozen figures and its file in one row.

    `digest` is the hash of the figures: asking again while nothing changed gives this one.
    """

    class Kind(models.TextChoices):
        STAGE = "stage", "Funding-release report"
        SCHOOL = "school", "Statement of money"
        PROGRAMME = "programme", "Programme statement"

    task = "funding.tasks.make_report"

    kind = models.CharField(max_length=10, choices=Kind)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(FundingPlan, on_delete=models.PROTECT, null=True, related_name="reports")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, related_name="reports")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64)
    figures = models.JSONField()

    objects = MoneyReportQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "organisation", "plan", "stage", "school"],
                condition=Q(state__in=["queued", "running"]),
                nulls_distinct=False,
                name="money_report_one_in_hand",
                violation_error_message="This report is being made already.",
            ),
            models.CheckConstraint(
                name="money_report_is_about_one_thing",
                condition=Q(kind="stage", plan__isnull=False, stage__isnull=False, school=None)
                | Q(kind="programme", plan__isnull=False, stage=None, school=None)
                | Q(kind="school", plan=None, stage=None, school__isnull=False),
            ),
        ]

    def get_absolute_url(self):
        return reverse("funding:paper", args=[self.pk])

    @property
    def about(self):
        """The school, the stage or the programme."""
        if self.kind == MoneyReport.Kind.SCHOOL:
            return str(self.school)
        title = self.plan.programme.title
        return f"{self.stage.name} stage, {title}" if self.kind == MoneyReport.Kind.STAGE else title

    @property
    def file_title(self):
        """Of its file: names the programme, the stage or the URN, never a person."""
        if self.kind == MoneyReport.Kind.SCHOOL:
            return f"money-{self.school.urn}"
        slug = self.plan.programme.slug
        return f"releases-{slug}-{self.stage_id}" if self.kind == MoneyReport.Kind.STAGE else f"money-{slug}"


def of_issued(m):
    """A head reads what was issued to the own school."""
    return Q(state="done", school=m.school_id, stage__plan__programme__organisation=m.organisation_id)


class FundingLetterQuerySet(JobQuerySet, ScopedQuerySet):
    started = started("stage__plan__programme__")
    reach = of_office("stage__plan__") | {Role.HEADTEACHER: of_issued}

    def issued(self):
        return self.filter(state=FundingLetter.State.DONE)

    def in_force(self):
        """Those that hold: of each school and stage one at most."""
        return self.issued().filter(superseded_at=None)


class FundingLetter(Paper):
    """The letter that tells one school what was released to it at one stage.

    It is issued once its file is there, and supersedes the one before in the same transaction. From then on nothing of
    it changes but that a later one supersedes it. Whoever holds it finds out by its reference and check code whether it
    is genuine and still holds.
    """

    task = "funding.tasks.make_letter"

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="letters")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=20, unique=True, editable=False)
    code = models.CharField("check code", max_length=20, editable=False)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    digest = models.CharField(max_length=64)
    figures = models.JSONField()
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    superseded_at = models.DateTimeField(null=True, editable=False)
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    objects = FundingLetterQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "school"],
                condition=Q(state__in=["queued", "running"]),
                name="letter_one_in_hand",
                violation_error_message="This letter is being made already.",
            ),
            models.UniqueConstraint(
                fields=["stage", "school"],
                condition=Q(state="done", superseded_at=None),
                name="letter_one_in_force",
            ),
            models.CheckConstraint(
                name="letter_superseded_by_another",
                condition=Q(superseded_at=None, superseded_by=None)
                | Q(superseded_at__isnull=False, superseded_by__isnull=False),
            ),
            models.CheckConstraint(name="letter_is_not_below_nothing", condition=Q(amount__gte=0)),
        ]
        triggers = [
            pgtrigger.Protect(
                name="letter_says_what_it_said",
                operation=pgtrigger.UpdateOf(
                    "stage_id", "school_id", "reference", "code", "amount", "digest", "figures", "ordered_by_id"
                ),
            ),
            pgtrigger.Protect(
                name="letter_is_issued_once",
                operation=pgtrigger.UpdateOf("state", "file", "sha256", "pages", "size", "finished_at"),
                condition=pgtrigger.Q(old__state="done"),
            ),
            pgtrigger.Protect(
                name="letter_stays_superseded",
                operation=pgtrigger.UpdateOf("superseded_at", "superseded_by_id"),
                condition=pgtrigger.Q(old__superseded_at__isnull=False),
            ),
            pgtrigger.Protect(name="letter_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("funding:letter", args=[self.pk])

    @property
    def holds(self):
        return self.is_done and self.superseded_at is None

    @property
    def supersedes(self) -> str:
        """The reference of the one before it, or nothing."""
        return (self.figures.get("supersedes") or {}).get("reference", "")

    @property
    def code_in_groups(self) -> str:
        return in_groups(self.code)


def in_groups(code: str) -> str:
    """A code as people read and type it: four letters at a time."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))
