import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Deferrable, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.models import School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from papers.templatetags.plain import clock, listed, longday
from programmes.models import ActionItem, Area, Programme, TimetableStep
from programmes.models.partnerships import areas_of, of_organisation
from programmes.models.programmes import started
from visits.models import rules
from visits.models.attendance import Attendance
from visits.models.visits import WrongState


class Group(models.TextChoices):
    """Whom an event invites by rule."""

    SPECIALIST = "specialist", "Specialist teachers"
    PARTNER = "partner", "Partner teachers"
    HEAD = "head", "Headteachers"
    CONSULTANT = "consultant", "Area consultants"


class EventSeries(models.Model):
    """Meetings that come again in one rhythm, from a day until a day. A new rhythm from a day on changes this row.

    `first_on` says the weekday of the rhythm, and which one of the month or half term it is.
    """

    class Rhythm(models.TextChoices):
        WEEKLY = "weekly", "Every week"
        FORTNIGHTLY = "fortnightly", "Every two weeks (twice a month)"
        MONTHLY = "monthly", "Once a month"
        HALF_TERM = "half term", "Once a half term"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="event_series")
    rhythm = models.CharField("how often", max_length=12, choices=Rhythm)
    first_on = models.DateField("first day in this rhythm")
    until = models.DateField("last possible day")
    rotates = models.BooleanField("the schools of the area take turns as hosts", default=False)

    class Meta:
        verbose_name_plural = "event series"


def invited(m, *by_rule):
    """Events that invite this person by rule, or by name; whoever runs an event is always there."""
    of_mine = Attendance.objects.filter(person=m.user_id)
    named = of_mine.filter(Q(by_hand="added") | Q(present__isnull=False)).values("event")
    removed = of_mine.filter(by_hand="removed").values("event")
    rule = Q(pk__in=[])
    for events in by_rule:
        rule |= Q(pk__in=events.values("pk"))
    return of_organisation(m) & ((rule & ~Q(pk__in=removed)) | Q(pk__in=named) | runs(m))


def runs(m):
    return Q(chair=m.user_id) | Q(minute_taker=m.user_id)


def of_own_areas(m):
    return of_organisation(m) & Q(area__in=areas_of(m))


def of_own_programmes(m):
    programmes = Area.objects.filter(pk__in=areas_of(m)).values("programme")
    return of_organisation(m) & Q(area=None, programme__in=programmes)


class EventQuerySet(ScopedQuerySet):
    started = started("programme__")
    reach = {
        Role.COORDINATOR: of_organisation,
        Role.CONSULTANT: lambda m: of_own_areas(m) | of_own_programmes(m) | invited(m),
        Role.SPECIALIST: lambda m: invited(m, rules.specialists(Event.objects, programme__specialists__user=m.user_id)),
        Role.PARTNER: lambda m: invited(
            m,
            rules.partners(
                Event.objects,
                programme__partnerships__partner_teachers__user=m.user_id,
                programme__partnerships__partner_school=m.school_id,
            ),
        ),
        Role.HEADTEACHER: lambda m: invited(
            m,
            rules.heads_of_partner_schools(Event.objects, programme__organisation__membership=m.pk),
            rules.heads_of_home_schools(Event.objects, programme__organisation__membership=m.pk),
        ),
    }
    # The register, the minutes and the running order are kept by whoever looks after the area, or runs the event.
    narrower = {
        "events.record": {
            Role.COORDINATOR: of_organisation,
            Role.CONSULTANT: lambda m: of_own_areas(m) | of_organisation(m) & runs(m),
            **{
                role: lambda m: of_organisation(m) & runs(m)
                for role in (Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER)
            },
        }
    }

    def with_places(self):
        return self.select_related("programme", "area", "host", "place", "chair", "minute_taker", "series")

    def standing(self):
        return self.filter(status=Event.Status.PLANNED)

    def next_of_each_series(self, today):
        """Of a series the meeting that comes next: it leads to the later ones."""
        earlier = Event.objects.standing().filter(series=OuterRef("series"), on__gte=today, on__lt=OuterRef("on"))
        return self.exclude(Exists(earlier))

    def with_later_meetings(self):
        """How many meetings of the same series come after each."""
        later = Event.objects.standing().filter(series=OuterRef("series"), on__gt=OuterRef("on")).order_by()
        return self.annotate(
            later_meetings=Coalesce(Subquery(later.values("series").annotate(n=Count("pk")).values("n")), 0)
        )

    def without_register(self, today):
        """Their day is past, and nobody has closed the register."""
        return self.standing().of_open_programmes().filter(on__lt=today, register_closed_at=None)

    def of_open_programmes(self):
        return self.exclude(programme__status=Programme.Status.CLOSED)


