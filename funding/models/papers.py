"""Papers of money: what was asked for, frozen as it stood, and made by a worker."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Organisation, School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from funding.models.plans import FundingPlan, Stage
from jobs.models import JobQuerySet, Paper


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
