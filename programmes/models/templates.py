from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.models import Organisation
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from programmes.models.programmes import TimetableStep


class TimetableTemplateQuerySet(ScopedQuerySet):
    """Those that ship with the app belong to nobody: everyone may use and copy them, nobody may change them."""

    reach = {Role.COORDINATOR: lambda m: Q(organisation=m.organisation_id) | Q(organisation=None)}


class TimetableTemplate(models.Model):
    """The steps of a year without its dates: a template is placed on the term dates of a programme."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="timetable_templates"
    )
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)

    objects = TimetableTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "organisation",
                Lower("name"),
                nulls_distinct=False,
                name="template_once_per_name",
                violation_error_message="There is a timetable template of this name already.",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def is_shipped(self):
        return self.organisation_id is None


class TemplateStep(models.Model):
    """A step of a template. Its window is whole weeks of a half term, which is one of the year's six."""

    template = models.ForeignKey(TimetableTemplate, on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=5, choices=TimetableStep.Type)
    name = models.CharField(max_length=120)
    half_term = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(6)])
    first_week = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(9)])
    last_week = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(9)])
    half_days = models.PositiveSmallIntegerField()
    host = models.CharField(max_length=60, blank=True)
    audience = models.CharField(max_length=200, blank=True)
    funded_specialist_half_days = models.PositiveSmallIntegerField(default=0)
    funded_partner_half_days = models.PositiveSmallIntegerField(default=0)
    required = models.BooleanField(default=True)
    records = models.TextField(blank=True)
    least_gap = models.PositiveSmallIntegerField(default=1)
    greatest_gap = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["template", "order"], name="template_step_once_per_order"),
            models.CheckConstraint(
                name="template_step_window_fits",
                condition=Q(half_term__range=(1, 6), first_week__gte=1, last_week__gte=F("first_week")),
                violation_error_message="The last week of a window must not be before its first week.",
            ),
        ]
