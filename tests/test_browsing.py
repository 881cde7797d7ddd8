"""What the tests' own browser leaves behind."""

import gc

import pytest
from django.db import connection

from accounts.models import User
from tests import browsing

SESSIONS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def sessions():
    with connection.cursor() as cursor:
        cursor.execute(SESSIONS)
        return {pid for (pid,) in cursor.fetchall()}


@pytest.fixture
def uncollected():
    """Nothing is closed only because its owner was found to be rubbish."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.django_db(transaction=True)
def test_a_browser_leaves_no_database_session_behind(uncollected):
    before = sessions()
    with browsing.launched():
        assert not User.objects.exists()
        during = sessions()
    assert (len(during - before), sessions() - before) == (1, set())


def test_widths_are_alike_where_no_style_tells_them_apart():
    assert browsing.styled_alike(375, 320)
    assert not browsing.styled_alike(1280, 375)
    assert not browsing.styled_alike(641, 640)
