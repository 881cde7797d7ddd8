"""What the members of a study take out of it, made for one of them by a worker."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from jobs.models import Job, JobQuerySet
from lessons.models.studies import Study, members_of, of_same_organisation
from programmes.models.programmes import started

LONG = dt.timedelta(minutes=2)


def own_export(**more):
    return lambda m: of_same_organisation(m, "study__") & Q(ordered_by=m.user_id, study__in=members_of(m), **more)


class StudyExportQuerySet(JobQuerySet, ScopedQuerySet):
    """It is for whoever asked for it, as long as they are a member; one that names pupils for a teacher of theirs."""

    started = started("study__partnership__programme__")
    reach = {
        Role.SPECIALIST: own_export(),
        Role.PARTNER: own_export(),
        Role.CONSULTANT: own_export(names_pupils=False),
    }


class StudyExport(Job):
    """A study as a PDF or as a bundle of files."""

    class Kind(models.TextChoices):
        NAMED = "named", "PDF with the names of the case pupils"
        LETTERS = "letters", "PDF with A, B and C"
        PHOTOS = "photos", "PDF with A, B and C and the photos of work"
        BUNDLE = "bundle", "Bundle of files"

    task = "lessons.tasks.make_study_export"
    kept_for = "KEEP_PACKS_DAYS"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="exports")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind)
    names_pupils = models.BooleanField(default=False)
    looked_at = models.CharField(max_length=64, blank=True)  # a digest of the suspected names that were looked at
    pages = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)

    objects = StudyExportQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "ordered_by", "kind"],
                condition=Q(state__in=["queued", "running"]),
                name="study_export_one_in_hand",
                violation_error_message="This is being made already.",
            )
        ]

    def get_absolute_url(self):
        return reverse("lessons:study_export", args=[self.pk])

    @property
    def is_to_hand_on(self):
        return self.kind in {StudyExport.Kind.LETTERS, StudyExport.Kind.PHOTOS}

    @property
    def has_photos(self):
        return self.kind != StudyExport.Kind.LETTERS

    @property
    def ending(self):
        return "zip" if self.kind == StudyExport.Kind.BUNDLE else "pdf"

    @property
    def is_late(self):
        return self.in_hand and timezone.now() - self.queued_at > LONG

    @property
    def stage(self):
        """What the progress line says, as one word: while it is the same, there is nothing new to show."""
        return f"{self.state}-{self.attempt}-{self.done}-{'late' if self.is_late else 'early'}"
