from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from programmes.models.partnerships import Partnership
from programmes.models.programmes import Programme, started


class ActionItemQuerySet(ScopedQuerySet):
    """The coordinator's whole plan; for everyone else what they own."""

    started = started("programme__")
    reach = {
        Role.COORDINATOR: lambda m: Q(programme__organisation=m.organisation_id),
        **{
            role: lambda m: Q(programme__organisation=m.organisation_id, owner=m.user_id)
            for role in (Role.BUDGET_HOLDER, Role.CONSULTANT, Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER)
        },
    }

    def open(self):
        return self.filter(done_on=None)

    def overdue(self, today):
        return self.open().filter(due_on__lt=today)


class ActionItem(models.Model):
    """Something a named person does for a programme by a day, and how one sees that it worked."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="actions")
    partnership = models.ForeignKey(
        Partnership, on_delete=models.CASCADE, null=True, blank=True, related_name="actions"
    )
    what = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    success_measure = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    done_on = models.DateField(null=True, blank=True)

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self):
        return self.what

    @property
    def latest_note(self):
        notes = list(self.notes.all())
        return notes[-1] if notes else None


class ActionNote(models.Model):
    """How an action goes: notes are added, never changed."""

    action = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
