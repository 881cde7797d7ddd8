from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone

from accounts.scoping import ScopedQuerySet
from programmes.models import Partnership
from programmes.models.partnerships import OWN, through_partnership
from programmes.models.programmes import started
from pupils.models.places import Place, PupilDetails, TargetPupil
from pupils.upn import EncryptedJsonField


class PupilListQuerySet(ScopedQuerySet):
    started = started("partnership__programme__")
    reach = through_partnership(OWN)

    def waiting(self):
        return self.filter(state=PupilList.State.WAITING)


class PupilList(models.Model):
    """Pupils that somebody pasted or sent for a partnership, and what came of it.

    What it says of them is there, encrypted, while it waits to be looked at, and a week at most.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting to be checked"
        TAKEN = "taken", "Read"
        SET_ASIDE = "set aside", "Set aside"
        FORGOTTEN = "forgotten", "Forgotten after a week"

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="pupil_lists")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    pasted = models.BooleanField()
    digest = models.BinaryField("keyed hash by which the same list is known again", max_length=32)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    added = models.PositiveSmallIntegerField("pupils that came of it", default=0)
    second_places = models.PositiveSmallIntegerField("second places that came of it", default=0)
    content = EncryptedJsonField()

    objects = PupilListQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="pupil_list_says_nothing_once_it_ended",
                condition=Q(state="waiting") | Q(Exact(Length("content"), 0)),
            ),
            models.CheckConstraint(
                name="pupil_list_ended_at_iff_ended",
                condition=Q(state="waiting", ended_at__isnull=True) | ~Q(state="waiting") & Q(ended_at__isnull=False),
            ),
        ]

    def get_absolute_url(self):
        return reverse("pupils:list_check", args=[self.pk])

    @property
    def waits(self):
        return self.state == self.State.WAITING


class PlaceChange(models.Model):
    """One thing that happened to a pupil's place: what, from which day, why, by whom. It goes with the pupil."""

    class What(models.TextChoices):
        CHOSEN = "chosen", "Chosen as a target pupil"
        ENDED = "ended", "The place ended"
        BACK = "back", "The place goes on"
        CLASS = "class", "Class"
        YEAR = "year", "Year group"
        SINCE = "since", "First day"

    pupil = models.ForeignKey(TargetPupil, on_delete=models.CASCADE, related_name="changes")
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="changes")
    what = models.CharField(max_length=10, choices=What)
    on = models.DateField()
    before = models.CharField(max_length=60, blank=True)
    after = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["on", "at", "pk"]


class FormerDetails(PupilDetails):
    """What a school had kept of a pupil when they came to another school of the programme: all that it goes on reading.

    It hangs on the place that the pupil had there, and goes with it.
    """

    place = models.OneToOneField(Place, on_delete=models.CASCADE, related_name="former")
    at = models.DateTimeField(default=timezone.now)

    @property
    def ref(self):
        return self.place.pupil.ref
