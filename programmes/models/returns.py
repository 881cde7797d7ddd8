from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from programmes.models.partnerships import (
    OWN,
    RESTING,
    Partnership,
    of_organisation,
    of_partner_school,
    through_partnership,
)
from programmes.models.programmes import DataPoint, started


class DataReturnQuerySet(ScopedQuerySet):
    started = started("partnership__programme__")
    reach = through_partnership(
        OWN
        | {
            Role.BUDGET_HOLDER: of_organisation,
            Role.FINANCE: of_organisation,
            Role.HEADTEACHER: of_partner_school,
        }
    )

    def complete(self):
        """Every target pupil has a grade or a reason, and there is at least one."""
        return self.filter(expected__gt=0, expected=F("assessed") + F("excused"))

    def unfinished(self):
        """Not submitted, or submitted while some target pupil lacks both a grade and a reason: a fold closes them."""
        lacking = Q(expected__gt=F("assessed") + F("excused"))
        return self.filter(Q(state=DataReturn.State.OPEN) | Q(state=DataReturn.State.SUBMITTED) & lacking)

    def owing(self):
        """Neither grade nor reason is there for some target pupil. One that rests or has folded owes none."""
        lacking = self.filter(expected__gt=F("assessed") + F("excused"))
        return lacking.exclude(partnership__status__in=RESTING)


class DataReturn(models.Model):
    """What a partnership owes at one data point, in counts: the bridge from pupils to money, with no pupil in it.

    `pupils` keeps the counts true; `funding` reads them. `version` rises with each change after it was submitted.
    """

    class State(models.TextChoices):
        OPEN = "open", "Waiting for the teachers' grades"
        SUBMITTED = "submitted", "Submitted"
        CLOSED = "closed", "Not asked for any more: the partnership has folded"

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="returns")
    data_point = models.ForeignKey(DataPoint, on_delete=models.CASCADE, related_name="returns")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    expected = models.PositiveSmallIntegerField(default=0)
    assessed = models.PositiveSmallIntegerField(default=0)
    excused = models.PositiveSmallIntegerField(default=0)

    objects = DataReturnQuerySet.as_manager()

    class Meta:
        ordering = ["data_point__due_on", "partnership__ref"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "data_point"], name="return_once_per_data_point"),
            models.CheckConstraint(name="return_counts_fit", condition=Q(expected__gte=F("assessed") + F("excused"))),
        ]

    @property
    def received(self):
        return self.assessed + self.excused

    @property
    def missing(self):
        return self.expected - self.received

    @property
    def is_complete(self):
        return self.expected > 0 and self.missing == 0


class DataReturnEntry(models.Model):
    """Who entered how many of a return's grades. Whoever stands here cannot approve the money behind it."""

    data_return = models.ForeignKey(DataReturn, on_delete=models.CASCADE, related_name="entries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    grades = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["data_return", "user"], name="entry_once_per_person")]
