"""A release: what one side of a partnership gets at one stage, from the day it is due to finance's answer."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from funding.models.history import with_history
from funding.models.plans import Evidence, FundingPlan, ItemRecord, PlanItem, Side, Stage, of_office
from programmes.models import DataReturn, Partnership
from programmes.models.programmes import started


class WrongState(Exception):
    """Someone moved the release first, or the step is not open from here. The sentence is for whoever tried."""


class ApprovalQuerySet(ScopedQuerySet):
    reach = of_office("plan__")


@with_history
class Approval(models.Model):
    """What one person approved with one press of the button. The same form sent again finds this row by its key."""

    plan = models.ForeignKey(FundingPlan, on_delete=models.PROTECT, related_name="approvals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    number = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=12, decimal_places=2)
    key = models.UUIDField(unique=True, editable=False)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        triggers = [pgtrigger.Protect(name="approval_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def get_absolute_url(self):
        return reverse("funding:approval", args=[self.pk])


def of_own_side(m):
    """A head sees what the own school gets, as the partner school and as the specialist teacher's."""
    own = Partnership.objects.filter(programme__organisation=m.organisation_id)
    partner = own.filter(partner_school=m.school_id).values("pk")
    home = own.filter(specialist__home_school=m.school_id).values("pk")
    return (
        Q(school=m.school_id, stage__plan__programme__organisation=m.organisation_id)
        | Q(school=None, side=Side.PARTNER, partnership__in=partner)
        | Q(school=None, side=Side.SPECIALIST, partnership__in=home)
    )


class ReleaseQuerySet(ScopedQuerySet):
    started = started("stage__plan__programme__")
    reach = of_office("stage__plan__") | {Role.HEADTEACHER: of_own_side}

    def standing(self):
        return self.exclude(state=Release.State.VOIDED)

    def open(self):
        return self.filter(state=Release.State.OPEN)

    def fixed(self):
        """Approved or further: their amount does not change any more."""
        return self.filter(state__in=FIXED)

    def with_evidence_owed(self):
        """With whether the school itself has to act: its stage asks for evidence that is neither in nor waived."""
        asked = self.filter(pk=OuterRef("pk"), stage__conditions__contains=[Stage.Condition.EVIDENCE])
        came = Evidence.objects.filter(stage=OuterRef("stage"), partnership=OuterRef("partnership"))
        waived = Waiver.objects.filter(release=OuterRef("pk"), condition=Stage.Condition.EVIDENCE)
        return self.annotate(owes_evidence=Exists(asked) & ~Exists(came) & ~Exists(waived))

    def with_places(self):
        return self.select_related(
            "stage__plan__programme__organisation",
            "stage__data_point",
            "school",
            "partnership__area",
            "partnership__partner_school",
            "partnership__specialist__home_school",
            "partnership__specialist__user",
        )


