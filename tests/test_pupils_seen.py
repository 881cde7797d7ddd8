"""Whoever looked at a pupil, or took something about one away, is recorded: every page and file of every role."""

import re

import pytest
from django.db import transaction

from accounts.models import AuditEvent
from accounts.roles import Role
from pupils.models import TargetPupil
from tests.access_rows import MATRIX, WHO, address_of
from tests.world import build_world

ROLES = [Role.COORDINATOR, Role.CONSULTANT, Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER, Role.OFFICE, Role.GUEST]
READ = {row.split()[0]: dict(zip(WHO, cells, strict=True)) for row, cells in MATRIX.items() if row.endswith(" GET")}
NAMED = {"first_name": "Zurielle", "last_name": "Xanthopoulou"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


def body_of(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace")


def test_each_page_that_shows_a_pupil_is_recorded(world, client):
    ours = world[0]
    TargetPupil.objects.filter(pk=ours.pupil.pk).update(**NAMED)
    shows = re.compile(rf"\b(?:Zurielle|Xanthopoulou|ZX|{ours.upn}|{ours.pupil.ref})\b")
    seen, silent = set(), []

    for role in ROLES:
        person = ours.people[role]
        with transaction.atomic():
            client.force_login(person)
            for name in [name for name, cells in READ.items() if cells[role] == 200]:
                with transaction.atomic():
                    before = AuditEvent.objects.filter(who=person).count()
                    response = client.get(address_of(name, ours))
                    found = set(shows.findall(body_of(response)))
                    recorded = AuditEvent.objects.filter(who=person).count() - before
                    transaction.set_rollback(True)
                if found:
                    seen.add(name)
                    silent += [] if recorded else [(name, role.value, sorted(found))]
            transaction.set_rollback(True)

    assert silent == []
    assert {"pupils:list", "pupils:detail", "reports:places", "reports:handover", "lessons:record"} <= seen
