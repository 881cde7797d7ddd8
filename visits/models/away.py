from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.roles import Role
from programmes.models import PartnerTeacher, SpecialistTeacher
from programmes.models.closures import SomeDays, SomeDaysQuerySet, some_days_constraints


def own(m):
    return Q(person=m.user_id)


def of_teachers_of_the_organisation(m):
    specialists = SpecialistTeacher.objects.filter(programme__organisation=m.organisation_id)
    partners = PartnerTeacher.objects.filter(partnership__programme__organisation=m.organisation_id, until=None)
    return Q(person__in=specialists.values("user")) | Q(person__in=partners.values("user"))


class AwayQuerySet(SomeDaysQuerySet):
    reach = {Role.COORDINATOR: of_teachers_of_the_organisation, Role.SPECIALIST: own, Role.PARTNER: own}


class Away(SomeDays):
    """Days on which a teacher cannot take part in any visit. Why is nobody's business here."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="away")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AwayQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "days away"
        ordering = ["first_on", "half", "pk"]
        constraints = [
            *some_days_constraints("away"),
            models.UniqueConstraint(
                fields=["person", "first_on", "last_on", "half"],
                name="away_once",
                violation_error_message="These days are entered already.",
            ),
        ]
