"""Half-days on which the two sides of a partnership meet: no word about a lesson or a pupil."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q

from accounts.addresses import address_of
from accounts.models import School
from accounts.quick_rows import QuickRow
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from programmes.models import Partnership, PartnerTeacher, PastSpecialist, Programme, TimetableStep
from programmes.models.partnerships import OWN, of_either_school, partner_teachers, through_partnership
from programmes.models.programmes import started


class WrongState(Exception):
    """Someone moved the visit first, or the step is not open from here."""


class NotOpenToVisits(WrongState):
    """The partnership was paused, or has ended, so nothing is planned in it."""


class Half(models.TextChoices):
    MORNING = "am", "morning"
    AFTERNOON = "pm", "afternoon"


HOURS = {Half.MORNING: (dt.time(9), dt.time(12)), Half.AFTERNOON: (dt.time(13), dt.time(15, 30))}


class VisitQuerySet(ScopedQuerySet):
    """A head and the office see the visits that take place in the school or take one of its teachers out of class."""

    started = started("partnership__programme__")
    reach = through_partnership(OWN | {Role.HEADTEACHER: of_either_school, Role.OFFICE: of_either_school})
    # The record of a visit is for the head of the school where it took place.
    narrower = {
        "records.view": through_partnership(OWN)
        | {Role.HEADTEACHER: lambda m: Q(host=m.school_id, partnership__programme__organisation=m.organisation_id)}
    }

    def with_people(self):
        return self.select_related(
            "host",
            "partnership__programme",
            "partnership__partner_school",
            "partnership__specialist__user",
            "partnership__specialist__home_school",
        ).prefetch_related("people", partner_teachers("partnership__"))

    def with_places(self):
        """With where they take place and the partnership, which many visits share: each is read once."""
        partnerships = Partnership.objects.select_related("partner_school", "specialist__home_school")
        return self.prefetch_related(
            "host", Prefetch("partnership", partnerships.prefetch_related("programme").order_by())
        )

    def with_standing(self):
        """With all that says how each stands: who has confirmed, and which other time is proposed."""
        return self.with_people().prefetch_related(
            Prefetch("bookings", Booking.objects.select_related("person").order_by("person__last_name", "pk")),
            Prefetch("proposed_times", queryset=open_proposals(), to_attr="proposed"),
        )

    def standing(self):
        return self.exclude(status=Visit.Status.CANCELLED)

    def of_open_programmes(self):
        return self.exclude(partnership__programme__status=Programme.Status.CLOSED)

    def planned(self):
        return self.of_open_programmes().filter(status=Visit.Status.PLANNED)

    def open_to_change(self):
        """While a partnership is paused its visits rest as they are, or are cancelled."""
        return self.planned().not_resting()

    def not_resting(self):
        return self.exclude(partnership__status=Partnership.Status.PAUSED)

    def waiting_for_a_successor(self, today):
        """To come, and booked for someone who has left the partnership: nobody could take the half-day over."""
        return self.filter(
            status=Visit.Status.PLANNED, on__gte=today, pk__in=Booking.objects.of_who_has_left().values("visit")
        )

    def waiting_for_person(self, person, today):
        """To come, and booked for this person, who has not said that the half-day suits them."""
        own = Booking.objects.filter(person=person, confirmed_at=None).values("visit")
        return self.filter(status=Visit.Status.PLANNED, on__gte=today, pk__in=own)

    def without_proposal(self):
        return self.exclude(pk__in=open_proposals().values("visit"))

    def waiting_for_a_record(self, today):
        """Their day is past, and no record says that they took place."""
        rows = self.standing().of_open_programmes().not_resting()
        return rows.filter(on__lt=today, recorded_at=None)


def open_proposals():
    rows = Visit._meta.get_field("proposed_times").related_model.objects
    return rows.filter(answer="").select_related("by")


class Visit(QuickRow):
    """One half-day on which the two sides of a partnership meet.

    `sequence` rises with each change that calendars must follow. When its record was written, and signed by both
    sides, is said by whoever keeps the records; what they say is not known here.
    """

    class Kind(models.TextChoices):
        FIRST = "first visit", "First visit"
        OBSERVATION = "observation", "Observation"
        RESEARCH_LESSON = "research lesson", "Research lesson"
        RECIPROCAL = "reciprocal visit", "Reciprocal visit"
        SHADOWING = "shadowing", "Shadowing, quality assurance"
        HEAD_TO_HEAD = "head-to-head", "Head-to-head"
        SHOWCASE = "showcase", "Showcase"

    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        TOOK_PLACE = "took place", "Took place"
        CANCELLED = "cancelled", "Cancelled"

    STEPS = {
        Status.PLANNED: {Status.TOOK_PLACE},
        Status.TOOK_PLACE: {Status.PLANNED},
        Status.CANCELLED: {Status.PLANNED},
    }

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="visits")
    step = models.ForeignKey(TimetableStep, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    kind = models.CharField(max_length=20, choices=Kind)
    on = models.DateField("day")
    half = models.CharField("half-day", max_length=2, choices=Half)
    host = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.PLANNED)
    cancelled_because = models.CharField("why it is cancelled", max_length=200, blank=True)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Booking", related_name="+")
    is_locked = models.BooleanField("the planner leaves it where it is", default=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    signed_off_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta:
        ordering = ["on", "half", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "on", "half"],
                condition=~Q(status="cancelled"),
                name="visit_once_a_half_day_per_partnership",
                violation_error_message="This partnership has a visit on this half-day already.",
            ),
            models.CheckConstraint(
                name="visit_cancelled_with_a_reason",
                condition=Q(status="cancelled") & ~Q(cancelled_because="") | ~Q(status="cancelled"),
                violation_error_message="Say why the visit is cancelled.",
            ),
            models.CheckConstraint(
                name="visit_signed_off_once_recorded",
                condition=Q(signed_off_at__isnull=True) | Q(recorded_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.on:%d/%m/%Y} {self.half}"

    def get_absolute_url(self):
        return address_of("visits:detail", self.pk)

    @property
    def planner_slug(self):
        """How the page on which a half-day is chosen names it."""
        return f"v{self.pk}"

    @property
    def is_planned(self):
        return self.status == Visit.Status.PLANNED

    @property
    def is_resting(self):
        """It stands in the calendar of a partnership that is paused: whether it takes place is open."""
        return self.is_planned and self.partnership.is_paused

    @property
    def people_and_schools(self):
        """Who is booked, and from which school; None for someone without a class in this partnership."""
        p = self.partnership
        schools = dict.fromkeys(p.current_partner_teachers, p.partner_school)
        schools |= {p.specialist.user: p.specialist.home_school}
        return [(person, schools.get(person)) for person in self.people.all()]

    @property
    def waiting_for(self):
        """Its teachers who are booked and have not said that the half-day suits them."""
        if hasattr(self, "waiting"):
            return self.waiting  # the year planner has read those of all its visits
        teachers = set(self.partnership.teachers)
        return [b.person for b in self.bookings.all() if b.confirmed_at is None and b.person in teachers]

    @property
    def proposal(self):
        """The other time that is proposed and not answered; None where there is none."""
        found = self.proposed if hasattr(self, "proposed") else open_proposals().filter(visit=self)
        return next(iter(found), None)

    def move_to(self, status, **fields):
        """Take one step, in one UPDATE: of two people pressing the button, one wins."""
        moved = Visit.objects.filter(pk=self.pk, status__in=self.STEPS[status]).update(status=status, **fields)
        if not moved:
            raise WrongState(f"visit {self.pk} cannot become {status}")
        self.refresh_from_db()


def of_own_school(m):
    return Q(school=m.school_id, visit__partnership__programme__organisation=m.organisation_id)


class BookingQuerySet(ScopedQuerySet):
    """A head and the office see who of their own school is booked."""

    started = started("visit__partnership__programme__")
    reach = {Role.HEADTEACHER: of_own_school, Role.OFFICE: of_own_school}

    def needing_cover(self):
        """Of teachers who are out of class, with what says when, who and where."""
        rows = self.filter(is_out=True).exclude(school=None)
        return rows.select_related(
            "person", "school", "visit__host", "visit__partnership__programme__organisation"
        ).order_by("on", "half", "person__last_name", "person__first_name", "pk")

    def of_who_has_left(self):
        """Of people who were teachers of the visit's partnership and are not any more.

        Few partnerships ever change a teacher: only the visits of those are looked at.
        """
        was_there, is_there = self.was_and_is_there()
        partners = PartnerTeacher.objects.exclude(until=None).values("partnership")
        changed = Q(visit__partnership__among=partners)
        changed |= Q(visit__partnership__among=PastSpecialist.objects.values("partnership"))
        return self.filter(changed, was_there & ~is_there)

    def of_who_is_there(self):
        """The others, with whoever comes without having been a teacher of it."""
        was_there, is_there = self.was_and_is_there()
        return self.filter(~was_there | is_there)

    @staticmethod
    def was_and_is_there():
        teacher = PartnerTeacher.objects.filter(partnership=OuterRef("visit__partnership"), user=OuterRef("person"))
        past = PastSpecialist.objects.filter(
            partnership=OuterRef("visit__partnership"), specialist__user=OuterRef("person")
        )
        was_there = Exists(teacher.exclude(until=None)) | Exists(past)
        return was_there, Exists(teacher.filter(until=None)) | Q(person=F("visit__partnership__specialist__user"))


class Booking(QuickRow):
    """One person's half-day, taken by one visit. The partner teacher stands for the class.

    `school` is theirs in this partnership, and covers where they are out of class; someone without a class has none.
    `confirmed_at` is when they said that the half-day suits them; whoever chose it has said so by that.
    """

    class Cover(models.TextChoices):
        SUPPLY = "supply", "A supply teacher"
        COLLEAGUE = "colleague", "A colleague"
        ASSISTANT = "assistant", "A teaching assistant"
        NOBODY = "nobody", "Nobody was needed"

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="bookings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bookings")
    on = models.DateField()
    half = models.CharField(max_length=2, choices=Half)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_out = models.BooleanField("out of class", default=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    covered_by = models.CharField("who covered", max_length=10, choices=Cover, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "on", "half"],
                name="booking_one_thing_per_half_day",
                violation_error_message="This person is booked on this half-day already.",
            )
        ]
