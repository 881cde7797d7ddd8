"""A series that goes on differently from a day on: what changes, what is left, and that of two people one wins."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from tests.factories import AttendanceFactory, MembershipFactory, PartnershipFactory, SchoolFactory
from tests.meetings import a_series, day, days_of, text
from tests.series_changing import LATER, address, change, check, invite
from tests.together import at_once
from visits.events import arranging, register, series_mail
from visits.events.changing import change_series
from visits.events.course import Wish, course, pattern
from visits.models import Event, WrongState


def by_day(row, name):
    return {event.on.isoformat(): getattr(event, name) for event in row.events.standing().with_places()}


# What changes -----------------------------------------------------------------------------------------------------


def test_everything_that_an_event_can_be_changes_from_the_day_on_and_nothing_before_it(client, ours, row):
    school, head = ours.school, ours.people[Role.HEADTEACHER]
    before = by_day(row, "name")

    said = change(
        client,
        row,
        kind="training",
        name="Network live",
        starts_at="1pm",
        ends_at="3pm",
        takes="pm",
        host=school.pk,
        place="",
        venue="The hall",
        link="",
        audience=["specialist", "head"],
        chair=head.pk,
        minute_taker=ours.people[Role.PARTNER].pk,
        funded_specialist_half_days=1,
    )

    changed = row.events.filter(on__in=LATER)
    assert "The series is changed. Nobody is told." in said
    assert by_day(row, "name") == before | dict.fromkeys(LATER, "Network live")
    assert set(
        changed.values_list(
            "kind", "starts_at", "ends_at", "takes", "host", "place", "venue", "link", "chair", "minute_taker",
            "funded_specialist_half_days", "funded_partner_half_days",
        )
    ) == {
        (
            "training", dt.time(13), dt.time(15), "pm", school.pk, school.pk, "The hall", "", head.pk,
            ours.people[Role.PARTNER].pk, 1, 0,
        )
    }  # fmt: skip
    assert [event.audience for event in changed] == [["specialist", "head"]] * 3
    assert [event.own for event in row.events.all()] == [[]] * row.events.count()
    assert days_of(row) == list(before)


def test_the_check_page_says_of_every_meeting_what_becomes_of_it(client, ours, row):
    Event.objects.filter(series=row, on="2027-03-04").update(venue="The library", own=["venue"])
    Event.objects.filter(series=row, on="2027-03-18").update(starts_at=dt.time(15), own=["on", "starts_at"])

    _, page = check(client, row, venue="The hall", starts_at="4:30pm")

    words = text(page)
    assert "7 earlier meetings stay as they are." not in words
    assert "5 earlier meetings stay as they are." in words
    assert "The meetings stay on their days." in words
    assert "Time 4:30pm to 5:30pm" in words
    assert "Place The hall" in words
    assert "3 meetings change" in words
    assert "Thursday 4 February 2027 4:30pm to 5:30pm, The hall, and online Time and place" in words
    assert "Thursday 4 March 2027 4:30pm to 5:30pm, The library, and online Time" in words
    assert "Thursday 18 March 2027 3pm to 5:30pm, The hall, and online Place" in words
    assert "2 meetings were changed by hand and keep that" in words
    assert "Keeps its own place (The library, and online). The rest changes as above." in words
    assert "Keeps its own time. The rest changes as above." in words
    assert "as it is." not in words
    assert "Nobody gets a mail" in words


def test_what_was_changed_by_hand_stays_unless_someone_ticks_it(client, row):
    by_hand = {"2027-03-04": "The library", "2027-03-18": "The gym"}
    for on, venue in by_hand.items():
        Event.objects.filter(series=row, on=on).update(venue=venue, own=["venue"])

    change(client, row, venue="The hall", link="https://meet.example/new", also=[row.events.get(on="2027-03-18").pk])

    assert {on: by_day(row, "venue")[on] for on in LATER} == dict(
        zip(LATER, ["The hall", "The library", "The hall"], strict=True)
    )
    assert {by_day(row, "link")[on] for on in LATER} == {"https://meet.example/new"}
    assert {on: by_day(row, "own")[on] for on in LATER} == dict(zip(LATER, [[], ["venue"], []], strict=True))


def test_a_change_of_one_meeting_by_itself_is_what_the_series_leaves_alone(ours, coordinator, row, client):
    event = row.events.get(on="2027-03-04")
    event.venue = "The library"
    arranging.change_event(coordinator, event, event.sequence)

    change(client, row, venue="The hall")
    change(client, row, venue="The gym")

    assert [by_day(row, "venue")[on] for on in LATER] == ["The gym", "The library", "The gym"]


def test_a_meeting_that_was_held_stays_whatever_is_asked(client, ours, coordinator, row):
    event = row.events.get(on="2026-11-12")
    with time_machine.travel(dt.datetime(2026, 11, 12, 17, tzinfo=dt.UTC), tick=False):
        client.force_login(coordinator)
        register.mark(coordinator, event, ours.people[Role.PARTNER], True)
        _, page = check(client, row, from_on="12/11/2026", name="Other")
        change(client, row, from_on="12/11/2026", name="Other")

    assert "and so does 1 that has begun or taken place" in text(page)
    assert by_day(row, "name") == dict.fromkeys(days_of(row), "Other") | {"2026-11-12": "Network"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"from_on": "1/10/2026"}, "This day is past, and what took place stays."),
        ({"from_on": ""}, "Enter the day from which on the series changes."),
        ({"rhythm": "weekly"}, "Enter the first day in the new rhythm."),
        ({"first_on": "5/1/2027"}, "This is before the day from which on the series changes."),
        ({"until": "1/1/2029"}, "Give a day up to then."),
        ({"until": "1/1/2027"}, "The series would end before its first day."),
        ({"starts_at": "6pm"}, "It would end before it starts at 18:00."),
        ({"kind": "twilight", "takes": "pm"}, "A twilight is after school and takes no half-day."),
        ({"rotates": "on", "host": "HOST"}, "Either the schools take turns, or one school hosts."),
        ({"funded_partner_half_days": "2"}, "An event funds no more half-days than it takes out of class."),
        ({"link": "not an address"}, "This is not an address."),
        ({"chair": "0"}, "Choose from what is offered here."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written_or_lost(client, ours, row, fields, sentence):
    fields = {name: ours.school.pk if value == "HOST" else value for name, value in fields.items()}
    before = list(row.events.values())

    _, page = check(client, row, venue="The hall", **fields)

    assert sentence in text(page)
    assert 'value="The hall"' in page.content.decode()
    assert list(row.events.values()) == before


def test_a_check_that_changes_nothing_says_so_and_offers_no_button(client, row):
    _, page = check(client, row)

    assert "So nothing changes." in text(page)
    assert 'name="checked"' not in page.content.decode()


# Days -------------------------------------------------------------------------------------------------------------


def test_from_a_day_on_twice_a_month_becomes_once_a_half_term(client, row):
    earlier = [on for on in days_of(row) if on < "2027-02-01"]

    change(client, row, rhythm="half term", first_on="4/3/2027", until="21/7/2027")

    row.refresh_from_db()
    assert days_of(row) == [*earlier, "2027-03-04", "2027-04-22", "2027-06-17"]
    assert (row.rhythm, row.first_on, row.until) == ("half term", day("2027-03-04"), day("2027-07-21"))
    assert row.events.get(on="2027-06-17").link == "https://meet.example/n"
    assert not row.events.exclude(status="planned").exists()


def test_a_series_goes_on_longer_in_its_rhythm_or_ends_earlier(client, row):
    change(client, row, until="30/4/2027")
    longer = days_of(row)
    change(client, row, until="26/2/2027")

    assert longer[-4:] == ["2027-03-04", "2027-03-18", "2027-04-15", "2027-04-29"]
    assert days_of(row) == [on for on in longer if on <= "2027-02-26"]


def test_meetings_that_hold_something_are_kept_unless_someone_unticks_them(client, ours, row):
    moved, ordered, answered = (row.events.get(on=on) for on in ("2027-03-18", "2027-02-04", "2027-01-07"))
    Event.objects.filter(pk=moved.pk).update(own=["on"])
    ordered.slots.create(order=1, minutes=5, what="Welcome")
    AttendanceFactory(event=answered, person=ours.people[Role.PARTNER], answer="accepted", invited_at=timezone.now())
    new = {"from_on": "1/1/2027", "rhythm": "half term", "first_on": "4/3/2027", "until": "21/7/2027"}

    _, page = check(client, row, **new)
    body = page.content.decode()
    change(client, row, keep=[moved.pk], **new)

    ticked = {int(pk) for pk in re.findall(r'name="keep" type="checkbox" value="(\d+)" checked', body)}
    assert ticked == {moved.pk, ordered.pk}
    assert "It has a running order." in text(page)
    assert "1 person invited, 1 answer: told." in text(page)
    assert days_of(row)[-4:] == ["2027-03-04", "2027-03-18", "2027-04-22", "2027-06-17"]
    cancelled = row.events.filter(status="cancelled")
    assert {event.on.isoformat() for event in cancelled} == {"2027-01-07", "2027-02-04"}
    assert {event.cancelled_because for event in cancelled} == {
        "From 1 January 2027 on we meet in another rhythm: once a half term."
    }


# Hosts ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def turning(ours, coordinator):
    """A cluster of four schools, and a series in which they take turns, each meeting at its host's."""
    area = ours.partnership.area
    third = PartnershipFactory(programme=ours.programme, area=area, partner_school=SchoolFactory(name="Zeta School"))
    MembershipFactory(
        organisation=ours.organisation,
        school=third.partner_school,
        role=Role.HEADTEACHER,
        user__last_name="OfZeta",
    )
    Event.objects.all().delete()
    return a_series(ours, "weekly", rotates=True, link="", until="2027-02-12")


