from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from accounts.models import Organisation, School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet


class TermDateQuerySet(ScopedQuerySet):
    reach = {Role.COORDINATOR: lambda m: Q(organisation=m.organisation_id)}

    def for_school(self, organisation, school, starts_on, ends_on):
        """The half terms of a year that hold for a school: its own where it has any, else the organisation's."""
        year = self.filter(organisation=organisation, starts_on__lte=ends_on, ends_on__gte=starts_on)
        own = year.filter(school=school) if school is not None else year.none()
        return own if own.exists() else year.filter(school=None)


class TermDate(models.Model):
    """A half term: from the first to the last day on which schools are open, of an organisation or of one school.

    A school's own dates of a year replace the organisation's.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="term_dates")
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=60)
    starts_on = models.DateField("first day")
    ends_on = models.DateField("last day")

    objects = TermDateQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                name="term_date_ends_after_it_starts",
                condition=Q(ends_on__gt=F("starts_on")),
                violation_error_message="The last day must be after the first day.",
            ),
            ExclusionConstraint(
                name="term_dates_do_not_overlap",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    (Coalesce("school", 0), RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_on"),
                            F("ends_on"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Two half terms overlap.",
            ),
        ]

    def __str__(self):
        return self.name
