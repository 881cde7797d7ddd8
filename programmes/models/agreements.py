import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Prefetch, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from programmes.models.partnerships import OWN, Partnership, of_either_school, partner_teachers, through_partnership
from programmes.models.programmes import Programme, started


class AgreementText(models.Model):
    """The words of a programme's agreement. Each change is a new version, so that a signed one keeps its own.

    What differs between partnerships stands in the words as [partner school] or [data dates] until one is made.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="agreement_texts")
    version = models.PositiveSmallIntegerField()
    protocol = models.TextField("how we work together", max_length=5000)
    data_commitments = models.TextField("what we hand in, and when", max_length=5000)
    targets = models.TextField("what we aim for", max_length=5000, blank=True)
    release_time = models.TextField("time out of class", max_length=5000, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    PARTS = ("protocol", "data_commitments", "targets", "release_time")
    NEEDED = PARTS[:2]

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["programme", "version"], name="agreement_text_once_per_version")]
        triggers = [pgtrigger.Protect(name="agreement_text_version_stays", operation=pgtrigger.Update)]

    def __str__(self):
        return f"version {self.version}"

    @classmethod
    def title_of(cls, part):
        """How we work together."""
        words = cls._meta.get_field(part).verbose_name
        return f"{words[:1].upper()}{words[1:]}"


class AgreementQuerySet(ScopedQuerySet):
    started = started("partnership__programme__")
    reach = through_partnership(OWN | {Role.HEADTEACHER: of_either_school})

    def current(self):
        return self.filter(superseded_at=None)

    def waiting(self):
        """The current ones that someone has still to sign, of partnerships in which people may sign."""
        return (
            self.current()
            .filter(completed_at=None, partnership__status__in=Agreement.SIGNED_WHILE)
            .exclude(partnership__programme__status=Programme.Status.CLOSED)
        )

    def longest_waiting_first(self):
        """Those that someone can sign, then the complete ones, then those that nobody can sign at present."""
        asked = Signature.objects.filter(agreement=OuterRef("pk"), signed_at=None).order_by("asked_at")
        can_sign = Q(pk__in=self.model.objects.waiting().values("pk"))
        place = Case(When(can_sign, then=0), When(completed_at__isnull=False, then=1), default=2)
        since = Coalesce("completed_at", Subquery(asked.values("asked_at")[:1]), "made_at")
        return self.annotate(place=place, since=since).order_by(
            "-partnership__programme__starts_on", "partnership__programme", "place", "since", "partnership__ref"
        )

    def missing(self, capacities):
        """The current ones that lack a signature in one of these capacities."""
        unsigned = Signature.objects.filter(signed_at=None, capacity__in=capacities)
        return self.waiting().filter(pk__in=unsigned.values("agreement"))

    def stuck(self):
        """Those that wait for someone who cannot sign in yet: a teacher, or a school without a head who can."""
        heads = Membership.objects.live().filter(
            role=Role.HEADTEACHER,
            user__is_active=True,
            organisation=OuterRef("agreement__partnership__programme__organisation"),
            school=OuterRef("school"),
        )
        unsigned = Signature.objects.filter(signed_at=None).filter(
            Q(person__is_active=False) | Q(capacity__in=Signature.HEADS) & ~Exists(heads)
        )
        return self.waiting().filter(pk__in=unsigned.values("agreement"))

    def search(self, text):
        return self.filter(partnership__in=Partnership.objects.search(text).values("pk"))

    def with_signatures(self):
        return self.select_related(
            "text",
            "partnership__programme__organisation",
            "partnership__specialist__user",
            "partnership__specialist__home_school",
            "partnership__partner_school",
        ).prefetch_related(
            partner_teachers("partnership__"),
            Prefetch("signatures", Signature.objects.select_related("person", "school", "signed_by")),
        )


class Agreement(models.Model):
    """What both heads and all teachers of a partnership sign. Its words are frozen; a change is a new version.

    Everything that the words depend on is resolved in `sections`; who it is between are its signatures.
    """

    SIGNED_WHILE = (
        Partnership.Status.PROPOSED,
        Partnership.Status.AGREED,
        Partnership.Status.ACTIVE,
        Partnership.Status.EMBEDDING,
    )

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="agreements")
    text = models.ForeignKey(AgreementText, on_delete=models.RESTRICT, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    sections = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    because = models.CharField("why this version was made", max_length=200, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "version"], name="agreement_once_per_version"),
            models.UniqueConstraint(
                fields=["partnership"],
                condition=Q(superseded_at__isnull=True),
                name="agreement_one_current_per_partnership",
                violation_error_message="This partnership has an agreement already.",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="agreement_words_are_frozen",
                operation=pgtrigger.UpdateOf(
                    "sections", "version", "partnership_id", "text_id", "made_at", "made_by_id", "because"
                ),
            ),
            pgtrigger.Protect(
                name="agreement_complete_and_superseded_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__completed_at__isnull=False)
                & pgtrigger.Q(old__completed_at__df=pgtrigger.F("new__completed_at"))
                | pgtrigger.Q(old__superseded_at__isnull=False)
                & pgtrigger.Q(old__superseded_at__df=pgtrigger.F("new__superseded_at")),
            ),
            pgtrigger.Protect(
                name="agreement_complete_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__completed_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="agreement_complete_when_all_have_signed",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__completed_at__isnull=False),
                func="""
                    IF EXISTS (SELECT FROM programmes_signature s WHERE s.agreement_id = NEW.id AND s.signed_at IS NULL)
                        OR NOT EXISTS (SELECT FROM programmes_signature s WHERE s.agreement_id = NEW.id)
                    THEN RAISE EXCEPTION 'an agreement is complete when everyone has signed it'; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def get_absolute_url(self):
        return reverse("programmes:agreement", args=[self.pk])

    @property
    def is_current(self):
        return self.superseded_at is None

    @property
    def is_complete(self):
        return self.completed_at is not None

    @property
    def takes_signatures(self):
        p = self.partnership
        open_to_all = p.status in self.SIGNED_WHILE and p.programme.status != Programme.Status.CLOSED
        return open_to_all and self.is_current and not self.is_complete


