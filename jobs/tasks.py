import datetime as dt

import structlog
from celery import shared_task
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db.models import FileField
from django.utils import timezone

from jobs.models import Job
from jobs.work import ring

log = structlog.get_logger(__name__)

SWEPT_AT = "swept_at"
ORPHAN_AFTER = dt.timedelta(hours=1)
AT_ONCE = 500


def kinds_of_job():
    return [model for model in apps.get_models() if issubclass(model, Job)]


def seconds_since_sweep() -> float | None:
    """How long ago the sweeper ran; None when it never did. Beat and a worker are needed for it."""
    at = cache.get(SWEPT_AT)
    return None if at is None else timezone.now().timestamp() - at


@shared_task
def sweep():
    """Ring again for what is due and was not taken, give up what was tried enough, remove files no row names."""
    now = timezone.now()
    long_ago = now - dt.timedelta(seconds=settings.JOB_RING_AGAIN_AFTER)
    cache.set(SWEPT_AT, now.timestamp(), None)
    for model in kinds_of_job():
        model.objects.give_up(now)
        waiting = model.objects.due(now).filter(rung_at__lt=long_ago)
        for job in waiting.order_by("queued_at")[:500]:
            if not ring(job):
                break
            model.objects.filter(pk=job.pk).update(rung_at=now)


@shared_task
def forget_old():
    """Delete what was kept as long as its kind is. The files are named by no row then, so `sweep_files` takes them."""
    now = timezone.now()
    for model in kinds_of_job():
        rows, forgotten = model.objects.outlived(now), 0
        while some := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
            model.objects.filter(pk__in=some).delete()
            forgotten += len(some)
        if forgotten:
            log.info("forgotten", kind=model._meta.label_lower, rows=forgotten)


def file_fields(model):
    return [field for field in model._meta.get_fields() if isinstance(field, FileField)]


def named_files() -> dict[str, set[str]]:
    """Folder -> the files that a row names. Those of jobs are named by row and attempt, in a folder of their kind."""
    kept = {}
    for model in apps.get_models():
        for field in file_fields(model):
            folder = field.upload_to.strip("/") or model._meta.label_lower
            kept.setdefault(folder, set()).update(model.objects.values_list(field.name, flat=True))
    return kept


@shared_task
def sweep_files():
    """Remove what killed attempts left behind, and what rows that are gone had named."""
    for folder, kept in named_files().items():
        if not default_storage.exists(folder):
            continue
        for name in default_storage.listdir(folder)[1]:
            path = f"{folder}/{name}"
            old = default_storage.get_modified_time(path) < timezone.now() - ORPHAN_AFTER
            if old and path not in kept:
                default_storage.delete(path)
                log.info("orphan_removed", file=path)
