"""Secret calendar addresses: made, read by other programs, revoked; what they hold follows the visits."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.models import OutgoingMail
from accounts.roles import Role
from tests.factories import AttendanceFactory, EventFactory, MembershipFactory, PartnershipFactory
from tests.icalendars import events_in
from tests.world import build_world
from visits import services
from visits.feeds.services import make_feed
from visits.models import CalendarFeed, Visit


def at(day, hour=9):
    return time_machine.travel(dt.datetime(2027, 1, day, hour, tzinfo=dt.UTC), tick=False)


@pytest.fixture(autouse=True)
def one_day():
    with at(27):
        yield


@pytest.fixture
def ours(db):
    world = build_world()[0]
    world.visit.bookings.all().delete()
    return world


@pytest.fixture
def vera(ours):
    return ours.people[Role.SPECIALIST]


@pytest.fixture
def kofi(ours):
    return ours.people[Role.PARTNER]


def planned(partnership, on, half="am"):
    visit = Visit(partnership=partnership, kind="observation", on=on, half=half, host=partnership.partner_school)
    return services.keep_visit(None, visit, partnership.teachers, changes=[])


def read(client, secret):
    """The feed as two readers find it, which agree: our own and the icalendar library's."""
    response = client.get(reverse("calendars:feed", args=[secret]))
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "no-store" in response["Cache-Control"]
    text = response.content.decode()
    ours = events_in(text)
    theirs = [
        (str(event["UID"]), int(event["SEQUENCE"]), str(event["STATUS"]), event.start)
        for event in Calendar.from_ical(text).events
    ]
    assert theirs == [(e["UID"], int(e["SEQUENCE"]), e["STATUS"], e["starts"]) for e in ours]
    return ours


def visits_of(events):
    return {(e["STATUS"], e["starts"], e["ends"].hour, e["SUMMARY"], int(e["SEQUENCE"])) for e in events}


def seen(status, day, half, summary, sequence, month=2):
    hours = {"am": (9, 12), "pm": (13, 15)}[half]
    return (
        status,
        dt.datetime(2027, month, day, hours[0], tzinfo=ZoneInfo("Europe/London")),
        hours[1],
        summary,
        sequence,
    )


def test_a_moved_and_a_cancelled_visit_stand_in_the_feed_as_they_are_now(client, ours, vera):
    _, secret = make_feed(vera)
    moved, cancelled = (planned(ours.partnership, dt.date(2027, 2, day)) for day in (3, 4))
    before = {event["UID"]: event["SEQUENCE"] for event in read(client, secret)}

    services.move_visit(vera, moved, dt.date(2027, 2, 11), "pm")
    services.cancel_visit(vera, cancelled, "Snow; \\ice, and\nwind")
    events = [event for event in read(client, secret) if "at Ourside" in event["SUMMARY"]]

    summary = "Observation at Ourside Partner School"
    assert visits_of(events) == {
        seen("CONFIRMED", 11, "pm", summary, 1),
        seen("CANCELLED", 4, "am", summary, 1),
    }
    assert {event["UID"] for event in events} <= set(before)


def test_a_cancelled_visit_leaves_the_feed_thirty_days_after_its_day(client, ours, vera):
    with at(2):
        _, secret = make_feed(vera)
        for day in (4, 5):
            services.cancel_visit(vera, planned(ours.partnership, dt.date(2027, 1, day)), "Snow")

    days = {}
    for today in (dt.date(2027, 2, 3), dt.date(2027, 2, 4)):
        with time_machine.travel(dt.datetime.combine(today, dt.time(9), dt.UTC), tick=False):
            days[today.day] = [e["starts"].day for e in read(client, secret) if e["STATUS"] == "CANCELLED"]

    assert days == {3: [4, 5], 4: [5]}


def test_a_feed_holds_the_own_visits_and_events_and_no_more(client, ours, vera):
    other = PartnershipFactory(programme=ours.programme)
    planned(other, dt.date(2027, 2, 3))
    planned(ours.partnership, dt.date(2027, 2, 3))
    EventFactory(programme=ours.programme, name="Heads only", on=dt.date(2027, 2, 5), audience=["head"])
    EventFactory(programme=ours.programme, name="Training", on=dt.date(2027, 2, 5), audience=["specialist"])
    declined = EventFactory(programme=ours.programme, name="Declined", on=dt.date(2027, 2, 5), audience=["specialist"])
    AttendanceFactory(event=declined, person=vera, answer="declined")
    _, secret = make_feed(vera)

    ahead = [event["SUMMARY"] for event in read(client, secret) if event["starts"].month == 2]

    assert ahead == ["Observation at Ourside Partner School", "Training"]


