from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from jobs.models import Job, JobQuerySet
from programmes.models import Programme


class ErasureQuerySet(JobQuerySet, ScopedQuerySet):
    reach = {Role.COORDINATOR: lambda m: Q(programme__organisation=m.organisation_id)}


class Erasure(Job):
    """What is known of the pupils of a programme goes, as a person confirmed it. `counted` is what they were shown.

    Once `begun_at` is set the figures are frozen and rows are going: it can only go on from there.
    """

    class How(models.TextChoices):
        DELETE = "delete", "Delete the pupils"
        ANONYMISE = "anonymise", "Keep their grades without anything that tells whose they are"

    task = "pupils.tasks.erase"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="erasures")
    how = models.CharField(max_length=9, choices=How)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    counted = models.JSONField(default=dict)
    begun_at = models.DateTimeField(null=True, editable=False)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(state__in=["queued", "running"]),
                name="erasure_one_in_hand",
                violation_error_message="The pupil data of this programme is being erased already.",
            )
        ]

    @property
    def stage(self):
        """What the progress line says, as one word: while it is the same, there is nothing new to show."""
        return f"{self.state}-{self.attempt}-{self.done}"


class FrozenFigures(models.Model):
    """The figures of a programme as they stood when its pupil data was erased: from then on these are its results."""

    programme = models.OneToOneField(Programme, on_delete=models.CASCADE, related_name="frozen")
    figures = models.JSONField()
    frozen_at = models.DateTimeField()
