"""Real PostgreSQL and real Valkey out of Python wheels, for the demo and the tests.

They listen on Unix sockets only, in a folder that only their owner reaches, and never run as root. Whoever needs them
takes part in `in_use()`: the first to come starts them, the last to go stops them.
"""

import base64
import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from lessonstudy.servers.home import CannotStart, Home
from lessonstudy.servers.postgres import ROLE, Postgres
from lessonstudy.servers.valkey import Valkey

__all__ = ["CHECKOUT", "CannotStart", "Servers", "of_checkout", "random_keys", "temporary"]

CHECKOUT = Path(__file__).resolve().parent.parent.parent
LOCKS = {"lock", "in-use", "demo"}
TEMPORARY = "lessonstudy-tests-"


def of_checkout() -> "Servers":
    """The servers of this checkout, whose data stays."""
    folder = CHECKOUT / ".servers"
    if os.geteuid() == 0 or Home(folder).is_too_long():
        key = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
        # A fixed place whatever TMPDIR says, and one that a restart of the machine does not empty.
        folder = Path(f"/var/tmp/lessonstudy-{os.geteuid()}-{key}")  # noqa: S108 - the folder is its owner's alone
    return Servers(folder)


def temporary() -> "Servers":
    """Servers of one test run: fast instead of safe against a power cut, to be removed at the end."""
    base = Path("/var/tmp" if os.geteuid() == 0 else "/tmp")  # noqa: S108 - as above
    for left in base.glob(f"{TEMPORARY}*"):
        Servers(left).remove_if_left_behind()
    return Servers(Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=base)), durable=False)


def random_keys() -> dict[str, str]:
    """What signs and encrypts, by the names of the settings; those in the plural are Fernet keys."""
    texts = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "UPN_INDEX_KEY")}
    return texts | {name: fernet_key() for name in ("UPN_KEYS", "TOTP_KEYS")}


def fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


class Servers:
    """PostgreSQL and Valkey with everything they own in one folder."""

    def __init__(self, folder: Path, *, durable: bool = True):
        self.folder = folder
        self.home = Home(folder)
        self.logs = self.home.logs
        self.postgres = Postgres(self.home, durable=durable)
        self.valkey = Valkey(self.home)

    def database_url(self, name: str = ROLE) -> str:
        return f"postgres://{ROLE}@/{quote(str(self.home.sockets))}/{name}"

    @property
    def redis_url(self) -> str:
        return f"redis+socket://{quote(str(self.valkey.socket))}"

    def environment(self) -> dict[str, str]:
        """What the settings need to run the demo on these servers; the keys are made once."""
        with self.alone(), self.home.in_plain_words():
            return {
                "DATABASE_URL": self.database_url(),
                "REDIS_URL": self.redis_url,
                "DEBUG": "true",
                "DEMO": "true",
                "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
                "FILES_ROOT": str(self.home.private("files")),
                # The fourth slash makes it an absolute path for django-environ.
                "EMAIL_URL": f"filemail:///{quote(str(self.home.private('mail')))}",
                "PUBLIC_URL": f"http://localhost:{os.environ.get('PORT') or 8000}",
                **self._keys(),
            }

    @contextlib.contextmanager
    def in_use(self):
        """The servers run for as long as this lasts; whoever leaves last stops them."""
        with self._lock("in-use") as use:
            try:
                with self.alone():
                    fcntl.flock(use, fcntl.LOCK_SH)
                    self._start()
                yield self
            finally:
                with self.alone():
                    if is_ours_alone(use):
                        self._stop()

    @contextlib.contextmanager
    def alone(self):
        """Nobody else starts, stops or prepares these servers meanwhile."""
        with self._lock("lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def only_demo(self, note: str):
        """The demo of this checkout runs once; whoever comes second learns what the first one noted."""
        with self._lock("demo") as lock:
            if not is_ours_alone(lock):
                lock.seek(0)
                raise CannotStart(
                    f"The demo of this checkout runs already: open {lock.read()}, "
                    "or stop it with Ctrl-C in its terminal first."
                )
            lock.truncate(0)
            lock.write(note)
            lock.flush()
            yield

    def running(self) -> bool:
        return self.postgres.pid() is not None and self.valkey.pid() is not None

    def start(self):
        """Both servers run and the database is there, however often and by however many this is called at once."""
        with self.alone():
            self._start()

    def stop(self):
        with self.alone():
            self._stop()

    def empty(self):
        """No process, data or key is left; the locks stay, since someone may be waiting for them."""
        with self.alone(), self.home.in_plain_words():
            self._stop()
            for entry in self.folder.iterdir():
                if entry.is_dir():
                    shutil.rmtree(entry)
                elif entry.name not in LOCKS:
                    entry.unlink()

    def remove(self):
        if self.folder.exists():
            self.empty()
            shutil.rmtree(self.folder)

    def remove_if_left_behind(self):
        """Clear up after a test run that was killed; one that is only just starting is left in peace."""
        with contextlib.suppress(OSError, CannotStart):
            found = self.folder.stat()
            if found.st_uid == os.geteuid() and time.time() - found.st_mtime > 60:
                with (self.folder / "in-use").open("r+") as use:
                    unused = is_ours_alone(use)
                if unused:
                    self.remove()

    def _start(self):
        try:
            self.postgres.start()
            self.valkey.start()
        except BaseException:
            # What was launched before Ctrl-C has yet to note its number, without which nobody could stop it.
            time.sleep(1)
            raise

    def _stop(self):
        self.valkey.stop()
        self.postgres.stop()

    @contextlib.contextmanager
    def _lock(self, name: str):
        with self.home.in_plain_words():
            self.home.make()
            (self.folder / name).touch(mode=0o600)
            lock = (self.folder / name).open("a+")
        with lock:
            yield lock

    def _keys(self) -> dict[str, str]:
        path = self.folder / "keys.json"
        if not path.exists():
            unfinished = path.with_suffix(".new")
            unfinished.touch(mode=0o600)
            unfinished.write_text(json.dumps(random_keys()))
            unfinished.rename(path)
        return json.loads(path.read_text())


def is_ours_alone(file) -> bool:
    """Whether nobody else holds the lock of this file, which now is ours."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
