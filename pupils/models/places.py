import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.quick_rows import QuickRow
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from programmes.models import DataPoint, Partnership, Programme
from programmes.models.partnerships import OWN, of_partner_school, through_partnership
from programmes.models.programmes import started
from pupils.models.scales import Grade
from pupils.upn import EncryptedUpnField


class PlaceQuerySet(ScopedQuerySet):
    """Whose place a person may see. What of it (names, or reference and initials) the action says.

    A specialist teacher's head reaches none of the partner school's. Once the pupils are erased nobody reaches what is
    left of single ones: what was kept without a name is a table of its own (reports/erasing/kept.py).
    """

    started = started("partnership__programme__")
    reach = through_partnership(OWN | {Role.HEADTEACHER: of_partner_school})

    def allowed(self, user, action):
        return super().allowed(user, action).filter(partnership__programme__erased_at=None)


class TargetPupilQuerySet(ScopedQuerySet):
    """A pupil is in reach through a place: the same rules, said once."""

    started = started("programme__")
    reach = {
        role: lambda m, rule=rule: Q(pk__among=Place.objects.filter(rule(m)).values("pupil"))
        for role, rule in PlaceQuerySet.reach.items()
    }

    def allowed(self, user, action):
        return super().allowed(user, action).filter(programme__erased_at=None)

    def followed_by(self, person, action):
        """Those who have a place by which the person follows them still: it goes on, or they are at the school yet."""
        return self.filter(pk__in=Place.objects.allowed(person, action).exclude(Place.gone_by()).values("pupil"))

    def open_to_change(self):
        """The results of a closed programme stand, and so do the details on which they rest.

        While every partnership of the pupil is paused, nothing is entered either.
        """
        rows = self.exclude(programme__status=Programme.Status.CLOSED)
        return rows.filter(pk__in=Place.objects.exclude(partnership__status=Partnership.Status.PAUSED).values("pupil"))


class PupilDetails(models.Model):
    """What a school says of a pupil, but for the number."""

    class Sex(models.TextChoices):
        FEMALE = "F", "Female"
        MALE = "M", "Male"

    class YesNo(models.TextChoices):
        YES = "Y", "Yes"
        NO = "N", "No"
        UNKNOWN = "U", "Not known"

    class Sen(models.TextChoices):
        NONE = "N", "None"
        SUPPORT = "K", "SEN support"
        PLAN = "E", "Education, health and care plan"

    first_name = models.CharField("forename", max_length=100, blank=True)
    last_name = models.CharField("surname", max_length=100, blank=True)
    year_group = models.PositiveSmallIntegerField()
    sex = models.CharField(max_length=1, choices=Sex, blank=True)
    pupil_premium = models.CharField(max_length=1, choices=YesNo, default=YesNo.UNKNOWN)
    sen = models.CharField("SEN", max_length=1, choices=Sen, default=Sen.NONE)
    eal = models.CharField("English as an additional language", max_length=1, choices=YesNo, default=YesNo.UNKNOWN)

    class Meta:
        abstract = True

    @property
    def initials(self):
        return "".join(part[0].upper() for name in (self.first_name, self.last_name) for part in name.split()[:1])

    @property
    def full_name(self):
        """For who may see it. A pupil kept without a name goes by the reference."""
        return f"{self.first_name} {self.last_name}".strip() or self.ref


