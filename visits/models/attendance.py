from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import School


class Attendance(models.Model):
    """What is known of one person at one event beyond its rule: put in or out by hand, invited, answered, present.

    A guest without an account is a name and a school. The role and the school are those of the day, kept with the
    presence: half-days are funded by them.
    """

    class ByHand(models.TextChoices):
        ADDED = "added", "Added by hand"
        REMOVED = "removed", "Taken off the list by hand"

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", "Comes"
        DECLINED = "declined", "Cannot come"

    event = models.ForeignKey("visits.Event", on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    guest_name = models.CharField("name", max_length=150, blank=True)
    guest_school = models.CharField("school", max_length=150, blank=True)
    by_hand = models.CharField(max_length=10, choices=ByHand, blank=True)
    walk_in = models.BooleanField("came without being invited", default=False)
    role = models.CharField(max_length=10, blank=True)
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField(null=True)
    told_sequence = models.PositiveIntegerField("sequence of the last calendar file sent", null=True)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)
    present = models.BooleanField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "event"], name="attendance_by_person")]
        constraints = [
            models.UniqueConstraint(fields=["event", "person"], name="attendance_once_per_person"),
            models.UniqueConstraint(
                fields=["event", "guest_name", "guest_school"],
                condition=Q(person__isnull=True),
                name="attendance_once_per_guest",
                violation_error_message="This guest is on the list already.",
            ),
            models.CheckConstraint(
                name="attendance_of_a_person_or_a_guest",
                condition=Q(person__isnull=False, guest_name="") | Q(person__isnull=True) & ~Q(guest_name=""),
                violation_error_message="Give the name of the guest.",
            ),
            models.CheckConstraint(
                name="attendance_guests_only_attend",
                condition=Q(person__isnull=False) | Q(walk_in=True, by_hand="", answer="", invited_at__isnull=True),
            ),
            models.CheckConstraint(
                name="attendance_present_with_who_recorded_it",
                condition=Q(present__isnull=True) | Q(recorded_by__isnull=False, recorded_at__isnull=False),
            ),
        ]
