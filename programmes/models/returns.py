from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.quick_rows import QuickRow
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

LACKING = Q(expected__gt=F("assessed") + F("excused"))  # some target pupil has neither a grade nor a reason
OWED = Q(expected__gt=0, state="open") | LACKING


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
        """Submitted, with a grade or a reason for every target pupil, of whom there is at least one."""
        whole = self.filter(expected__gt=0, expected=F("assessed") + F("excused"))
        return whole.exclude(state=DataReturn.State.OPEN)

    def unfinished(self):
        """Not submitted, or submitted while some target pupil lacks both a grade and a reason: a fold closes them."""
        return self.filter(Q(state=DataReturn.State.OPEN) | Q(state=DataReturn.State.SUBMITTED) & LACKING)

    def owing(self):
        """Not submitted, or with neither grade nor reason for some target pupil. One that rests or has folded owes
        none."""
        return self.filter(OWED).exclude(partnership__status__in=RESTING)


class DataReturn(QuickRow):
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
        """Whether every target pupil has a grade or a reason, submitted or not."""
        return self.expected > 0 and self.missing == 0

    @property
    def is_in(self):
        """Complete and submitted; of a partnership that has folded, complete as it was."""
        return self.is_complete and self.state != DataReturn.State.OPEN

    @property
    def is_to_submit(self):
        """Whether all is typed, and only the last step is left."""
        return self.is_complete and self.state == DataReturn.State.OPEN

    @property
    def is_owed(self):
        """Whether the teachers have something to do: to type what is missing, or to submit what is there."""
        return self.expected > 0 and self.state != DataReturn.State.CLOSED and not self.is_in


class DataReturnEntry(models.Model):
    """Who entered how many of a return's grades. Whoever stands here cannot approve the money behind it."""

    data_return = models.ForeignKey(DataReturn, on_delete=models.CASCADE, related_name="entries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    grades = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["data_return", "user"], name="entry_once_per_person")]
