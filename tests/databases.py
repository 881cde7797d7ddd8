"""The test database of each process of a run, on the same server."""

import contextlib
import os

from django.db import connection
from django.test.utils import setup_databases, teardown_databases


@contextlib.contextmanager
def own():
    """This process has a migrated database of its own, until the block ends."""
    run, process = os.environ.get("PYTEST_XDIST_TESTRUNUID"), os.environ.get("PYTEST_XDIST_WORKER")
    name, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    if process is None:
        made = setup_databases(verbosity=0, interactive=False)
        yield
        teardown_databases(made, verbosity=0)
        return
    template = f"test_{name}_{run}"
    with one_process_at_a_time() as cursor:
        is_first = not exists(template, cursor)
        if is_first:
            migrate(template)
        # All tables are in the copy, so that asking each migration whether it is done would be lost time.
        test |= {"NAME": f"test_{name}_{process}", "TEMPLATE": template, "MIGRATE": False}
        made = setup_databases(verbosity=0, interactive=False)
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


def exists(name, cursor):
    return connection.creation._database_exists(cursor, name)


def migrate(name):
    """A database of this name with all tables and whatever migrations write. Nobody is connected to it."""
    before = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.creation.destroy_test_db(before, verbosity=0, keepdb=True)
