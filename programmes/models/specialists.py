from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse

from accounts.models import School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from programmes.models.programmes import AreaConsultant, Programme, started
from programmes.models.week import ReleasePattern, release_constraints

OVER = ["completed", "folded"]  # partnerships that leave room for others
ROOM = Q(taken__lt=F("partnerships_wanted")) & ~Q(status__in=["withdrawn", "completed"])


def areas_of(m):
    return AreaConsultant.objects.filter(user=m.user_id).values("area")


def of_organisation(m):
    return Q(programme__organisation=m.organisation_id)


class SpecialistTeacherQuerySet(ScopedQuerySet):
    started = started("programme__")
    reach = {
        Role.COORDINATOR: lambda m: of_organisation(m),
        Role.CONSULTANT: lambda m: (
            of_organisation(m)
            & (
                Q(consultant=m.user_id)
                | Q(pk__in=SpecialistTeacher.objects.filter(partnerships__area__in=areas_of(m)).values("pk"))
            )
        ),
        Role.SPECIALIST: lambda m: of_organisation(m) & Q(user=m.user_id),
    }

    def with_taken(self):
        """How many partnerships each has, or is asked to have, as `taken`; those that have ended leave room again."""
        standing = ~Q(partnerships__status__in=OVER)
        return self.annotate(taken=Count("partnerships", filter=standing, distinct=True))

    def with_room(self):
        """Those who can take another partnership, and have not left."""
        return self.with_taken().filter(ROOM)

    def without_room(self):
        return self.with_taken().exclude(ROOM)


class SpecialistTeacher(ReleasePattern):
    """An excellent classroom teacher of a programme's year, from a home school, with one or more partnerships."""

    class Status(models.TextChoices):
        NOMINATED = "nominated", "Nominated"
        RECRUITED = "recruited", "Recruited"
        TRAINED = "trained", "Trained"
        ACTIVE = "active", "Active"
        WITHDRAWN = "withdrawn", "Withdrawn"
        COMPLETED = "completed", "Completed"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="specialists")
    ref = models.CharField("reference", max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    home_school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    subjects = ArrayField(models.CharField(max_length=60), default=list)
    year_groups = ArrayField(models.PositiveSmallIntegerField(), default=list)
    joined = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    partnerships_wanted = models.PositiveSmallIntegerField(
        "how many partnerships they can take", default=1, validators=[MaxValueValidator(20)]
    )
    buddy = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    coach = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="coached")
    consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SpecialistTeacherQuerySet.as_manager()

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
            models.UniqueConstraint(
                fields=["buddy"],
                name="specialist_buddy_of_one",
                violation_error_message="This specialist teacher has a working buddy already.",
            ),
            models.CheckConstraint(
                name="specialist_not_own_buddy_or_coach",
                condition=(Q(buddy=None) | ~Q(buddy=F("pk"))) & (Q(coach=None) | ~Q(coach=F("pk"))),
                violation_error_message="Nobody is their own working buddy or coach.",
            ),
            *release_constraints("specialist"),
        ]

    def __str__(self):
        return str(self.user)

    def get_absolute_url(self):
        return reverse("programmes:specialist", args=[self.pk])

    @property
    def free_places(self):
        """Of rows with `taken`: how many more partnerships they can take."""
        gone = self.status in {SpecialistTeacher.Status.WITHDRAWN, SpecialistTeacher.Status.COMPLETED}
        return 0 if gone else max(0, self.partnerships_wanted - self.taken)
