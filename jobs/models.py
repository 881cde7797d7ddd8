"""The row that a piece of background work is. The broker only rings; what is true stands here."""

import datetime as dt

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

MOST_ATTEMPTS = 4
LONG = dt.timedelta(minutes=1)
AT_ONCE, AFTER_OTHERS = 0, 9  # of the broker's ten steps; the lower is taken first


def lease_from(now):
    return now + dt.timedelta(seconds=settings.JOB_LEASE)


class LostJob(Exception):
    """Another worker has the job now: what this one made must not be kept."""


class JobQuerySet(models.QuerySet):
    def in_hand(self):
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def went_wrong(self):
        """Failures of ours. What was refused because of what was asked for is none: whoever asked reads why."""
        return self.filter(state=Job.State.FAILED, refused=False)

    def outlived(self, now):
        """Rows that were finished longer ago than they are kept."""
        if self.model.kept_for is None:
            return self.none()
        return self.filter(state__in=[Job.State.DONE, Job.State.FAILED], finished_at__lt=now - self.model.kept())

    def due(self, now):
        """Rows that someone may take: waiting and due, or taken by a worker whose lease ran out."""
        waiting = Q(state=Job.State.QUEUED, due_at__lte=now)
        abandoned = Q(state=Job.State.RUNNING, lease_until__lt=now)
        return self.filter(waiting | abandoned)

    def claim(self, pk):
        """The job, taken for one attempt of ours, or None when someone has it, had it, or it was tried enough.

        The UPDATE locks the row until we have read our attempt number, so no two claims read the same one.
        """
        now = timezone.now()
        with transaction.atomic():
            claimed = (
                self.due(now)
                .filter(pk=pk, attempt__lt=MOST_ATTEMPTS)
                .update(
                    state=Job.State.RUNNING,
                    attempt=F("attempt") + 1,
                    started_at=now,
                    lease_until=lease_from(now),
                    done=0,
                    total=0,
                )
            )
            return self.get(pk=pk) if claimed else None

    def give_up(self, now):
        """Jobs whose every attempt died become failed, and say so."""
        return (
            self.due(now)
            .filter(attempt__gte=MOST_ATTEMPTS)
            .update(
                state=Job.State.FAILED,
                finished_at=now,
                failure=f"It was started {MOST_ATTEMPTS} times and stopped each time before it was done.",
            )
        )


class Job(models.Model):
    """One piece of work in the background: its state, who has it until when, how far it is, and its file.

    A subclass names the Celery task that does it in `task`; the task takes the id of the row and nothing else. Where it
    is not kept for good, `kept_for` names the setting that says for how many days. One of `AFTER_OTHERS` lets whatever
    else waits for the same workers go first: nobody sits before it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting for its turn"
        RUNNING = "running", "Being made"
        DONE = "done", "Ready"
        FAILED = "failed", "Could not be made"

    task = None
    kept_for = None
    priority = AT_ONCE

    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    rung_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempt = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    refused = models.BooleanField("failed because of what was asked for, so it is the asker's news", default=False)
    file = models.FileField(upload_to="", max_length=200, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def kept(cls):
        return dt.timedelta(days=getattr(settings, cls.kept_for))

    @property
    def in_hand(self):
        return self.state in {Job.State.QUEUED, Job.State.RUNNING}

    @property
    def is_done(self):
        return self.state == Job.State.DONE

    @property
    def has_failed(self):
        return self.state == Job.State.FAILED

    def file_name(self, ending):
        """Named by row and attempt, so that two attempts never write one file and no file names a person."""
        return f"{self._meta.label_lower}/{self.pk}-{self.attempt}.{ending}"

    def store(self, file, ending) -> str:
        """The name of the file, kept under the name of this attempt. Of one that finds no room nothing is kept."""
        name = self.file_name(ending)
        try:
            return default_storage.save(name, file)
        except OSError:
            default_storage.delete(name)
            raise

    def mine(self):
        """This row, as long as the attempt is still ours."""
        return type(self).objects.filter(pk=self.pk, attempt=self.attempt, state=Job.State.RUNNING)

    def renew(self):
        return self.mine().update(lease_until=lease_from(timezone.now()))

    def progress(self, done, total):
        """Say how far the work is. Raises LostJob when another worker has it."""
        if not self.mine().update(done=done, total=total):
            raise LostJob(f"{self._meta.label_lower} {self.pk}")

    def finish(self, **fields):
        """Mark it done together with what it made, in the caller's transaction. Raises LostJob if it is not ours."""
        if not self.mine().update(state=Job.State.DONE, finished_at=timezone.now(), failure="", **fields):
            raise LostJob(f"{self._meta.label_lower} {self.pk}")

    def put_off(self, until, why):
        """Nobody has it any more, and the sweeper rings for it from `until` on."""
        self.mine().update(state=Job.State.QUEUED, due_at=until, failure=why[:300])

    def fail(self, why):
        """It went wrong on our side: whoever runs the installation is told as well as whoever waits for it."""
        self.end_undone(why, refused=False)

    def refuse(self, why):
        """It cannot be done as it was asked for: the sentence is for whoever asked, and nothing is wrong here."""
        self.end_undone(why, refused=True)

    def end_undone(self, why, *, refused):
        self.mine().update(state=Job.State.FAILED, finished_at=timezone.now(), failure=why[:300], refused=refused)


class Paper(Job):
    """A PDF that a worker makes for somebody who waits for it."""

    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    pages = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def is_late(self):
        """It has waited longer than a report takes, so someone should say so."""
        return self.in_hand and timezone.now() - self.queued_at > LONG

    @property
    def how_far(self):
        """What the progress line says, as one word: while it is the same, there is nothing new to show."""
        return f"{self.state}-{self.attempt}-{self.done}-{'late' if self.is_late else 'early'}"

    def keep(self, pdf, pages, **fields):
        """The file and "done" become true together.

        Where the last step fails the file stays for the sweeper: the commit may have gone through for all we know.
        """
        name = self.store(ContentFile(pdf), "pdf")
        self.finish(file=name, pages=pages, size=len(pdf), **fields)
