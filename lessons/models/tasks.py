"""What is to be done after a visit: actions with an owner, and what each side does before the next one."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.scoping import ScopedQuerySet
from lessons.models.records import Side, VisitRecord, VisitRecordQuerySet, people_of
from programmes.models.programmes import started


def through_record(m):
    return Q(record__in=VisitRecord.objects.filter(VisitRecordQuerySet.reach[m.role](m)).values("pk"))


class TaskQuerySet(ScopedQuerySet):
    """Both teachers see them; that one is done is said by whose it is (`doers`)."""

    started = started("record__visit__partnership__programme__")
    reach = dict.fromkeys(VisitRecordQuerySet.reach, through_record)

    def open(self):
        """Not done, of a record that somebody stands behind."""
        return self.filter(done_at=None).exclude(record__status=VisitRecord.Status.DRAFT)


class Task(models.Model):
    what = models.TextField()
    due_on = models.DateField("by when", null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_done_by_someone",
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
            )
        ]

    @property
    def is_done(self):
        return self.done_at is not None


class RecordAction(Task):
    """Something that was agreed at a visit, with whoever does it and by when."""

    record = models.ForeignKey(VisitRecord, on_delete=models.CASCADE, related_name="actions")
    number = models.PositiveSmallIntegerField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta(Task.Meta):
        ordering = ["number"]
        constraints = [
            *Task.Meta.constraints,
            models.UniqueConstraint(fields=["record", "number"], name="record_action_once_per_number"),
        ]

    @property
    def doers(self):
        """Its owner; either teacher where nobody is named, or where the owner has left the partnership."""
        teachers = self.record.visit.partnership.teachers
        return [self.owner] if self.owner in teachers else teachers


class GapTask(Task):
    """What one side does between this visit and the next: both have one, for it is not one way."""

    record = models.ForeignKey(VisitRecord, on_delete=models.CASCADE, related_name="gap_tasks")
    side = models.CharField(max_length=10, choices=Side)

    class Meta(Task.Meta):
        ordering = ["-side"]
        constraints = [
            *Task.Meta.constraints,
            models.UniqueConstraint(fields=["record", "side"], name="gap_task_once_per_side"),
        ]

    @property
    def doers(self):
        """The teachers of its side; the other side's while that has none."""
        visit = self.record.visit
        return people_of(visit, self.side) or visit.partnership.teachers
