"""A school week as half-days: "tue-am" is Tuesday morning."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import IsNull

from accounts.quick_rows import QuickRow

DAYS = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday"}
HALVES = {"am": "morning", "pm": "afternoon"}
HALF_DAYS = {f"{day}-{half}": f"{name} {part}" for day, name in DAYS.items() for half, part in HALVES.items()}
SHORT = {f"{day}-{half}": f"{name[:3]} {half}" for day, name in DAYS.items() for half in HALVES}


def in_week_order(codes) -> list[str]:
    return [code for code in HALF_DAYS if code in codes]


def in_words(codes) -> str:
    """Monday morning, Tuesday afternoon"""
    return ", ".join(HALF_DAYS[code] for code in in_week_order(codes))


class ReleasePattern(QuickRow):
    """When a teacher can usually be out of class, which of these half-days they like best, and their PPA.

    No release half-days means that nobody has said: any half-day is as good as another.
    """

    release_half_days = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    preferred_half_days = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    ppa = models.CharField("PPA", max_length=6, blank=True)

    class Meta:
        abstract = True

    @property
    def release_in_words(self):
        """Monday morning, Tuesday afternoon; nothing when it is not known."""
        return in_words(self.release_half_days)

    @property
    def preferred_in_words(self):
        return in_words(self.preferred_half_days)

    @property
    def release_in_short(self):
        """Mon am, Tue pm"""
        return ", ".join(SHORT[code] for code in in_week_order(self.release_half_days))

    @property
    def ppa_in_short(self):
        return SHORT.get(self.ppa, "")

    @property
    def ppa_in_words(self):
        return HALF_DAYS.get(self.ppa, "")


def release_constraints(of) -> list[models.CheckConstraint]:
    """What holds of the release pattern of a kind of teacher; `of` begins the names."""
    ppa_among_release = Func(
        F("release_half_days"), F("ppa"), function="array_position", output_field=models.IntegerField()
    )
    return [
        models.CheckConstraint(
            name=f"{of}_half_days_are_of_the_week",
            condition=Q(release_half_days__contained_by=list(HALF_DAYS)) & Q(ppa__in=["", *HALF_DAYS]),
            violation_error_message="A half-day is a morning or an afternoon from Monday to Friday.",
        ),
        models.CheckConstraint(
            name=f"{of}_ppa_is_never_a_release_half_day",
            condition=IsNull(ppa_among_release, True),
            violation_error_message="PPA is never used for a visit: take it out of the release half-days.",
        ),
        models.CheckConstraint(
            name=f"{of}_prefers_release_half_days",
            condition=Q(preferred_half_days__contained_by=F("release_half_days")),
            violation_error_message="A preferred half-day must be one of the release half-days.",
        ),
    ]
