"""From approved releases to money in an account: who is paid how, frozen batches, and finance's answer."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from funding.models.history import with_history
from funding.models.plans import FundingPlan


def of_organisation(m):
    return Q(organisation=m.organisation_id)


class Route(models.TextChoices):
    JOURNAL = "journal", "Internal journal"
    SUPPLIER = "supplier", "Supplier payment"


class PayeeQuerySet(ScopedQuerySet):
    reach = dict.fromkeys([Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE], of_organisation)

    def standing(self):
        """Without what was withdrawn or refused: it holds on no day."""
        return self.filter(withdrawn_at=None)

    def on(self, day):
        """What holds on this day of each school: the row that began last. By school, then newest first."""
        rows = self.standing().filter(since__lte=day).order_by("organisation_id", "school_id", "-since", "-pk")
        return rows.distinct("organisation_id", "school_id")

    def waiting(self, day):
        """Those that hold on this day or will later, and that nobody has confirmed."""
        later = self.model.objects.standing().filter(organisation=OuterRef("organisation"), school=OuterRef("school"))
        later = later.filter(
            Q(since=OuterRef("since"), pk__gt=OuterRef("pk")) | Q(since__gt=OuterRef("since"), since__lte=day)
        )
        return self.standing().filter(~Exists(later), confirmed_at=None)


@with_history
class Payee(models.Model):
    """Who gets the money of a school from a day on, and how. A change is a new row: what held before stays.

    Nothing is paid so until somebody else than whoever entered it has confirmed it. Until then whoever entered it may
    withdraw it, and whoever may confirm it may refuse it: what held before holds again.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="payees")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="payees")
    name = models.CharField("paid to", max_length=150)
    is_trust = models.BooleanField("it is the school\u2019s trust", default=False)
    route = models.CharField(max_length=10, choices=Route)
    code = models.CharField(
        "cost centre or supplier number",
        max_length=30,
        validators=[RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9 ./-]*$", "Use letters, digits, spaces and - / . only.")],
    )
    since = models.DateField("from")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    because = models.CharField("why it was withdrawn or refused", max_length=200, blank=True)

    objects = PayeeQuerySet.as_manager()

    class Meta:
        ordering = ["school__name", "-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="payee_confirmed_whole",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payee_confirmed_by_someone_else",
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("entered_by")),
            ),
            models.CheckConstraint(
                name="payee_withdrawn_with_a_reason",
                condition=Q(withdrawn_by=None, withdrawn_at=None, because="")
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False, confirmed_at=None) & ~Q(because=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="payee_stays",
                operation=pgtrigger.UpdateOf(
                    "organisation_id",
                    "school_id",
                    "name",
                    "is_trust",
                    "route",
                    "code",
                    "since",
                    "entered_by_id",
                    "entered_at",
                ),
            ),
            pgtrigger.Protect(
                name="payee_is_confirmed_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__confirmed_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="payee_stays_withdrawn",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
            pgtrigger.Protect(name="payee_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self):
        return self.name

    @property
    def has_begun(self):
        return self.since <= timezone.localdate()

    @property
    def in_words(self):
        return f"{self.name}{' (its trust)' if self.is_trust else ''}, {self.get_route_display().lower()} {self.code}"


class FileLayout(models.Model):
    """The columns of an organiser's payment file, in the words of its finance system."""

    class Column(models.TextChoices):
        REFERENCE = "reference", "Reference of the payment"
        PAYEE = "payee", "Paid to"
        CODE = "code", "Cost centre or supplier number"
        ROUTE = "route", "Route"
        URN = "urn", "URN of the school"
        AMOUNT = "amount", "Amount"
        COST_CENTRE = "cost centre", "Cost centre it is paid from"
        ACCOUNT = "account", "Account code it is paid from"
        GRANT = "grant", "Grant reference"
        PROGRAMME = "programme", "Programme"
        FOR_WHAT = "for", "For what"
        BATCH = "batch", "Reference of the batch"
        DAY = "day", "Day of authorisation"

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="payment_file")
    columns = ArrayField(models.CharField(max_length=12, choices=Column))
    headings = ArrayField(models.CharField(max_length=40))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="layout_has_reference_and_amount", condition=Q(columns__contains=["reference", "amount"])
            )
        ]


class PaymentBatchQuerySet(ScopedQuerySet):
    reach = dict.fromkeys([Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE], of_organisation)


@with_history
class PaymentBatch(models.Model):
    """Releases whose payment was authorised together, frozen from then on with the file that goes to finance."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="payment_batches")
    number = models.PositiveIntegerField()
    total = models.DecimalField(max_digits=12, decimal_places=2)
    releases_number = models.PositiveIntegerField()
    authorised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    authorised_at = models.DateTimeField(default=timezone.now)
    key = models.UUIDField(unique=True, editable=False)
    content = models.BinaryField(editable=False)
    sha256 = models.CharField(max_length=64, editable=False)

    objects = PaymentBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="batch_once_per_number"),
            models.CheckConstraint(name="batch_pays_something", condition=Q(total__gt=0, releases_number__gt=0)),
        ]
        triggers = [pgtrigger.Protect(name="batch_is_frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("funding:batch", args=[self.pk])

    @property
    def reference(self):
        return f"LS{self.organisation_id:03}-{self.number:04}"


@with_history
class Payment(models.Model):
    """One payment of a batch: all releases to one payee out of one plan, with finance's answer."""

    class Answer(models.TextChoices):
        WAITING = "", "Waiting for finance\u2019s answer"
        PAID = "paid", "Paid"
        REJECTED = "rejected", "Rejected"

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="payments")
    plan = models.ForeignKey(FundingPlan, on_delete=models.PROTECT, related_name="payments")
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, related_name="payments")
    number = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    answer = models.CharField(max_length=10, choices=Answer, blank=True, default=Answer.WAITING)
    because = models.CharField("why it was rejected", max_length=200, blank=True)
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="payment_once_per_number"),
            models.UniqueConstraint(fields=["batch", "plan", "payee"], name="payment_once_per_payee_and_plan"),
            models.CheckConstraint(name="payment_pays_something", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="payment_answered_whole",
                condition=Q(answer="", answered_on=None, answered_by=None, answered_at=None, because="")
                | Q(answer="paid", answered_on__isnull=False, answered_by__isnull=False, answered_at__isnull=False)
                | Q(answer="rejected", answered_by__isnull=False, answered_at__isnull=False) & ~Q(because=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="payment_is_frozen",
                operation=pgtrigger.UpdateOf("batch_id", "plan_id", "payee_id", "number", "amount"),
            ),
            pgtrigger.Protect(
                name="payment_is_answered_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__answer=""),
            ),
            pgtrigger.Protect(name="payment_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="payment_goes_where_two_have_said",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF NOT EXISTS (SELECT FROM funding_payee p
                                   WHERE p.id = NEW.payee_id AND p.confirmed_at IS NOT NULL)
                    THEN RAISE EXCEPTION 'nobody has confirmed yet that this payee is paid like that'; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    @property
    def reference(self):
        return f"{self.batch.reference}-{self.number:03}"


class AnswersFile(models.Model):
    """The rows of finance's answer to a batch as somebody has sent them, while they are looked at and mended.

    They are the last ones of this person for the batch, until they are taken or set aside, and a week at most.
    """

    batch = models.ForeignKey(PaymentBatch, on_delete=models.CASCADE, related_name="answers_files")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    text = models.TextField()
    ignored = models.JSONField("columns that are not used", default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "by"], name="answers_file_once_per_person")]

    def __str__(self):
        return f"answer to {self.batch_id}"
