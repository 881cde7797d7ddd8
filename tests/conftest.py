import contextlib
import datetime as dt
import gc
import os
import tempfile
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import settings

from accounts.roles import Role
from tests import browsing, databases, workers

# A busy machine is no wrong answer: speed is measured by the benchmarks alone.
settings.register_profile("any speed", deadline=None)
settings.load_profile("any speed")


LONGEST = {
    "tests.test_browser_story",
    "tests.test_browser",
    "tests.test_browser_study",
    "tests.test_flat",
    "tests.studies.test_torture",
}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What takes minutes begins first, so that at the end no process works while the other has nothing left."""
    items.sort(key=lambda item: item.module.__name__ not in LONGEST)


def pytest_collection_finish():
    """Modules and tests stay to the end: looking for garbage among them again and again took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    """The test database, also for tests without the `db` mark: the access matrix keeps a world of its own.

    Each process of a run has one, on the same server; migrations run again when one of them has changed.
    """
    with contextlib.ExitStack() as held:
        with django_db_blocker.unblock():
            held.enter_context(databases.own(request.config.cache.mkdir("migrated")))
        yield
        with django_db_blocker.unblock():
            held.close()


@pytest.fixture
def in_january():
    """Time stands still at the beginning of a spring term, where much of the year is past and much to come."""
    from tests.years import TODAY

    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(9), dt.UTC), tick=False):
        yield


@pytest.fixture
def one_day():
    """Time stands still in a week of visits at the end of January 2027."""
    with time_machine.travel(dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def world(db):
    """Our corner, and another organisation's."""
    from tests.world import build_world

    return build_world()


@pytest.fixture
def ours(world):
    return world[0]


@pytest.fixture
def coordinator(client, ours):
    """The coordinator of our corner, signed in."""
    client.force_login(ours.people[Role.COORDINATOR])
    return ours.people[Role.COORDINATOR]


@pytest.fixture
def essex(db):
    """An organisation without a programme."""
    from tests.factories import OrganisationFactory

    return OrganisationFactory(name="Essex", la_code="881")


@pytest.fixture
def amira(client, essex):
    """The coordinator of Essex, signed in."""
    from tests.factories import MembershipFactory
    from tests.world import person

    user = person("Amira", Role.COORDINATOR)
    MembershipFactory(user=user, role=Role.COORDINATOR, organisation=essex)
    client.force_login(user)
    return user


@pytest.fixture
def queries_of(client):
    """How many queries a page takes, after a first visit that fills what is cached for good, unless there was one."""

    def count(url, visited=False):
        if not visited:
            client.get(url)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        assert response.status_code == 200, f"{url} gave {response.status_code}"
        return len(queries)

    return count


@pytest.fixture(scope="class")
def loaded(django_db_setup, django_db_blocker):
    """Essex stands in the database while the tests of a class run, each in a savepoint of its own."""
    from tests.loads import essex_loaded

    with django_db_blocker.unblock(), essex_loaded():
        yield


@pytest.fixture
def copy(tmp_path):
    """The folder of Essex, to be changed."""
    from tests.folders import ESSEX, Copy

    return Copy(ESSEX, tmp_path / "folder")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the checkout with servers of its own, as the tests of one module left it."""
    from tests.checkouts import copied

    with copied(tmp_path_factory.mktemp("demo") / "x") as copy:
        yield copy


@pytest.fixture
def broker():
    with tempfile.TemporaryDirectory(prefix="ls-", dir="/var/tmp") as folder:
        os.chmod(folder, 0o711)
        with workers.own_broker(Path(folder) / "v") as valkey:
            yield valkey


@pytest.fixture(scope="module")
def chromium(django_db_setup):
    """One browser for all tests of a module. The database is made before, outside Playwright's event loop."""
    with browsing.launched() as browser:
        yield browser


@pytest.fixture
def open_as(chromium, live_server, client):
    """A page of someone signed in, at a width; whatever it writes to the console as an error is kept."""
    with browsing.windows(chromium, live_server.url, client) as opened:
        yield opened