def test_where_hosts_take_turns_they_go_on_doing_so_with_what_else_changes(client, turning):
    before = by_day(turning, "host")
    form = client.get(address(turning)).context["form"]

    change(client, turning, from_on="1/1/2027", starts_at="4:30pm", venue="The hall", until="5/3/2027")

    left_open = [form[name].field.choices[0] for name in ("place", "chair", "minute_taker")]
    hosts, at = by_day(turning, "host"), by_day(turning, "place")
    assert {on: hosts[on] for on in before} == before
    assert hosts == at
    assert [form[name].value() for name in ("place", "host", "chair")] == ["", None, None]
    assert left_open == [
        ("", "At the host school, if there is one"),
        ("", "The host's head"),
        ("", "One of the host's teachers"),
    ]
    new = [on for on in hosts if on not in before]
    assert new == ["2027-02-25", "2027-03-04"]
    assert len({hosts[on] for on in list(hosts)[-4:]}) == 4
    assert {name.last_name for on, name in by_day(turning, "chair").items() if hosts[on].name == "Zeta School"} == {
        "OfZeta"
    }
    assert by_day(turning, "venue") == {on: "The hall" if on > "2027" else "" for on in hosts}


def test_the_hosts_can_begin_to_take_turns_and_stop_doing_so(client, ours, coordinator):
    row = a_series(ours, "weekly", link="", host=ours.school, place=ours.school, chair=coordinator)

    change(client, row, from_on="1/1/2027", rotates="on")
    turns, run_by = by_day(row, "host"), by_day(row, "chair")
    row.refresh_from_db()
    began = row.rotates
    change(client, row, from_on="1/3/2027", rotates=False, host=ours.school.pk)
    row.refresh_from_db()

    schools = {ours.school, ours.partnership.specialist.home_school}
    january = [host for on, host in turns.items() if on >= "2027-01-01"]
    assert {host for on, host in turns.items() if on < "2027"} == {ours.school}
    assert set(january) == schools
    assert all(one != other for one, other in zip(january[-4:], january[-3:], strict=False))
    assert {run_by[on] for on in turns if on > "2027" and turns[on] == ours.school} == {ours.people[Role.HEADTEACHER]}
    assert (began, row.rotates) == (True, False)
    assert {host for on, host in by_day(row, "host").items() if on > "2027-03"} == {ours.school}
    assert {chair for on, chair in by_day(row, "chair").items() if on > "2027-03"} == {ours.people[Role.HEADTEACHER]}


