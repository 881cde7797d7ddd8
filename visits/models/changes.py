"""What became of a visit: its history, and another time that one of its teachers proposes."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils import timezone

from accounts.models import School
from accounts.scoping import ScopedQuerySet
from programmes.models import Partnership
from programmes.models.partnerships import OWN
from programmes.models.programmes import started
from visits.models.visits import Half, Visit


class VisitChangeQuerySet(models.QuerySet):
    def with_late(self):
        """Each line with `late_specialist` and `late_partner`, the late half-days that stand for a side's own: those of
        a school that was to host a visit whose step does not fund its side are beside the promise, as used ones are."""
        partnership = "visit__partnership__"
        schools = {"specialist": f"{partnership}specialist__home_school", "partner": f"{partnership}partner_school"}
        return self.annotate(
            **{
                f"late_{side}": Case(
                    When(
                        Q(visit__step=None) | Q(**{f"visit__step__funded_{side}_half_days": 0}),
                        before_host=F(school),
                        then=0,
                    ),
                    default=F(f"late_{side}_half_days"),
                    output_field=models.IntegerField(),
                )
                for side, school in schools.items()
            }
        )


class VisitChange(models.Model):
    """One line of a visit's history: what was done, by whom, when, from which half-day to which, and why.

    The late half-days are those for which cover was given up within two school days, by side. `given_up` are those
    who were booked and are not any more, as {"person", "school", "is_out"}: calendars take the visit out for them.
    """

    class What(models.TextChoices):
        PLANNED = "planned", "Planned"
        CONFIRMED = "confirmed", "Confirmed"
        MOVED = "moved", "Moved"
        SWAPPED = "swapped", "Swapped with another visit"
        CHANGED = "changed", "Changed"
        PROPOSED = "proposed", "Another time proposed"
        DECLINED = "declined", "Proposed time declined"
        WITHDRAWN = "withdrawn", "Proposed time taken back"
        CANCELLED = "cancelled", "Cancelled"
        TOOK_PLACE = "took place", "Took place"
        REOPENED = "reopened", "Planned again: its record was opened to be changed"

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="changes")
    what = models.CharField(max_length=10, choices=What)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    before_on = models.DateField(null=True)
    before_half = models.CharField(max_length=2, choices=Half, blank=True)
    before_host = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    after_on = models.DateField(null=True)
    after_half = models.CharField(max_length=2, choices=Half, blank=True)
    after_host = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    given_up = models.JSONField(default=list)
    late_specialist_half_days = models.PositiveSmallIntegerField(default=0)
    late_partner_half_days = models.PositiveSmallIntegerField(default=0)

    objects = VisitChangeQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]


class ProposedTimeQuerySet(ScopedQuerySet):
    """Whoever reaches the partnership reaches what is proposed for its visits."""

    started = started("visit__partnership__programme__")
    reach = {
        role: lambda m, rule=rule: Q(visit__partnership__in=Partnership.objects.filter(rule(m)).values("pk"))
        for role, rule in OWN.items()
    }


class ProposedTime(models.Model):
    """Another half-day that one teacher proposes for a visit; one of the others accepts it or declines."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Taken back"
        OVERTAKEN = "overtaken", "Overtaken by another change of the visit"

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="proposed_times")
    on = models.DateField("day")
    half = models.CharField("half-day", max_length=2, choices=Half)
    reason = models.CharField("why", max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = ProposedTimeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit"],
                condition=Q(answer=""),
                name="proposed_time_one_open_per_visit",
                violation_error_message="Another time is proposed for this visit already.",
            ),
            models.CheckConstraint(
                name="proposed_time_answered_whole_or_not",
                condition=Q(answer="", answered_at__isnull=True) | ~Q(answer="") & Q(answered_at__isnull=False),
            ),
        ]
