from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from programmes.models import PartnerTeacher, SpecialistTeacher


def own(m):
    return Q(person=m.user_id)


def of_teachers_of_the_organisation(m):
    specialists = SpecialistTeacher.objects.filter(programme__organisation=m.organisation_id)
    partners = PartnerTeacher.objects.filter(partnership__programme__organisation=m.organisation_id, until=None)
    return Q(person__in=specialists.values("user")) | Q(person__in=partners.values("user"))


class AwayQuerySet(ScopedQuerySet):
    reach = {Role.COORDINATOR: of_teachers_of_the_organisation, Role.SPECIALIST: own, Role.PARTNER: own}

    def between(self, first, last):
        """Those with a day from the first to the last."""
        return self.filter(first_on__lte=last, last_on__gte=first)


class Away(models.Model):
    """Days on which a teacher cannot take part in any visit. Why is nobody's business here."""

    class Half(models.TextChoices):
        BOTH = "", "The whole day"
        MORNING = "am", "The morning"
        AFTERNOON = "pm", "The afternoon"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="away")
    first_on = models.DateField("first day")
    last_on = models.DateField("last day")
    half = models.CharField("part of the day", max_length=2, choices=Half, blank=True, default=Half.BOTH)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AwayQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "days away"
        ordering = ["first_on", "half", "pk"]
        constraints = [
            models.CheckConstraint(
                name="away_ends_after_it_starts",
                condition=Q(last_on__gte=F("first_on")),
                violation_error_message="The last day must not be before the first day.",
            ),
            models.CheckConstraint(
                name="away_half_of_one_day",
                condition=Q(half="") | Q(last_on=F("first_on")),
                violation_error_message="A morning or an afternoon is one of a single day: give the same day twice.",
            ),
            models.UniqueConstraint(
                fields=["person", "first_on", "last_on", "half"],
                name="away_once",
                violation_error_message="These days are entered already.",
            ),
        ]

    @property
    def halves(self):
        """The halves of each of its days: "am", "pm" or both."""
        return [self.half] if self.half else ["am", "pm"]