def test_the_running_order_goes_to_later_meetings_that_have_none(client, ours, row):
    first, second = row.events.get(on="2026-11-12"), row.events.get(on="2027-03-04")
    first.slots.create(order=1, minutes=5, what="Welcome")
    first.slots.create(order=2, minutes=10, what="Our school", school=ours.school)
    second.slots.create(order=1, minutes=7, what="Its own")

    change(client, row, with_order="on", until="22/4/2027")

    def order(on):
        return list(row.events.get(on=on).slots.values_list("minutes", "what", "school"))

    both = [(5, "Welcome", None), (10, "Our school", ours.school.pk)]
    assert [order(on) for on in ("2027-01-21", "2027-02-04", "2027-03-04", "2027-04-15")] == [
        [],
        both,
        [(7, "Its own", None)],
        both,
    ]


# Two at once ------------------------------------------------------------------------------------------------------


def test_an_answer_that_comes_while_someone_looks_is_shown_first(client, ours, row):
    asked, page = check(client, row, rhythm="half term", first_on="4/3/2027")
    seen = re.search(r'name="checked" value="(\w+)"', page.content.decode())[1]
    AttendanceFactory(event=row.events.get(on="2027-02-04"), person=ours.people[Role.PARTNER], answer="accepted")

    again = client.post(address(row), asked | {"checked": seen})

    assert "Something changed while you looked, so nothing is written yet." in text(again)
    assert row.events.get(on="2027-02-04").is_planned


