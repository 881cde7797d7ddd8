import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from programmes.models.partnerships import Partnership
from programmes.models.programmes import started


class ObjectionQuerySet(ScopedQuerySet):
    """The coordinator's, and those of the head's own school."""

    started = started("partnership__programme__")
    reach = {
        Role.COORDINATOR: lambda m: Q(partnership__programme__organisation=m.organisation_id),
        Role.HEADTEACHER: lambda m: Q(partnership__programme__organisation=m.organisation_id, school=m.school_id),
    }

    def open(self):
        return self.filter(answered_at=None)


class Objection(models.Model):
    """A school declines or disputes its pairing, with a reason, within 14 days; the coordinator answers."""

    class Kind(models.TextChoices):
        DECLINE = "decline", "We decline this pairing"
        DISPUTE = "dispute", "We have a question about this pairing"

    class Outcome(models.TextChoices):
        KEEP = "keep", "The pairing stays"
        DISSOLVE = "dissolve", "The pairing is dissolved"

    WITHIN = dt.timedelta(days=14)

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="objections")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=200)
    note = models.TextField(max_length=2000, blank=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="objection_answered_whole_or_not",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="", outcome="")
                | Q(answered_at__isnull=False) & ~Q(answer="") & ~Q(outcome=""),
                violation_error_message="Write an answer and say whether the pairing stays.",
            ),
            models.UniqueConstraint(
                fields=["partnership", "school"],
                condition=Q(answered_at__isnull=True),
                name="objection_one_open_per_school",
                violation_error_message="This school has an open objection to this pairing already.",
            ),
        ]
