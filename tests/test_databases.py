"""The test database is kept from one run to the next, until a migration changes."""

import io

import pytest
from django.core.management import call_command

from tests.databases import fingerprint

pytestmark = pytest.mark.django_db


@pytest.fixture
def app(tmp_path):
    app = tmp_path / "visits"
    (app / "migrations").mkdir(parents=True)
    (app / "migrations" / "0001_initial.py").write_text("operations = []\n")
    return app


def test_what_is_no_migration_changes_nothing(app):
    before = fingerprint([app])

    (app / "models.py").write_text("class Visit: pass\n")

    assert fingerprint([app]) == before


def test_a_migration_that_is_new_changed_renamed_or_gone_is_noticed(app):
    first = app / "migrations" / "0001_initial.py"
    seen = [fingerprint([app])]

    for change in (
        lambda: (app / "migrations" / "0002_more.py").write_text("operations = []\n"),
        lambda: first.write_text("operations = [None]\n"),
        lambda: first.rename(first.with_name("0001_first.py")),
        lambda: first.with_name("0001_first.py").unlink(),
    ):
        change()
        seen.append(fingerprint([app]))
    seen.append(fingerprint([]))

    assert len(set(seen)) == 6


def test_the_database_of_this_run_has_every_migration():
    said = io.StringIO()

    call_command("migrate", check_unapplied=True, stdout=said)

    assert said.getvalue() == ""
