"""What observers saw, as they saw it: added side by side, never written over."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from lessons.models.research_lessons import ResearchLesson, Stage
from lessons.models.sheets import ADDED_ONLY
from lessons.models.studies import CasePupil


class Seen(models.Model):
    """Something an observer kept of a case pupil, or of the whole class, at a stage of a lesson.

    `at` is when it was seen by our clock, `arrived_at` when it reached us, `client` its name on the device: sent twice
    it is one. `apart` says why it is kept beside the sheet and is no part of it; empty for what is.
    """

    lesson = models.ForeignKey(ResearchLesson, on_delete=models.CASCADE, related_name="%(class)ss")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    case_pupil = models.ForeignKey(CasePupil, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    stage = models.ForeignKey(Stage, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    client = models.UUIDField(unique=True, default=uuid.uuid4)
    at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(default=timezone.now)
    apart = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    @property
    def label(self):
        """For who hears the page."""
        return f"what {self.person} saw{f' at {timezone.localtime(self.at):%H:%M}' if self.at else ''}"


class Observation(Seen):
    """What was said and done. No judgement of anyone's teaching."""

    class Kind(models.TextChoices):
        ACTION = "action", "What the pupil did"
        WORDS = "words", "What the pupil said"
        TEACHER = "teacher", "What the teacher did"
        STAGE = "stage", "A stage began"  # tapped, without words

    class Grouping(models.TextChoices):
        ALONE = "alone", "Alone"
        PAIR = "pair", "In a pair"
        GROUP = "group", "In a group"
        CLASS = "class", "Whole class"

    kind = models.CharField(max_length=7, choices=Kind, blank=True)
    grouping = models.CharField("how they worked", max_length=5, choices=Grouping, blank=True)
    text = models.TextField()
    from_paper = models.BooleanField("typed in from paper", default=False)

    class Meta(Seen.Meta):
        constraints = [
            models.CheckConstraint(
                name="observation_says_something",
                condition=~Q(text="") | Q(kind="stage"),
                violation_error_message="Write what was said or done.",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="observation_is_only_added",
                operation=pgtrigger.UpdateOf("text", "kind", "at", "person_id", "client") | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=ADDED_ONLY.format(
                    programme="SELECT p.programme_id FROM lessons_researchlesson l "
                    "JOIN lessons_study s ON s.id = l.study_id "
                    "JOIN programmes_partnership p ON p.id = s.partnership_id WHERE l.id = OLD.lesson_id"
                ),
            )
        ]


class Photo(Seen):
    """A picture of a pupil's work, made anew without where and when it was taken."""

    file = models.FileField(upload_to="photos/", max_length=200)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    caption = models.CharField("what it shows", max_length=200, blank=True)