class Signature(models.Model):
    """A capacity in which an agreement must be signed, and the signature once it is there, for good."""

    class Capacity(models.TextChoices):
        SPECIALIST = "specialist", "Specialist teacher"
        PARTNER = "partner", "Partner teacher"
        HEAD_OF_PARTNER_SCHOOL = "partner head", "Headteacher of the partner school"
        HEAD_OF_HOME_SCHOOL = "home head", "Headteacher of the specialist teacher's school"

    HEADS = (Capacity.HEAD_OF_PARTNER_SCHOOL, Capacity.HEAD_OF_HOME_SCHOOL)

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="signatures")
    capacity = models.CharField(max_length=12, choices=Capacity)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    typed_name = models.CharField(max_length=200, blank=True)
    as_deputy = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "capacity", "person", "school"],
                nulls_distinct=False,
                name="signature_once_per_capacity",
            ),
            models.CheckConstraint(
                name="signature_whole_or_not_there",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True, typed_name="")
                | Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(typed_name=""),
                violation_error_message="Type your name to sign.",
            ),
            models.CheckConstraint(
                name="signature_teachers_are_persons_heads_are_of_schools",
                condition=Q(capacity__in=["specialist", "partner"], person__isnull=False)
                | Q(capacity__in=["partner head", "home head"], person__isnull=True),
            ),
            models.CheckConstraint(
                name="signature_deputy_is_of_a_head",
                condition=Q(as_deputy=False) | Q(capacity__in=["partner head", "home head"], signed_at__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signature_stays_as_signed",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="signature_none_added_to_a_complete_agreement",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM programmes_agreement a
                        WHERE a.id = NEW.agreement_id AND (a.completed_at IS NOT NULL OR a.superseded_at IS NOT NULL)
                    ) THEN RAISE EXCEPTION 'this version of the agreement takes no signature any more'; END IF;
                    RETURN NEW;
                """,
            ),
        ]

    @property
    def is_signed(self):
        return self.signed_at is not None

    @property
    def is_of_a_head(self):
        return self.capacity in self.HEADS


class Revisit(models.Model):
    """One side, or the coordinator for both, said that a signed agreement still holds, on or after the day for it."""

    class Side(models.TextChoices):
        SPECIALIST = "specialist", "Specialist teacher"
        PARTNER = "partner", "Partner teacher"
        BOTH = "both", "Coordinator, for both sides"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="revisits")
    side = models.CharField(max_length=10, choices=Side)
    due_on = models.DateField("day on which it was to be revisited")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "side", "due_on"], name="revisit_once_per_side_and_day")
        ]
