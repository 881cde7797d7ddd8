"""Two hundred invitations while workers are killed: none missing, and what is sent twice is the same mail."""

import datetime as dt
import time
from collections import Counter

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from accounts.roles import Role
from tests import sink, workers
from tests.factories import AttendanceFactory, EventFactory, EventSeriesFactory, UserFactory
from tests.world import build_world
from visits.models import Attendance

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

PEOPLE = 200
KILLS = (3, 60, 130)  # at which mail a worker dies after the mail server took it and before it could say so
PATIENCE = 120
PACE = 6  # six times the product's own, which `make soak` waits for in test_faults


def test_two_hundred_invitations_survive_workers_that_are_killed(client, broker, settings):
    """Each kill falls between the mail server's taking a mail and the worker's keeping that: the worst moment."""
    ours = build_world()[0]
    event = EventFactory(programme=ours.programme, audience=[])
    for person in UserFactory.create_batch(PEOPLE):
        AttendanceFactory(event=event, person=person, by_hand="added")
    client.force_login(ours.people[Role.COORDINATOR])

    began = time.thread_time()  # of the processor, so that whatever else runs on the machine does not count
    answer = client.post(reverse("events:invite", args=[event.pk]))
    took = time.thread_time() - began
    with sink.running(stalls=KILLS) as server:
        for _ in KILLS:
            victim = workers.Worker(broker.url, "-Q", "default,mail,pdf", email_url=server.url, pace=PACE)
            assert server.stalled.wait(PATIENCE), "no mail came"
            server.stalled.clear()
            victim.kill()
            server.go_on.set()
            victim.stop()
        with workers.running(broker.url, beat=True, email_url=server.url, pace=PACE):
            workers.wait_until(everything_is_sent, PATIENCE, "the last mail")

    times = Counter(message_id for message_id, _ in server.taken)
    rows = OutgoingMail.objects.filter(kind="event_invitation")
    assert answer.status_code == 302
    assert took < 3
    assert set(times) == set(rows.values_list("message_id", flat=True))
    assert len(times) == PEOPLE == Attendance.objects.filter(event=event, invited_at__isnull=False).count()
    assert sorted(times.values())[-len(KILLS) :] == [2] * len(KILLS)
    assert sum(times.values()) == PEOPLE + len(KILLS)
    assert {to for _, to in server.taken} == {row.address for row in rows}
    assert set(rows.values_list("state", flat=True)) == {"done"}


def everything_is_sent(kind="event_invitation"):
    return not OutgoingMail.objects.filter(kind=kind).exclude(state="done").exists()


def test_one_mail_for_a_whole_series_survives_them_too(client, broker):
    ours = build_world()[0]
    series, today = EventSeriesFactory(programme=ours.programme), timezone.localdate()
    people = UserFactory.create_batch(40)
    for days in (7, 21, 35):
        event = EventFactory(programme=ours.programme, series=series, audience=[], on=today + dt.timedelta(days=days))
        for person in people:
            AttendanceFactory(event=event, person=person, by_hand="added")
    client.force_login(ours.people[Role.COORDINATOR])

    client.post(reverse("events:series_invite", args=[series.pk]))
    with sink.running(stalls=(11,)) as server:
        victim = workers.Worker(broker.url, "-Q", "default,mail,pdf", email_url=server.url, pace=PACE)
        assert server.stalled.wait(PATIENCE), "no mail came"
        victim.kill()
        server.go_on.set()
        victim.stop()
        with workers.running(broker.url, beat=True, email_url=server.url, pace=PACE):
            workers.wait_until(lambda: everything_is_sent("event_series_invitation"), PATIENCE, "the last mail")

    times = Counter(message_id for message_id, _ in server.taken)
    rows = OutgoingMail.objects.filter(kind="event_series_invitation")
    assert set(times) == set(rows.values_list("message_id", flat=True))
    assert {to for _, to in server.taken} == {person.email for person in people}
    assert (len(times), sorted(times.values())[-2:]) == (len(people), [1, 2])
    assert Attendance.objects.filter(event__series=series, invited_at__isnull=False).count() == 3 * len(people)
