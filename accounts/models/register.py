"""The register's files on their way in, what each would change, and which school followed which."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.models.organisations import Organisation, School
from accounts.roles import Role
from accounts.scoping import EVERYTHING, ScopedQuerySet
from jobs.models import Job, JobQuerySet

MANY = 10  # schools: the register never loses one, so as many as this are missing only where a file is not the whole


class SchoolLink(models.Model):
    """One school followed another: in the register's words, or because a coordinator said so."""

    class Kind(models.TextChoices):
        SUCCEEDED = "succeeded", "Followed by"
        MERGED = "merged", "Merged into"
        SPLIT = "split", "Split into"

    predecessor = models.ForeignKey(School, on_delete=models.PROTECT, related_name="successor_links")
    successor = models.ForeignKey(School, on_delete=models.PROTECT, related_name="predecessor_links")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SUCCEEDED)
    established_on = models.DateField(null=True, blank=True)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-established_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor"],
                name="school_link_once",
                violation_error_message="These two schools are linked already.",
            ),
            models.CheckConstraint(
                name="school_link_of_two_schools",
                condition=~Q(predecessor=F("successor")),
                violation_error_message="A school cannot follow itself.",
            ),
        ]


class RegisterFileQuerySet(JobQuerySet, ScopedQuerySet):
    reach = {
        Role.COORDINATOR: lambda m: Q(organisation=m.organisation_id),
        Role.ADMINISTRATOR: lambda m: EVERYTHING,
    }

    def standing(self):
        return self.filter(discarded_at=None)


class RegisterFile(Job):
    """An uploaded register, with its links file if there is one. The job reads it and says what would change.

    Nothing of it reaches the schools before a person confirms: that is a RegisterUpdate.
    """

    task = "accounts.tasks.read_register"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    links = models.FileField(upload_to="", max_length=200, blank=True)
    links_name = models.CharField(max_length=120, blank=True)
    encoding = models.CharField(max_length=40, blank=True)
    schools = models.PositiveIntegerField(default=0)
    known_count = models.PositiveIntegerField("schools known when it was read that had not closed", default=0)
    changes_count = models.PositiveIntegerField("schools that would change", default=0)
    links_count = models.PositiveIntegerField("links that would be added or changed", default=0)
    counts = models.JSONField(default=dict)
    left_blank = models.JSONField("cells that were not understood, by column", default=dict)
    problems = models.JSONField(default=list)
    discarded_at = models.DateTimeField(null=True, blank=True)

    objects = RegisterFileQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]

    def get_absolute_url(self):
        return reverse("accounts:register_file", args=[self.pk])

    @property
    def stage(self):
        """What the progress line says, as one word: while it is the same, there is nothing new to show."""
        return f"read-{self.state}-{self.attempt}-{self.done}"

    @property
    def changes_nothing(self):
        return not self.changes_count and not self.links_count

    @property
    def missing_count(self):
        """How many of the known schools that have not closed are not in it."""
        return self.counts.get(RegisterChange.Kind.ABSENT, 0)

    @property
    def seems_incomplete(self):
        """A download that broke off at the end of a line looks like a register, only shorter."""
        return self.missing_count >= MANY

    @property
    def is_a_part(self):
        """Without most of the known schools it is not the whole register, whatever anyone has checked."""
        return self.seems_incomplete and self.missing_count * 2 > self.known_count


class RegisterChangeQuerySet(models.QuerySet):
    def real(self):
        """Without the schools that are only missing from the file: they stay as they are."""
        return self.exclude(kinds=[RegisterChange.Kind.ABSENT])

    def own_first(self, own):
        """The schools of the queryset `own` first, then by name."""
        mine = Case(When(school__in=own.values("pk"), then=Value(True)), default=Value(False))
        return self.annotate(is_own=mine).order_by("-is_own", Lower("name"), "urn")

    def search(self, text):
        """Each word stands in the name, the town or the authority, or is the URN."""
        rows = self
        for word in text.split()[:6]:
            rows = rows.filter(
                Q(name__icontains=word) | Q(town__icontains=word) | Q(la_name__icontains=word) | Q(urn=word)
            )
        return rows


class RegisterChange(models.Model):
    """What a file would do to one school: of which kinds, and every field before and after."""

    class Kind(models.TextChoices):
        CLOSED = "closed", "Closed"
        ACADEMY = "academy", "Became an academy"
        MERGED = "merged", "Merged into another"
        SUCCEEDED = "succeeded", "Followed by another"
        CLOSING = "closing", "Proposed to close"
        REOPENED = "reopened", "Open again"
        OPENED = "opened", "Opened"
        RENAMED = "renamed", "Renamed"
        MOVED = "moved", "Moved to another authority"
        NEW = "new", "New in the register"
        DETAILS = "details", "Other details"
        ABSENT = "absent", "Not in this file"

    register_file = models.ForeignKey(RegisterFile, on_delete=models.CASCADE, related_name="changes")
    school = models.ForeignKey(School, on_delete=models.CASCADE, null=True, related_name="+")
    urn = models.CharField("URN", max_length=6)
    name = models.CharField(max_length=250)
    town = models.CharField(max_length=100, blank=True)
    la_name = models.CharField(max_length=100)
    kinds = ArrayField(models.CharField(max_length=10))
    fields = models.JSONField(default=dict)

    objects = RegisterChangeQuerySet.as_manager()

    class Meta:
        ordering = ["name", "urn"]
        constraints = [models.UniqueConstraint(fields=["register_file", "urn"], name="register_change_once_per_school")]


class RegisterUpdateQuerySet(JobQuerySet, ScopedQuerySet):
    reach = {
        Role.COORDINATOR: lambda m: Q(register_file__organisation=m.organisation_id),
        Role.ADMINISTRATOR: lambda m: EVERYTHING,
    }


class RegisterUpdate(Job):
    """A file that a person confirmed: the job writes what the file would change, all of it or nothing."""

    task = "accounts.tasks.write_register"

    register_file = models.ForeignKey(RegisterFile, on_delete=models.CASCADE, related_name="updates")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)
    overtaken = models.BooleanField("the register had changed meanwhile", default=False)

    objects = RegisterUpdateQuerySet.as_manager()

    class Meta:
        ordering = ["-confirmed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["register_file"],
                condition=~Q(state="failed"),
                name="register_update_once_per_file",
                violation_error_message="This file was confirmed already.",
            )
        ]

    @property
    def stage(self):
        return f"write-{self.state}-{self.attempt}-{self.done}"
