from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.utils import timezone

from accounts.addresses import address_of
from accounts.models import Membership, School
from accounts.quick_rows import QuickRow
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from papers.templatetags.plain import year_words
from programmes.models.programmes import Area, DataPoint, Programme, started
from programmes.models.specialists import OVER, SpecialistTeacher, areas_of, of_organisation
from programmes.models.week import HALF_DAYS, ReleasePattern, in_words, release_constraints


def partnerships_of(m):
    return PartnerTeacher.objects.filter(user=m.user_id, until=None).values("partnership")


def partner_schools(m):
    return Partnership.objects.filter(of_organisation(m)).values("partner_school")


def home_schools(m):
    return SpecialistTeacher.objects.filter(of_organisation(m)).values("home_school")


def of_partner_school(m):
    return of_organisation(m) & Q(partner_school=m.school_id)


def of_either_school(m):
    return of_partner_school(m) | of_organisation(m) & Q(specialist__home_school=m.school_id)


# Which partnerships are a person's own, said once: visits, returns and places are reached through their partnership.
OWN = {
    Role.COORDINATOR: of_organisation,
    Role.CONSULTANT: lambda m: of_organisation(m) & (Q(area__in=areas_of(m)) | Q(specialist__consultant=m.user_id)),
    Role.SPECIALIST: lambda m: of_organisation(m) & Q(specialist__user=m.user_id),
    Role.PARTNER: lambda m: of_partner_school(m) & Q(pk__in=partnerships_of(m)),
}


def through_partnership(rules):
    """Rules of partnerships as rules of rows that belong to one."""
    return {
        role: lambda m, rule=rule: Q(partnership__among=Partnership.objects.filter(rule(m)).values("pk"))
        for role, rule in rules.items()
    }


def partner_teachers(through=""):
    """To prefetch the partner teachers with their names, in one query; `through` leads to the partnership."""
    return Prefetch(f"{through}partner_teachers", PartnerTeacher.objects.select_related("user"))


class PartnershipQuerySet(ScopedQuerySet):
    started = started("programme__")
    reach = OWN | {Role.HEADTEACHER: of_either_school}
    narrower = {
        # A head follows the own school's pupils: a specialist teacher's head sees none of the partner school's.
        "progress.view": OWN | {Role.HEADTEACHER: of_partner_school},
        # Numbers of release time, without a name, are for those who answer for the money as well.
        "ledger.numbers": {
            Role.COORDINATOR: of_organisation,
            Role.BUDGET_HOLDER: of_organisation,
            Role.CONSULTANT: OWN[Role.CONSULTANT],
            Role.FINANCE: of_organisation,
        },
    }

    def ever_active(self):
        return self.filter(
            pk__in=PartnershipStep.objects.filter(status=Partnership.Status.ACTIVE).values("partnership")
        )

    def ever_agreed(self):
        """Those that were agreed at some time: open, or over. What is only proposed, or was dissolved before anybody
        agreed, is promised nothing, owes nothing, and counts nowhere.
        """
        agreed = frozenset(Partnership.Status) - NOT_AGREED - {Partnership.Status.FOLDED}
        was_agreed = PartnershipStep.objects.filter(partnership=OuterRef("pk"), status__in=agreed)
        return self.filter(Q(status__in=agreed) | Q(status=Partnership.Status.FOLDED) & Exists(was_agreed))

    def running(self):
        standing = [Partnership.Status.ACTIVE, Partnership.Status.PAUSED, Partnership.Status.EMBEDDING]
        return self.filter(status__in=standing)

    def not_over(self):
        return self.exclude(status__in=OVER)

    def programmes(self):
        return Programme.objects.filter(pk__in=self.values("programme")).order_by("-starts_on", "name")

    def areas(self):
        rows = Area.objects.filter(pk__in=self.values("area")).select_related("programme")
        return rows.order_by("-programme__starts_on", "programme__name", "name")

    def data_points(self):
        return DataPoint.objects.filter(programme__in=self.values("programme")).select_related("programme")

    def open_to_visits(self):
        return self.filter(status__in=OPEN_TO_VISITS).exclude(programme__status=Programme.Status.CLOSED)

    def open_to_entries(self):
        """Grades and whatever else belongs to one may be entered: it neither rests nor has it folded."""
        return self.exclude(status__in=RESTING).exclude(programme__status=Programme.Status.CLOSED)

    def owing(self, data_point):
        """Grades are missing there, or not submitted. One that rests or has folded is not asked."""
        lacking = Q(returns__expected__gt=F("returns__assessed") + F("returns__excused"))
        return self.exclude(status__in=RESTING).filter(
            lacking | Q(returns__expected__gt=0, returns__state="open"), returns__data_point=data_point
        )

    def without_head(self):
        """Where a programme runs, those proposed or further of whose partner school no headteacher can sign in."""
        heads = Membership.objects.live().filter(
            role=Role.HEADTEACHER,
            user__is_active=True,
            organisation=OuterRef("programme__organisation"),
            school=OuterRef("partner_school"),
        )
        return self.filter(~Exists(heads), status__in=HEAD_NEEDED, programme__status=Programme.Status.ACTIVE)

    def search(self, text):
        """Each word is a reference or a URN, or stands in the name of a school or a teacher."""
        rows = self
        for word in text.split():
            teacher = Q(partner_teachers__user__first_name__icontains=word)
            teacher |= Q(partner_teachers__user__last_name__icontains=word)
            rows = rows.filter(
                Q(ref__iexact=word)
                | Q(partner_school__name__icontains=word)
                | Q(partner_school__urn=word)
                | Q(specialist__home_school__name__icontains=word)
                | Q(specialist__user__first_name__icontains=word)
                | Q(specialist__user__last_name__icontains=word)
                | Q(pk__in=Partnership.objects.filter(teacher, partner_teachers__until=None).values("pk"))
            )
        return rows

    def with_people(self):
        rows = self.select_related("programme", "area").with_specialists()
        return rows.prefetch_related(partner_teachers())

    def with_specialists(self):
        """With the specialist teacher and both schools."""
        return self.select_related("specialist__user", "specialist__home_school", "partner_school")

    def of_programmes(self, programmes):
        """Those of these programmes with their specialist teachers, as a list; each gets its programme as given."""
        known = {programme.pk: programme for programme in programmes}
        found = list(self.filter(programme__in=known).with_specialists().select_related("area"))
        for partnership in found:
            partnership.programme = known[partnership.programme_id]
        return found

    def with_acceptances(self):
        """With those of the schools that have agreed or objected, which the words of a status need."""
        return self.prefetch_related("acceptances", "objections")


