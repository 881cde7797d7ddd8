"""A register on its way through real workers: killed, raced, and still all or nothing."""

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import AuditEvent, RegisterFile, RegisterUpdate, School
from accounts.register import aside, services, work
from accounts.roles import Role
from bench.registers import generate
from jobs.work import ring, work_on
from tests import workers
from tests.factories import MembershipFactory
from tests.registers import as_bytes, bring_up_to_date, preview, send_bytes
from tests.together import at_once
from tests.world import person

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60
PACE = 6  # six times the product's own, which `make soak` waits for in test_faults


@pytest.fixture
def coordinator(client):
    user = person("Amira", Role.COORDINATOR)
    MembershipFactory(user=user, role=Role.COORDINATOR)
    client.force_login(user)
    return user


def state_is(row, *states):
    def look():
        row.refresh_from_db()
        return row.state in states

    return look


def someone_waits_for_the_audit():
    return workers.is_held_up("INSERT INTO %accounts_auditevent%")


def test_a_worker_killed_while_it_writes_leaves_nothing_half_written_and_the_next_one_writes_all(
    client, coordinator, broker, tmp_path
):
    """The audit is locked, so that the kill hits a worker that has written every school and not committed."""
    file = preview(client, tmp_path, generate(300))
    client.post(reverse("accounts:register_confirm", args=[file.pk]))
    update = RegisterUpdate.objects.get()
    victim = workers.Worker(broker.url, "-Q", "default,mail,pdf", pace=PACE)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE accounts_auditevent IN EXCLUSIVE MODE")
            ring(update)
            workers.wait_until(someone_waits_for_the_audit, PATIENCE, "the end of the writing")
            victim.kill()
        left = School.objects.count()
        with workers.running(broker.url, beat=True, pace=PACE):
            workers.wait_until(state_is(update, "done", "failed"), PATIENCE, "the second attempt")
    finally:
        victim.stop()

    assert left == 0
    assert default_storage.exists(file.file.name) is False
    assert (update.state, update.attempt) == ("done", 2)
    assert School.objects.count() == 300
    assert AuditEvent.objects.filter(did="register.updated").count() == 1


def test_real_workers_read_and_write_what_was_sent(client, coordinator, broker, tmp_path):
    with workers.running(broker.url):
        send_bytes(client, as_bytes(generate(50), tmp_path))
        file = RegisterFile.objects.get()
        workers.wait_until(state_is(file, "done", "failed"), PATIENCE, "the reading")
        client.post(reverse("accounts:register_confirm", args=[file.pk]))
        update = RegisterUpdate.objects.get()
        workers.wait_until(state_is(update, "done", "failed"), PATIENCE, "the writing")

    assert (file.state, file.schools, update.state) == ("done", 50, "done")
    assert School.objects.count() == 50


def test_of_two_files_confirmed_at_once_one_is_written_and_the_other_is_told(client, coordinator, tmp_path):
    register = generate(40)
    bring_up_to_date(client, tmp_path, register)
    updates = []
    for name in ("Oak Hill", "Oak Lane"):
        register.change(100000, name=name)
        file = preview(client, tmp_path, register)
        RegisterFile.objects.filter(pk=file.pk).update(uploaded_by=person(name, Role.OFFICE))
        updates.append(services.confirm(coordinator, file))

    at_once(*[lambda pk=update.pk: work_on(RegisterUpdate, pk, work.write) for update in updates])

    for update in updates:
        update.refresh_from_db()
    assert sorted((update.state, update.overtaken, update.failure) for update in updates) == [
        ("done", False, ""),
        ("failed", True, work.OVERTAKEN),
    ]
    written = next(update for update in updates if update.state == "done")
    shown = written.register_file.changes.get().fields["name"][1]
    assert School.objects.get(urn="100000").name == shown


def test_one_file_confirmed_twice_at_once_is_written_once(client, coordinator, tmp_path):
    file = preview(client, tmp_path, generate(5))

    first, second = at_once(*[lambda: services.confirm(coordinator, file)] * 2)

    assert first == second
    assert RegisterUpdate.objects.count() == 1


def test_a_file_is_confirmed_or_set_aside_never_both(client, coordinator, tmp_path):
    file = preview(client, tmp_path, generate(5))

    confirmed, gone = at_once(
        lambda: services.confirm(coordinator, file),
        lambda: aside.set_aside(coordinator, file),
        expecting=(services.NotNow,),
    )

    assert isinstance(confirmed, services.NotNow) == gone
