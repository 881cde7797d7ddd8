import re
import unicodedata
from functools import reduce
from operator import or_

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Concat, Lower

from accounts.quick_rows import QuickRow
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


class PlainWords(Func):
    """Words as they are searched: lower case, no accents, apostrophes or full stops, anything else a space."""

    function = "plain_words"
    output_field = models.TextField()


class SchoolWords(Func):
    """The words by which a school is found: those of its name, town and postcode, and how else people write them.

    St is also Saint, CE also C of E, CofE and Church of England, Catholic also RC, Gt also Great, and so on.
    """

    function = "school_words"
    output_field = models.TextField()


LA_AND_NUMBER = re.compile(r"([0-9]{3})\s*/?\s*([0-9]{4})")
PARTED = re.compile(r"\b([A-Za-z])/([A-Za-z])\b")  # C/E and R/C are one word each
MOST_WORDS = 8
PUBLIC = {"schools.search"}  # the register is public: whoever may search it finds every school


class SchoolQuerySet(ScopedQuerySet):
    """Which schools a person may act on. That a school is in the register is no secret."""

    reach = {
        Role.COORDINATOR: of_authority_or_taking_part,
        Role.HEADTEACHER: lambda m: Q(pk=m.school_id),
        Role.ADMINISTRATOR: lambda m: EVERYTHING,
    }
    # A calendar is kept by the school itself, and by whoever runs a programme in which it takes part.
    narrower = {
        "closures.keep": {
            Role.COORDINATOR: taking_part,
            Role.HEADTEACHER: lambda m: Q(pk=m.school_id),
            Role.OFFICE: lambda m: Q(pk=m.school_id),
        },
        # What a school says of itself is read by whoever works with it, not by every organiser.
        "headlines.view": {Role.COORDINATOR: taking_part, Role.HEADTEACHER: lambda m: Q(pk=m.school_id)},
        "money.school": {
            **dict.fromkeys([Role.COORDINATOR, Role.BUDGET_HOLDER, Role.FINANCE], taking_part),
            Role.HEADTEACHER: lambda m: Q(pk=m.school_id),
        },
        "payees.view": {Role.BUDGET_HOLDER: taking_part, Role.FINANCE: taking_part},
        "payees.keep": {Role.FINANCE: taking_part},
    }

    def allowed(self, user, action):
        if action in PUBLIC:
            return self.all() if user.memberships_granting(action) else self.none()
        return super().allowed(user, action)

    def of_memberships(self, memberships):
        """The schools in which someone works, and those that take part in what their organisations run."""
        rows = Q(pk__in=[])
        for m in memberships:
            rows |= Q(pk=m.school_id) if m.school_id else taking_part(m) if m.organisation_id else Q(pk__in=[])
        return self.filter(rows)

    def search(self, text, memberships=()):
        """By URN, LA and establishment number, postcode, name and town, the best first.

        Every word must stand in the school's words, one of two letters at the beginning of one; where no school has all
        of them, words that are written alike will do. Among equals the schools near the memberships come first.
        """
        typed = " ".join(text.replace("\0", "").split())[:100]
        if not typed:
            return self.none()
        if typed.isdecimal() and len(typed) <= 6:
            return self.filter(urn__startswith=typed).order_by("urn")
        if number := LA_AND_NUMBER.fullmatch(typed):
            return self.filter(la_code=number[1], establishment_number=number[2]).best_first(typed, memberships)
        words = [word for word in PARTED.sub(r"\1\2", typed).split() if has_letters(word)][:MOST_WORDS]
        if not words:
            return self.none()
        rows = self
        for word in words:
            rows = rows.filter(has_word(word))
        return rows.best_first(typed, memberships) if rows.exists() else self.written_like(words)

    def best_first(self, typed, memberships):
        """The very postcode or name; then open before closed, near before far; names that begin so, words that do."""
        plain = PlainWords(Value(typed))
        exact = Case(When(Q(postcode__iexact=typed) | Q(name__iexact=typed), then=0), default=1)
        gone = Case(When(status=School.Status.CLOSED, then=1), default=0)
        close = near(memberships)
        far = [Case(When(close, then=0), default=1)] if close else []
        begins = Case(
            When(words__startswith=plain, then=0), When(words__contains=Concat(Value(" "), plain), then=1), default=2
        )
        return self.order_by(exact, gone, *far, begins, Lower("name"), "urn")

    def written_like(self, words):
        """Each word as it stands if a school has it, else with two letters changed, else alike; the likest first."""
        rows, alike = self, Value(0.0)
        for word in words:
            plain = PlainWords(Value(word))
            fits = next((way for way in (has_word(word), has_word_mistyped(word)) if self.filter(way).exists()), None)
            rows = rows.filter(fits or Q(words__trigram_word_similar=plain))
            alike += Func(plain, F("words"), function="WORD_SIMILARITY", output_field=models.FloatField())
        return rows.order_by(alike.desc(), Lower("name"), "urn")


def has_letters(word):
    """Whether anything of it is left in plain words."""
    return re.search("[A-Za-z0-9]", unicodedata.normalize("NFKD", word)) is not None


def has_word(word):
    """RC is not to be found in Church."""
    plain = PlainWords(Value(word))
    if sum(map(str.isalnum, word)) > 2:
        return Q(words__contains=plain)
    return Q(words__startswith=plain) | Q(words__contains=Concat(Value(" "), plain))


def has_word_mistyped(word):
    """Copford for Copfrod: of two letters that changed places trigrams see too little."""
    swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
    return reduce(or_, map(has_word, swapped), Q(pk__in=[]))


def near(memberships):
    """The schools of the authorities in which someone works, and those that take part in what they run.

    An empty Q for whoever works in no organisation.
    """
    rows = Q()
    for m in memberships:
        if m.organisation:
            rows |= taking_part(m)
            if m.organisation.la_code:
                rows |= Q(la_code=m.organisation.la_code)
    return rows


class School(QuickRow):
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
    words = models.GeneratedField(
        expression=SchoolWords("name", "town", "postcode"),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = SchoolQuerySet.as_manager()

    class Meta:
        ordering = ["name", "urn"]
        indexes = [GinIndex(fields=["words"], opclasses=["gin_trgm_ops"], name="school_words_trigrams")]
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
