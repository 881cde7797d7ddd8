import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet


def with_part(**part):
    """Programmes that have such a part, as a subquery: a rule of reach must not join a to-many relation."""
    return Programme.objects.filter(**part).values("pk")


def started(path=""):
    """Whether the programme to which `path` leads is no draft any more."""
    return ~Q(**{f"{path}status": "draft"})


class ProgrammeQuerySet(ScopedQuerySet):
    started = started()
    reach = {
        Role.COORDINATOR: lambda m: Q(organisation=m.organisation_id),
        Role.BUDGET_HOLDER: lambda m: Q(organisation=m.organisation_id),
        Role.FINANCE: lambda m: Q(organisation=m.organisation_id),
        Role.CONSULTANT: lambda m: (
            Q(organisation=m.organisation_id)
            & (
                Q(pk__in=with_part(areas__consultants__user=m.user_id))
                | Q(pk__in=with_part(specialists__consultant=m.user_id))
            )
        ),
        Role.SPECIALIST: lambda m: Q(organisation=m.organisation_id, pk__in=with_part(specialists__user=m.user_id)),
        Role.PARTNER: lambda m: Q(
            organisation=m.organisation_id,
            pk__in=with_part(
                partnerships__partner_school=m.school_id,
                partnerships__partner_teachers__user=m.user_id,
                partnerships__partner_teachers__until=None,
            ),
        ),
        Role.HEADTEACHER: lambda m: (
            Q(organisation=m.organisation_id)
            & (
                Q(pk__in=with_part(partnerships__partner_school=m.school_id))
                | Q(pk__in=with_part(specialists__home_school=m.school_id))
            )
        ),
    }

    def past_their_date(self, today):
        """Those whose pupil data was to be kept until a day that is past, and still stands."""
        by_default = Q(kept_until=None, ends_on__lt=a_year_before(today))
        started = self.exclude(status=Programme.Status.DRAFT).filter(erased_at=None)
        return started.filter(by_default | Q(kept_until__lt=today))

    def open(self):
        """Those that may still be changed: what a closed one says stands."""
        return self.exclude(status=Programme.Status.CLOSED)


class Programme(models.Model):
    """One organiser's programme for one academic year, 1 September to 31 August."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Being set up"
        ACTIVE = "active", "Running"
        CLOSED = "closed", "Closed"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    subjects = ArrayField(models.CharField(max_length=60))
    year_groups = ArrayField(models.PositiveSmallIntegerField())
    scale = models.CharField(max_length=30)
    expected_points = models.DecimalField(
        "expected progress in points, first to last data point", max_digits=6, decimal_places=2, null=True, blank=True
    )
    other_authorities = models.BooleanField("schools of other LAs may take part", default=False)
    initials_only = models.BooleanField("pupils are entered by initials only", default=False)
    funded = models.BooleanField("release time is funded", default=True)
    staff_funded = models.PositiveSmallIntegerField("staff funded per school for training", null=True, blank=True)
    heads_letter_words = models.TextField("what you say at the top of the letter", blank=True, max_length=1500)
    agreement_revisited_on = models.DateField("day on which the agreement is revisited", null=True, blank=True)
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    tasks_done = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    hide_up_to = models.PositiveSmallIntegerField("hide blocks of up to this many pupils", default=5)
    hide_whole_up_to = models.PositiveSmallIntegerField("hide shares of 0% and 100% of up to this many", default=10)
    kept_until = models.DateField("last day on which pupil data is kept", null=True, blank=True)
    erased_at = models.DateTimeField("when its pupil data was erased", null=True, blank=True, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                name="programme_ends_after_it_starts",
                condition=Q(ends_on__gt=F("starts_on")),
                violation_error_message="The programme must end after it starts.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("programmes:detail", args=[self.slug])

    @property
    def academic_year(self):
        """Written 2026-27."""
        return f"{self.starts_on.year}-{self.ends_on.year % 100:02}"

    @property
    def title(self):
        """The name with the year, which many a name says already."""
        return self.name if self.academic_year in self.name else f"{self.name} {self.academic_year}"

    @property
    def is_over(self):
        return self.ends_on < timezone.localdate()

    @property
    def pupils_kept_until(self):
        """The last day on which its pupil data is kept: what was set, or 12 months after its year."""
        return self.kept_until or years_later(self.ends_on, 1)

    @property
    def is_past_its_date(self):
        return self.erased_at is None and self.pupils_kept_until < timezone.localdate()


def years_later(day, years):
    """The same day so many years later; of 29 February the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def a_year_before(day):
    return years_later(day, -1)


def academic_year(on):
    """The academic year that a day lies in, as its first and last day."""
    start = on.year if on.month >= 9 else on.year - 1
    return dt.date(start, 9, 1), dt.date(start + 1, 8, 31)


