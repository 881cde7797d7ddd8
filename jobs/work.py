"""Doing a job: claim it, keep the lease alive, and leave it done, failed, or for the next worker."""

import contextlib
import errno
import functools
import threading
from concurrent.futures import ThreadPoolExecutor

import structlog
from celery import current_app
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from kombu.exceptions import KombuError
from kombu.pools import producers

from jobs.models import LostJob

log = structlog.get_logger(__name__)

RINGS_FOR = 60  # seconds; the sweeper rings again, so that a worker that was away finds no heap of old messages


class CannotBeDone(Exception):
    """The work is refused as it was asked for: the sentence says why, and what to do, to the person who asked."""


@functools.cache
def bell():
    """A broker connection that gives up at once: nobody waits for it, since the sweeper rings again."""
    patience = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "max_retries": 0}
    return current_app.connection_for_write(transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS | patience)


def ring(job):
    """Tell the workers that there is work. True when the broker took it; a broker that is down is only logged."""
    try:
        with producers[bell()].acquire(block=True, timeout=1) as producer:
            current_app.send_task(
                job.task,
                args=[job.pk],
                producer=producer,
                retry=False,
                ignore_result=True,
                expires=RINGS_FOR,
                priority=job.priority,
            )
    except (KombuError, OSError, TimeoutError) as error:
        log.warning("broker_down", job=job._meta.label_lower, row=job.pk, error=type(error).__name__)
        return False
    return True


def publish(job):
    """Have the job done once the caller's transaction is committed."""
    transaction.on_commit(functools.partial(ring, job), robust=True)


def publish_all(jobs):
    """As `publish`, for many. Once the broker does not take one it is spared the others: the sweeper rings for them."""

    def ring_each():
        for job in jobs:
            if not ring(job):
                break

    transaction.on_commit(ring_each, robust=True)


@contextlib.contextmanager
def lease(job):
    """Keep the job ours while the block runs, from a connection of its own, so that long work cannot hold it up."""
    over = threading.Event()

    def keep():
        try:
            while not over.wait(settings.JOB_RENEW_EVERY):
                with contextlib.suppress(OperationalError, InterfaceError):
                    if not job.renew():
                        return
        finally:
            connection.close()

    keeper = threading.Thread(target=keep, name=f"lease-{job.pk}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


@contextlib.contextmanager
def progress_beside(job):
    """A `progress` to call in a transaction that others cannot see into: it is said from a connection of its own.

    The transaction is begun and ended within the block, so that the last word can wait for its end.
    """

    def say(done, total):
        with contextlib.suppress(OperationalError, InterfaceError):
            job.mine().update(done=done, total=total)

    with ThreadPoolExecutor(1, thread_name_prefix=f"progress-{job.pk}") as teller:
        try:
            yield lambda done, total: teller.submit(say, done, total)
        finally:
            teller.submit(lambda: connection.close())  # the one of that thread


def work_on(model, pk, do):
    """Run `do(job)` for the row if it is free to take. Called twice it does nothing the second time.

    When `do` raises CannotBeDone the job is refused with that sentence; anything else is a failure of ours, in general
    words, and is raised for the log. A database that went away leaves the row to the sweeper.
    """
    job = model.objects.claim(pk)
    if job is None:
        return
    try:
        with lease(job):
            do(job)
    except LostJob:
        log.warning("job_lost", job=job._meta.label_lower, row=job.pk, attempt=job.attempt)
    except (OperationalError, InterfaceError):
        raise
    except CannotBeDone as error:
        job.refuse(str(error))
    except Exception as error:
        job.fail(f"{why(error)} It has been recorded; try again, and tell us if it fails again.")
        raise


NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def why(error) -> str:
    """What went wrong on our side, for whoever waits and whoever runs the installation: never what somebody typed."""
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return "There is no room left on the server to keep the file, so nothing was kept."
    if isinstance(error, (TemplateDoesNotExist, TemplateSyntaxError)):
        return "A template on the server is missing or broken."
    return getattr(error, "said", "Something went wrong on our side.")