def test_only_of_an_event_to_come_a_feed_asks_whether_the_person_comes(client, ours, vera):
    today = timezone.localdate()
    for name, days in (("Before", -1), ("Now", 0)):
        on = today + dt.timedelta(days=days)
        EventFactory(programme=ours.programme, name=name, on=on, audience=["specialist"])
    _, secret = make_feed(vera)

    said = {event["SUMMARY"]: str(event["DESCRIPTION"]) for event in read(client, secret)}

    assert ["Say whether you come: http" in said[name] for name in ("Before", "Now")] == [False, True]
    assert "Its page: http" in said["Before"]


def test_the_office_reads_who_of_its_school_is_out_of_class_and_who_is_not_any_more(client, ours, vera, kofi):
    office = ours.people[Role.OFFICE]
    home = MembershipFactory(role=Role.OFFICE, organisation=ours.organisation, school=ours.specialist.home_school).user
    _, here = make_feed(office, ours.school)
    _, there = make_feed(home, ours.specialist.home_school)
    planned(ours.partnership, dt.date(2027, 2, 3))
    cancelled = planned(ours.partnership, dt.date(2027, 2, 4), "pm")
    services.cancel_visit(vera, cancelled, "Snow")

    def out(secret):
        return visits_of(read(client, secret))

    assert out(here) == {
        seen("CONFIRMED", 3, "am", f"{kofi} is out of class", 0),
        seen("CANCELLED", 4, "pm", f"{kofi} is out of class", 1),
    }
    assert out(there) == {
        seen("CONFIRMED", 3, "am", f"{vera} is out of class", 0),
        seen("CANCELLED", 4, "pm", f"{vera} is out of class", 1),
    }


def test_no_pupil_and_nobodys_address_stands_in_a_feed(client, ours, vera):
    planned(ours.partnership, dt.date(2027, 2, 3))
    _, secret = make_feed(vera)

    text = client.get(reverse("calendars:feed", args=[secret])).content.decode()

    assert ours.pupil.last_name not in text
    assert ours.upn not in text
    assert vera.email not in text


def test_an_address_is_shown_once_and_a_new_one_ends_it(client, ours, vera):
    client.force_login(vera)

    page = client.post(reverse("calendars:make"))
    again = client.get(reverse("calendars:own"))
    first = page.context["address"].rpartition("/")[2].removesuffix(".ics")
    works = client.get(reverse("calendars:feed", args=[first])).status_code
    second = client.post(reverse("calendars:make")).context["address"].rpartition("/")[2].removesuffix(".ics")

    assert page.context["address"] in page.content.decode()
    assert first not in again.content.decode()
    assert not CalendarFeed.objects.filter(secret_hash__contains=first).exists()
    assert (works, client.get(reverse("calendars:feed", args=[first])).status_code) == (200, 404)
    assert client.get(reverse("calendars:feed", args=[second])).status_code == 200


def test_a_revoked_and_an_unknown_address_and_that_of_someone_who_left_look_the_same(client, ours, vera):
    office = ours.people[Role.OFFICE]
    own, of_own = make_feed(vera)
    _, of_school = make_feed(office, ours.school)
    client.force_login(vera)
    client.post(reverse("calendars:revoke", args=[own.pk]))
    office.memberships.update(ended_at=dt.datetime(2027, 1, 26, tzinfo=dt.UTC))
    client.logout()

    answers = [client.get(reverse("calendars:feed", args=[secret])) for secret in (of_own, of_school, "unknown")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({answer.content for answer in answers}) == 1


def test_a_reading_is_noted_once_an_hour(client, ours, vera):
    feed, secret = make_feed(vera)
    noted = []
    for hour, minute in ((9, 0), (9, 59), (10, 1)):
        with time_machine.travel(dt.datetime(2027, 1, 27, hour, minute, tzinfo=dt.UTC), tick=False):
            client.get(reverse("calendars:feed", args=[secret]))
        noted.append(CalendarFeed.objects.get(pk=feed.pk).read_at.strftime("%H:%M"))

    assert noted == ["09:00", "09:00", "10:01"]


def test_the_mail_of_each_change_is_the_message_that_its_file_says(ours, vera, kofi):
    visit = services.keep_visit(
        vera,
        Visit(partnership=ours.partnership, kind="observation", on=dt.date(2027, 2, 3), half="am", host=ours.school),
        ours.partnership.teachers,
    )
    services.move_visit(vera, visit, dt.date(2027, 2, 4), "pm")
    services.cancel_visit(vera, visit, "Snow")

    mails = OutgoingMail.objects.filter(kind="visits_changed").order_by("pk")
    files = [events_in(mail.calendar) for mail in mails]
    assert [
        (mail.to, mail.calendar_method, f"METHOD:{mail.calendar_method}\r\n" in mail.calendar) for mail in mails
    ] == [
        (kofi, "REQUEST", True),
        (kofi, "REQUEST", True),
        (kofi, "CANCEL", True),
    ]
    assert [(e["STATUS"], e["SEQUENCE"], e["starts"].day) for (e,) in files] == [
        ("CONFIRMED", "0", 3),
        ("CONFIRMED", "1", 4),
        ("CANCELLED", "2", 4),
    ]
    assert len({e["UID"] for (e,) in files}) == 1
