"""What teachers type for a data return before it is submitted, and each version of it that was."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from desks import models as desks
from programmes.models import DataPoint, DataReturn, Programme
from pupils.models.places import Assessment, Place
from pupils.models.scales import Grade
from pupils.upn import EncryptedJsonField
from visits.models import Event


class ReturnSheet(desks.Sheet):
    """The boxes of a return: for each place its grade as it was typed, whether it was moderated, and a comment."""

    data_return = models.OneToOneField(DataReturn, on_delete=models.CASCADE, related_name="sheet")


class ReturnNote(desks.Note):
    sheet = models.ForeignKey(ReturnSheet, on_delete=models.CASCADE, related_name="notes")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sheet", "field"], name="return_note_once_per_field")]
        triggers = [
            pgtrigger.Trigger(
                name="return_note_stays_once_locked",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=desks.stays_once_locked("pupils_returnsheet"),
            )
        ]


class ReturnRevisionQuerySet(models.QuerySet):
    def uploaded(self) -> set[tuple]:
        """(return, box, text, person) of the grades that came with a coordinator's file. What somebody typed since in
        the same words is theirs; that a change of scale set it aside, and brought it back, makes it nobody else's.
        """
        made = self.filter(field__startswith="grade-", made__isnull=False)
        latest = made.order_by("sheet", "field", "text", "-made").distinct("sheet", "field", "text")
        latest = latest.annotate(is_uploaded=Exists(ReturnsUpload.objects.filter(client=OuterRef("client"))))
        rows = latest.values_list("sheet__data_return", "field", "text", "by", "is_uploaded")
        return {tuple(row) for *row, is_uploaded in rows if is_uploaded}


class ReturnRevision(desks.Revision):
    """Every text that ever arrived for a box. It is about a pupil, and goes with the pupil."""

    objects = ReturnRevisionQuerySet.as_manager()

    sheet = models.ForeignKey(ReturnSheet, on_delete=models.CASCADE, related_name="revisions")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["client", "seq"], name="return_revision_once_per_sending"),
            models.UniqueConstraint(
                fields=["sheet", "field", "made"],
                condition=Q(made__isnull=False),
                name="return_revision_once_per_version",
            ),
        ]


class ReturnVersion(models.Model):
    """A return as it was submitted, for good. One that was opened again says by whom, when and why.

    What stood in a return before anybody submitted it here, from a file, is a version that nobody submitted.
    """

    data_return = models.ForeignKey(DataReturn, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)
    declaration = models.TextField(blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_because = models.CharField(max_length=300, blank=True)
    opened_for_missing = models.BooleanField("opened for pupils who came since, and for nothing else", default=False)
    changed_because = models.CharField("why it changed other grades than those", max_length=300, blank=True)

    class Meta:
        ordering = ["data_return", "number"]
        constraints = [
            models.UniqueConstraint(fields=["data_return", "number"], name="return_version_once_per_number"),
            models.CheckConstraint(
                name="return_version_opened_with_a_reason",
                condition=Q(opened_by=None, opened_at=None, opened_because="")
                | Q(opened_by__isnull=False, opened_at__isnull=False) & ~Q(opened_because=""),
            ),
        ]

    def __str__(self):
        return f"version {self.number}"


class VersionGrade(models.Model):
    """What a version says of one place."""

    version = models.ForeignKey(ReturnVersion, on_delete=models.CASCADE, related_name="grades")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=20, choices=Assessment.Reason, blank=True)
    moderated = models.BooleanField(default=False)
    comment = models.TextField(blank=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["version", "place"], name="version_grade_once_per_place"),
            models.CheckConstraint(
                name="version_grade_or_reason",
                condition=Q(grade__isnull=False, reason="") | Q(grade__isnull=True) & ~Q(reason=""),
            ),
        ]


class ReturnsUpload(models.Model):
    """A file of grades that a coordinator put into the drafts of partnerships. Its texts have `client` in common:
    whoever uploads has not entered a grade, a teacher of the partnership submits it.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="returns_uploads")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    client = models.UUIDField(unique=True)
    grades = models.PositiveIntegerField()
    returns = models.PositiveIntegerField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"upload {self.pk}"


class GradesFile(models.Model):
    """The rows of a file of grades that a coordinator has sent, encrypted, while they are looked at and mended.

    It is the last one of this coordinator in the programme, until it is in the drafts or set aside, and a week at most.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="grades_files")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    content = EncryptedJsonField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "by"], name="grades_file_once_per_coordinator"),
        ]

    def __str__(self):
        return f"file of grades {self.pk}"


class ModeratedGrade(models.Model):
    """A grade that was brought to a moderation session, and the one that was agreed there."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="moderated_grades")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="moderated_grades")
    data_point = models.ForeignKey(DataPoint, on_delete=models.CASCADE, related_name="+")
    brought = models.ForeignKey(Grade, on_delete=models.PROTECT, related_name="+")
    agreed = models.ForeignKey(Grade, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["event", "data_point", "place"]
        constraints = [
            models.UniqueConstraint(fields=["event", "place", "data_point"], name="moderated_once_in_a_session")
        ]

    @property
    def steps(self):
        """How many steps of the scale the agreed grade is above the one brought; None while none is agreed, and across
        two scales."""
        if self.agreed is None or self.agreed.scale_id != self.brought.scale_id:
            return None
        return self.agreed.position - self.brought.position
