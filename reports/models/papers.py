from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from accounts.models import Organisation
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from jobs.models import Job, JobQuerySet, Paper
from programmes.models import Partnership, Programme
from programmes.models.partnerships import OWN
from programmes.models.programmes import started
from pupils.models import TargetPupil
from pupils.models.places import TargetPupilQuerySet


class ProgrammeCopyQuerySet(JobQuerySet, ScopedQuerySet):
    reach = {Role.COORDINATOR: lambda m: Q(programme__organisation=m.organisation_id)}


class ProgrammeCopy(Job):
    """A programme as a folder of files, pupils by reference: taken before its pupil data is erased."""

    task = "reports.tasks.make_copy"
    kept_for = "KEEP_PACKS_DAYS"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="copies")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    size = models.PositiveIntegerField(default=0)

    objects = ProgrammeCopyQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme"],
                condition=Q(state__in=["queued", "running"]),
                name="programme_copy_one_in_hand",
                violation_error_message="This copy is being made already.",
            )
        ]

    @property
    def stage(self):
        """What the progress line says, as one word: while it is the same, there is nothing new to show."""
        return f"{self.state}-{self.attempt}-{self.done}"


class OrganisationExportQuerySet(JobQuerySet, ScopedQuerySet):
    reach = {Role.COORDINATOR: lambda m: Q(organisation=m.organisation_id)}


class OrganisationExport(Job):
    """Everything of an organisation that its coordinators may see, as a folder of tables; pupils by reference."""

    task = "reports.tasks.make_export"
    kept_for = "KEEP_PACKS_DAYS"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    size = models.PositiveBigIntegerField(default=0)

    objects = OrganisationExportQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state__in=["queued", "running"]),
                name="organisation_export_one_in_hand",
                violation_error_message="This is being made already.",
            )
        ]

    @property
    def stage(self):
        """What the progress line says, as one word: while it is the same, there is nothing new to show."""
        return f"{self.state}-{self.attempt}-{self.done}"


class AccessFileQuerySet(JobQuerySet, ScopedQuerySet):
    """It is for whoever asked for it, as long as they may ask."""

    reach = {
        Role.HEADTEACHER: lambda m: Q(
            ordered_by=m.user_id,
            pupil__in=TargetPupil.objects.filter(TargetPupilQuerySet.reach[Role.HEADTEACHER](m)).values("pk"),
            pupil__programme__erased_at=None,
        ),
        Role.COORDINATOR: lambda m: Q(ordered_by=m.user_id, organisation=m.organisation_id, person__isnull=False),
    }

    def about_oneself(self, person):
        return self.filter(ordered_by=person, person=person, organisation=None)


class AccessFile(Paper):
    """Everything on one pupil, or on one person: asked for by who may have it, as a PDF, and its figures as JSON.

    `organisation` is whose coordinator asked for a person; none where people ask for themselves.
    """

    task = "reports.tasks.make_access_file"
    kept_for = "KEEP_PACKS_DAYS"

    pupil = models.ForeignKey(TargetPupil, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    figures = models.JSONField(null=True, blank=True)

    objects = AccessFileQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "person", "organisation", "ordered_by"],
                condition=Q(state__in=["queued", "running"]),
                nulls_distinct=False,
                name="access_file_one_in_hand",
                violation_error_message="This is being made already.",
            ),
            models.CheckConstraint(
                name="access_file_on_a_pupil_or_a_person",
                condition=Q(pupil__isnull=False, person__isnull=True, organisation__isnull=True)
                | Q(pupil__isnull=True, person__isnull=False),
            ),
        ]


class SavedViewQuerySet(ScopedQuerySet):
    """Everyone's own: what someone looks at is nobody else's business."""

    reach = {role: lambda m: Q(owner=m.user_id) for role in (Role.COORDINATOR, Role.CONSULTANT)}


class SavedView(models.Model):
    """A question to the roster that someone asks again and again, under a name."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name"), "pk"]
        constraints = [
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                name="saved_view_once_per_name",
                violation_error_message="You have a view of this name already. Give this one another name.",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def address(self):
        pairs = [f"programme={self.programme_id}"] if self.programme_id else []
        said = "&".join([*pairs, *([self.query] if self.query else [])])
        return reverse("reports:roster") + (f"?{said}" if said else "")


class DigestRun(Job):
    """The digests of one week: a worker that dies leaves it to the next, and each person has one mail at most."""

    task = "reports.tasks.write_digests"

    monday = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["monday"],
                name="digest_run_once_a_week",
                violation_error_message="The digests of this week are being written already.",
            )
        ]


class Digest(models.Model):
    """The mail of one person's week, written in one transaction with this row."""

    run = models.ForeignKey(DigestRun, on_delete=models.CASCADE, related_name="digests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    mail = models.OneToOneField("accounts.OutgoingMail", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "person"],
                name="digest_once_a_week_per_person",
                violation_error_message="This person has the digest of this week.",
            )
        ]


def own_pack(rule, **more):
    """A pack is for whoever asked for it, as long as the partnership is theirs."""
    return lambda m: Q(ordered_by=m.user_id, partnership__in=Partnership.objects.filter(rule(m)).values("pk"), **more)


class HandOverPackQuerySet(JobQuerySet, ScopedQuerySet):
    """One that names pupils is for a teacher of the partnership and for no other role of the same person."""

    started = started("partnership__programme__")
    reach = {
        Role.COORDINATOR: own_pack(OWN[Role.COORDINATOR], names_pupils=False),
        Role.CONSULTANT: own_pack(OWN[Role.CONSULTANT], names_pupils=False),
        Role.SPECIALIST: own_pack(OWN[Role.SPECIALIST]),
        Role.PARTNER: own_pack(OWN[Role.PARTNER]),
    }


class HandOverPack(Paper):
    """The hand-over pack of a partnership on paper, as its reader may see it when it is made."""

    task = "reports.tasks.make_handover"
    kept_for = "KEEP_PACKS_DAYS"

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="packs")
    names_pupils = models.BooleanField(default=False)

    objects = HandOverPackQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "ordered_by"],
                condition=Q(state__in=["queued", "running"]),
                name="pack_one_in_hand",
                violation_error_message="This pack is being made already.",
            )
        ]
