from django.conf import settings
from django.db import models
from django.db.models import F, Q

from programmes.models.partnerships import Partnership
from programmes.models.specialists import SpecialistTeacher


class PastSpecialist(models.Model):
    """A specialist teacher whom another one followed in a partnership, from a day to a day. The present one stands in
    the partnership itself; what the past one did stays with them."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="past_specialists")
    specialist = models.ForeignKey(SpecialistTeacher, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField()
    because = models.CharField("why someone else followed", max_length=200, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(name="past_specialist_until_after_since", condition=Q(until__gte=F("since")))
        ]
