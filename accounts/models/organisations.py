from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, Q, When
from django.db.models.functions import Lower

from accounts.roles import Role
from accounts.scoping import EVERYTHING, ScopedQuerySet


class OrganisationQuerySet(ScopedQuerySet):
    reach = {
        Role.COORDINATOR: lambda m: Q(pk=m.organisation_id),
        Role.HEADTEACHER: lambda m: Q(pk=m.organisation_id),
        Role.ADMINISTRATOR: lambda m: EVERYTHING,
    }


class Organisation(models.Model):
    """Who runs programmes: a local authority, a trust, or a network of schools. Everything of theirs hangs on it."""

    class Kind(models.TextChoices):
        LA = "local authority", "Local authority"
        TRUST = "trust", "Trust"
        NETWORK = "network", "Network of schools"

    kind = models.CharField(max_length=20, choices=Kind, default=Kind.LA)
    name = models.CharField(max_length=100)
    la_code = models.CharField("LA code", max_length=3, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["la_code"],
                condition=~Q(la_code=""),
                name="organisation_once_per_la_code",
                violation_error_message="There is an organisation with this LA code already.",
            ),
            models.UniqueConstraint(
                "kind",
                Lower("name"),
                name="organisation_once_per_name",
                violation_error_message="There is an organisation with this name already.",
            ),
            models.CheckConstraint(
                name="organisation_la_code_iff_la",
                condition=Q(kind="local authority") & ~Q(la_code="") | ~Q(kind="local authority") & Q(la_code=""),
                violation_error_message="A local authority has an LA code of three digits; others have none.",
            ),
        ]

    def __str__(self):
        return self.name


# Membership -> the schools that take part in what its organisation runs, as a subquery of ids. Filled by `programmes`,
# which this app does not know.
TAKING_PART = []


def taking_part(m):
    rows = Q(pk__in=[])
    for schools in TAKING_PART:
        rows |= Q(pk__in=schools(m))
    return rows


def of_authority_or_taking_part(m):
    """A local authority's own schools and the guests in its programmes; a trust or a network has no authority."""
    return Q(la_code=m.organisation.la_code) | taking_part(m) if m.organisation.la_code else EVERYTHING


class SchoolQuerySet(ScopedQuerySet):
    """Schools of the register are public; whom a person may invite to which school is decided here."""

    reach = {
        Role.COORDINATOR: of_authority_or_taking_part,
        Role.HEADTEACHER: lambda m: Q(pk=m.school_id),
    }

    def in_order(self, memberships):
        """By name. Where an organisation has no local authority to choose from, those that take part come first."""
        first = Q(pk__in=[])
        for m in memberships:
            if m.organisation and not m.organisation.la_code:
                first |= taking_part(m)
        return self.order_by(Case(When(first, then=0), default=1), Lower("name"), "urn")


class School(models.Model):
    """One row of the national register, by its URN. Codes are text: they have leading zeros."""

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        CLOSING = "closing", "Open, but proposed to close"
        CLOSED = "closed", "Closed"
        PROPOSED = "proposed", "Proposed to open"

    urn = models.CharField("URN", max_length=6, unique=True)
    la_code = models.CharField("LA code", max_length=3)
    la_name = models.CharField("LA name", max_length=100)
    establishment_number = models.CharField(max_length=4, blank=True)
    name = models.CharField(max_length=250)
    type = models.CharField(max_length=100)
    status = models.CharField(max_length=10, choices=Status)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    phase = models.CharField(max_length=50)
    low_age = models.PositiveSmallIntegerField(null=True, blank=True)
    high_age = models.PositiveSmallIntegerField(null=True, blank=True)
    number_of_pupils = models.PositiveIntegerField(null=True, blank=True)
    percentage_fsm = models.DecimalField("percentage FSM", max_digits=5, decimal_places=2, null=True, blank=True)
    street = models.CharField(max_length=150, blank=True)
    town = models.CharField(max_length=100, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    head_title = models.CharField(max_length=30, blank=True)
    head_first_name = models.CharField(max_length=100, blank=True)
    head_last_name = models.CharField(max_length=100, blank=True)
    easting = models.PositiveIntegerField(null=True, blank=True)
    northing = models.PositiveIntegerField(null=True, blank=True)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = ["name", "urn"]
        indexes = [GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="school_name_trigrams")]
        constraints = [
            models.CheckConstraint(
                name="school_urn_is_six_digits",
                condition=Q(urn__regex=r"^[0-9]{6}$"),
                violation_error_message="A URN has six digits.",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def head_name(self):
        return " ".join(part for part in (self.head_title, self.head_first_name, self.head_last_name) if part)
