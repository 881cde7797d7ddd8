from django.conf import settings
from django.db import models
from django.utils import timezone

from programmes.models.partnerships import Partnership


class AreaChange(models.Model):
    """One change of a partnership's area. The names are kept, as an area that is left empty may be deleted."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="area_changes")
    before = models.CharField(max_length=80, blank=True)
    after = models.CharField(max_length=80, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
