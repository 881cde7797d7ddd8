"""`make demo`: everything that Lesson Study consists of, on this machine, until Ctrl-C."""

import contextlib
import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from lessonstudy import servers

ATTEMPTS = 4
PATIENCE = 5  # seconds that a program has for ending by itself
PR_SET_PDEATHSIG = 1
# Loaded once, before the two processes part.
WEB_SERVER = ["--preload", "--workers=2", "--threads=4", "--no-control-socket"]


def tell(text: str):
    """Nobody may be listening any more, which must not keep anything from being stopped."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


class Part:
    """One program of the demo, with a group of its own for all that it starts."""

    def __init__(self, name: str, module: str, *arguments: str, environment: dict[str, str], logs: Path):
        self.name = name
        self.command = [sys.executable, "-m", module, *arguments]
        self.environment = environment
        self.log = logs / f"{name.replace(' ', '-')}.log"
        self.starts = 0
        self.process = None

    def start(self):
        self.starts += 1
        with self.log.open("w" if self.starts == 1 else "a") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=servers.CHECKOUT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def start_again_if_it_died(self):
        if self.process.poll() is None:
            return
        self._kill_all()
        if self.starts == ATTEMPTS:
            raise servers.CannotStart(f"The {self.name} keeps stopping: {self.log} says why.")
        tell(f"The {self.name} stopped and is started again; {self.log} says why it did.")
        self.start()

    def ask_to_end(self):
        self.process.terminate()

    def end(self, until: float):
        """Nothing of it is left, whatever it was doing."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.1, until - time.monotonic()))
        self._kill_all()
        self.process.wait()

    def _kill_all(self):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def main():
    begun = time.monotonic()
    port = chosen_port()
    home = servers.of_checkout()
    # SIGINT too: started in the background of a script, it is ignored until someone says otherwise.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    with home.only_demo(f"http://localhost:{port}/"):
        if os.environ.get("RESET") == "1":
            home.empty()
        refuse_taken(port)
        with home.in_use():
            own = home.environment()
            # Whatever stands in the environment, invented people never get into a database that is not the demo's.
            others = {name: value for name, value in os.environ.items() if name not in own}
            load(home, others)
            web_server, *workers = parts = demo_parts(port, others | own, home.logs)
            try:
                # The first page does not wait for those who work in the background.
                web_server.start()
                wait_until_it_answers(port, web_server)
                for part in workers:
                    part.start()
                welcome(port, home, time.monotonic() - begun)
                look_after(parts, home)
            finally:
                end(parts)


def remove():
    """The demo's data and servers are gone."""
    home = servers.of_checkout()
    with home.only_demo(""):
        home.remove()


def demo_parts(port: int, environment: dict[str, str], logs: Path) -> list[Part]:
    def part(name, module, *arguments):
        return Part(name, module, *arguments, environment=environment, logs=logs)

    hosts = ["127.0.0.1", "[::1]"] if can_bind(socket.AF_INET6, "::1", 0) else ["127.0.0.1"]
    binds = [f"--bind={host}:{port}" for host in hosts]
    # One worker does not wait for what others say; there is nobody to compare with.
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING"]
    worker = ["--app=lessonstudy", "worker", *alone]
    return [
        part("web server", "gunicorn", "lessonstudy.wsgi", *binds, *WEB_SERVER),
        part("worker", "celery", *worker, "--queues=default,mail", "--concurrency=2", "--hostname=worker@%h"),
        part("PDF worker", "celery", *worker, "--queues=pdf", f"--concurrency={os.cpu_count()}", "--hostname=pdf@%h"),
        part("beat", "celery", "--app=lessonstudy", "beat", "--loglevel=WARNING"),
    ]


def load(home: servers.Servers, environment: dict[str, str]):
    """The demo programmes are there, dated around today; `manage.py` brings the database up to date first."""
    log_path = home.logs / "demo-data.log"
    with log_path.open("w") as log:
        command = [sys.executable, "manage.py", "demo_data"]
        done = subprocess.run(
            command,
            cwd=servers.CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            check=False,
        )
    if done.returncode:
        raise servers.CannotStart(f"The demo programmes could not be loaded: {log_path} says why.")


def wait_until_it_answers(port: int, web_server: Part):
    # A proxy of the environment is for the world outside.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with contextlib.suppress(OSError), opener.open(f"http://localhost:{port}/health/", timeout=5) as answer:
            if answer.status == 200:
                return
        web_server.start_again_if_it_died()
        time.sleep(0.1)
    raise servers.CannotStart(f"The web server does not answer: {web_server.log} says why.")


def welcome(port: int, home: servers.Servers, seconds: float):
    tell(
        f"Lesson Study runs at http://localhost:{port}/ (ready after {seconds:.1f} s).\n"
        f"Open http://localhost:{port}/demo/ to sign in as any role.\n"
        f"Mail that it sends is in {home.folder / 'mail'}, logs are in {home.logs}.\n"
        "Ctrl-C stops all of it and keeps the data; `make demo RESET=1` starts afresh."
    )


def look_after(parts: list[Part], home: servers.Servers):
    while True:
        time.sleep(0.5)
        for part in parts:
            part.start_again_if_it_died()
        if not home.running():
            tell("PostgreSQL or Valkey stopped and is started again.")
            home.start()


def end(parts: list[Part]):
    """All at once, since each waits for what it is doing; a second Ctrl-C must not leave half of them behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    started = [part for part in parts if part.process]
    if started:
        tell("Stopping.")
    for part in started:
        part.ask_to_end()
    until = time.monotonic() + PATIENCE
    for part in started:
        part.end(until)


def chosen_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise servers.CannotStart(f"PORT must be a number such as 8001, not {text}: `PORT=8001 make demo`.")
    return int(text)


def refuse_taken(port: int):
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            bind(family, host, port)
        except OSError as refused:
            if refused.errno == errno.EADDRINUSE:
                free = port + 1 if port < 65535 else 8001
                raise servers.CannotStart(
                    f"Port {port} is taken by another program: choose another one, `PORT={free} make demo`."
                ) from None
            if refused.errno == errno.EACCES:
                raise servers.CannotStart(
                    f"Port {port} may not be used by this account: choose another one, `PORT=8001 make demo`."
                ) from None


def can_bind(family: int, host: str, port: int) -> bool:
    try:
        bind(family, host, port)
    except OSError:
        return False
    return True


def bind(family: int, host: str, port: int):
    with socket.socket(family) as probe:
        # As the web server does: a connection that has just ended does not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def end_with_parent():
    """Even a supervisor that is killed outright leaves nothing behind, where the system can do that."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


# Loaded before any fork.
LIBC = ctypes.CDLL(None)


def interrupt(number, frame):
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        remove() if sys.argv[1:] == ["remove"] else main()
    except servers.CannotStart as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        tell("Stopped.")
