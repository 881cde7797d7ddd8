"""A selection of findings on paper, made for one person by a worker."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.scoping import ScopedQuerySet
from jobs.models import Job, JobQuerySet
from lessons.models.findings import FindingQuerySet

MOST_IN_A_BOOKLET = 200
LONG = dt.timedelta(minutes=2)


class BookletQuerySet(JobQuerySet, ScopedQuerySet):
    """It is for whoever asked for it."""

    reach = dict.fromkeys(FindingQuerySet.reach, lambda m: Q(ordered_by=m.user_id))


class Booklet(Job):
    """The findings in it by key, in the order in which they were chosen. `versions` is what the pages hold of each, so
    that a booklet is not handed out once one of them has been withdrawn."""

    task = "lessons.tasks.make_booklet"
    kept_for = "KEEP_PACKS_DAYS"

    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=100, default="What we found")
    chosen = ArrayField(models.PositiveBigIntegerField())
    versions = models.JSONField(default=dict)
    pages = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)

    objects = BookletQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]

    def get_absolute_url(self):
        return reverse("lessons:booklet", args=[self.pk])

    @property
    def is_late(self):
        return self.in_hand and timezone.now() - self.queued_at > LONG

    @property
    def stage(self):
        """What the progress line says, as one word: while it is the same, there is nothing new to show."""
        return f"{self.state}-{self.attempt}-{self.done}-{'late' if self.is_late else 'early'}"
