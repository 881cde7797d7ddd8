"""The weekly digest: once a week to each person, with what needs them, whatever beat and workers do."""

import datetime as dt

import pytest
import time_machine
from celery.schedules import crontab
from django.conf import settings

from accounts.models import OutgoingMail, User
from accounts.roles import Role
from jobs.work import work_on
from reports import digest
from reports.digest import order_digests, recipients, write_digest, write_digests
from reports.models import Digest, DigestRun
from reports.tasks import order_weekly_digests
from reports.tasks import write_digests as write_task
from tests.factories import AttendanceFactory, EventFactory, MembershipFactory, UserFactory, VisitFactory
from tests.rosters import TODAY, late, partnership, scene
from tests.together import at_once

pytestmark = pytest.mark.django_db
MONDAY = dt.date(2027, 1, 25)


@pytest.fixture
def today():
    with time_machine.travel(dt.datetime(2027, 1, 25, 7, tzinfo=dt.UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def at(today):
    """Nia Holt and Umar Mbeki owe grades; Ned Lamb and Hari Crane have a visit this week; the heads see the visits."""
    at = scene()
    late(at, partnership(at, "Fenwick Green", "Umar Mbeki", "Nia Holt", on=dt.date(2027, 3, 1)))
    partnership(at, "Beckney", "Hari Crane", "Ned Lamb", on=dt.date(2027, 1, 28))
    return at


def mails():
    return sorted(OutgoingMail.objects.filter(kind="weekly_digest").values_list("to__last_name", flat=True))


def run_it():
    run = order_digests(dt.date(2027, 1, 25))
    write_task(run.pk)
    return run


def test_each_person_with_something_to_do_or_to_come_gets_one(at):
    UserFactory(last_name="Without")  # no role

    run = run_it()

    run.refresh_from_db()
    assert mails() == ["Byrne", "Crane", "Holt", "Lamb", "Mbeki", "of Beckney", "of Home of Crane"]
    assert (run.state, run.monday) == ("done", MONDAY)


def test_the_mail_says_what_to_do_and_what_comes(at):
    VisitFactory(partnership=at.programme.partnerships.first(), on=dt.date(2027, 1, 27), half="pm")
    run_it()

    letter = OutgoingMail.objects.get(to__last_name="Holt")

    assert letter.subject == "Your week from Monday 25 January: 1 thing needs you"
    assert letter.text == (
        "Dear Nia Holt,\n\n"
        "This needs you:\n\n"
        "- 5 of 5 December grades are missing: Maths, Year 5. Fenwick Green. Waiting for Umar Mbeki or Nia Holt. "
        "Overdue since 18 December.\n\n"
        "In the next seven days:\n\n"
        "- Wednesday 27 January, afternoon: Observation at Fenwick Green, Maths, Year 5\n\n"
        "Here you do it: http://localhost:8000/\n\n"
        "You get this mail on Mondays when there is something to say. "
        "To switch it off: http://localhost:8000/account/\n\n"
        "Lesson Study\n"
    )
    assert letter.organisation == at.organisation


def test_events_stand_among_the_dates_to_come_but_not_those_declined(at):
    p = at.programme.partnerships.get(partner_school__name="Beckney")
    visit, ned = p.visits.get(), User.objects.get(last_name="Lamb")
    for name, on, hour in [("Twilight", 28, 16), ("Breakfast", 28, 8), ("Network", 26, 16), ("Later", 29 + 5, 16)]:
        EventFactory(
            programme=at.programme,
            name=name,
            on=dt.date(2027, 1, 1) + dt.timedelta(days=on - 1),
            starts_at=dt.time(hour),
            ends_at=dt.time(hour, 30),
            venue="The hall",
        )
    AttendanceFactory(event=at.programme.events.get(name="Network"), person=ned, answer="declined")

    run_it()

    letter = OutgoingMail.objects.get(to=ned)
    lines = [line for line in letter.text.splitlines() if line.startswith("- ")]
    assert letter.subject == "Your week from Monday 25 January: nothing needs you, 3 dates to come"
    assert lines == [
        "- Thursday 28 January, 8am to 8:30am: Breakfast, The hall",
        f"- Thursday 28 January, {visit.get_half_display()}: Research lesson at {visit.host}, {p.label}",
        "- Thursday 28 January, 4pm to 4:30pm: Twilight, The hall",
    ]


def test_whoever_has_nothing_to_do_and_nothing_to_come_gets_none(at):
    partnership(at, "Quiet", "Zoe Quiet", "Ben Quieter", on=dt.date(2027, 3, 1))

    run_it()

    assert not {"Quiet", "Quieter"} & set(mails())


def test_whoever_switched_it_off_or_cannot_sign_in_gets_none(at):
    User.objects.filter(last_name="Holt").update(unwanted_mail=["weekly_digest"])
    User.objects.filter(last_name="Mbeki").update(is_active=False)

    run_it()

    assert not {"Holt", "Mbeki"} & set(mails())


def test_someone_with_roles_in_two_organisations_is_read_by_neither_coordinator(at):
    person = User.objects.get(last_name="Holt")
    other = scene("Elsewhere")
    p = partnership(other, "Far Away", "Sam Other", "Pat Other", on=dt.date(2027, 1, 29))
    MembershipFactory(user=person, role=Role.HEADTEACHER, organisation=other.organisation, school=p.partner_school)

    run_it()

    letter = OutgoingMail.objects.get(to=person)
    assert letter.organisation is None
    assert "As partner teacher, Fenwick Green" in letter.text
    assert "As headteacher, Far Away" in letter.text


def test_a_beat_that_fires_twice_writes_nothing_more(at):
    order_weekly_digests()
    order_weekly_digests()
    (run,) = DigestRun.objects.all()
    write_task(run.pk)
    before = mails()
    order_weekly_digests()
    write_task(run.pk)

    assert (mails(), DigestRun.objects.count()) == (before, 1)


def test_the_next_week_has_its_own(at, today):
    run_it()
    before = len(mails())
    today.shift(dt.timedelta(days=7))

    order_weekly_digests()
    write_task(DigestRun.objects.latest("monday").pk)

    assert DigestRun.objects.count() == 2
    assert len(mails()) > before
    assert mails().count("Holt") == 2


def test_a_worker_that_dies_half_way_leaves_the_rest_to_the_next(at):
    run = order_digests(MONDAY)
    DigestRun.objects.claim(run.pk)
    for person in recipients(run)[:3]:
        write_digest(run, person)
    half = mails()
    DigestRun.objects.update(lease_until=dt.datetime(2027, 1, 25, 6, tzinfo=dt.UTC))

    write_task(run.pk)

    assert 0 < len(half) < len(mails())
    assert len(mails()) == len(set(mails())) == 7
    assert Digest.objects.count() == 7


def test_what_one_task_cannot_do_in_its_time_is_left_to_the_next(at, monkeypatch):
    monkeypatch.setattr(digest, "AT_A_TIME", -1)
    run = order_digests(MONDAY)

    work_on(DigestRun, run.pk, write_digests)

    run.refresh_from_db()
    assert (run.state, mails()) == ("queued", [])


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_with_one_person_one_writes():
    with time_machine.travel(dt.datetime(2027, 1, 25, 7, tzinfo=dt.UTC), tick=True):
        at = scene()
        late(at, partnership(at, "Fenwick Green", "Umar Mbeki", "Nia Holt"))
        run = DigestRun.objects.create(monday=MONDAY)
        rows = [User.objects.get(last_name="Holt") for _ in range(2)]

        at_once(*[lambda row=row: write_digest(run, row) for row in rows])

        assert mails() == ["Holt"]


def test_it_is_ordered_on_monday_at_seven_in_london():
    entry = settings.CELERY_BEAT_SCHEDULE["weekly digests"]

    assert entry["task"] == "reports.tasks.order_weekly_digests"
    assert entry["schedule"] == crontab(minute=0, hour=7, day_of_week="mon")
    assert settings.CELERY_TIMEZONE == "Europe/London"
    assert TODAY > MONDAY
