"""The second layer of the calendar: on which half-days a school takes no part in visits, and how much it can spare."""

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from programmes.models.partnerships import home_schools, partner_schools


def of_schools_taking_part(m):
    return Q(school__in=partner_schools(m)) | Q(school__in=home_schools(m))


def of_own_school(m):
    return Q(school=m.school_id)


class SomeDaysQuerySet(ScopedQuerySet):
    def between(self, first: dt.date, last: dt.date):
        """Those with a day from the first to the last."""
        return self.filter(first_on__lte=last, last_on__gte=first)


class SomeDays(models.Model):
    """From a first to a last day, or the morning or afternoon of a single one."""

    class Half(models.TextChoices):
        BOTH = "", "The whole day"
        MORNING = "am", "The morning"
        AFTERNOON = "pm", "The afternoon"

    first_on = models.DateField("first day")
    last_on = models.DateField("last day")
    half = models.CharField("part of the day", max_length=2, choices=Half, blank=True, default=Half.BOTH)

    class Meta:
        abstract = True

    @property
    def halves(self):
        """The halves of each of its days: "am", "pm" or both."""
        return [self.half] if self.half else ["am", "pm"]


def some_days_constraints(of) -> list[models.CheckConstraint]:
    """What holds of the days of each; `of` begins the names."""
    return [
        models.CheckConstraint(
            name=f"{of}_ends_after_it_starts",
            condition=Q(last_on__gte=F("first_on")),
            violation_error_message="The last day must not be before the first day.",
        ),
        models.CheckConstraint(
            name=f"{of}_half_of_one_day",
            condition=Q(half="") | Q(last_on=F("first_on")),
            violation_error_message="A morning or an afternoon is one of a single day: give the same day twice.",
        ),
    ]


class SchoolClosureQuerySet(SomeDaysQuerySet):
    reach = {
        Role.COORDINATOR: of_schools_taking_part,
        Role.HEADTEACHER: of_own_school,
        Role.OFFICE: of_own_school,
    }


class SchoolClosure(SomeDays):
    """Days, or half-days of one day, on which a school trains its staff, is closed, or lets nobody go.

    It is a fact of the school, whoever runs the programme. `year_groups` says whom a no-go is about; none is everyone.
    """

    class Kind(models.TextChoices):
        INSET = "inset", "INSET day"
        CLOSED = "closed", "Closed"
        NO_GO = "no-go", "No-go: open, but nobody can be out of class or visited"

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="closures")
    kind = models.CharField(max_length=6, choices=Kind)
    words = models.CharField("what it is", max_length=60, blank=True)
    year_groups = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)

    objects = SchoolClosureQuerySet.as_manager()

    class Meta:
        ordering = ["first_on", "half", "pk"]
        indexes = [models.Index(fields=["school", "last_on"], name="closure_by_school")]
        constraints = [
            *some_days_constraints("closure"),
            models.CheckConstraint(
                name="closure_inset_is_whole_school",
                condition=~Q(kind="inset") | Q(half="", year_groups=[]),
                violation_error_message="An INSET day is a whole day of the whole school.",
            ),
            models.UniqueConstraint(
                fields=["school", "kind", "first_on", "last_on", "half", "year_groups"],
                name="closure_once",
                violation_error_message="This school has entered exactly that already.",
            ),
        ]

    def __str__(self):
        return self.words or self.get_kind_display().partition(":")[0]


class SchoolLimitsQuerySet(ScopedQuerySet):
    reach = SchoolClosureQuerySet.reach


class SchoolLimits(models.Model):
    """How much a school can spare: half-days that one class may lose in a school year, teachers out at once."""

    school = models.OneToOneField(School, on_delete=models.PROTECT, related_name="limits")
    class_ceiling = models.PositiveSmallIntegerField(
        "half-days that one class may lose in a school year",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    cover_capacity = models.PositiveSmallIntegerField(
        "teachers who can be out of class at once",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )

    objects = SchoolLimitsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "school limits"
