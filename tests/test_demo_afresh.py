"""`make demo RESET=1` over what was there. A file of its own, since it makes all tables and the demonstration anew."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.alone

# A table in a database that nothing has migrated, which would take as long as the test.
FILL = """
import psycopg
from lessonstudy import servers
home = servers.of_checkout()
with home.in_use(), psycopg.connect(host=str(home.home.sockets), user="lessonstudy", dbname="lessonstudy") as it:
    it.execute("CREATE TABLE kept ()")
"""
LOOK = "from django.db import connection; connection.cursor().execute('SELECT * FROM kept')"


def test_a_demo_that_begins_afresh_has_nothing_of_what_was_there(checkout):
    checkout.say("-c", FILL)
    mail = Path(checkout.home, "mail", "kept")
    mail.parent.mkdir(exist_ok=True)
    mail.touch()

    with checkout.demo(RESET="1"):
        lost = checkout.run("manage.py", "shell", "-c", LOOK)

        assert 'relation "kept" does not exist' in lost.stderr
        assert not mail.exists()
        assert checkout.get("health/") == 200
    assert checkout.processes() == []
