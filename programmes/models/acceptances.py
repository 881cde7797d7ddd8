from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import School
from programmes.models.partnerships import Partnership


class Acceptance(models.Model):
    """A headteacher agrees to a proposed partnership for one school. What is taken back stays, and counts no more."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="acceptances")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "school"],
                condition=Q(taken_back_at__isnull=True),
                name="acceptance_once_per_school",
                violation_error_message="This school has agreed to this partnership already.",
            ),
            models.CheckConstraint(
                name="acceptance_taken_back_by_someone",
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
            ),
        ]
