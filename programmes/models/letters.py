from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from jobs.models import Job, JobQuerySet
from programmes.models.programmes import started
from programmes.models.recruiting import PartnerSchool


class HeadsLetterQuerySet(JobQuerySet, ScopedQuerySet):
    """The coordinator's; and those of the head's own school, once they were sent."""

    started = started("partner_school__programme__")
    reach = {
        Role.COORDINATOR: lambda m: Q(partner_school__programme__organisation=m.organisation_id),
        Role.HEADTEACHER: lambda m: Q(
            partner_school__programme__organisation=m.organisation_id,
            partner_school__school=m.school_id,
            sent_at__isnull=False,
        ),
    }

    def outlived(self, now):
        """A letter is kept as long after the end of its programme: until then it is what a head was told."""
        last_day = timezone.localtime(now).date() - self.model.kept()
        return self.exclude(pk__in=self.in_hand().values("pk")).filter(partner_school__programme__ends_on__lt=last_day)


class HeadsLetter(Job):
    """The letter to the head of one partner school: what the year holds, as the facts stood when it was asked for.

    `digest` is the hash of its facts: asking again while nothing changed gives this one.
    """

    task = "programmes.tasks.make_heads_letter"
    kept_for = "KEEP_LETTERS_DAYS"

    partner_school = models.ForeignKey(PartnerSchool, on_delete=models.CASCADE, related_name="letters")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    facts = models.JSONField()
    pages = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField("when it first went out", null=True, editable=False)

    objects = HeadsLetterQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner_school"],
                condition=Q(state__in=["queued", "running"]),
                name="heads_letter_one_in_hand",
                violation_error_message="The letter to this school is being made already.",
            )
        ]

    def get_absolute_url(self):
        return reverse("programmes:letter", args=[self.pk])

    @property
    def stage(self):
        """What the progress line says, as one word: while it is the same, there is nothing new to show."""
        return f"{self.state}-{self.attempt}-{self.done}"
