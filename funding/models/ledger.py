"""The ledger: each movement of money as a signed amount, added and never changed."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import School
from accounts.scoping import ScopedQuerySet
from funding.models.history import with_history
from funding.models.plans import FundingPlan, Side, Stage, of_office
from funding.models.releases import Release, ReleaseLine
from programmes.models import Partnership


class LedgerEntryQuerySet(ScopedQuerySet):
    reach = of_office("plan__")


class LedgerEntry(models.Model):
    """A signed amount on one account of a school and stage, with the row it comes from.

    A release that moves on takes its amount from the account where it stood and puts it on the next one.
    """

    class Account(models.TextChoices):
        APPROVED = "approved", "Approved, not yet with finance"
        WITH_FINANCE = "with finance", "With finance"
        PAID = "paid", "Paid"

    plan = models.ForeignKey(FundingPlan, on_delete=models.PROTECT, related_name="ledger")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="ledger")
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    account = models.CharField(max_length=12, choices=Account)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    reason = models.CharField(max_length=40)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="ledger")
    recovery = models.ForeignKey("funding.Recovery", on_delete=models.PROTECT, null=True, related_name="ledger")
    source = models.CharField(max_length=60)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        verbose_name_plural = "ledger entries"
        constraints = [
            models.UniqueConstraint(fields=["source", "account"], name="ledger_entry_once_per_source_and_account"),
            models.CheckConstraint(name="ledger_entry_is_not_nothing", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="ledger_entry_of_a_release_or_a_recovery",
                condition=Q(release__isnull=False, recovery=None) | Q(release=None, recovery__isnull=False),
            ),
        ]
        triggers = [pgtrigger.Protect(name="ledger_is_only_added_to", operation=pgtrigger.Update | pgtrigger.Delete)]


class LedgerCheck(models.Model):
    """One nightly recomputation of all balances from the rows they come from, and what differed."""

    at = models.DateTimeField(default=timezone.now)
    balances = models.PositiveIntegerField()
    differences = models.JSONField(default=list)

    class Meta:
        ordering = ["-at", "-pk"]


class RecoveryQuerySet(ScopedQuerySet):
    reach = of_office("plan__")

    def owed(self):
        """What schools are to pay back: not so once it is set against a release."""
        return self.filter(state=Recovery.State.APPROVED, offset_in=None)

    def given_back(self):
        """What came back, in money or by a later stage, and that no release has made good since."""
        lines = ReleaseLine.objects.filter(is_alive=True, kind=ReleaseLine.Kind.ADJUSTMENT, amount__gt=0)
        lines = lines.filter(
            release__stage__plan=OuterRef("plan"),
            release__partnership=OuterRef("partnership"),
            release__side=OuterRef("side"),
            release__approved_at__date__gte=OuterRef("ended_on"),
        )
        back = [Recovery.State.RECOVERED, Recovery.State.OFFSET]
        return self.filter(~Exists(lines), state__in=back)


@with_history
class Recovery(models.Model):
    """Money that a school was paid and has not used: asked back, or set against its next stage."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "Worked out, not asked for yet"
        REQUESTED = "requested", "Waiting for a second person"
        APPROVED = "approved", "Waiting for the school to pay it back"
        RECOVERED = "recovered", "Paid back"
        OFFSET = "offset", "Set against a later stage"
        DROPPED = "dropped", "Not asked for"

    class Reason(models.TextChoices):
        FOLDED = "folded", "The partnership folded before its half-days were used"
        NOT_HELD = "not held", "Visits did not take place"
        ABSENT = "absent", "Nobody of the school was at a funded event"
        MISTAKE = "mistake", "It was paid by mistake"
        CHANGED = "changed", "What it rests on has changed since it was paid"

    plan = models.ForeignKey(FundingPlan, on_delete=models.PROTECT, related_name="recoveries")
    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="recoveries")
    side = models.CharField(max_length=10, choices=Side)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    reason = models.CharField(max_length=10, choices=Reason)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    half_days_paid = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    half_days_used = models.PositiveSmallIntegerField(null=True)
    working = models.JSONField("how it was worked out, in sentences", default=list, editable=False)
    proposed_at = models.DateTimeField(default=timezone.now)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_on = models.DateField(null=True)
    because = models.CharField("why it is not asked for", max_length=200, blank=True)
    is_kept = models.BooleanField("the school keeps it, and it is not worked out again", default=False)
    offset_in = models.ForeignKey(Release, on_delete=models.PROTECT, null=True, related_name="offsets")

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        verbose_name_plural = "recoveries"
        constraints = [
            models.CheckConstraint(name="recovery_is_of_something", condition=Q(amount__gt=0)),
            models.UniqueConstraint(
                fields=["partnership", "side"],
                condition=Q(state__in=["proposed", "requested", "approved"]),
                name="recovery_one_open_per_side",
            ),
            models.CheckConstraint(
                name="recovery_approved_by_a_second_person",
                condition=Q(approved_by=None) | ~Q(approved_by=models.F("requested_by")),
            ),
            models.CheckConstraint(
                name="recovery_says_who_took_each_step",
                condition=Q(state="proposed", requested_by=None, approved_by=None)
                | Q(state="requested", requested_by__isnull=False, approved_by=None)
                | Q(
                    state__in=["approved", "recovered", "offset"],
                    requested_by__isnull=False,
                    approved_by__isnull=False,
                )
                | Q(state="dropped") & ~Q(because=""),
            ),
        ]

    @property
    def is_owed(self) -> bool:
        """Whether the school is to pay it back: not so once it is set against a release."""
        return self.state == Recovery.State.APPROVED and self.offset_in_id is None

    @property
    def is_back(self) -> bool:
        """Whether the school has given it back, in money or by a later stage."""
        return self.state in {Recovery.State.RECOVERED, Recovery.State.OFFSET}

    @property
    def how_it_stands(self) -> str:
        """To the school and to the office alike. Of one that is set against a release nobody pays anything back."""
        if self.offset_in_id is None:
            return self.get_state_display()
        stage = f"the {self.offset_in.stage} stage of {self.offset_in.partnership.ref}"
        if self.state == Recovery.State.APPROVED:
            return f"Set against {stage}, which pays so much less. There is nothing to pay back"
        return f"Taken off {stage}"
