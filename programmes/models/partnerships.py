from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from programmes.models.programmes import Area, AreaConsultant, Programme


class SpecialistTeacher(models.Model):
    """An excellent classroom teacher of a programme's year, from a home school, with one or more partnerships."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="specialists")
    ref = models.CharField("reference", max_length=20)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    home_school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    subjects = ArrayField(models.CharField(max_length=60), default=list)
    year_groups = ArrayField(models.PositiveSmallIntegerField(), default=list)
    joined = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["ref"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "ref"],
                name="specialist_once_per_ref",
                violation_error_message="This programme has a specialist teacher with this reference already.",
            ),
            models.UniqueConstraint(
                fields=["programme", "user"],
                name="specialist_once_per_person",
                violation_error_message="This person is a specialist teacher of this programme already.",
            ),
        ]

    def __str__(self):
        return str(self.user)


def partnerships_of(m):
    return PartnerTeacher.objects.filter(user=m.user_id, until=None).values("partnership")


def areas_of(m):
    return AreaConsultant.objects.filter(user=m.user_id).values("area")


class PartnershipQuerySet(ScopedQuerySet):
    reach = {
        Role.COORDINATOR: lambda m: Q(programme__organisation=m.organisation_id),
        Role.CONSULTANT: lambda m: Q(programme__organisation=m.organisation_id, area__in=areas_of(m)),
        Role.SPECIALIST: lambda m: Q(programme__organisation=m.organisation_id, specialist__user=m.user_id),
        Role.PARTNER: lambda m: Q(
            programme__organisation=m.organisation_id, partner_school=m.school_id, pk__in=partnerships_of(m)
        ),
        Role.HEADTEACHER: lambda m: (
            Q(programme__organisation=m.organisation_id)
            & (Q(partner_school=m.school_id) | Q(specialist__home_school=m.school_id))
        ),
    }

    def ever_active(self):
        return self.filter(
            pk__in=PartnershipStep.objects.filter(status=Partnership.Status.ACTIVE).values("partnership")
        )

    def running(self):
        return self.filter(status__in=[Partnership.Status.ACTIVE, Partnership.Status.PAUSED])

    def with_people(self):
        return self.select_related(
            "programme", "specialist__user", "specialist__home_school", "partner_school", "area"
        ).prefetch_related("partner_teachers__user")


class Partnership(models.Model):
    """A specialist teacher and the partner teachers of a partner school, for a subject and a year group."""

    class Status(models.TextChoices):
        ENQUIRY = "enquiry", "Enquiry"
        PROPOSED = "proposed", "Proposed"
        AGREED = "agreed", "Agreed"
        ACTIVE = "active", "Active"
        PAUSED = "paused", "Paused"
        COMPLETED = "completed", "Completed"
        EMBEDDING = "embedding", "Embedding"
        FOLDED = "folded", "Folded"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="partnerships")
    ref = models.CharField("reference", max_length=20)
    specialist = models.ForeignKey(SpecialistTeacher, on_delete=models.PROTECT, related_name="partnerships")
    partner_school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=60)
    year_group = models.PositiveSmallIntegerField()
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="partnerships")
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    ended_on = models.DateField(null=True, blank=True)
    reason = models.CharField("why it ended", max_length=200, blank=True)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        ordering = ["ref"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "ref"],
                name="partnership_once_per_ref",
                violation_error_message="This programme has a partnership with this reference already.",
            ),
            models.CheckConstraint(
                name="partnership_ended_on_iff_ended",
                condition=Q(ended_on__isnull=True) | Q(status__in=["completed", "embedding", "folded"]),
                violation_error_message="Only a completed, embedding or folded partnership has a last day.",
            ),
        ]

    def __str__(self):
        return self.ref

    def get_absolute_url(self):
        return reverse("programmes:partnership", args=[self.pk])

    @property
    def label(self):
        return f"{self.subject.capitalize()}, Year {self.year_group}"

    @property
    def is_in_own_school(self):
        return self.partner_school_id == self.specialist.home_school_id

    @property
    def current_partner_teachers(self):
        return [teacher.user for teacher in self.partner_teachers.all() if teacher.until is None]


class PartnerTeacher(models.Model):
    """A teacher of the partner school in a partnership, from a day to a day: an equal partner."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="partner_teachers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "user"],
                condition=Q(until__isnull=True),
                name="partner_teacher_once_at_a_time",
                violation_error_message="This teacher is in the partnership already.",
            ),
            models.CheckConstraint(
                name="partner_teacher_until_after_since", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        ]


class PartnershipStep(models.Model):
    """One change of a partnership's status: when, by whom, why. The last one is where it stands."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="steps")
    status = models.CharField(max_length=10, choices=Partnership.Status)
    on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["on", "at", "pk"]
