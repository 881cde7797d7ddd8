"""A proposal of the planner, its acceptance, and how a programme wants to be planned."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from jobs.models import Job, JobQuerySet
from programmes.models import Programme


class PlannerSettings(models.Model):
    """How much each wish counts when half-days are proposed, and how often someone may be out of class."""

    class Weight(models.IntegerChoices):
        NOT_AT_ALL = 0, "Not at all"
        A_LITTLE = 1, "A little"
        AS_USUAL = 2, "As usual"
        A_LOT = 3, "A lot"

    programme = models.OneToOneField(Programme, on_delete=models.CASCADE, related_name="planner_settings")
    preferred = models.PositiveSmallIntegerField("preferred half-days", choices=Weight, default=Weight.AS_USUAL)
    spread = models.PositiveSmallIntegerField("even spread over the year", choices=Weight, default=Weight.AS_USUAL)
    edges = models.PositiveSmallIntegerField(
        "not the first or last week of a term, nor the week after a break", choices=Weight, default=Weight.AS_USUAL
    )
    together = models.PositiveSmallIntegerField(
        "two schools near each other on one day", choices=Weight, default=Weight.AS_USUAL
    )
    weekday = models.PositiveSmallIntegerField("the same day of the week", choices=Weight, default=Weight.AS_USUAL)
    changes = models.PositiveSmallIntegerField("few changes", choices=Weight, default=Weight.AS_USUAL)
    a_week = models.PositiveSmallIntegerField(
        "half-days out of class in a week",
        null=True,
        blank=True,
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )
    a_term = models.PositiveSmallIntegerField(
        "half-days out of class in a term",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    host_is_out = models.BooleanField("the teacher at the host school is out of class as well", default=True)
    near_km = models.PositiveSmallIntegerField(
        "kilometres between schools near each other", default=8, validators=[MaxValueValidator(100)]
    )

    class Meta:
        verbose_name_plural = "planner settings"


class PlanQuerySet(JobQuerySet, ScopedQuerySet):
    reach = {Role.COORDINATOR: lambda m: Q(programme__organisation=m.organisation_id)}


class Plan(Job):
    """Half-days that the planner proposes for visits of a programme: to be looked at, compared, and accepted whole.

    `partnerships` are those planned, all of them where it is empty. `asking` says whether optional
    visits are left out, and around which days away it is. `result` is what the worker found: groups with their outcome,
    visits with their half-day, reasons.
    """

    class Moves(models.TextChoices):
        NOTHING = "nothing", "Only visits without a half-day: what is planned stays"
        WHAT_MUST = "what must", "As little as possible: what can no longer be, and what it needs to make room"
        EVERYTHING = "everything", "Everything that is still to come and not locked"

    task = "visits.tasks.make_plan"
    kept_for = "KEEP_PLANS_DAYS"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="plans")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    partnerships = ArrayField(models.BigIntegerField(), default=list, blank=True)
    moves = models.CharField("what may move", max_length=10, choices=Moves, default=Moves.NOTHING)
    asking = models.JSONField(default=dict, blank=True)
    result = models.JSONField(null=True, blank=True)
    stop_asked = models.BooleanField(default=False)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(state__in=["queued", "running"]),
                name="plan_one_in_hand",
                violation_error_message="A plan for this programme is being worked out already.",
            )
        ]

    def get_absolute_url(self):
        return reverse("visits:plan", args=[self.pk])

    @property
    def stage(self):
        """What the progress line says, as one word: while it is the same, there is nothing new to show."""
        return f"{self.state}-{self.attempt}-{self.done}-{self.stop_asked}"

    @property
    def acceptance(self):
        """The latest time that somebody pressed for it; None where nobody has."""
        return self.acceptances.select_related("asked_by").order_by("-pk").first()


class PlanAcceptance(Job):
    """A plan that somebody has accepted, until all of it is booked or nothing is.

    `refusals` are what stood against it when it was to be written, as raw values; the page makes sentences of them.
    """

    task = "visits.tasks.write_plan"
    kept_for = "KEEP_PLANS_DAYS"

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="acceptances")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    refusals = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state__in=["queued", "running"]),
                name="plan_acceptance_one_in_hand",
                violation_error_message="This plan is being written already.",
            )
        ]

    @property
    def stage(self):
        """As that of the plan."""
        return f"writing-{self.pk}-{self.state}-{self.attempt}-{self.done}"
