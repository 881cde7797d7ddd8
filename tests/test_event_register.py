"""On the day and after it: the register, walk-ins, minutes, actions, and attendance over the year."""

import csv
import datetime as dt
import io
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from accounts.roles import Role
from papers.sheets.writing import undefuse
from tests.factories import AttendanceFactory, EventFactory, PartnershipFactory, UserFactory
from tests.together import at_once
from tests.world import build_world
from visits.events import arranging, invitations, register
from visits.events.audience import Known, audience
from visits.models import Attendance, Event, WrongState

TODAY = dt.date(2027, 1, 27)


@pytest.fixture(autouse=True)
def one_day():
    with time_machine.travel(dt.datetime(2027, 1, 27, 9, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def world(db):
    return build_world()


@pytest.fixture
def ours(world):
    return world[0]


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return ours.people[Role.COORDINATOR]


@pytest.fixture
def event(ours):
    """Today's meeting of the area, for its two teachers; the partner teacher takes the minutes."""
    return EventFactory(
        programme=ours.programme,
        area=ours.partnership.area,
        name="Moderation",
        on=TODAY,
        minute_taker=ours.people[Role.PARTNER],
    )


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def tap(client, event, who, present="yes", **extra):
    page = {name: extra.pop(name) for name in ("shown", "closed") if name in extra}
    return client.post(reverse("events:mark", args=[event.pk]), page | {"who": who, "present": present}, **extra)


def marks(event):
    rows = Attendance.objects.filter(event=event)
    return {
        row.person.last_name if row.person else row.guest_name: row.present for row in rows.select_related("person")
    }


def test_one_tap_marks_a_person_and_a_second_one_takes_it_back(client, ours, coordinator, event):
    who = f"p{ours.people[Role.SPECIALIST].pk}"

    first = tap(client, event, who, follow=True)
    twice = tap(client, event, who, follow=True)
    there = marks(event)
    back = tap(client, event, who, "no", follow=True)

    assert "1 of 2 expected is here." in text(first)
    assert "1 of 2 expected is here." in text(twice)
    assert there == {"OursideSpecialist": True}
    assert "0 of 2 expected are here." in text(back)
    assert marks(event) == {"OursideSpecialist": None}


def test_a_mark_keeps_the_side_and_the_school_of_the_day(client, ours, coordinator, event):
    tap(client, event, f"p{ours.people[Role.SPECIALIST].pk}")
    tap(client, event, f"p{ours.people[Role.PARTNER].pk}")

    rows = Attendance.objects.filter(event=event, present=True).order_by("role")
    assert [(row.role, row.school.name, row.recorded_by) for row in rows] == [
        ("partner", "Ourside Partner School", coordinator),
        ("specialist", "Ourside Home School", coordinator),
    ]


def test_a_tap_by_htmx_gives_the_row_and_the_counts(client, ours, coordinator, event):
    who = f"p{ours.people[Role.SPECIALIST].pk}"

    answer = htmx_tap(client, event, who, open_register(client, event)).content.decode()

    assert f'id="{who}"' in answer
    assert 'aria-pressed="true"' in answer
    assert 'hx-swap-oob="true"' in answer
    assert "1 of 2 expected" in answer
    assert "<html" not in answer


def test_the_minute_taker_keeps_the_register_and_another_teacher_does_not(client, ours, event):
    address = reverse("events:attendance", args=[event.pk])
    client.force_login(ours.people[Role.PARTNER])
    own = client.get(address)
    client.force_login(ours.people[Role.SPECIALIST])
    other = client.get(address)

    assert own.status_code == 200
    assert other.status_code == 404


def test_there_is_no_register_before_the_day_or_of_a_cancelled_event(client, ours, coordinator, event):
    who = f"p{ours.people[Role.SPECIALIST].pk}"
    for fields in (
        {"on": TODAY + dt.timedelta(days=1)},
        {"on": TODAY, "status": "cancelled", "cancelled_because": "Snow"},
    ):
        Event.objects.filter(pk=event.pk).update(**fields)
        answer = tap(client, event, who, follow=True)
        assert "This event has no register" in text(answer)

    assert marks(event) == {}


def test_someone_of_the_programme_walks_in(client, ours, world, coordinator, event):
    person = world[1].people[Role.PARTNER]
    address = reverse("events:attendance", args=[event.pk])

    found = text(client.get(address, {"q": "nextdoor  PARTNER"}))
    htmx = client.get(address, {"q": "nextdoor partner"}, headers={"HX-Request": "true", "HX-Target": "found"})
    answer = client.post(reverse("events:walk_in", args=[event.pk]), {"person": person.pk}, follow=True)

    assert "Nextdoor NextdoorPartner" in found
    assert "<html" not in htmx.content.decode()
    assert "0 of 2 expected are here, and 1 other." in text(answer)
    row = Attendance.objects.get(event=event, person=person)
    assert (row.present, row.walk_in, row.role, row.school) == (True, True, "partner", world[1].school)


def test_a_walk_in_who_was_not_there_after_all_is_gone(client, world, coordinator, event):
    person = world[1].people[Role.PARTNER]
    client.post(reverse("events:walk_in", args=[event.pk]), {"person": person.pk})

    tap(client, event, f"p{person.pk}", "no")

    assert person not in [one.person for one in audience(event)]


def test_a_guest_walks_in_once_by_name_and_school(client, coordinator, event):
    address = reverse("events:guest", args=[event.pk])

    first = client.post(address, {"guest_name": "Jo  Fry ", "guest_school": "Birch Hill"}, follow=True)
    again = client.post(address, {"guest_name": "Jo Fry", "guest_school": "Birch Hill"})
    nobody = client.post(address, {"guest_name": " ", "guest_school": "Birch Hill"})

    assert "Jo Fry is here." in text(first)
    assert "This guest is on the list already." in text(again)
    assert "Enter the name." in text(nobody)
    assert 'value="Birch Hill"' in nobody.content.decode()
    assert marks(event) == {"Jo Fry": True}


def test_a_guest_can_be_taken_back(client, coordinator, event):
    client.post(reverse("events:guest", args=[event.pk]), {"guest_name": "Jo Fry", "guest_school": ""})
    row = Attendance.objects.get(event=event)

    tap(client, event, f"g{row.pk}", "no")

    assert marks(event) == {}


def test_closing_the_register_records_the_others_as_absent_and_can_be_corrected(client, ours, coordinator, event):
    specialist = f"p{ours.people[Role.SPECIALIST].pk}"
    tap(client, event, f"p{ours.people[Role.PARTNER].pk}")

    answer = client.post(reverse("events:close", args=[event.pk]), follow=True)
    closed = marks(event)
    tap(client, event, specialist)

    assert "The register is closed: 1 absent." in text(answer)
    assert closed == {"OursidePartner": True, "OursideSpecialist": False}
    assert marks(event) == {"OursidePartner": True, "OursideSpecialist": True}
    tap(client, event, specialist, "no")
    assert marks(event)["OursideSpecialist"] is False


def test_whoever_is_in_the_register_cannot_be_taken_off_the_list(ours, coordinator, event):
    register.mark(coordinator, event, ours.people[Role.SPECIALIST], True)

    with pytest.raises(WrongState):
        invitations.take_off_the_list(coordinator, event, ours.people[Role.SPECIALIST])


@pytest.mark.django_db(transaction=True)
def test_two_phones_that_mark_at_once_leave_one_row(ours, event):
    person = ours.people[Role.SPECIALIST]
    both = [ours.people[role] for role in (Role.COORDINATOR, Role.PARTNER)]

    at_once(*[lambda by=by: register.mark(by, event, person, True) for by in both])

    assert marks(event) == {"OursideSpecialist": True}


def test_the_sign_in_sheet_has_a_row_for_everyone_and_blank_ones(client, coordinator, event):
    page = client.get(reverse("events:sheet", args=[event.pk])).content.decode()

    rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    assert len(rows) == 1 + 2 + 6
    assert "OursideSpecialist" in rows[2]
    assert "Signature" in rows[0]


def test_minutes_are_kept_and_read_by_those_invited(client, ours, coordinator, event):
    words = "We agreed.\n\n<b>Not bold</b>"

    client.post(reverse("events:minutes", args=[event.pk]), {"text": words, "seen": 0})

    event.refresh_from_db()
    assert (event.minutes, event.minutes_by, event.minutes_version) == (words, coordinator, 1)
    client.force_login(ours.people[Role.SPECIALIST])
    assert "&lt;b&gt;Not bold&lt;/b&gt;" in client.get(event.get_absolute_url()).content.decode()


def test_of_two_who_write_minutes_neither_loses_a_word(client, ours, coordinator, event):
    address = reverse("events:minutes", args=[event.pk])
    arranging.keep_minutes(ours.people[Role.PARTNER], event, "Theirs", 0)

    told = client.post(address, {"text": "Mine", "seen": 0})
    page = text(told)
    kept = client.post(address, {"text": "Theirs and mine", "seen": told.context["form"]["seen"].value()}, follow=True)

    assert "Not saved: Ourside OursidePartner saved these minutes while you were writing" in page
    assert "Theirs" in page
    assert told.context["form"]["text"].value() == "Mine"
    assert "The minutes are saved." in text(kept)
    event.refresh_from_db()
    assert event.minutes == "Theirs and mine"


def test_minutes_that_are_too_long_are_shown_again_whole(client, coordinator, event):
    words = "word " * 4001

    answer = client.post(reverse("events:minutes", args=[event.pk]), {"text": words, "seen": 0})

    assert "nothing that you typed is lost" in text(answer)
    assert answer.context["form"]["text"].value() == words
    event.refresh_from_db()
    assert event.minutes == ""


def test_an_action_has_an_owner_and_a_day_and_its_owner_says_when_it_is_done(client, ours, coordinator, event):
    owner = ours.people[Role.SPECIALIST]
    address = reverse("events:action_add", args=[event.pk])

    wrong = client.post(address, {"what": "Send the pieces", "owner": 0, "due_on": "1/1/2027"})
    client.post(address, {"what": "Send the pieces", "owner": owner.pk, "due_on": "3/2/2027"})
    action = event.actions.get()

    assert "Choose from what is offered here." in text(wrong)
    assert "This is before the event" in text(wrong)
    assert 'value="Send the pieces"' in wrong.content.decode()
    assert (action.owner, action.due_on, action.programme, action.made_by) == (
        owner,
        dt.date(2027, 2, 3),
        ours.programme,
        coordinator,
    )
    done = reverse("events:action_done", args=[event.pk, action.pk])
    client.force_login(owner)
    client.post(done)
    action.refresh_from_db()
    assert action.done_on == TODAY


def test_nobody_else_says_that_an_action_is_done(client, ours, event):
    action = event.actions.create(
        programme=ours.programme,
        what="Act",
        owner=ours.people[Role.PARTNER],
        due_on=TODAY,
        made_by=ours.people[Role.COORDINATOR],
    )
    client.force_login(ours.people[Role.SPECIALIST])

    answer = client.post(reverse("events:action_done", args=[event.pk, action.pk]), follow=True)

    action.refresh_from_db()
    assert action.done_on is None
    assert "OursidePartner says when it is done" in text(answer)


# Two devices at once ----------------------------------------------------------------------------------------------


def shown_by(page):
    """What a page of the register sends along with each tap: what it shows."""
    body = page.content.decode()
    shown = re.findall(r'name="shown" value="([^"]+)"', body)
    return {"shown": shown, "closed": re.search(r'name="closed" value="(\w+)"', body)[1]}


def rows_of(answer):
    """Key -> the mark that stands on its row, of whatever the answer brings."""
    found = re.findall(r'<li id="(\w+)".*?register__mark">([^<]+)<', answer.content.decode(), re.DOTALL)
    return dict(found)


def open_register(client, event):
    return shown_by(client.get(reverse("events:attendance", args=[event.pk])))


def ask_for_news(client, event, page):
    return client.get(reverse("events:register_news", args=[event.pk]), page, headers={"HX-Request": "true"})


def htmx_tap(client, event, who, page, present="yes"):
    return tap(client, event, who, present, headers={"HX-Request": "true"}, **page)


def test_a_tap_brings_what_another_device_has_marked_and_counts_both(client, ours, coordinator, event):
    first, second = (f"p{ours.people[role].pk}" for role in (Role.SPECIALIST, Role.PARTNER))
    page = open_register(client, event)
    register.mark(ours.people[Role.PARTNER], event, ours.people[Role.PARTNER], True)

    answer = htmx_tap(client, event, first, page)

    assert rows_of(answer) == {first: "Here", second: "Here"}
    assert "2 of 2 expected are here." in text(answer)


def test_of_two_who_tap_the_same_person_both_are_shown_the_state_they_wanted(client, ours, coordinator, event):
    who = f"p{ours.people[Role.SPECIALIST].pk}"
    page = open_register(client, event)

    answers = [htmx_tap(client, event, who, page) for _ in range(2)]

    assert [rows_of(answer) for answer in answers] == [{who: "Here"}] * 2
    assert ["1 of 2 expected is here." in text(answer) for answer in answers] == [True] * 2
    assert marks(event) == {"OursideSpecialist": True}


def test_a_page_that_is_open_learns_what_changed_elsewhere(client, ours, coordinator, event):
    register.guest(coordinator, event, "Jo Fry", "")
    guest = f"g{event.attendances.get().pk}"
    page = open_register(client, event)
    nothing = ask_for_news(client, event, page)
    register.mark_guest(coordinator, event.attendances.get(), False)
    register.guest(coordinator, event, "Al Day", "")
    register.mark(coordinator, event, ours.people[Role.PARTNER], True)

    news = ask_for_news(client, event, page)

    body = news.content.decode()
    assert (nothing.status_code, nothing.content) == (204, b"")
    assert f'<li id="{guest}" hx-swap-oob="delete">' in body
    assert re.findall(r'register__name">([^<]+)', body.partition('hx-swap-oob="beforeend:#register"')[2]) == ["Al Day"]
    assert f'<li id="p{ours.people[Role.PARTNER].pk}" hx-swap-oob="true">' in body
    assert "1 of 2 expected is here, and 1 other." in text(news)
    assert f'id="p{ours.people[Role.SPECIALIST].pk}"' not in body


def test_a_page_is_loaded_again_when_someone_else_closed_the_register(client, ours, coordinator, event):
    page = open_register(client, event)
    register.close_register(coordinator, event)

    news = ask_for_news(client, event, page)
    again = text(client.post(reverse("events:close", args=[event.pk]), follow=True))

    assert (news.headers["HX-Refresh"], news.content) == ("true", b"")
    assert "Someone else closed the register before." in again


def test_a_tap_for_someone_who_was_taken_off_meanwhile_says_so_on_a_whole_page(client, ours, coordinator, event):
    page = open_register(client, event)
    invitations.take_off_the_list(coordinator, event, ours.people[Role.SPECIALIST])

    answer = htmx_tap(client, event, f"p{ours.people[Role.SPECIALIST].pk}", page)
    then = text(client.get(reverse("events:attendance", args=[event.pk])))

    assert (answer.headers["HX-Refresh"], answer.content) == ("true", b"")
    assert "This person is not on the list any more." in then
    assert marks(event) == {"OursideSpecialist": None}


# Over the year ----------------------------------------------------------------------------------------------------


def held(ours, days_ago, present=(), absent=(), **fields):
    """An event with a closed register."""
    event = EventFactory(
        programme=ours.programme,
        on=TODAY - dt.timedelta(days=days_ago),
        register_closed_at=timezone.now(),
        **{"area": ours.partnership.area} | fields,
    )
    recorded = {"recorded_by": ours.people[Role.COORDINATOR], "recorded_at": timezone.now()}
    for people, here in ((present, True), (absent, False)):
        for person in people:
            AttendanceFactory(
                event=event, person=person, present=here, role="specialist", school=ours.school, **recorded
            )
    return event


def table(response):
    rows = re.findall(r"<tr>(.*?)</tr>", response.content.decode(), re.DOTALL)
    cells = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


def test_the_year_says_for_each_person_at_how_many_of_how_many(client, ours, coordinator):
    Event.objects.all().delete()
    ann, ben = UserFactory(first_name="Ann", last_name="Ash"), UserFactory(first_name="Ben", last_name="Birch")
    held(ours, 30, present=[ann, ben], name="One")
    held(ours, 20, present=[ann], absent=[ben], name="Two")
    held(ours, 10, present=[ben], name="Three")
    EventFactory(programme=ours.programme, on=TODAY - dt.timedelta(days=3), name="Open")

    page = client.get(reverse("events:year", args=[ours.programme.slug]))

    assert [row[:2] + row[2:] for row in table(page)] == [
        ["Person", "Was there", "One Mon 28 Dec", "Two Thu 7 Jan", "Three Sun 17 Jan"],
        ["Ann Ash Specialist teacher, Ourside Partner School", "2 of 2", "Here", "Here", "Not expected"],
        ["Ben Birch Specialist teacher, Ourside Partner School", "2 of 3", "Here", "Absent", "Here"],
        ["Was there", "", "2 of 2", "1 of 2", "1 of 1"],
    ]
    assert "Not counted, because the register is not closed: Open, Sun 24 Jan" in text(page)


def test_a_consultant_sees_the_people_of_the_own_area(client, ours, world):
    Event.objects.all().delete()
    neighbour = world[1].people[Role.PARTNER]
    event = held(ours, 10, present=[ours.people[Role.PARTNER], neighbour], area=None)
    Attendance.objects.filter(event=event, person=neighbour).update(school=world[1].school)
    client.force_login(ours.people[Role.CONSULTANT])

    page = text(client.get(reverse("events:year", args=[ours.programme.slug])))

    assert "OursidePartner" in page
    assert "1 of 1" in page
    assert "Nextdoor" not in page


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_year_can_be_downloaded(client, ours, coordinator, ending):
    Event.objects.all().delete()
    ann = UserFactory(first_name="=Ann", last_name="Ash")
    held(ours, 30, present=[ann], name="One")
    held(ours, 20, absent=[ann], name="Two")

    response = client.get(reverse("events:year_table", args=[ours.programme.slug, ending]))

    if ending == "csv":
        header, row = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
        row = [undefuse(cell) for cell in row]
    else:
        header, row = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    assert header == ["Name", "As", "School", "One, 28/12/2026", "Two, 07/01/2027", "Present", "Expected"]
    assert [str(cell).removesuffix(".0") for cell in row] == [
        "=Ann Ash",
        "Specialist teacher",
        "Ourside Partner School",
        "present",
        "absent",
        "1",
        "2",
    ]
    assert client.get(reverse("events:year_table", args=[ours.programme.slug, "exe"])).status_code == 404


def test_someone_who_joined_after_the_event_is_not_counted_as_absent(client, ours, coordinator, event):
    client.post(reverse("events:close", args=[event.pk]))
    late = UserFactory(last_name="Late")
    PartnershipFactory(programme=ours.programme, area=ours.partnership.area, partner_teacher=late)

    page = text(client.get(reverse("events:year", args=[ours.programme.slug])))

    assert "OursideSpecialist" in page
    assert "Late" not in page


def test_an_open_register_is_something_to_do(client, ours, coordinator, event):
    Event.objects.exclude(pk=event.pk).delete()
    Event.objects.filter(pk=event.pk).update(on=TODAY - dt.timedelta(days=5))

    before = text(client.get(reverse("today")))
    register.close_register(coordinator, event)
    after = text(client.get(reverse("today")))

    assert "Close the register of Moderation" in before
    assert "Close the register" not in after


def test_a_walk_in_whom_someone_took_off_stays_off_when_the_mark_is_taken_back(ours, coordinator, event):
    person = ours.people[Role.SPECIALIST]
    invitations.take_off_the_list(coordinator, event, person)

    register.walk_in(coordinator, event, Known(person, "specialist", ours.school))
    there = [one.name for one in audience(event) if one.present]
    register.mark(coordinator, event, person, False)

    assert there == ["Ourside OursideSpecialist"]
    assert person not in [one.person for one in audience(event)]
