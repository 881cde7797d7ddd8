"""Real Celery workers for tests, on the test's database and a broker of their own."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace
from urllib.parse import quote

from celery import current_app
from django.db import connection

from jobs import work
from lessonstudy.servers.home import Home
from lessonstudy.servers.valkey import Valkey


@contextlib.contextmanager
def own_broker(folder):
    """A Valkey of the test's own, to which this process publishes too: it can be stopped, started and frozen."""
    home = Home(folder)
    home.make()
    valkey = Valkey(home)
    valkey.start()
    before = current_app.conf.broker_url
    url = f"redis+socket://{quote(str(valkey.socket))}"
    current_app.conf.broker_url = url
    work.bell.cache_clear()
    try:
        yield SimpleNamespace(url=url, start=valkey.start, stop=valkey.stop, pid=valkey.pid)
    finally:
        current_app.conf.broker_url = before
        work.bell.cache_clear()
        valkey.stop()


class Worker:
    """`celery worker` as a process group of its own, so that a kill takes its children too."""

    def __init__(self, broker_url, *options, beat=False, email_url="memorymail://", pace=1):
        command = [sys.executable, "-m", "celery", "--app=lessonstudy"]
        command += ["beat"] if beat else ["worker", "--concurrency=1", "--without-gossip", "--without-mingle"]
        database = connection.settings_dict
        self.log = open(os.path.join(os.environ["FILES_ROOT"], f"worker-{time.monotonic_ns()}.log"), "w+b")  # noqa: SIM115 - closed in `stop`
        self.process = subprocess.Popen(
            [*command, *options],
            env=os.environ
            | {
                "DATABASE_URL": f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{database['NAME']}",
                "REDIS_URL": broker_url,
                "WORKER_EMAIL_URL": email_url,
                "WORKER_PACE": str(pace),
                "DJANGO_SETTINGS_MODULE": "tests.settings",
            },
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def kill(self):
        """As the kernel does when memory runs out: no chance to say goodbye."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
        self.log.close()


@contextlib.contextmanager
def running(broker_url, *, beat=False, email_url="memorymail://", pace=1):
    """A worker for all queues, and beat with its sweeper where asked for, until the block ends.

    At a pace of 3 the times of a job, such as its lease, are a third of the product's.
    """
    processes = [Worker(broker_url, "-Q", "default,mail,pdf", email_url=email_url, pace=pace)]
    if beat:
        schedule = os.path.join(os.environ["FILES_ROOT"], f"beat-{time.monotonic_ns()}")
        processes.append(Worker(broker_url, "--schedule", schedule, beat=True, pace=pace))
    try:
        yield processes[0]
    finally:
        for process in reversed(processes):
            process.stop()


def wait_until(state, seconds, what):
    """Ask until it is so. Fails with `what` when it takes longer."""
    end = time.monotonic() + seconds
    while not (answer := state()):
        assert time.monotonic() < end, f"{what} did not happen in {seconds} s"
        time.sleep(0.05)
    return answer


def is_held_up(query_like):
    """Whether somebody's query of this form waits for a lock. Within a transaction too, where what is seen is kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            " AND query LIKE %s",
            [query_like],
        )
        return cursor.fetchone() is not None
