from django.conf import settings
from django.db import models
from django.utils import timezone


class AuditEvent(models.Model):
    """Who did what to which row, and when. Ids only: a name written here could never be erased."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    did = models.CharField(max_length=50)
    about = models.CharField(max_length=80, blank=True)
    model = models.CharField(max_length=50, blank=True)
    row = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["model", "row"], name="audit_by_row")]
