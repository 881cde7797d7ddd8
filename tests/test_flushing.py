"""What a test has committed is gone after it, though it is not emptied the way Django does it."""

import threading

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import transaction

from tests.factories import SchoolFactory
from tests.remembering import keys
from tests.together import at_once
from tests.workers import is_held_up, wait_until
from tests.world import build_world

pytestmark = pytest.mark.django_db(transaction=True)


def flush():
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)  # as between two tests


def left():
    return {model for model, rows in keys().items() if rows}


def test_of_a_whole_world_nothing_is_left_but_what_django_writes_for_itself():
    before = {model: keys()[model] for model in (Permission, ContentType)}
    build_world()

    flush()

    assert left() == {Permission, ContentType}
    assert {model: keys()[model] for model in before} == before


def test_what_django_writes_for_itself_is_there_again_when_it_was_missing():
    before = set(Permission.objects.values_list("content_type__model", "codename"))
    ContentType.objects.all().delete()

    flush()

    assert set(Permission.objects.values_list("content_type__model", "codename")) == before


def test_what_someone_else_is_still_writing_is_waited_for():
    written = threading.Event()

    def write():
        with transaction.atomic():
            SchoolFactory()
            written.set()
            wait_until(lambda: is_held_up("%"), 30, "the flush waits")

    def empty():
        assert written.wait(30)
        flush()

    at_once(write, empty)

    assert left() == {Permission, ContentType}
