"""Who takes part and why: nominations of specialist teachers, partner schools and the talks with their heads."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Max, Q, When
from django.urls import reverse
from django.utils import timezone

from accounts.models import School
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from programmes.models.programmes import Area, Programme, started
from programmes.models.specialists import SpecialistTeacher
from programmes.subjects import wanted_in_words


class NominationQuerySet(ScopedQuerySet):
    """The coordinator's alone, and part of the teacher's subject access."""

    reach = {Role.COORDINATOR: lambda m: Q(specialist__programme__organisation=m.organisation_id)}


class Nomination(models.Model):
    """Why someone was put forward as a specialist teacher. Facts, and never a grade of a lesson."""

    specialist = models.OneToOneField(SpecialistTeacher, on_delete=models.CASCADE, related_name="nomination")
    nominated_by = models.CharField(max_length=150)
    nominated_on = models.DateField()
    excellent_practice = models.BooleanField(default=False)
    communication_skills = models.BooleanField(default=False)
    note = models.TextField("factual note", blank=True, max_length=2000)

    objects = NominationQuerySet.as_manager()


class SpecialistStep(models.Model):
    """One change of a specialist teacher's status: when, by whom, why."""

    specialist = models.ForeignKey(SpecialistTeacher, on_delete=models.CASCADE, related_name="steps")
    status = models.CharField(max_length=10, choices=SpecialistTeacher.Status)
    on = models.DateField()
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["on", "at", "pk"]


class ConflictOfInterestQuerySet(ScopedQuerySet):
    reach = {Role.COORDINATOR: lambda m: Q(specialist__programme__organisation=m.organisation_id)}


class ConflictOfInterest(models.Model):
    """A specialist teacher and a school that must not be paired, as someone declared it."""

    specialist = models.ForeignKey(SpecialistTeacher, on_delete=models.CASCADE, related_name="conflicts")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    declared_on = models.DateField(default=timezone.localdate)
    declared_by = models.CharField(max_length=150)

    objects = ConflictOfInterestQuerySet.as_manager()

    class Meta:
        ordering = ["school__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["specialist", "school"],
                name="conflict_once_per_school",
                violation_error_message="This conflict of interest is declared already.",
            )
        ]


class PartnerSchoolQuerySet(ScopedQuerySet):
    """A head reaches the own school for what the programme offers it, never for what was noted about it."""

    started = started("programme__")
    reach = {
        Role.COORDINATOR: lambda m: Q(programme__organisation=m.organisation_id),
        Role.HEADTEACHER: lambda m: Q(programme__organisation=m.organisation_id, school=m.school_id),
    }

    def taking_part(self):
        return self.filter(stage=PartnerSchool.Stage.JOINED)

    def with_last_contact(self):
        """The day of the last talk with the head as `last_contact`."""
        return self.annotate(last_contact=Max("contacts__on"))

    def in_pipeline(self):
        """Whoever is still to be won first, the longest waiting at the top."""
        order = [When(stage=stage, then=place) for place, stage in enumerate(PartnerSchool.Stage)]
        return self.order_by(Case(*order, default=len(order)), "stage_since", "school__name", "pk")


class PartnerSchool(models.Model):
    """A school on its way into a programme, or in it: what it needs, why it was chosen, how far the talks are."""

    class Stage(models.TextChoices):
        ENQUIRY = "enquiry", "Enquiry"
        IN_TALKS = "in talks", "In talks"
        JOINED = "joined", "Takes part"
        NEXT_YEAR = "next year", "Asks again next year"
        DECLINED = "declined", "Declined"

    class Capacity(models.TextChoices):
        FULL = "full", "Can engage fully"
        SUPPORTED = "supported", "Can engage with support"
        NOT_NOW = "not now", "Cannot engage at present"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="partner_schools")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.ENQUIRY)
    stage_since = models.DateField(default=timezone.localdate)
    stage_because = models.CharField("why", max_length=200, blank=True)
    subject = models.CharField("subject wanted", max_length=60, blank=True)
    year_group = models.PositiveSmallIntegerField("year group wanted", null=True, blank=True)
    partnerships_wanted = models.PositiveSmallIntegerField(
        "how many partnerships", default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    chosen_because = models.CharField("why chosen", max_length=300, blank=True)
    recommended_by = models.CharField(max_length=150, blank=True)
    capacity = models.CharField("capacity to engage", max_length=10, choices=Capacity, blank=True)
    capacity_note = models.CharField(max_length=500, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    other_projects = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    staff_funded = models.PositiveSmallIntegerField(
        "staff funded for training", null=True, blank=True, validators=[MaxValueValidator(200)]
    )
    carried_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="carried_to", editable=False
    )

    objects = PartnerSchoolQuerySet.as_manager()

    class Meta:
        ordering = ["school__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "school"],
                name="partner_school_once_per_programme",
                violation_error_message="This school is in the list of this programme already.",
            )
        ]

    def __str__(self):
        return str(self.school)

    def get_absolute_url(self):
        return reverse("programmes:partner_school", args=[self.pk])

    @property
    def staff_covered(self):
        """How many of the school's staff the supply funding covers: its own number, else the programme's."""
        return self.programme.staff_funded if self.staff_funded is None else self.staff_funded

    @property
    def takes_part(self):
        return self.stage == PartnerSchool.Stage.JOINED

    @property
    def wants(self):
        """Year 5 writing; 2 partnerships. What the school leaves open is said so."""
        many = f"; {self.partnerships_wanted} partnerships" if self.partnerships_wanted != 1 else ""
        return f"{self.what}{many}"

    @property
    def what(self):
        words = wanted_in_words(self.subject, self.year_group)
        return words[:1].upper() + words[1:]


class HeadContact(models.Model):
    """One talk with the head of a school: when, how, with whom, and what was said."""

    class How(models.TextChoices):
        PHONE = "phone", "By phone"
        VISIT = "visit", "At the school"
        MAIL = "mail", "By email"
        MEETING = "meeting", "At a meeting"

    partner_school = models.ForeignKey(PartnerSchool, on_delete=models.CASCADE, related_name="contacts")
    on = models.DateField("day")
    how = models.CharField(max_length=10, choices=How)
    with_whom = models.CharField(max_length=150, blank=True)
    note = models.TextField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-on", "-pk"]
