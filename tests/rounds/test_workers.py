"""Rounds with real workers: a single report overtakes, and a worker that is killed costs nothing."""

import time
import zipfile
from collections import Counter

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from reports.models import Report, ReportRound
from reports.rounds.services import order_round
from tests import workers
from tests.factories import PartnershipFactory
from tests.world import build_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

PATIENCE = 240
FEW = 12, 3, 6  # schools, kills, and a pace at which a dead worker's lease is over soon
COUNTY = 200, 50, 1  # at the product's own pace: to ring for hundreds six times as often leaves no time for them


@pytest.fixture
def ours():
    corner = build_world()[0]
    ReportRound.objects.all().delete()
    Report.objects.all().delete()
    corner.programme.refresh_from_db()
    corner.coordinator = corner.people[Role.COORDINATOR]
    return corner


def more_schools(ours, count):
    """As many partner schools as that, with the two that are there."""
    PartnershipFactory.create_batch(count - 2, programme=ours.programme, status="active")


def ended(found):
    def look():
        found.refresh_from_db()
        return not found.in_hand

    return look


def beginning_of(name):
    with default_storage.open(name) as file:
        return file.read(8)


def packed_in(found):
    """What the file of all holds: names, and how each begins. It is whole."""
    with default_storage.open(found.file.name) as file, zipfile.ZipFile(file) as box:
        assert box.testzip() is None
        return {name: box.read(name)[:8] for name in box.namelist()}


def ready(found):
    return found.parts.filter(state="done", report__state="done").count()


def test_a_report_ordered_in_the_middle_of_a_round_is_ready_before_the_round_ends(client, ours, broker):
    """With one worker process, which everything waits for."""
    more_schools(ours, 30)
    found, _ = order_round(ours.coordinator, ours.programme, Report.Kind.SCHOOL)
    with workers.running(broker.url):
        workers.wait_until(lambda: ready(found) >= 2, PATIENCE, "the beginning of the round")
        client.force_login(ours.coordinator)
        began = time.monotonic()
        client.post(reverse("reports:order"), {"kind": Report.Kind.PROGRAMME, "programme": ours.programme.pk})
        single = Report.objects.get(kind=Report.Kind.PROGRAMME)
        workers.wait_until(lambda: Report.objects.filter(pk=single.pk, state="done").exists(), PATIENCE, "the report")
        took, made = time.monotonic() - began, ready(found)
        workers.wait_until(ended(found), PATIENCE, "the round")

    print(f"a single report during a round of 30: {took:.1f} s, when {made} of 30 were ready")
    assert made < 28
    assert ready(found) == 30


def kill_while_a_report_is_made(broker, killed, pace):
    """A worker dies in the middle of a report, each time of another: its row is held, so that it cannot end first."""
    begun = timezone.now()
    victim = workers.Worker(broker.url, "-Q", "default,mail,pdf", pace=pace)

    def caught():
        with transaction.atomic():
            running = Report.objects.filter(state="running", started_at__gt=begun).exclude(pk__in=killed)
            report = running.select_for_update().first()
            if report is not None:
                victim.kill()
            return report

    try:
        killed.append(workers.wait_until(caught, PATIENCE, "a report in the making").pk)
    finally:
        victim.stop()


@pytest.mark.parametrize(("schools", "kills", "pace"), [FEW, pytest.param(*COUNTY, marks=pytest.mark.soak)])
def test_a_round_survives_workers_that_are_killed(ours, broker, schools, kills, pace):
    more_schools(ours, schools)
    found, _ = order_round(ours.coordinator, ours.programme, Report.Kind.GOVERNORS)

    began, killed = time.monotonic(), []
    beat = workers.Worker(
        broker.url, "--schedule", f"{default_storage.location}/beat-{time.monotonic_ns()}", beat=True, pace=pace
    )
    try:
        for _ in range(kills):
            kill_while_a_report_is_made(broker, killed, pace)
        with workers.running(broker.url, pace=pace):
            workers.wait_until(ended(found), PATIENCE + 2 * schools, "the end of the round")
    finally:
        beat.stop()

    parts = list(found.parts.select_related("report", "school"))
    files = Counter(part.report.file.name for part in parts)
    attempts = Counter(part.report.attempt for part in parts)
    took = time.monotonic() - began
    print(
        f"{schools} reports, {kills} killed workers: {len(files)} files, each once, {took:.0f} s; attempts {attempts}"
    )
    assert (found.state, ready(found)) == ("done", schools)
    assert len(parts) == len(files) == schools == Report.objects.count()
    assert set(files.values()) == {1}
    assert packed_in(found) == {
        f"governors-{ours.programme.slug}-{part.school.urn}.pdf": beginning_of(part.report.file.name) for part in parts
    }
    assert {beginning_of(name) for name in files} == {b"%PDF-1.7"}
    assert attempts[1] == schools - kills
    assert set(Report.objects.filter(attempt__gt=1).values_list("pk", flat=True)) == set(killed)
