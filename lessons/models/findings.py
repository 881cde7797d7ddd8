"""What a study found, in words for others: drafted by its authors, shown to whom each of them has agreed."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from lessons.models.sheets import Sheet
from lessons.models.studies import Study, StudyQuerySet, members_of
from programmes.models import AreaConsultant, Partnership, Programme, SpecialistTeacher
from programmes.models.partnerships import of_either_school, of_organisation, of_partner_school, partnerships_of
from programmes.models.programmes import started

SEARCHED = """
    NEW.said := CASE WHEN NEW.published_at IS NULL THEN '' ELSE
        lower(concat_ws(' ', NEW.headline, NEW.technique, array_to_string(NEW.themes, ' '), NEW.subject))
    END;
    NEW.heads := CASE WHEN NEW.published_at IS NULL THEN NULL ELSE
        setweight(to_tsvector('english', NEW.headline), 'A')
        || setweight(to_tsvector('english', concat_ws(' ', NEW.technique, array_to_string(NEW.themes, ' '))), 'B')
        || setweight(to_tsvector('english', NEW.subject), 'C')
    END;
    NEW.search := NEW.heads || setweight(jsonb_to_tsvector('english', NEW.words, '["string"]'), 'D');
    RETURN NEW;
"""


# Who reads what is published -----------------------------------------------------------------------------------------


def consultants_programmes(m):
    areas = AreaConsultant.objects.filter(user=m.user_id).values("area__programme")
    by_hand = SpecialistTeacher.objects.filter(consultant=m.user_id).values("programme")
    return Programme.objects.filter(Q(pk__in=areas) | Q(pk__in=by_hand), organisation=m.organisation_id).values("pk")


# In which programmes a person takes part, by the role in which they do.
TAKES_PART = {
    Role.COORDINATOR: lambda m: Programme.objects.filter(organisation=m.organisation_id).values("pk"),
    Role.CONSULTANT: consultants_programmes,
    Role.SPECIALIST: lambda m: own_specialists(m).values("programme"),
    Role.PARTNER: lambda m: own_partnerships(m).values("programme"),
    Role.HEADTEACHER: lambda m: Partnership.objects.filter(of_either_school(m)).values("programme"),
}


def own_specialists(m):
    return SpecialistTeacher.objects.filter(of_organisation(m), user=m.user_id)


def own_partnerships(m):
    return Partnership.objects.filter(of_partner_school(m), pk__in=partnerships_of(m))


def of_own_school(m):
    """The partnerships of a school at which the person works."""
    if m.role == Role.SPECIALIST:
        homes = own_specialists(m).values("home_school")
        either = Q(partner_school__in=homes) | Q(specialist__home_school__in=homes)
        return Partnership.objects.filter(of_organisation(m) & either).values("pk")
    return Partnership.objects.filter(of_either_school(m)).values("pk")


def readable(m):
    """What is shown to a person in this role: by its audience, and as one of its authors."""
    shown = Q(audience="public")
    shown |= Q(audience="programme", study__partnership__programme__in=TAKES_PART[m.role](m))
    if m.role not in {Role.COORDINATOR, Role.CONSULTANT}:
        shown |= Q(audience__in=["school", "programme"], study__partnership__in=of_own_school(m))
    shown |= Q(pk__in=agreed_by(m))
    return Q(published_at__isnull=False) & shown | as_author(m)


def agreed_by(m):
    return FindingConsent.objects.filter(person=m.user_id, withdrawn_at=None).values("finding")


def as_author(m):
    """Findings of a study that the person writes, drafts as well."""
    studies = Study.objects.filter(of_a_study(m), pk__in=members_of(m))
    return Q(study__in=studies.values("pk"))


def of_a_study(m):
    return Q(partnership__programme__organisation=m.organisation_id)


class FindingQuerySet(ScopedQuerySet):
    """A draft is its authors'. What is published is read by the audience to which every author has agreed."""

    started = started("study__partnership__programme__")
    reach = dict.fromkeys(TAKES_PART, readable)
    narrower = {
        "studies.write": dict.fromkeys(StudyQuerySet.narrower["studies.write"], as_author),
        "findings.withdraw": dict.fromkeys(TAKES_PART, lambda m: as_author(m) | Q(pk__in=agreed_by(m))),
    }

    def published(self):
        return self.filter(published_at__isnull=False)

    def on_the_public_page(self):
        return self.published().filter(audience=Finding.Audience.PUBLIC)

    def with_study(self):
        return self.select_related(
            "sheet",
            "study__partnership__programme__organisation",
            "study__partnership__partner_school",
            "study__partnership__specialist__home_school",
        )


