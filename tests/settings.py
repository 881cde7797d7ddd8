"""The product's settings with servers, keys and folders of this run alone; DATABASE_URL and REDIS_URL win if set."""

import atexit
import contextlib
import os
import shutil
import tempfile

from lessonstudy import servers


def provide_environment():
    """What the settings read is there; a worker or command that a test starts inherits it."""
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        provided = servers.temporary()
        held = contextlib.ExitStack()
        held.callback(provided.remove)
        held.enter_context(provided.in_use())
        at_exit_of_this_process(held.close)
        os.environ |= {"DATABASE_URL": provided.database_url(), "REDIS_URL": provided.redis_url}
    if "FILES_ROOT" not in os.environ:
        os.environ["FILES_ROOT"] = tempfile.mkdtemp(prefix="lessonstudy-files-")
        at_exit_of_this_process(lambda: shutil.rmtree(os.environ["FILES_ROOT"]))
    # Each process of a run keeps its files apart, together with the workers that its tests start.
    process = os.environ.get("PYTEST_XDIST_WORKER")
    if process and os.path.basename(os.environ["FILES_ROOT"]) != process:
        os.environ["FILES_ROOT"] = os.path.join(os.environ["FILES_ROOT"], process)
        os.makedirs(os.environ["FILES_ROOT"], exist_ok=True)
    for name, key in servers.random_keys().items():
        os.environ.setdefault(name, key)
    mail = os.environ.get("WORKER_EMAIL_URL", "memorymail://")  # a worker has no outbox that a test could look into
    os.environ |= {"EMAIL_URL": mail, "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1],testserver"}
    for name in ("DEBUG", "DEMO", "PUBLIC_URL", "BEHIND_PROXY", "DEFAULT_FROM_EMAIL"):
        os.environ.pop(name, None)


def at_exit_of_this_process(action):
    """A fork of this process, such as a worker's child, leaves what it shares alone."""
    mine = os.getpid()
    atexit.register(lambda: action() if os.getpid() == mine else None)


provide_environment()

from lessonstudy.settings import *  # noqa: E402, F403 - once the servers run
from lessonstudy.settings import (  # noqa: E402 - as above
    CELERY_BEAT_SCHEDULE,
    DATABASES,
    JOB_LEASE,
    JOB_RENEW_EVERY,
    JOB_RING_AGAIN_AFTER,
    STORAGES,
)

# The workers of a test that waits for them may live faster: all times of a job in the same proportion.
PACE = int(os.environ.get("WORKER_PACE", "1"))
JOB_LEASE, JOB_RENEW_EVERY, JOB_RING_AGAIN_AFTER = JOB_LEASE / PACE, JOB_RENEW_EVERY / PACE, JOB_RING_AGAIN_AFTER / PACE
CELERY_BEAT_SCHEDULE["sweep jobs"]["schedule"] /= PACE
DATABASES["default"]["ENGINE"] = "tests.postgresql"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Without `collectstatic` there is no manifest to read.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# The test client and the browser of the tests speak plain HTTP.
SECURE = SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SESSION_COOKIE_NAME = "session"
CSRF_COOKIE_NAME = "csrf"
