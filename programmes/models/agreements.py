import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from programmes.models.partnerships import OWN, Partnership, of_either_school, through_partnership
from programmes.models.programmes import Programme


class AgreementText(models.Model):
    """The words of a programme's agreement. Each change is a new version, so that a signed one keeps its own."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="agreement_texts")
    version = models.PositiveSmallIntegerField()
    protocol = models.TextField(max_length=5000)
    data_commitments = models.TextField(max_length=5000)
    targets = models.TextField(max_length=5000, blank=True)
    release_time = models.TextField(max_length=5000, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["programme", "version"], name="agreement_text_once_per_version")]


class AgreementQuerySet(ScopedQuerySet):
    reach = through_partnership(OWN | {Role.HEADTEACHER: of_either_school})

    def current(self):
        return self.filter(superseded_at=None)


class Agreement(models.Model):
    """What both heads and all teachers of a partnership sign. Its words are frozen; a change is a new version."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    sections = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    because = models.CharField("why this version was made", max_length=200, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "version"], name="agreement_once_per_version"),
            models.UniqueConstraint(
                fields=["partnership"],
                condition=Q(superseded_at__isnull=True),
                name="agreement_one_current_per_partnership",
                violation_error_message="This partnership has an agreement already.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="agreement_words_are_frozen",
                operation=pgtrigger.UpdateOf("sections", "version", "partnership_id", "made_at"),
            )
        ]


class Signature(models.Model):
    """A capacity in which an agreement must be signed, and the signature once it is there, for good."""

    class Capacity(models.TextChoices):
        SPECIALIST = "specialist", "Specialist teacher"
        PARTNER = "partner", "Partner teacher"
        HEAD_OF_PARTNER_SCHOOL = "partner head", "Headteacher of the partner school"
        HEAD_OF_HOME_SCHOOL = "home head", "Headteacher of the specialist teacher's school"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="signatures")
    capacity = models.CharField(max_length=12, choices=Capacity)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    typed_name = models.CharField(max_length=200, blank=True)
    as_deputy = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "capacity", "person", "school"],
                nulls_distinct=False,
                name="signature_once_per_capacity",
            ),
            models.CheckConstraint(
                name="signature_whole_or_not_there",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True, typed_name="")
                | Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(typed_name=""),
                violation_error_message="Type your name to sign.",
            ),
            models.CheckConstraint(
                name="signature_teachers_are_persons_heads_are_of_schools",
                condition=Q(capacity__in=["specialist", "partner"], person__isnull=False)
                | Q(capacity__in=["partner head", "home head"], person__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signature_stays_as_signed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            )
        ]

    @property
    def is_signed(self):
        return self.signed_at is not None
