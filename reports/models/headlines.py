"""What a school says of whole year groups, beside which the figures of its target pupils can be read."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet

YEARS_SHOWN = 5  # the year of a programme and the four before it


class HeadlinePercentageQuerySet(ScopedQuerySet):
    reach = {Role.COORDINATOR: lambda m: Q(school__in=School.objects.of_memberships([m]))}


class HeadlinePercentage(models.Model):
    """The percentage of a year group that reached a standard at the end of an academic year, as the school has
    published it. It is the school's own, whichever organisations it works with."""

    class Measure(models.TextChoices):
        KS1_READING = "ks1 reading", "Key Stage 1 reading"
        KS1_WRITING = "ks1 writing", "Key Stage 1 writing"
        KS1_MATHS = "ks1 maths", "Key Stage 1 maths"
        KS2_READING = "ks2 reading", "Key Stage 2 reading"
        KS2_WRITING = "ks2 writing", "Key Stage 2 writing"
        KS2_MATHS = "ks2 maths", "Key Stage 2 maths"
        KS2_ALL = "ks2 all", "Key Stage 2 reading, writing and maths together"
        KS4_BOTH = "ks4 both", "Key Stage 4 English and maths"

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="headline_percentages")
    measure = models.CharField(max_length=20, choices=Measure)
    year = models.PositiveSmallIntegerField("the year in which the academic year began")
    percentage = models.DecimalField(max_digits=4, decimal_places=1)
    pupils = models.PositiveSmallIntegerField("pupils of the year group")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now=True)

    objects = HeadlinePercentageQuerySet.as_manager()

    class Meta:
        ordering = ["school__name", "measure", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "measure", "year"],
                name="headline_percentage_once",
                violation_error_message="This percentage stands already.",
            ),
            models.CheckConstraint(
                name="headline_percentage_of_pupils",
                condition=Q(percentage__range=(Decimal(0), Decimal(100)), pupils__gte=1),
                violation_error_message="Enter a percentage from 0 to 100, of at least one pupil.",
            ),
        ]

    @property
    def stage(self) -> str:
        return self.measure.split()[0]


def academic_year_of(start: int) -> str:
    """Written 2026-27."""
    return f"{start}-{(start + 1) % 100:02}"
