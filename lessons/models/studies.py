"""A lesson study: a question that two to four teachers look into, over some research lessons with the same pupils."""

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from lessons.models.sheets import Sheet
from programmes.models import Partnership
from programmes.models.partnerships import OWN, of_either_school, through_partnership
from programmes.models.programmes import started
from pupils.models import Place

LETTERS = "ABCDEF"
FEWEST, MOST_LESSONS, MOST_MEMBERS = 2, 4, 4


def of_same_organisation(m, through=""):
    return Q(**{f"{through}partnership__programme__organisation": m.organisation_id})


def members_of(m):
    return StudyMember.objects.filter(person=m.user_id, until=None).values("study")


def readers_of(m):
    today = timezone.localdate()
    return StudyReader.objects.filter(person=m.user_id, until__gte=today, ended_at=None).values("study")


def as_member(m):
    return of_same_organisation(m) & Q(pk__in=members_of(m))


def as_reader(m):
    return of_same_organisation(m) & (Q(pk__in=members_of(m)) | Q(pk__in=readers_of(m)))


class StudyQuerySet(ScopedQuerySet):
    """Its members write it, its members and whom they have asked read it; whoever answers for the partnership follows
    its dates and how it stands, and reads none of it."""

    started = started("partnership__programme__")
    reach = dict.fromkeys(
        [Role.COORDINATOR, Role.CONSULTANT, Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER], as_reader
    )
    narrower = {
        "studies.write": dict.fromkeys([Role.SPECIALIST, Role.PARTNER, Role.CONSULTANT], as_member),
        "studies.follow": through_partnership(OWN | {Role.HEADTEACHER: of_either_school}),
    }

    def with_people(self):
        members = StudyMember.objects.select_related("person").order_by("since", "pk")
        return self.select_related(
            "sheet",
            "partnership__programme__organisation",
            "partnership__partner_school",
            "partnership__specialist__user",
            "partnership__specialist__home_school",
        ).prefetch_related(Prefetch("members", members), "partnership__partner_teachers__user")


class Study(models.Model):
    """A question and the lessons in which it is looked into. What is written of it stands in its sheet."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="studies")
    sheet = models.OneToOneField(Sheet, on_delete=models.CASCADE, related_name="study")
    lessons_planned = models.PositiveSmallIntegerField("research lessons", default=3)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = StudyQuerySet.as_manager()

    class Meta:
        ordering = ["-begun_at", "-pk"]
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(
                name="study_has_two_to_four_lessons",
                condition=Q(lessons_planned__range=(FEWEST, MOST_LESSONS)),
                violation_error_message="A study has two to four research lessons.",
            ),
            models.CheckConstraint(
                name="study_finished_by_someone",
                condition=Q(finished_at=None, finished_by=None)
                | Q(finished_at__isnull=False, finished_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"study {self.pk}"

    def get_absolute_url(self):
        return reverse("lessons:study", args=[self.pk])

    @property
    def label(self):
        """What it goes by where its question may not be read: its partnership and when it was begun."""
        return f"{self.partnership.label}, {self.partnership.partner_school}"

    @property
    def is_finished(self):
        return self.finished_at is not None

    @property
    def current_members(self):
        return [member.person for member in self.members.all() if member.until is None]


class StudyMember(models.Model):
    """A person who writes a study, from a day to a day."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(default=timezone.localdate)
    until = models.DateField(null=True, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "person"],
                condition=Q(until=None),
                name="study_member_once_at_a_time",
                violation_error_message="This person is in the study already.",
            ),
            models.CheckConstraint(
                name="study_member_until_after_since", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
        ]


class StudyReaderQuerySet(ScopedQuerySet):
    """The members of the study decide to whom they show it."""

    started = started("study__partnership__programme__")
    reach = {
        role: lambda m: of_same_organisation(m, "study__") & Q(study__in=members_of(m))
        for role in StudyQuerySet.narrower["studies.write"]
    }


class StudyReader(models.Model):
    """A person to whom the group shows its study, until a day: they read, and write nothing."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="readers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(default=timezone.localdate)
    until = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = StudyReaderQuerySet.as_manager()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "person"],
                condition=Q(ended_at=None),
                name="study_reader_once_at_a_time",
                violation_error_message="This person can read the study already.",
            ),
            models.CheckConstraint(
                name="study_reader_until_after_since",
                condition=Q(until__gte=F("since")),
                violation_error_message="The last day is before the first one.",
            ),
            models.CheckConstraint(
                name="study_reader_ended_by_someone",
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    @property
    def is_current(self):
        return self.ended_at is None and self.until >= timezone.localdate()


class CasePupilQuerySet(models.QuerySet):
    def current(self):
        return self.filter(removed_at=None)


class CurrentCasePupils(models.Manager.from_queryset(CasePupilQuerySet)):
    """Those whom the study watches now. Whoever had a letter once is in `ever`."""

    def get_queryset(self):
        return super().get_queryset().current()


class CasePupil(models.Model):
    """A target pupil whom the study watches, by a letter: each stands for a group of learners.

    Who was taken out keeps the row, and with it the letter, so that no other child ever gets it.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="case_pupils")
    letter = models.CharField(max_length=1)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = CurrentCasePupils()
    ever = CasePupilQuerySet.as_manager()

    class Meta:
        ordering = ["letter"]
        constraints = [
            models.UniqueConstraint(fields=["study", "letter"], name="case_pupil_once_per_letter"),
            models.UniqueConstraint(
                fields=["study", "place"],
                name="case_pupil_once_per_study",
                violation_error_message="This pupil is a case pupil of the study already.",
            ),
            models.CheckConstraint(name="case_pupil_a_to_f", condition=Q(letter__in=list(LETTERS))),
        ]

    def __str__(self):
        return self.letter