class Partnership(QuickRow):
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
    ref = models.CharField("reference", max_length=40)
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
        return address_of("programmes:partnership", self.pk)

    @property
    def label(self):
        return f"{self.subject.capitalize()}, {year_words(self.year_group)}"

    @property
    def is_in_own_school(self):
        return self.partner_school_id == self.specialist.home_school_id

    @property
    def schools(self):
        """Both sides; one school where both are of it."""
        home = self.specialist.home_school
        return [self.partner_school] if self.is_in_own_school else [self.partner_school, home]

    @property
    def awaited(self):
        """Of a proposed one: the schools that have not agreed to it yet."""
        agreed = {row.school_id for row in self.acceptances.all() if row.taken_back_at is None}
        return [school for school in self.schools if school.pk not in agreed]

    @property
    def waits_for_answer(self):
        """A school has declined it or asked about it, and the coordinator has not answered."""
        return any(objection.answered_at is None for objection in self.objections.all())

    @property
    def is_open_to_visits(self):
        return self.status in OPEN_TO_VISITS and self.programme.status != Programme.Status.CLOSED

    @property
    def is_open_to_entries(self):
        return self.status not in RESTING and self.programme.status != Programme.Status.CLOSED

    @property
    def why_stopped(self):
        """The reason of its pause or end; why it goes on again stands in its history."""
        return self.reason if self.ended_on or self.is_paused else ""

    @property
    def is_asked(self):
        """Whether grades are asked for at present."""
        return self.is_open_to_entries and not self.is_not_agreed

    @property
    def is_not_agreed(self):
        """It is only talked about: nothing is owed, and nothing of it counts."""
        return self.status in NOT_AGREED

    @property
    def has_folded(self):
        return self.status == Partnership.Status.FOLDED

    @property
    def is_paused(self):
        return self.status == Partnership.Status.PAUSED

    @property
    def current_partner_teachers(self):
        return [teacher.user for teacher in self.partner_teachers.all() if teacher.until is None]

    @property
    def teachers(self):
        """Of both sides, each person once."""
        return list(dict.fromkeys([self.specialist.user, *self.current_partner_teachers]))


OPEN_TO_VISITS = frozenset({Partnership.Status.AGREED, Partnership.Status.ACTIVE, Partnership.Status.EMBEDDING})
HEAD_NEEDED = OPEN_TO_VISITS | {Partnership.Status.PROPOSED, Partnership.Status.PAUSED}
NOT_AGREED = frozenset({Partnership.Status.ENQUIRY, Partnership.Status.PROPOSED})
RESTING = frozenset({Partnership.Status.PAUSED, Partnership.Status.FOLDED})  # nothing is entered or asked for


class PartnerTeacherQuerySet(ScopedQuerySet):
    """The coordinator's, and one's own as long as one is in the partnership."""

    started = started("partnership__programme__")
    reach = {
        Role.COORDINATOR: lambda m: Q(partnership__programme__organisation=m.organisation_id),
        Role.PARTNER: lambda m: Q(
            user=m.user_id,
            until=None,
            partnership__partner_school=m.school_id,
            partnership__programme__organisation=m.organisation_id,
        ),
    }

    def of_open_programmes(self):
        """At present, in partnerships in which visits are or will be planned."""
        closed = Q(partnership__programme__status=Programme.Status.CLOSED) | Q(partnership__status__in=OVER)
        return self.filter(until=None).exclude(closed)


class PartnerTeacher(ReleasePattern):
    """A teacher of the partner school in a partnership, from a day to a day: an equal partner.

    `teaches` are the half-days in which they teach the class the subject; none where nobody has said.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="partner_teachers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    because = models.CharField("why the teacher left it", max_length=200, blank=True)
    teaches = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PartnerTeacherQuerySet.as_manager()

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
            models.CheckConstraint(
                name="partner_teacher_teaches_half_days_of_the_week",
                condition=Q(teaches__contained_by=list(HALF_DAYS)),
                violation_error_message="A half-day is a morning or an afternoon from Monday to Friday.",
            ),
            *release_constraints("partner_teacher"),
        ]

    @property
    def teaches_in_words(self):
        return in_words(self.teaches)


class PartnershipStep(QuickRow):
    """One change of a partnership's status: when, by whom, why. The last one is where it stands."""

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="steps")
    status = models.CharField(max_length=10, choices=Partnership.Status)
    on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["on", "at", "pk"]
