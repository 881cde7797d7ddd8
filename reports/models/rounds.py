"""The same report for every partner school of a programme: ordered at once, made one by one when nobody else waits."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from jobs.models import AFTER_OTHERS, Job, JobQuerySet
from programmes.models import DataPoint, Programme
from reports.models.reports import Report

IN_HAND = [Job.State.QUEUED, Job.State.RUNNING]


class ReportRoundQuerySet(JobQuerySet, ScopedQuerySet):
    reach = {Role.COORDINATOR: lambda m: Q(programme__organisation=m.organisation_id)}

    def due(self, now):
        """A round is ended once none of its reports is being made any more: before that there is nothing to do."""
        open_parts = RoundReport.objects.filter(round=OuterRef("pk")).still_made()
        return super().due(now).filter(~Exists(open_parts))


class ReportRound(Job):
    """One kind of report for every partner school of a programme. In hand until each of them is made or has failed.

    What it does when it is its turn is the end: it puts the files that its reader may have into one. Where nothing had
    changed since an earlier round, that one stands for it (`same_as`).
    """

    task = "reports.tasks.end_round"
    kept_for = "KEEP_PACKS_DAYS"
    priority = AFTER_OTHERS

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="report_rounds")
    kind = models.CharField(max_length=20, choices=Report.Kind)
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    data_point = models.ForeignKey(DataPoint, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    tells_heads = models.BooleanField("mail each head a link", default=False)
    same_as = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    size = models.PositiveIntegerField(default=0)

    objects = ReportRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "programme"],
                condition=Q(state__in=IN_HAND),
                name="report_round_one_in_hand",
                violation_error_message="These reports are being made already.",
            )
        ]

    def get_absolute_url(self):
        return reverse("reports:round", args=[self.pk])


class RoundReportQuerySet(JobQuerySet):
    def still_made(self):
        """Waiting, being made, or left to somebody who has asked for the same report."""
        return self.filter(Q(state__in=IN_HAND) | Q(report__state__in=IN_HAND))


class RoundReport(Job):
    """One school's report in a round. `report` is there once its figures are: a new one, or one made from the same."""

    task = "reports.tasks.make_round_report"
    priority = AFTER_OTHERS

    round = models.ForeignKey(ReportRound, on_delete=models.CASCADE, related_name="parts")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    stood = models.JSONField("what stood behind it then, as hashes", default=dict, blank=True)
    told_at = models.DateTimeField("when the heads were written to", null=True, blank=True)

    objects = RoundReportQuerySet.as_manager()

    class Meta:
        ordering = ["school__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "school"],
                name="round_report_once_per_school",
                violation_error_message="This school is in the round already.",
            )
        ]


class ReportScheduleQuerySet(ScopedQuerySet):
    reach = {Role.COORDINATOR: lambda m: Q(programme__organisation=m.organisation_id)}


class ReportSchedule(models.Model):
    """After every data point the heads of a programme's schools get a report, without anybody thinking of it."""

    class When(models.TextChoices):
        RETURNS = "returns", "Once all grades of the data point are in"
        DAYS = "days", "Some days after the data point"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="report_schedules")
    kind = models.CharField(max_length=20, choices=Report.Kind)
    when = models.CharField(max_length=10, choices=When)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    is_on = models.BooleanField(default=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind"],
                name="report_schedule_once_per_kind",
                violation_error_message="This programme has a schedule for these reports already.",
            ),
            models.CheckConstraint(
                name="report_schedule_days_iff_after_days",
                condition=Q(when="days", days__isnull=False) | Q(when="returns", days__isnull=True),
                violation_error_message="Say after how many days.",
            ),
        ]


class ScheduledRound(models.Model):
    """That a schedule had its turn at a data point, which it has once. `round` is none where the data point was past
    when the schedule was switched on."""

    schedule = models.ForeignKey(ReportSchedule, on_delete=models.CASCADE, related_name="turns")
    data_point = models.ForeignKey(DataPoint, on_delete=models.CASCADE, related_name="+")
    round = models.ForeignKey(ReportRound, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "data_point"],
                name="scheduled_round_once_per_data_point",
                violation_error_message="The reports of this data point were ordered already.",
            )
        ]
