"""The funding plan of a programme: by whom it is funded, what it pays for, in which stages, and on what conditions."""

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from funding.models.history import with_history
from programmes.models import DataPoint, Partnership, Programme, TimetableStep

MOST_BUDGET, MOST_RATE = Decimal("99999999.99"), Decimal("9999.99")


def of_office(through=""):
    """Who reaches the money of the whole programme, through the plan."""

    def of_organisation(m):
        return Q(**{f"{through}programme__organisation": m.organisation_id})

    return dict.fromkeys([Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE], of_organisation)


class Side(models.TextChoices):
    SPECIALIST = "specialist", "Specialist teacher\u2019s school"
    PARTNER = "partner", "Partner school"


class FundingPlanQuerySet(ScopedQuerySet):
    reach = of_office()

    def in_force(self):
        return self.filter(status=FundingPlan.Status.ACTIVE)


@with_history
class FundingPlan(models.Model):
    """What a programme pays for release time. In force it changes only with a reason, and never what was paid."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Being drawn up"
        ACTIVE = "active", "In force"

    programme = models.OneToOneField(Programme, on_delete=models.PROTECT, related_name="funding_plan")
    funder = models.CharField(max_length=120)
    grant_ref = models.CharField("grant reference", max_length=40, blank=True)
    cost_centre = models.CharField(max_length=20)
    account_code = models.CharField(max_length=20)
    budget = models.DecimalField(
        max_digits=10, decimal_places=2, validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(MOST_BUDGET)]
    )
    rate = models.DecimalField(
        "rate for a half-day of release",
        max_digits=6,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(MOST_RATE)],
    )
    pays_late_cover = models.BooleanField("cover cancelled within two school days is paid", default=True)
    pays_host_cover = models.BooleanField("cover of the host is paid", default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    activated_at = models.DateTimeField(null=True, editable=False)

    objects = FundingPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="plan_amounts_are_above_nothing", condition=Q(budget__gt=0, rate__gt=0)),
            models.CheckConstraint(
                name="plan_in_force_says_by_whom",
                condition=Q(status="draft", activated_by=None, activated_at=None)
                | Q(status="active", activated_by__isnull=False, activated_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"Funding of {self.programme}"

    def get_absolute_url(self):
        return reverse("funding:plan", args=[self.programme.slug])

    @property
    def is_in_force(self):
        return self.status == FundingPlan.Status.ACTIVE


class StageQuerySet(ScopedQuerySet):
    reach = of_office("plan__")


@with_history
class Stage(models.Model):
    """One of the days on which money goes out, and what must have happened by then."""

    class Condition(models.TextChoices):
        AGREEMENT = "agreement", "The agreement is signed in every capacity"
        DATA = "data", "The grades of the data point are complete and submitted"
        VISITS = "visits", "The visits due by then are recorded and signed off"
        EVIDENCE = "evidence", "Evidence is in"

    plan = models.ForeignKey(FundingPlan, on_delete=models.CASCADE, related_name="stages")
    name = models.CharField(max_length=40)
    due_on = models.DateField("due on")
    data_point = models.ForeignKey(DataPoint, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    share = models.DecimalField(
        "share of the required items, in per cent",
        max_digits=6,
        decimal_places=3,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    conditions = ArrayField(models.CharField(max_length=10, choices=Condition), default=list, blank=True)
    evidence = models.CharField("which evidence", max_length=120, blank=True)

    objects = StageQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "name"],
                name="stage_once_per_name",
                violation_error_message="This plan has a stage of this name already.",
            ),
            models.UniqueConstraint(
                fields=["plan", "due_on"],
                name="stage_once_per_day",
                violation_error_message="Two stages cannot be due on one day.",
            ),
            models.CheckConstraint(name="stage_share_is_a_percentage", condition=Q(share__range=(0, 100))),
            models.CheckConstraint(
                name="stage_conditions_are_known",
                condition=Q(conditions__contained_by=["agreement", "data", "visits", "evidence"]),
            ),
            models.CheckConstraint(
                name="stage_names_the_data_point_it_waits_for",
                condition=~Q(conditions__contains=["data"]) | Q(data_point__isnull=False),
                violation_error_message="Say which data point the stage waits for.",
            ),
            models.CheckConstraint(
                name="stage_names_the_evidence_it_waits_for",
                condition=~Q(conditions__contains=["evidence"]) | ~Q(evidence=""),
                violation_error_message="Say which evidence the stage waits for.",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def share_words(self):
        return f"{self.share.normalize():f}%"

    @property
    def conditions_in_words(self):
        """As they are switched on, the evidence by its name."""
        return [self.evidence if one == "evidence" else Stage.Condition(one).label for one in self.conditions]


@with_history
class PlanItem(models.Model):
    """Something that the plan pays for: half-days of a step of the timetable, or an amount that is named.

    A required one is inside the shares of the stages, or in the stage that names it. Any other is paid in the next
    stage after it is recorded: a visit or an event by itself, an amount by the coordinator. `staff` are paid for each
    person of the school who was present, as many as the programme funds.
    """

    class Kind(models.TextChoices):
        REQUIRED = "required", "Required"
        OPTIONAL = "optional", "Optional"
        STAFF = "staff", "Training of staff, for each person present"
        GRANT = "grant", "Grant on sign-off of an action plan"

    plan = models.ForeignKey(FundingPlan, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.REQUIRED)
    step = models.ForeignKey(TimetableStep, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)
    specialist_half_days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(20)])
    partner_half_days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(20)])
    specialist_amount = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal(0))
    partner_amount = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal(0))
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="items")

    class Meta:
        ordering = ["step__order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "step"], condition=Q(step__isnull=False), name="item_once_per_step_of_a_plan"
            ),
            models.UniqueConstraint(
                fields=["plan", "name"],
                condition=Q(step__isnull=True),
                name="item_once_per_name_of_a_plan",
                violation_error_message="This plan has an item of this name already.",
            ),
            models.CheckConstraint(
                name="item_pays_half_days_or_an_amount",
                condition=Q(specialist_amount=0, partner_amount=0) | Q(specialist_half_days=0, partner_half_days=0),
                violation_error_message="Give half-days or an amount, not both.",
            ),
            models.CheckConstraint(
                name="item_amounts_are_not_below_nothing", condition=Q(specialist_amount__gte=0, partner_amount__gte=0)
            ),
            models.CheckConstraint(
                name="item_named_by_a_stage_is_required", condition=Q(stage=None) | Q(kind="required")
            ),
        ]

    def __str__(self):
        return self.name

    def half_days(self, side) -> int:
        return self.specialist_half_days if side == Side.SPECIALIST else self.partner_half_days

    def worth(self, side, rate) -> Decimal:
        """What it pays to this side, once."""
        return self.half_days(side) * rate or (
            self.specialist_amount if side == Side.SPECIALIST else self.partner_amount
        )


class PlanChange(models.Model):
    """One change of a plan in force: what it was before and after, who made it, when and why."""

    plan = models.ForeignKey(FundingPlan, on_delete=models.CASCADE, related_name="changes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=300)
    before = models.JSONField()
    after = models.JSONField()
    difference = models.DecimalField("what all schools get more or less", max_digits=10, decimal_places=2)

    class Meta:
        ordering = ["-at", "-pk"]
        triggers = [pgtrigger.Protect(name="plan_change_stays", operation=pgtrigger.Update)]


@with_history
class ItemRecord(models.Model):
    """That an item which is not required was done by one side of a partnership. It is paid in the next stage."""

    item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="records")
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    on = models.DateField("day")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "partnership", "side", "on"],
                condition=Q(withdrawn_at__isnull=True),
                name="item_recorded_once_per_side_and_day",
                violation_error_message="It is recorded already.",
            ),
            models.CheckConstraint(
                name="item_record_withdrawn_by_someone",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]


@with_history
class Evidence(models.Model):
    """That the evidence which a stage waits for is in, for one partnership."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="received")
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    on = models.DateField("day")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "partnership"],
                name="evidence_once_per_partnership",
                violation_error_message="It is in already.",
            )
        ]


@with_history
class VisitNotHeld(models.Model):
    """That a required visit of one partnership will not take place any more. It is paid to nobody; what was paid for it
    is taken from open stages or asked back. A visit that takes place after all counts whatever stands here."""

    item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="not_held")
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    because = models.CharField("why", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name, verbose_name_plural = "visit not held", "visits not held"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "partnership"],
                condition=Q(withdrawn_at__isnull=True),
                name="visit_not_held_once",
                violation_error_message="It is recorded already.",
            ),
            models.CheckConstraint(
                name="visit_not_held_withdrawn_by_someone",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]