def areas_with(**part):
    """Areas that have such a part, as a subquery."""
    return Area.objects.filter(**part).values("pk")


class AreaQuerySet(ScopedQuerySet):
    started = started("programme__")
    reach = {
        Role.COORDINATOR: lambda m: Q(programme__organisation=m.organisation_id),
        Role.BUDGET_HOLDER: lambda m: Q(programme__organisation=m.organisation_id),
        Role.FINANCE: lambda m: Q(programme__organisation=m.organisation_id),
        Role.CONSULTANT: lambda m: Q(
            programme__organisation=m.organisation_id, pk__in=areas_with(consultants__user=m.user_id)
        ),
        Role.SPECIALIST: lambda m: Q(
            programme__organisation=m.organisation_id, pk__in=areas_with(partnerships__specialist__user=m.user_id)
        ),
        Role.PARTNER: lambda m: Q(
            programme__organisation=m.organisation_id,
            pk__in=areas_with(
                partnerships__partner_school=m.school_id,
                partnerships__partner_teachers__user=m.user_id,
                partnerships__partner_teachers__until=None,
            ),
        ),
        Role.HEADTEACHER: lambda m: (
            Q(programme__organisation=m.organisation_id)
            & (
                Q(pk__in=areas_with(partnerships__partner_school=m.school_id))
                | Q(pk__in=areas_with(partnerships__specialist__home_school=m.school_id))
            )
        ),
    }


class Area(models.Model):
    """A part of the organiser's schools with a consultant; also called a cluster."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="areas")
    name = models.CharField(max_length=80)

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="area_once_per_programme",
                violation_error_message="This programme has an area of this name already.",
            )
        ]

    def __str__(self):
        return self.name


class AreaConsultant(models.Model):
    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="consultants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "user"], name="consultant_once_per_area")]


class DataPoint(models.Model):
    """A day by which every target pupil's current grade is in."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="data_points")
    name = models.CharField(max_length=40)
    due_on = models.DateField()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"],
                name="data_point_once_per_name",
                violation_error_message="This programme has a data point of this name already.",
            ),
            models.UniqueConstraint(
                fields=["programme", "due_on"],
                name="data_point_once_per_day",
                violation_error_message="Two data points cannot be due on one day.",
            ),
        ]

    def __str__(self):
        return self.name


class Expectation(models.Model):
    """Age-related expectation of one year group, as grades of the programme's scale."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="expectations")
    year_group = models.PositiveSmallIntegerField()
    met_from = models.CharField(max_length=20)
    exceeded_from = models.CharField(max_length=20)

    class Meta:
        ordering = ["year_group"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "year_group"], name="expectation_once_per_year_group")
        ]


class SuccessCriterion(models.Model):
    class Measure(models.TextChoices):
        ABOVE_EXPECTED_RATE = "above_expected_rate", "Target pupils who gained more than expected"
        SPECIALIST_TEACHERS_COMPLETING = "specialist_teachers_completing", "Specialist teachers who completed the year"
        POSITIVE_FEEDBACK = "positive_feedback", "Positive feedback from partner teachers and schools"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="success_criteria")
    measure = models.CharField(max_length=40, choices=Measure)
    target_pct = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100)])

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "measure"], name="criterion_once_per_measure"),
            models.CheckConstraint(name="criterion_is_a_percentage", condition=Q(target_pct__range=(1, 100))),
        ]


class TimetableStep(models.Model):
    """One step of the programme's year: an event or a visit, its window, and the half-days it funds per side."""

    class Type(models.TextChoices):
        EVENT = "event", "Event"
        VISIT = "visit", "Visit"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="timetable")
    order = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=5, choices=Type)
    name = models.CharField(max_length=120)
    window_start = models.DateField()
    window_end = models.DateField()
    half_days = models.PositiveSmallIntegerField()
    host = models.CharField(max_length=60, blank=True)
    audience = models.CharField(max_length=200, blank=True)
    funded_specialist_half_days = models.PositiveSmallIntegerField()
    funded_partner_half_days = models.PositiveSmallIntegerField()
    required = models.BooleanField(default=True)
    records = models.TextField(blank=True)
    least_gap = models.PositiveSmallIntegerField("days after the visit before it, at least", default=1)
    greatest_gap = models.PositiveSmallIntegerField("days after the visit before it, at most", null=True, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.CheckConstraint(
                name="timetable_gaps_leave_room",
                condition=Q(greatest_gap__isnull=True) | Q(greatest_gap__gte=F("least_gap")),
                violation_error_message="The greatest gap must not be smaller than the least.",
            ),
            models.UniqueConstraint(fields=["programme", "order"], name="timetable_step_once_per_order"),
            models.CheckConstraint(
                name="timetable_window_ends_after_it_starts",
                condition=Q(window_end__gte=F("window_start")),
                violation_error_message="The window must not end before it starts.",
            ),
        ]