class Event(models.Model):
    """Something of a programme for many people: on one day, from an hour to an hour, at a place or online.

    `takes` is the part of the day on which teachers are out of class for it. `sequence` rises with each change that
    the invited are told, so that their calendars follow. `own` are the fields that someone changed in this one meeting
    of a series: it keeps them when the series changes.
    """

    class Kind(models.TextChoices):
        TRAINING = "training", "Training day"
        LAUNCH = "launch", "Launch"
        TWILIGHT = "twilight", "Cluster twilight"
        MODERATION = "moderation", "Moderation session"
        NETWORK = "network", "Network meeting"
        INSET = "inset", "Shared INSET"
        SHOWCASE = "showcase", "Showcase"
        FEEDBACK = "feedback", "Feedback meeting"

    class Takes(models.TextChoices):
        NOTHING = "", "No half-day: it is outside school hours"
        MORNING = "am", "The morning"
        AFTERNOON = "pm", "The afternoon"
        DAY = "day", "The whole day"

    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        CANCELLED = "cancelled", "Cancelled"

    HALF_DAYS = {Takes.NOTHING: 0, Takes.MORNING: 1, Takes.AFTERNOON: 1, Takes.DAY: 2}

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="events")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    step = models.ForeignKey(TimetableStep, on_delete=models.SET_NULL, null=True, blank=True, related_name="events")
    series = models.ForeignKey(EventSeries, on_delete=models.SET_NULL, null=True, blank=True, related_name="events")
    own = ArrayField(
        models.CharField(max_length=30), verbose_name="fields changed by hand", default=list, editable=False
    )
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=120, blank=True)
    on = models.DateField("day")
    starts_at = models.TimeField("starts")
    ends_at = models.TimeField("ends")
    takes = models.CharField("out of class", max_length=3, choices=Takes, blank=True, default=Takes.NOTHING)
    host = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    place = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    venue = models.CharField("room or other place", max_length=150, blank=True)
    link = models.URLField("address of the online meeting", max_length=500, blank=True)
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    minute_taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    audience = ArrayField(models.CharField(max_length=10, choices=Group), default=list, blank=True)
    funded_specialist_half_days = models.PositiveSmallIntegerField("funded for each specialist teacher", default=0)
    funded_partner_half_days = models.PositiveSmallIntegerField("funded for each partner teacher", default=0)
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    cancelled_because = models.CharField("why it is cancelled", max_length=200, blank=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    minutes = models.TextField(max_length=20_000, blank=True)
    minutes_version = models.PositiveIntegerField(default=0, editable=False)
    minutes_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    minutes_at = models.DateTimeField(null=True, editable=False)
    actions = models.ManyToManyField(ActionItem, blank=True, related_name="events")
    register_closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["on", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="event_ends_after_it_starts",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message="The event must end after it starts.",
            ),
            models.CheckConstraint(
                name="event_twilight_takes_no_half_day",
                condition=~Q(kind="twilight") | Q(takes=""),
                violation_error_message="A twilight is after school and takes no half-day.",
            ),
            models.CheckConstraint(
                name="event_funds_no_more_half_days_than_it_takes",
                condition=Q(takes="", funded_specialist_half_days=0, funded_partner_half_days=0)
                | Q(takes__in=["am", "pm"], funded_specialist_half_days__lte=1, funded_partner_half_days__lte=1)
                | Q(takes="day", funded_specialist_half_days__lte=2, funded_partner_half_days__lte=2),
                violation_error_message="An event funds no more half-days than it takes out of class.",
            ),
            models.CheckConstraint(
                name="event_audience_is_of_known_groups",
                condition=Q(audience__contained_by=[group.value for group in Group]),
                violation_error_message="Choose from the groups that are offered.",
            ),
            models.CheckConstraint(
                name="event_cancelled_with_a_reason",
                condition=Q(status="cancelled") & ~Q(cancelled_because="") | ~Q(status="cancelled"),
                violation_error_message="Say why the event is cancelled.",
            ),
            models.UniqueConstraint(
                fields=["series", "on"],
                condition=Q(status="planned"),
                name="event_once_a_day_in_a_series",
                violation_error_message="This series has a meeting on that day already.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.on:%d/%m/%Y}"

    def get_absolute_url(self):
        return reverse("events:detail", args=[self.pk])

    @property
    def title(self):
        return self.name or (f"{self.get_kind_display()}, {self.area}" if self.area_id else self.get_kind_display())

    @property
    def hours(self):
        """4pm to 5:30pm"""
        return f"{clock(self.starts_at)} to {clock(self.ends_at)}"

    @property
    def when(self):
        """Tuesday 9 February, 4pm to 5:30pm"""
        return f"{longday(self.on)}, {self.hours}"

    @property
    def where(self):
        """The hall, Alder School, and online; "" when nobody has decided yet."""
        room = ", ".join(part for part in (self.venue, self.place.name if self.place else "") if part)
        return f"{room}, and online" if room and self.link else room or ("Online" if self.link else "")

    @property
    def for_whom(self):
        """Specialist teachers and partner teachers of the South area"""
        groups = [Group(group).label for group in self.audience]
        whom = "Everyone" if len(groups) == len(Group) else listed([*groups[:1], *map(str.lower, groups[1:])])
        place = f"of the {self.area} area" if self.area_id else "of the programme"
        return f"{whom} {place}" if groups else "Those whom the coordinator puts on the list"

    @property
    def half_days(self):
        return self.HALF_DAYS[self.takes]

    @property
    def is_planned(self):
        return self.status == Event.Status.PLANNED

    @property
    def is_past(self):
        return self.on < timezone.localdate()

    def move_to_cancelled(self, reason):
        """In one UPDATE: of two people pressing the button, one wins."""
        planned = Event.objects.filter(pk=self.pk, status=Event.Status.PLANNED)
        if not planned.update(status=Event.Status.CANCELLED, cancelled_because=reason, sequence=F("sequence") + 1):
            raise WrongState(f"event {self.pk} is not planned any more")
        self.refresh_from_db(fields=["status", "cancelled_because", "sequence"])


class Slot(models.Model):
    """One item of an event's running order: how long, what, and who has the floor."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="slots")
    order = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField(
        validators=[
            MinValueValidator(1, "An item lasts at least a minute."),
            MaxValueValidator(480, "An item lasts at most eight hours."),
        ]
    )
    what = models.CharField(max_length=150)
    who = models.CharField(max_length=150, blank=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "order"], name="slot_once_per_order", deferrable=Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                name="slot_lasts",
                condition=Q(minutes__range=(1, 480)),
                violation_error_message="An item lasts from one minute to eight hours.",
            ),
        ]
