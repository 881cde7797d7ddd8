"""A research lesson: planned together, watched, talked about. Its words and predictions are the boxes of its sheet."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from lessons.boxes import TALK
from lessons.models.sheets import Note, Sheet
from lessons.models.studies import MOST_LESSONS, CasePupil, Study, StudyQuerySet
from programmes.models.programmes import started
from visits.models import Visit

MOST_STAGES = 60


def through_study(rules):
    return {
        role: lambda m, rule=rule: Q(study__among=Study.objects.filter(rule(m)).values("pk"))
        for role, rule in rules.items()
    }


def as_guest(m):
    guests = LessonGuest.objects.current().filter(person=m.user_id).values("lesson")
    return Q(study__partnership__programme__organisation=m.organisation_id, pk__in=guests)


def watched(rule):
    return lambda m: rule(m) | as_guest(m)


MEMBERS = through_study(StudyQuerySet.narrower["studies.write"])
READERS = through_study(StudyQuerySet.reach)
GUESTS = [*READERS, Role.OFFICE, Role.GUEST]


class ResearchLessonQuerySet(ScopedQuerySet):
    """A lesson is reached through its study, and by its guests until their last day."""

    started = started("study__partnership__programme__")
    reach = READERS
    narrower = {
        "studies.write": MEMBERS,
        "lessons.observe": {role: watched(MEMBERS[role]) if role in MEMBERS else as_guest for role in GUESTS},
        "lessons.see": {role: watched(READERS[role]) if role in READERS else as_guest for role in GUESTS},
    }

    def with_study(self):
        return self.select_related(
            "sheet",
            "visit__host",
            "study__sheet",
            "study__partnership__programme__organisation",
            "study__partnership__partner_school",
            "study__partnership__specialist__user",
            "study__partnership__specialist__home_school",
        ).prefetch_related("parts__person", "watches__person", "watches__case_pupil", "study__members__person")

    def standing(self):
        """Those that took place or are to: neither they nor the visits that are to hold them are cancelled."""
        return self.filter(cancelled_at=None).exclude(started_at=None, visit__status=Visit.Status.CANCELLED)

    def with_agreements(self):
        """Each with who has agreed its discussion, and the version of its sheet that the last words of it made."""
        return self.with_version_talked().prefetch_related("agreements")

    def with_version_talked(self):
        """Each with the version of its sheet that the last words of its discussion made, as `talked`."""
        talked = Note.objects.filter(sheet=OuterRef("sheet"), field__startswith=TALK).order_by("-in_sheet")
        return self.annotate(talked=Subquery(talked.values("in_sheet")[:1]))


class Kept(models.Manager.from_queryset(ResearchLessonQuerySet)):
    def get_queryset(self):
        return super().get_queryset().filter(taken_out_at=None)


class ResearchLesson(models.Model):
    """One lesson of a study. Where a visit holds it, the visit says on which half-day; else the lesson itself does.

    Once a member has started it, what was predicted stays as it is. One that was taken out of the study is on no page:
    it is there for what devices still send of it, and is put back when a lesson is added.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="research_lessons")
    number = models.PositiveSmallIntegerField()
    sheet = models.OneToOneField(Sheet, on_delete=models.CASCADE, related_name="research_lesson")
    visit = models.OneToOneField(
        Visit, on_delete=models.SET_NULL, null=True, blank=True, related_name="research_lesson"
    )
    on = models.DateField("day", null=True, blank=True)
    at = models.TimeField("time", null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField("why it is cancelled", max_length=200, blank=True)
    taken_out_at = models.DateTimeField(null=True, blank=True)

    objects = Kept()
    ever = ResearchLessonQuerySet.as_manager()  # with those that were taken out

    class Meta:
        ordering = ["study", "number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="research_lesson_once_per_number"),
            models.CheckConstraint(name="research_lesson_one_of_four", condition=Q(number__range=(1, MOST_LESSONS))),
            models.CheckConstraint(
                name="research_lesson_started_by_someone",
                condition=Q(started_at=None, started_by=None) | Q(started_at__isnull=False, started_by__isnull=False),
            ),
            models.CheckConstraint(
                name="research_lesson_ended_once_started",
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
            ),
            models.CheckConstraint(
                name="research_lesson_cancelled_with_a_reason",
                condition=Q(cancelled_at=None, cancelled_because="")
                | Q(cancelled_at__isnull=False) & ~Q(cancelled_because=""),
                violation_error_message="Say why the lesson is cancelled.",
            ),
        ]

    def __str__(self):
        return f"research lesson {self.number}"

    def get_absolute_url(self):
        return reverse("lessons:sheet", args=[self.pk])

    @property
    def day(self):
        """On which it took place, or is to."""
        return timezone.localdate(self.started_at) if self.started_at else self.planned_for

    @property
    def planned_for(self):
        return self.visit.on if self.visit else self.on

    @property
    def why_taken_out(self):
        """The sentence for whoever still sends words of it; empty while it is in the study."""
        if self.taken_out_at is None:
            return ""
        return (
            f"Lesson {self.number} was taken out of the study. What you sent is kept, and is there again once a member "
            "adds that lesson again."
        )

    @property
    def why_cancelled(self):
        """Why it does not take place; empty where it does, or did."""
        if self.is_started:
            return ""
        if self.cancelled_at:
            return self.cancelled_because
        return self.visit.cancelled_because if self.visit and self.visit.status == Visit.Status.CANCELLED else ""

    def began_after(self, at):
        """Whether it began in a later minute than this, as pages show both."""
        return bool(self.started_at and at and at < self.started_at.replace(second=0, microsecond=0))

    @property
    def is_another_day(self):
        """Whether it would take place on another day than planned if it began now."""
        return not self.is_started and self.planned_for is not None and self.planned_for != timezone.localdate()

    @property
    def asks_at(self):
        """From when on it is asked whether the lesson has begun: its time, on its day, until somebody says so."""
        if self.is_started or self.at is None or self.day != timezone.localdate() or self.why_cancelled:
            return None
        return timezone.make_aware(dt.datetime.combine(self.day, self.at))

    @property
    def is_asked(self):
        return self.asks_at is not None and timezone.now() >= self.asks_at

    @property
    def is_started(self):
        return self.started_at is not None

    @property
    def is_ended(self):
        return self.ended_at is not None

    @property
    def standing_parts(self):
        """Who does what: of the group as it is; of a lesson that is over, as it was then."""
        return [row for row in self.parts.all() if self.is_ended or row.person in self.study.current_members]

    @property
    def standing_watches(self):
        """Who watches whom, likewise, of those who are case pupils."""
        rows = [row for row in self.watches.all() if row.case_pupil.removed_at is None]
        return [row for row in rows if self.is_ended or row.person in self.study.current_members]

    def people_who(self, part):
        """Those of the group as it is: whoever has left it does nothing for it."""
        members = self.study.current_members
        return [row.person for row in self.parts.all() if row.part == part and row.person in members]


class Stage(models.Model):
    """A stage of a lesson: a row of its grid. Its words are boxes `stage-<pk>-…` of the lesson's sheet."""

    lesson = models.ForeignKey(ResearchLesson, on_delete=models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return f"stage {self.pk}"


class LessonPart(models.Model):
    """What a person does at a lesson; several may do the same, and one several things."""

    class Part(models.TextChoices):
        TEACHES = "teaches", "Teaches"
        OBSERVES = "observes", "Observes"
        CHAIRS = "chairs", "Chairs the discussion"
        RECORDS = "records", "Writes down the discussion"
        ADVISES = "advises", "Outside adviser"

    lesson = models.ForeignKey(ResearchLesson, on_delete=models.CASCADE, related_name="parts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=8, choices=Part)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "person", "part"], name="lesson_part_once_per_person"),
            models.UniqueConstraint(
                fields=["lesson", "part"],
                condition=Q(part__in=["chairs", "records"]),
                name="lesson_part_one_chair_one_recorder",
            ),
        ]


class LessonWatch(models.Model):
    """Who watches which case pupil."""

    lesson = models.ForeignKey(ResearchLesson, on_delete=models.CASCADE, related_name="watches")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    case_pupil = models.ForeignKey(CasePupil, on_delete=models.CASCADE, related_name="watches")

    class Meta:
        ordering = ["case_pupil__letter", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["lesson", "person", "case_pupil"], name="lesson_watch_once_per_pupil")
        ]


class LessonGuestQuerySet(models.QuerySet):
    def current(self):
        return self.filter(until__gte=timezone.localdate(), ended_at=None)


class LessonGuest(models.Model):
    """A colleague or guest who observes one lesson. It ends by itself after `until`, or when a member ends it."""

    lesson = models.ForeignKey(ResearchLesson, on_delete=models.CASCADE, related_name="guests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    until = models.DateField("last day")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = LessonGuestQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "person"],
                name="lesson_guest_once",
                violation_error_message="This person is a guest of this lesson already.",
            )
        ]

    @property
    def is_current(self):
        return self.ended_at is None and self.until >= timezone.localdate()


class DiscussionAgreement(models.Model):
    """A member agrees that the discussion is written down as it was, as it stood in that version of the sheet."""

    lesson = models.ForeignKey(ResearchLesson, on_delete=models.CASCADE, related_name="agreements")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["lesson", "person"], name="discussion_agreed_once_per_person")]


class PrivateNote(models.Model):
    """What a member writes for themselves at a lesson: nobody else's until they share it with the group."""

    lesson = models.ForeignKey(ResearchLesson, on_delete=models.CASCADE, related_name="private_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sheet = models.OneToOneField(Sheet, on_delete=models.CASCADE, related_name="private_note")
    shared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "author"], name="private_note_once_per_author")]
