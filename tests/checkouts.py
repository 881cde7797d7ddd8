"""A copy of the checkout with servers of its own, and what a person types at its terminal."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request

import psutil

from lessonstudy.servers import CHECKOUT

NOT_COPIED = shutil.ignore_patterns(".*", "node_modules", "build", "files", "__pycache__")


@contextlib.contextmanager
def copied(folder):
    """The copy, in this folder, until the block ends."""
    shutil.copytree(CHECKOUT, folder, ignore=NOT_COPIED)
    copy = Copy(folder)
    yield copy
    copy.say("-m", "lessonstudy.demo", "remove")
    assert not os.path.exists(copy.home)


class Copy:
    """A checkout of its own, and how to run things in it as at a terminal."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment["PORT"] = str(free_port())
        self.home = self.say("-c", "from lessonstudy import servers; print(servers.of_checkout().folder)").strip()

    def run(self, *command, **changes):
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=self.environment | changes,
            capture_output=True,
            text=True,
            check=False,
        )

    def say(self, *command):
        done = self.run(*command)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextlib.contextmanager
    def demo(self, **changes):
        """The demo from its address on the screen to Ctrl-C; gives the lines that it prints meanwhile."""
        with subprocess.Popen(
            [sys.executable, "-m", "lessonstudy.demo"],
            cwd=self.folder,
            env=self.environment | changes,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                first = process.stdout.readline()
                assert first.startswith(f"Lesson Study runs at {self.address}"), first
                yield process.stdout
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(timeout=60)

    @property
    def address(self):
        return f"http://localhost:{self.environment['PORT']}/"

    def get(self, path):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.address + path, timeout=10) as answer:
            return answer.status

    def processes(self):
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.status() != psutil.STATUS_ZOMBIE:
                    where = f"{process.cwd()} {' '.join(process.cmdline())}"
                    if self.home in where or str(self.folder) in where:
                        found.append(process)
        return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
