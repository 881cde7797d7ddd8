"""The record of a visit: one for each, written by either teacher, signed by both sides, answered by the host's head."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from lessons.models.sheets import Sheet
from programmes.models import Partnership
from programmes.models.partnerships import OWN, through_partnership
from programmes.models.programmes import started
from pupils.models import Place
from visits.models import Visit


class Side(models.TextChoices):
    SPECIALIST = "specialist", "Specialist teacher"
    PARTNER = "partner", "Partner teacher"


def through_visit(rules):
    """Rules of rows that belong to a partnership as rules of rows that belong to a visit."""
    return {
        role: lambda m, rule=rule: Q(visit__among=Visit.objects.filter(rule(m)).values("pk"))
        for role, rule in through_partnership(rules).items()
    }


def once_signed_off(rule):
    """What others read is what both teachers stand behind: a draft is the two teachers' own."""
    return lambda m: Q(status="signed off") & rule(m)


def of_host_school(m):
    return Q(visit__host=m.school_id, visit__partnership__programme__organisation=m.organisation_id)


WRITERS = through_visit({role: OWN[role] for role in (Role.SPECIALIST, Role.PARTNER)})
READERS = through_visit({role: OWN[role] for role in (Role.COORDINATOR, Role.CONSULTANT)})
READERS |= {Role.HEADTEACHER: of_host_school}


class VisitRecordQuerySet(ScopedQuerySet):
    started = started("visit__partnership__programme__")
    reach = WRITERS | {role: once_signed_off(rule) for role, rule in READERS.items()}

    def with_visit(self):
        return self.select_related(
            "sheet",
            "visit__host",
            "visit__step",
            "visit__partnership__programme__organisation",
            "visit__partnership__partner_school",
            "visit__partnership__specialist__user",
            "visit__partnership__specialist__home_school",
        ).prefetch_related("visit__partnership__partner_teachers__user", "signatures__person", "replies__by")

    def disputed(self):
        """The newest word of some head is "not accurate", and no coordinator has looked into it yet."""
        open_ones = HeadReply.objects.newest().filter(is_accurate=False, seen_at=None)
        return self.filter(pk__in=open_ones.values("record"))


class VisitRecord(models.Model):
    """What two teachers keep of a half-day. Its words are the boxes of its sheet.

    Whoever signs signs a version of that. From then on nothing in it changes: corrections are added below.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Being written"
        PART_SIGNED = "part signed", "Signed by one side"
        SIGNED_OFF = "signed off", "Signed off by both sides"

    visit = models.OneToOneField(Visit, on_delete=models.CASCADE, related_name="record")
    sheet = models.OneToOneField(Sheet, on_delete=models.CASCADE, related_name="record")
    status = models.CharField(max_length=11, choices=Status, default=Status.DRAFT)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)
    reached_teachers = models.PositiveIntegerField("other teachers reached", null=True, blank=True)
    reached_pupils = models.PositiveIntegerField("other pupils reached", null=True, blank=True)

    objects = VisitRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-visit__on", "-pk"]

    def __str__(self):
        return f"record {self.pk}"

    def get_absolute_url(self):
        return reverse("lessons:record", args=[self.visit_id])

    @property
    def is_draft(self):
        return self.status == VisitRecord.Status.DRAFT

    @property
    def is_signed_off(self):
        return self.status == VisitRecord.Status.SIGNED_OFF

    @property
    def signed_sides(self):
        return {signature.side for signature in self.signatures.all()}

    @property
    def waits_for(self):
        """Whose signature is missing, once somebody has signed: people of the side, who may be several."""
        if self.status != VisitRecord.Status.PART_SIGNED:
            return []
        return [person for side in Side if side not in self.signed_sides for person in people_of(self.visit, side)]

    @property
    def newest_replies(self):
        """Of each head the newest word."""
        newest = {reply.by_id: reply for reply in self.replies.all()}
        return sorted(newest.values(), key=lambda reply: reply.at)


def people_of(visit, side):
    partnership = visit.partnership
    return [partnership.specialist.user] if side == Side.SPECIALIST else partnership.current_partner_teachers


def sides_of(visit, person):
    """The sides for which a person may sign: both, where a partnership is one teacher's own."""
    return [side for side in Side if person in people_of(visit, side)]


class Presence(models.Model):
    """Whether a target pupil was there."""

    record = models.ForeignKey(VisitRecord, on_delete=models.CASCADE, related_name="presences")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    is_present = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "place"], name="presence_once_per_place")]


class RecordSignature(models.Model):
    """One side stands behind a version of the record."""

    record = models.ForeignKey(VisitRecord, on_delete=models.CASCADE, related_name="signatures")
    side = models.CharField(max_length=10, choices=Side)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["record", "side"], name="record_signed_once_per_side")]


class RecordCorrection(models.Model):
    """What is added below a record that both sides have signed. The record itself stays as it is."""

    record = models.ForeignKey(VisitRecord, on_delete=models.CASCADE, related_name="corrections")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="record_correction_says_something",
                condition=~Q(text=""),
                violation_error_message="Write what is to be corrected.",
            )
        ]


class HeadReplyQuerySet(ScopedQuerySet):
    reach = {
        Role.COORDINATOR: lambda m: Q(
            record__in=VisitRecord.objects.filter(VisitRecordQuerySet.reach[Role.COORDINATOR](m)).values("pk")
        )
    }

    def newest(self):
        """Of each head and record the last one."""
        later = HeadReply.objects.filter(record=models.OuterRef("record"), by=models.OuterRef("by"))
        return self.filter(pk=models.Subquery(later.order_by("-at", "-pk").values("pk")[:1]))


class HeadReply(models.Model):
    """What the host school's head says of a record. It changes nothing in it and holds nothing up; the last one counts.

    A coordinator who has looked into a "not accurate" says so, and it leaves their list.
    """

    record = models.ForeignKey(VisitRecord, on_delete=models.CASCADE, related_name="replies")
    is_accurate = models.BooleanField()
    comment = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = HeadReplyQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="head_reply_says_what_is_not_accurate",
                condition=Q(is_accurate=True) | ~Q(comment=""),
                violation_error_message="Say what is not accurate.",
            ),
            models.CheckConstraint(
                name="head_reply_seen_by_someone",
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__gte=F("at"), seen_by__isnull=False),
            ),
        ]


def why_not_written(visit, today):
    """The sentence that says why no record of the visit can be written; empty where one can."""
    if visit.status == Visit.Status.CANCELLED:
        return "This visit was cancelled, so there is no record of it."
    if visit.partnership.programme.status == "closed":
        return "The programme is closed, so its records stay as they are."
    if visit.partnership.status not in WRITTEN_WHILE:
        return "Nothing is recorded before the partnership is agreed."
    if visit.on > today:
        return "This visit is still to come. Its record can be written from its day on."
    return ""


WRITTEN_WHILE = frozenset(Partnership.Status) - {Partnership.Status.ENQUIRY, Partnership.Status.PROPOSED}
