from django.conf import settings
from django.db import models
from django.utils import timezone

from programmes.models.programmes import Programme


class KeepingChange(models.Model):
    """Somebody said until when the pupil data of a programme is kept, and why. Rows are only ever added."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="keeping_changes")
    before = models.DateField()
    after = models.DateField()
    because = models.CharField("why", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
