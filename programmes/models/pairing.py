from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from jobs.models import Job, JobQuerySet
from programmes.models.programmes import Programme


class PairingRunQuerySet(JobQuerySet, ScopedQuerySet):
    reach = {Role.COORDINATOR: lambda m: Q(programme__organisation=m.organisation_id)}


class PairingRun(Job):
    """Suggestions for all partner schools without a specialist teacher, and what a coordinator decides on each.

    `result` is what the worker found: ids, metres and reasons. `inputs` are fingerprints of what it was found from, so
    that a later change can be told. `asking` says how it was asked. `choices` is the draft, a line for each pair of the
    result ("school-specialist"): accepted (perhaps someone else), rejected, or made into a partnership.
    """

    task = "programmes.tasks.suggest_pairs"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="pairing_runs")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asking = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)
    result = models.JSONField(null=True, blank=True)
    choices = models.JSONField(default=dict)

    objects = PairingRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(state__in=["queued", "running"]),
                name="pairing_run_one_in_hand",
                violation_error_message="Suggestions for this programme are being worked out already.",
            )
        ]

    def get_absolute_url(self):
        return reverse("programmes:pairing_run", args=[self.pk])

    @property
    def stage(self):
        """What the progress line says, as one word: while it is the same, there is nothing new to show."""
        return f"{self.state}-{self.attempt}-{self.done}"
