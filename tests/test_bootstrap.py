"""What `make` does on a machine with nothing but Python; that it installs is shown by these tests running at all."""

import ast
import subprocess
import sys

import pytest

from lessonstudy import bootstrap
from lessonstudy.servers import CHECKOUT

pytestmark = pytest.mark.alone


@pytest.fixture
def nothing_runs(monkeypatch):
    """Programs are noted instead of run."""
    ran = []
    monkeypatch.setattr(bootstrap, "run", lambda command, failed, env=None: ran.append(command))
    return ran


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "LOG", tmp_path / "setup.log")
    return tmp_path


def ordinary_account(monkeypatch):
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 1000)


def root_on_debian(monkeypatch):
    monkeypatch.setattr(bootstrap.os, "geteuid", lambda: 0)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: "/usr/bin/apt-get" if name == "apt-get" else None)


def test_it_needs_nothing_but_python():
    tree = ast.parse((CHECKOUT / "lessonstudy" / "bootstrap.py").read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_an_old_python_can_read_it_up_to_the_sentence():
    source = (CHECKOUT / "lessonstudy" / "bootstrap.py").read_text()

    tree = ast.parse(source, feature_version=(3, 7))

    first_statements = [type(node).__name__ for node in tree.body[1:3]]
    assert first_statements == ["Import", "If"]


def test_it_refuses_to_guess_what_is_wanted():
    done = subprocess.run([sys.executable, bootstrap.__file__], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.strip() == "Say what to make ready: python3 lessonstudy/bootstrap.py product|development."


def test_an_ordinary_account_is_told_how_to_install_pango(monkeypatch, nothing_runs):
    ordinary_account(monkeypatch)
    monkeypatch.setattr(bootstrap, "loads", lambda library: False)

    with pytest.raises(bootstrap.CannotGoOn, match=r"^PDFs need Pango: install it with `apt-get install libpango"):
        bootstrap.ensure_pango()
    assert nothing_runs == []


def test_root_on_debian_installs_pango_without_asking(monkeypatch, nothing_runs):
    root_on_debian(monkeypatch)
    monkeypatch.setattr(bootstrap, "loads", lambda library: False)

    bootstrap.ensure_pango()

    assert [command[:2] for command in nothing_runs] == [["apt-get", "update"], ["apt-get", "install"]]
    assert nothing_runs[1][-3:] == bootstrap.PANGO


def test_chromium_is_asked_for_where_it_is_missing(monkeypatch, nothing_runs):
    ordinary_account(monkeypatch)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)

    with pytest.raises(bootstrap.CannotGoOn, match="apt-get install chromium"):
        bootstrap.ensure_chromium()


def test_what_is_installed_is_not_installed_again_until_the_lock_changes(monkeypatch, nothing_runs, folder):
    monkeypatch.setattr(bootstrap, "VENV", folder)
    lock = folder / "requirements" / "product.txt"
    lock.parent.mkdir()
    lock.write_text("django==5.2.1")

    bootstrap.install_packages("product")
    bootstrap.install_packages("product")
    assert len(nothing_runs) == 1
    assert "--require-hashes" in nothing_runs[0]

    lock.write_text("django==5.2.2")
    bootstrap.install_packages("product")
    assert len(nothing_runs) == 2


def test_a_step_that_fails_is_not_taken_for_done(monkeypatch, folder):
    monkeypatch.setattr(bootstrap, "VENV", folder)
    monkeypatch.setattr(bootstrap, "PYTHON", "false")
    (folder / "requirements").mkdir()
    (folder / "requirements" / "product.txt").touch()

    with pytest.raises(bootstrap.CannotGoOn, match=r"check the network, then try again; setup.log says why"):
        bootstrap.install_packages("product")
    assert not (folder / "product.installed").exists()


def test_a_full_disk_is_said_in_one_sentence(folder):
    script = "import sys; print('OSError: [Errno 28] No space left on device'); sys.exit(1)"

    with pytest.raises(bootstrap.CannotGoOn, match=r"^The disk is full: free some space"):
        bootstrap.run([sys.executable, "-c", script], "It did not work.")