class Finding(models.Model):
    """What a study found. Its boxes are drafted in its sheet; what others read is what stood there when the last of
    its authors consented, and is nobody's but the authors' as soon as one of them withdraws. One that leads nowhere is
    set aside: its words stay, and it is in nobody's way.

    Case pupils are letters in it. The columns from `audience` on are what is published; empty in a draft. `search`,
    `heads` and `said` follow them by a trigger.
    """

    class Audience(models.TextChoices):
        GROUP = "group", "Our group only"
        SCHOOL = "school", "Our schools"
        PROGRAMME = "programme", "Everyone in the programme"
        PUBLIC = "public", "Anyone, on a public page"

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="findings")
    sheet = models.OneToOneField(Sheet, on_delete=models.CASCADE, related_name="finding")
    begun_at = models.DateTimeField(default=timezone.now)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    set_aside_at = models.DateTimeField(null=True, blank=True)
    set_aside_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    audience = models.CharField(max_length=9, choices=Audience, default=Audience.GROUP)
    published_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField("the version of the sheet that is published", null=True, blank=True)
    slug = models.SlugField(max_length=80, unique=True, null=True, blank=True)
    subject = models.CharField(max_length=60, blank=True)
    year_group = models.PositiveSmallIntegerField(null=True, blank=True)
    headline = models.CharField(max_length=300, blank=True)
    technique = models.CharField(max_length=200, blank=True)
    themes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    words = models.JSONField(default=dict, blank=True)  # box -> text, as published
    search = SearchVectorField(null=True, editable=False)
    heads = SearchVectorField("of search the headline, technique, themes and subject", null=True, editable=False)
    said = models.TextField("the words by which mistyped ones are found", default="", editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        indexes = [
            GinIndex(fields=["search"], name="finding_search"),
            GinIndex(fields=["said"], opclasses=["gin_trgm_ops"], name="finding_said"),
        ]
        constraints = [
            models.CheckConstraint(
                name="finding_published_with_words",
                condition=Q(published_at=None, version=None)
                | Q(published_at__isnull=False, version__isnull=False, slug__isnull=False) & ~Q(headline=""),
            ),
            models.CheckConstraint(
                name="finding_withdrawn_by_someone",
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, published_at=None),
            ),
            models.CheckConstraint(
                name="finding_set_aside_by_someone",
                condition=Q(set_aside_at=None, set_aside_by=None)
                | Q(set_aside_at__isnull=False, set_aside_by__isnull=False, published_at=None),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="finding_is_found_by_its_words",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=SEARCHED,
            )
        ]

    def __str__(self):
        return f"finding {self.pk}"

    def get_absolute_url(self):
        return reverse("lessons:finding", args=[self.pk])

    @property
    def is_published(self):
        return self.published_at is not None

    @property
    def is_set_aside(self):
        return self.set_aside_at is not None

    @property
    def is_public(self):
        return self.is_published and self.audience == Finding.Audience.PUBLIC

    @property
    def subject_and_year(self):
        partnership = self.study.partnership
        return f"{self.subject or partnership.subject}".capitalize(), self.year_group or partnership.year_group

    @property
    def authors(self):
        """Who writes it today: the members of its study."""
        return User.objects.filter(pk__in=self.study.members.filter(until=None).values("person")).order_by(
            "last_name", "first_name", "pk"
        )


class FindingConsent(models.Model):
    """An author agrees that the finding, as it stood in that version, is shown to that audience; until withdrawn."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="consents")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    audience = models.CharField(max_length=9, choices=Finding.Audience)
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding", "person"], condition=Q(withdrawn_at=None), name="finding_consent_once_at_a_time"
            )
        ]


class NameAnswer(models.Model):
    """An author has looked at a word in which a name was suspected: it is no pupil's, teacher's or school's here.

    It answers for the pupils of that name who were there then, and for none who comes later.
    """

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="name_answers")
    word = models.CharField(max_length=120)  # as names are compared: small letters without accents
    of_pupils = ArrayField(models.BigIntegerField(), default=list, blank=True)  # ids of those who bore the name
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["finding", "word"], name="name_answered_once_per_finding")]


class FindingFileQuerySet(ScopedQuerySet):
    """A file goes with its finding: the authors open all, others those that were there when it was published."""

    reach = {
        role: lambda m, rule=rule: (
            Q(finding__in=Finding.objects.filter(as_author(m)).values("pk"))
            | Q(is_shown=True, finding__in=Finding.objects.filter(rule(m)).values("pk"))
        )
        for role, rule in FindingQuerySet.reach.items()
    }
    started = started("finding__study__partnership__programme__")
    narrower = {
        "studies.write": {
            role: lambda m: Q(finding__in=Finding.objects.filter(as_author(m)).values("pk"))
            for role in FindingQuerySet.narrower["studies.write"]
        }
    }

    def standing(self):
        return self.filter(removed_at=None)


class FindingFile(models.Model):
    """Something to hand out with a finding: slides, a sheet, a picture of work. Not under the name it came with."""

    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        PICTURE = "jpg", "Picture"
        SLIDES = "pptx", "Slides (PowerPoint)"
        OPEN_SLIDES = "odp", "Slides (OpenDocument)"

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=4, choices=Kind)
    label = models.CharField("what it is", max_length=100)
    file = models.FileField(upload_to="findings/", max_length=200)
    size = models.PositiveIntegerField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    is_shown = models.BooleanField("part of what is published", default=False)

    objects = FindingFileQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]


class FindingCitationQuerySet(ScopedQuerySet):
    """What a study builds on is said and taken back by its members."""

    started = started("study__partnership__programme__")
    reach = {
        role: lambda m, rule=rule: Q(study__in=Study.objects.filter(rule(m)).values("pk"))
        for role, rule in StudyQuerySet.narrower["studies.write"].items()
    }


class FindingCitation(models.Model):
    """A study builds on what another found."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="citations")
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="cited_in")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = FindingCitationQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "finding"],
                name="finding_cited_once_per_study",
                violation_error_message="The study builds on this finding already.",
            )
        ]
