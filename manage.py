#!/usr/bin/env python3
"""Django's commands. Without DATABASE_URL they work on the demo's servers, which run for as long as someone needs them.

Imports stand where the environment is ready for them.
"""

import os
import signal
import sys

# Commands that make or look at migrations, which must not run by themselves first.
LEAVE_SCHEMA = {"check", "help", "makemigrations", "migrate", "showmigrations", "sqlmigrate"}


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lessonstudy.settings")
    if "DATABASE_URL" in os.environ:
        run()
    else:
        run_on_demo_servers()


def run():
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def run_on_demo_servers():
    from lessonstudy import servers

    # A polite kill must release the servers too.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        with servers.of_checkout().in_use() as demo:
            os.environ.update(demo.environment() | dict(os.environ))
            if len(sys.argv) > 1 and sys.argv[1] not in LEAVE_SCHEMA:
                with demo.alone():
                    prepare_database()
            run()
    except servers.CannotStart as trouble:
        sys.exit(str(trouble))


def prepare_database():
    """Migrated, and with the cache table; nothing is said on stdout, which belongs to the command."""
    import django
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    executor = MigrationExecutor(connection)
    behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if behind:
        print(f"Bringing the database up to date: {len(behind)} migrations.", file=sys.stderr)
        call_command("migrate", verbosity=0, interactive=False, stdout=sys.stderr)
    call_command("createcachetable", verbosity=0, stdout=sys.stderr)


if __name__ == "__main__":
    main()
