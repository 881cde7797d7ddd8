"""What happens when a part dies: real workers, a real broker, and real kills."""

import os
import signal
import time

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from accounts.roles import Role
from jobs.tasks import sweep
from reports.models import Report
from tests import workers

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60  # seconds until a report must be there, whatever died


def press(client, ours):
    asked = {"kind": Report.Kind.SCHOOL, "programme": ours.programme.pk, "school": ours.school.pk}
    return client.post(reverse("reports:order"), asked)


def order(client, ours):
    """Press the button as the headteacher; the report, and how long the answer took."""
    client.force_login(ours.people[Role.HEADTEACHER])
    Report.objects.all().delete()
    client.get(reverse("today"))  # all pages are loaded, as the web server has them before anybody comes
    began = time.monotonic()
    response = press(client, ours)
    took = time.monotonic() - began
    assert response.status_code == 302
    return Report.objects.get(), took


def state_is(report, *states):
    def look():
        report.refresh_from_db()
        return report.state in states

    return look


def files_of(report):
    names = default_storage.listdir("reports.report")[1] if default_storage.exists("reports.report") else []
    return [name for name in names if name.startswith(f"{report.pk}-")]


def test_a_real_worker_makes_the_report(client, ours, broker):
    with workers.running(broker.url):
        report, _ = order(client, ours)
        workers.wait_until(state_is(report, "done", "failed"), PATIENCE, "the report")

    assert (report.state, report.failure) == ("done", "")
    assert report.file.read(8) == b"%PDF-1.7"
    report.file.close()


@pytest.mark.alone
@pytest.mark.parametrize("pace", [6, pytest.param(1, marks=pytest.mark.soak)])
def test_a_worker_killed_half_way_leaves_exactly_one_finished_report(client, ours, broker, pace):
    """The row is held while the worker is about to write its second step, so that the kill hits the very middle.

    At a pace of 1 lease and sweeper are the product's own: what people wait for at most.
    """
    report, _ = order(client, ours)
    victim = workers.Worker(broker.url, "-Q", "default,mail,pdf", pace=pace)
    try:
        workers.wait_until(state_is(report, "running"), PATIENCE, "the claim")
        with transaction.atomic():
            Report.objects.select_for_update().get(pk=report.pk)
            workers.wait_until(someone_waits_for_a_row, PATIENCE, "the worker's next step")
            victim.kill()
        killed_at = time.monotonic()
        with workers.running(broker.url, beat=True, pace=pace):
            workers.wait_until(state_is(report, "done", "failed"), PATIENCE, "the second attempt")
            took = time.monotonic() - killed_at
    finally:
        victim.stop()

    assert (report.state, report.attempt) == ("done", 2)
    assert files_of(report) == [f"{report.pk}-2.pdf"]
    assert Report.objects.count() == 1
    assert took < PATIENCE


def test_whoever_waits_for_a_killed_workers_report_waits_less_than_a_minute():
    """A lease that has just been renewed runs out, and the sweeper comes by."""
    assert settings.JOB_RENEW_EVERY * 2 < settings.JOB_LEASE
    assert settings.JOB_LEASE + settings.CELERY_BEAT_SCHEDULE["sweep jobs"]["schedule"] < PATIENCE


def someone_waits_for_a_row():
    return workers.is_held_up("%reports_report%")


@pytest.mark.alone
def test_with_the_broker_down_ordering_answers_and_the_report_is_made_when_it_is_back(client, ours, broker):
    broker.stop()
    report, took = order(client, ours)
    assert took < 1
    assert report.state == "queued"

    broker.start()
    with workers.running(broker.url, beat=True, pace=6):
        workers.wait_until(state_is(report, "done", "failed"), PATIENCE / 2, "the report after the broker came back")

    assert (report.state, report.attempt) == ("done", 1)


@pytest.mark.alone
def test_with_the_broker_frozen_ordering_answers_as_well(client, ours, broker):
    os.kill(broker.pid(), signal.SIGSTOP)
    try:
        report, took = order(client, ours)
    finally:
        os.kill(broker.pid(), signal.SIGCONT)

    assert took < 1
    assert report.state == "queued"


def test_the_sweeper_rings_again_for_what_nobody_took(client, ours, broker):
    broker.stop()
    report, _ = order(client, ours)
    broker.start()
    Report.objects.update(rung_at="2020-01-01T00:00Z")

    sweep()

    with workers.running(broker.url):
        workers.wait_until(state_is(report, "done", "failed"), PATIENCE, "the report")
    assert report.state == "done"


def test_a_report_ordered_twice_is_one(client, ours, broker):
    first, _ = order(client, ours)
    press(client, ours)
    with workers.running(broker.url):
        workers.wait_until(state_is(first, "done", "failed"), PATIENCE, "the report")
    press(client, ours)

    assert list(Report.objects.values_list("pk", "state")) == [(first.pk, "done")]