@with_history
class Release(models.Model):
    """What one side of a partnership gets at one stage.

    As long as it is open, what it comes to and whether it is not due, waits for something or is ready is worked out
    anew each time somebody looks (`funding.standing`), so it is never behind. From its approval on it has its school,
    its amount, its lines and the evidence it rests on, for good; a payment that finance rejects leads back to approved.
    """

    class State(models.TextChoices):
        OPEN = "open", "Not approved yet"
        APPROVED = "approved", "Approved, finance pays"
        AUTHORISED = "authorised", "Sent to the finance system"
        PAID = "paid", "Paid"
        VOIDED = "voided", "Not paid any more"

    STEPS = {
        State.APPROVED: {State.OPEN, State.AUTHORISED},
        State.AUTHORISED: {State.APPROVED},
        State.PAID: {State.AUTHORISED, State.APPROVED},  # one that comes to nothing is paid once it is approved
        State.OPEN: {State.APPROVED},
        State.VOIDED: {State.OPEN, State.APPROVED},
    }

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="releases")
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="releases")
    side = models.CharField(max_length=10, choices=Side)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    amount = models.DecimalField(max_digits=10, decimal_places=2, null=True, editable=False)
    data_return = models.ForeignKey(DataReturn, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    data_version = models.PositiveIntegerField(null=True, editable=False)
    evidence = models.JSONField(default=list, editable=False)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, null=True, related_name="releases")
    payment = models.ForeignKey("funding.Payment", on_delete=models.PROTECT, null=True, related_name="releases")
    authorised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    paid_on = models.DateField(null=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    voided_at = models.DateTimeField(null=True)
    voided_because = models.CharField(max_length=200, blank=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["stage__due_on", "partnership__ref", "side"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "partnership", "side"],
                condition=~Q(state="voided"),
                name="release_one_live_per_stage_partnership_and_side",
            ),
            models.CheckConstraint(
                name="release_fixed_from_its_approval_on",
                condition=Q(state="open", amount=None, approved_by=None, approved_at=None, school=None)
                | Q(state="voided")
                | Q(
                    state__in=["approved", "authorised", "paid"],
                    amount__gte=0,
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                    school__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="release_authorised_in_a_payment",
                condition=Q(state__in=["authorised", "paid"], payment__isnull=False, authorised_by__isnull=False)
                | Q(state__in=["open", "approved", "voided"], payment=None, authorised_by=None)
                | Q(state="paid", amount=0, payment=None, authorised_by=None),
            ),
            models.CheckConstraint(
                name="release_authorised_by_someone_else_than_approved_it",
                condition=Q(authorised_by=None) | ~Q(authorised_by=F("approved_by")),
            ),
            models.CheckConstraint(
                name="release_paid_on_a_day",
                condition=Q(state="paid", paid_on__isnull=False) | ~Q(state="paid") & Q(paid_on=None),
            ),
            models.CheckConstraint(
                name="release_voided_with_a_reason",
                condition=Q(state="voided", voided_at__isnull=False) & ~Q(voided_because="")
                | ~Q(state="voided") & Q(voided_at=None, voided_by=None, voided_because=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="release_not_approved_by_whom_it_rests_on",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state="approved"),
                func="""
                    IF EXISTS (SELECT FROM programmes_datareturnentry e
                               WHERE e.data_return_id = NEW.data_return_id AND e.user_id = NEW.approved_by_id)
                        OR EXISTS (SELECT FROM programmes_datareturn r
                                   WHERE r.id = NEW.data_return_id AND r.submitted_by_id = NEW.approved_by_id)
                        OR EXISTS (SELECT FROM funding_waiver w
                                   WHERE w.release_id = NEW.id AND w.by_id = NEW.approved_by_id)
                    THEN RAISE EXCEPTION
                        'who entered or submitted the data behind a release, or waived a condition, cannot approve it';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="release_moves_along_its_steps",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF OLD.state <> NEW.state AND (OLD.state || ' ' || NEW.state) NOT IN (
                        'open approved', 'open voided', 'approved open', 'approved authorised', 'approved voided',
                        'authorised paid', 'authorised approved')
                        AND NOT (OLD.state = 'approved' AND NEW.state = 'paid' AND NEW.amount = 0)
                    THEN RAISE EXCEPTION 'a release that is % cannot become %', OLD.state, NEW.state; END IF;
                    IF OLD.state IN ('approved', 'authorised', 'paid')
                        AND NEW.state IN ('approved', 'authorised', 'paid')
                        AND (OLD.amount, OLD.school_id, OLD.approved_by_id, OLD.data_version)
                            IS DISTINCT FROM (NEW.amount, NEW.school_id, NEW.approved_by_id, NEW.data_version)
                    THEN RAISE EXCEPTION 'what was approved stays as it was'; END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(
                name="release_stays", operation=pgtrigger.Delete, condition=~pgtrigger.Q(old__state="open")
            ),
        ]

    def __str__(self):
        return f"{self.stage.name}, {self.partnership.ref}, {self.get_side_display()}"

    def get_absolute_url(self):
        return reverse("funding:release", args=[self.pk])

    @property
    def is_open(self):
        return self.state == Release.State.OPEN

    @property
    def stands(self) -> str:
        """Of one that comes to nothing no payment is spoken of: its lines are settled by its approval."""
        is_settled = self.state == Release.State.PAID and not self.amount
        return "Settled: nothing to pay" if is_settled else self.get_state_display()

    @property
    def is_fixed(self):
        return self.state in FIXED

    @property
    def school_of_side(self):
        """That of its approval; as long as it is open the one that stands on this side now."""
        if self.school_id:
            return self.school
        p = self.partnership
        return p.specialist.home_school if self.side == Side.SPECIALIST else p.partner_school


FIXED = frozenset({Release.State.APPROVED, Release.State.AUTHORISED, Release.State.PAID})


@with_history
class ReleaseLine(models.Model):
    """One line of what a release pays for. `source` is what it pays: a line that is alive pays it to nobody else."""

    class Kind(models.TextChoices):
        SHARE = "share", "Required items"
        ADJUSTMENT = "adjustment", "Adjustment of earlier stages"
        OPTIONAL = "optional", "Optional item"
        STAFF = "staff", "Training of staff"
        GRANT = "grant", "Grant"
        LATE_COVER = "late cover", "Cover cancelled late"
        OFFSET = "offset", "Paid too much before"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=10, choices=Kind)
    words = models.CharField(max_length=200)
    half_days = models.DecimalField(max_digits=6, decimal_places=2, null=True)  # a share has parts of one
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, null=True, related_name="+")
    record = models.ForeignKey(ItemRecord, on_delete=models.PROTECT, null=True, related_name="lines")
    source = models.CharField(max_length=60, blank=True)
    is_alive = models.BooleanField(default=True)

    class Meta:
        ordering = ["release", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(is_alive=True) & ~Q(source=""), name="line_pays_a_source_once"
            ),
        ]


@with_history
class Waiver(models.Model):
    """A condition that one release need not meet, with the reason. Whoever waived it cannot approve the release."""

    class Reason(models.TextChoices):
        ILLNESS = "illness", "A teacher was ill for long"
        CLOSED = "closed", "The school was closed"
        LEFT = "left", "A teacher has left, and the successor begins later"
        PUPILS = "pupils", "Target pupils have left the school"
        ELSEWHERE = "elsewhere", "It was shown in another way"
        MISTAKE = "mistake", "The condition does not apply here"

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="waivers")
    condition = models.CharField(max_length=10, choices=Stage.Condition)
    reason = models.CharField(max_length=10, choices=Reason)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "condition"],
                name="waiver_once_per_condition",
                violation_error_message="This condition is waived already.",
            )
        ]


@with_history
class Hold(models.Model):
    """Why a release waits although nothing of its conditions may be missing: a mark beside its state."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="holds")
    because = models.CharField("why it is held", max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(
                fields=["release"],
                condition=Q(ended_at__isnull=True),
                name="hold_one_at_a_time",
                violation_error_message="It is on hold already.",
            ),
            models.CheckConstraint(
                name="hold_ended_by_someone",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]