class TargetPupil(PupilDetails):
    """A pupil whom a programme follows, with these fields and no others. The data belongs to the school."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="pupils")
    ref = models.CharField("reference", max_length=40)
    upn = EncryptedUpnField("UPN", blank=True)
    upn_index = models.BinaryField(max_length=32, null=True, editable=False)

    objects = TargetPupilQuerySet.as_manager()

    class Meta:
        ordering = ["ref"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "ref"],
                name="pupil_once_per_ref",
                violation_error_message="This programme has a pupil with this reference already.",
            ),
            models.UniqueConstraint(
                fields=["programme", "upn_index"],
                name="pupil_once_per_upn",
                violation_error_message="Another pupil of this programme has this UPN.",
            ),
        ]

    def __str__(self):
        return self.ref

    def get_absolute_url(self):
        return reverse("pupils:detail", args=[self.pk])

    def cut_names(self):
        """Before it is saved: in a programme that keeps initials only nothing more of a name is."""
        if self.programme.initials_only:
            self.first_name, self.last_name = (name.strip()[:1].upper() for name in (self.first_name, self.last_name))


class Place(QuickRow):
    """One pupil in one partnership, and so in one subject: the unit of every result.

    It is held from the day `since` (blank: from the beginning) up to the day before `until` (blank: it goes on). A
    place that has ended stays, and so do its grades; at the data points outside these days no grade is asked for.
    """

    class Ended(models.TextChoices):
        LEFT = "left", "Left the school"
        REPLACED = "replaced", "Another pupil takes the place"
        MOVED = "moved", "Moved to another partner school"
        OTHER = "other", "Another reason"

    pupil = models.ForeignKey(TargetPupil, on_delete=models.CASCADE, related_name="places")
    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="places")
    class_name = models.CharField("class", max_length=40, blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    ended_because = models.CharField(max_length=10, choices=Ended, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["partnership__ref", "pupil__ref"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "partnership"],
                name="place_once_per_partnership",
                violation_error_message="This pupil is a target pupil of this partnership already.",
            ),
            models.CheckConstraint(
                name="place_ends_with_a_reason",
                condition=Q(until__isnull=True, ended_because="") | Q(until__isnull=False) & ~Q(ended_because=""),
            ),
            models.CheckConstraint(
                name="place_ends_after_it_began", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        ]

    @staticmethod
    def gone_by(day=None):
        """Places whose pupils had gone to another school by this day, today where none is given."""
        return Q(until__lte=day or timezone.localdate(), ended_because__in=[Place.Ended.LEFT, Place.Ended.MOVED])

    @property
    def is_gone(self):
        """Whether the pupil has gone to another school."""
        gone = self.ended_because in {Place.Ended.LEFT, Place.Ended.MOVED}
        return gone and self.until <= timezone.localdate()

    @property
    def known(self):
        """The pupil as the school of this place knows them: as they were when they came to another one."""
        return getattr(self, "former", None) or self.pupil if self.is_gone else self.pupil

    @property
    def last_on(self):
        return self.until and self.until - dt.timedelta(days=1)

    def excused_on(self, day):
        """The reason why no grade is asked for on this day, or "" where one is."""
        if self.since and day < self.since:
            return Assessment.Reason.NOT_ENROLLED
        if self.until is None or day < self.until:
            return ""
        gone = self.ended_because in {Place.Ended.LEFT, Place.Ended.MOVED}
        return Assessment.Reason.LEFT if gone else Assessment.Reason.NOT_REQUIRED


class Assessment(QuickRow):
    """A place's grade at a data point, or the reason why there is none."""

    class Reason(models.TextChoices):
        ABSENT = "absent", "Absent"
        LEFT = "left", "Left the school"
        NOT_ENROLLED = "not enrolled yet", "Not enrolled yet"
        NOT_REQUIRED = "not required", "Not required"
        ENDED = "partnership ended", "Partnership ended"

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="assessments")
    data_point = models.ForeignKey(DataPoint, on_delete=models.RESTRICT, related_name="+")
    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("why there is no grade", max_length=20, choices=Reason, blank=True)
    moderated = models.BooleanField("agreed in a moderation session", default=False)
    is_automatic = models.BooleanField("worked out from the days of the place", default=False)
    assessed_on = models.DateField(null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["data_point__due_on"]
        constraints = [
            models.UniqueConstraint(fields=["place", "data_point"], name="assessment_once_per_data_point"),
            models.CheckConstraint(
                name="assessment_grade_or_reason",
                condition=Q(grade__isnull=False, reason="") | Q(grade__isnull=True) & ~Q(reason=""),
                violation_error_message="Give a grade or the reason why there is none, not both.",
            ),
        ]
