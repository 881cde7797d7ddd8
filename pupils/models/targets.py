from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from pupils.models.places import Place
from pupils.models.scales import Grade


class TargetGrade(models.Model):
    """The grade that both teachers aim at for a place: proposed on one side, agreed on the other.

    Without a grade it says that there is none any more. What stood before stays as an ended row, with who and when.
    """

    class Side(models.TextChoices):
        SPECIALIST = "specialist", "Specialist teacher"
        PARTNER = "partner", "Partner teacher"

    class Ended(models.TextChoices):
        REPLACED = "replaced", "Another one took its place"
        SET_ASIDE = "set aside", "Set aside before it was agreed"

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="targets")
    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=10, choices=Ended, blank=True)

    class Meta:
        ordering = ["proposed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["place"],
                condition=Q(agreed_at__isnull=True, ended_at__isnull=True),
                name="target_proposed_once_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["place"],
                condition=Q(agreed_at__isnull=False, ended_at__isnull=True),
                name="target_agreed_once_at_a_time",
            ),
            models.CheckConstraint(
                name="target_agreed_by_another",
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | Q(agreed_at__isnull=False) & ~Q(agreed_by=F("proposed_by")),
                violation_error_message="A target grade is agreed by a teacher of the other side.",
            ),
            models.CheckConstraint(
                name="target_ended_whole_or_not",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ended_how="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_how=""),
            ),
        ]
