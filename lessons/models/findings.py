"""What a study found, in words for others: drafted by its authors, shown to whom each of them has agreed."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from lessons.models.sheets import Sheet
from lessons.models.studies import Study


class Finding(models.Model):
    """What a study found. Its boxes are drafted in its sheet; what others read is what stood there when the last of
    its authors consented, and is nobody's but the authors' as soon as one of them withdraws.

    Case pupils are letters in it. The columns from `headline` on are what is published; empty in a draft.
    """

    class Audience(models.TextChoices):
        GROUP = "group", "Our group only"
        SCHOOL = "school", "Our schools"
        PROGRAMME = "programme", "Everyone in the programme"
        PUBLIC = "public", "Anyone, on a public page"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="findings")
    sheet = models.OneToOneField(Sheet, on_delete=models.CASCADE, related_name="finding")
    audience = models.CharField(max_length=9, choices=Audience, default=Audience.GROUP)
    begun_at = models.DateTimeField(default=timezone.now)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField("the version of the sheet that is published", null=True, blank=True)
    slug = models.SlugField(max_length=80, unique=True, null=True, blank=True)
    subject = models.CharField(max_length=60, blank=True)
    year_group = models.PositiveSmallIntegerField(null=True, blank=True)
    headline = models.CharField(max_length=300, blank=True)
    technique = models.CharField(max_length=200, blank=True)
    themes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    words = models.JSONField(default=dict, blank=True)  # box -> text, as published
    search = SearchVectorField(null=True, editable=False)

    class Meta:
        ordering = ["-published_at", "-pk"]
        indexes = [
            GinIndex(fields=["search"], name="finding_search"),
        ]
        constraints = [
            models.CheckConstraint(
                name="finding_published_with_words",
                condition=Q(published_at=None, version=None)
                | Q(published_at__isnull=False, version__isnull=False, slug__isnull=False) & ~Q(headline=""),
            )
        ]

    def __str__(self):
        return f"finding {self.pk}"

    def get_absolute_url(self):
        return reverse("lessons:finding", args=[self.pk])

    @property
    def is_published(self):
        return self.published_at is not None


class FindingConsent(models.Model):
    """An author agrees that the finding, as it stood in that version, is shown to that audience; until withdrawn."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="consents")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=9, choices=Finding.Audience)
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "person"], condition=Q(withdrawn_at=None), name="finding_consent_once_at_a_time"
            )
        ]


class FindingCitation(models.Model):
    """A study builds on what another found."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="citations")
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="cited_in")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "finding"],
                name="finding_cited_once_per_study",
                violation_error_message="The study builds on this finding already.",
            )
        ]