def test_a_person_changed_by_hand_while_someone_looks_is_not_overwritten(client, coordinator, row):
    asked, page = check(client, row, venue="The hall")
    seen = re.search(r'name="checked" value="(\w+)"', page.content.decode())[1]
    event = row.events.get(on="2027-03-04")
    event.venue = "The library"
    arranging.change_event(coordinator, event, event.sequence)

    client.post(address(row), asked | {"checked": seen})

    assert [by_day(row, "venue")[on] for on in LATER] == ["", "The library", ""]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_a_series_at_once_one_is_told(ours):
    coordinator, row = ours.people[Role.COORDINATOR], a_series(ours)
    like = pattern(row, day("2026-11-09"))
    like.venue = "The hall"
    wish = Wish(day("2027-02-01"), like, frozenset({"venue"}), row.rhythm, row.until)
    seen = course(row, wish).digest

    found = at_once(
        *[lambda: change_series(coordinator, row, wish, seen=seen)[1]] * 2,
        expecting=(WrongState,),
    )

    assert [type(answer) for answer in found if answer != 0] == [WrongState]
    assert set(row.events.filter(on__in=LATER).values_list("venue", "sequence")) == {("The hall", 1)}


def test_of_a_series_that_breaks_half_way_nothing_is_written(client, ours, row, settings, monkeypatch):
    invite(row, ours.people[Role.PARTNER])
    User.objects.filter(pk=ours.people[Role.PARTNER].pk).update(is_active=False)
    before = list(row.events.order_by("pk").values())
    like = pattern(row, day("2026-11-09"))
    like.venue = "x" * 200  # longer than the column
    wish = Wish(day("2027-02-01"), like, frozenset({"venue"}), row.rhythm, row.until)

    with pytest.raises(Exception, match="too long"):
        change_series(ours.people[Role.COORDINATOR], row, wish, seen=course(row, wish).digest)

    assert list(row.events.order_by("pk").values()) == before
    assert series_mail.invited_to(row.events.all()) == {ours.people[Role.PARTNER].pk}
