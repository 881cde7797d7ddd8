"""Is everything well? One line for each part of the installation, in words for the administrator."""

import shutil
from dataclasses import dataclass

from celery import current_app
from django.conf import settings
from django.db import connection
from django.utils import timezone

from funding.models import FundingPlan, LedgerCheck
from jobs.tasks import kinds_of_job, seconds_since_sweep
from jobs.work import bell

GIGABYTE = 10**9
LATE = 60  # seconds without a sweep, which is due every ten


@dataclass(frozen=True)
class Check:
    name: str
    well: bool
    says: str
    do: str = ""


def checks():
    return [database(), broker(), *workers(), sweeper(), work(), *money(), disk()]


def database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    return Check("Database", True, f"PostgreSQL {version.split()[0]}, {size // 10**6:,} MB")


def broker():
    try:
        bell().ensure_connection(max_retries=1, timeout=1)
    except Exception as error:  # whatever the transport raises means the same here
        return Check(
            "Message broker",
            False,
            f"does not answer ({type(error).__name__})",
            "Start Valkey. Nothing is lost: waiting work is taken up again.",
        )
    return Check("Message broker", True, "answers")


def workers():
    try:
        found = current_app.control.inspect(timeout=0.4, connection=bell()).active_queues() or {}
    except Exception:  # as above
        found = {}
    listening = {queue["name"] for queues in found.values() for queue in queues}
    for queue, what in (("default", "Worker for small jobs"), ("pdf", "Worker for reports")):
        if queue in listening:
            yield Check(what, True, "listens")
        else:
            yield Check(what, False, "does not answer", f"Start a Celery worker for the queue “{queue}”.")


def sweeper():
    """Whatever a dead worker or a broker that was down left behind is taken up by the sweeper alone."""
    ago = seconds_since_sweep()
    if ago is None or ago > LATE:
        says = "has never run" if ago is None else f"ran {ago:.0f} seconds ago"
        return Check("Sweeper", False, says, "Start Celery beat: without it work that got stuck stays stuck.")
    return Check("Sweeper", True, "runs")


def work():
    waiting, failed, yesterday = 0, 0, timezone.now() - timezone.timedelta(days=1)
    for model in kinds_of_job():
        waiting += model.objects.in_hand().count()
        failed += model.objects.went_wrong().filter(finished_at__gte=yesterday).count()
    return Check(
        "Background work",
        not failed,
        f"{waiting} in hand, {failed} failed since yesterday",
        "Look into the log of the worker for the reason." if failed else "",
    )


def money():
    """Where money is paid: whether the ledger said last night what the releases say. Only numbers of rows are told."""
    if not FundingPlan.objects.in_force().exists():
        return
    last = LedgerCheck.objects.first()
    if last is None or timezone.now() - last.at > timezone.timedelta(days=2):
        yield Check("Money", False, "has not been checked for two days", "Start Celery beat: it checks every night.")
    elif last.differences:
        number = len(last.differences)
        says = f"{number} of {last.balances} balances {'differs' if number == 1 else 'differ'} from the releases"
        yield Check(
            "Money", False, says, "Pay nothing. Compare the ledger with the history of the releases named there."
        )
    else:
        yield Check("Money", True, f"{last.balances} balances say the same as the releases")


def disk():
    free = shutil.disk_usage(settings.FILES_ROOT if settings.FILES_ROOT.exists() else settings.BASE_DIR).free
    return Check(
        "Disk",
        free > GIGABYTE,
        f"{free // GIGABYTE:,} GB free",
        "" if free > GIGABYTE else "Make room: reports cannot be kept without it.",
    )
