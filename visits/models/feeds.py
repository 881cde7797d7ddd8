from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import School


class CalendarFeed(models.Model):
    """A secret address at which a calendar program reads a person's visits and events, or who of a school is out.

    Only a hash of the secret is kept, so the address is shown once. Making a new one revokes it.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="calendar_feeds"
    )
    school = models.ForeignKey(School, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField("last read", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="feed_of_a_person_or_a_school",
                condition=Q(person__isnull=True, school__isnull=False) | Q(person__isnull=False, school__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(revoked_at__isnull=True), name="feed_one_live_per_person"
            ),
            models.UniqueConstraint(
                fields=["school"], condition=Q(revoked_at__isnull=True), name="feed_one_live_per_school"
            ),
        ]
