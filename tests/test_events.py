"""Events in the calendar: added, changed, cancelled; what is asked about; hosts in turn; the running order."""

import datetime as dt
import re
import threading

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.models import Programme, TermDate
from tests.factories import EventFactory, MembershipFactory, PartnershipFactory, ProgrammeFactory, SchoolFactory
from tests.world import build_world
from visits.events import arranging, hosts, presets, running_order
from visits.events.forms.clock import ClockField
from visits.models import Event, Slot, WrongState

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
    """A programme whose timetable and term dates each test enters itself."""
    world[0].programme.timetable.all().delete()
    TermDate.objects.all().delete()
    return world[0]


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return ours.people[Role.COORDINATOR]


@pytest.fixture
def event(ours):
    return EventFactory(programme=ours.programme, area=ours.partnership.area, name="Twilight 3")


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def typed(**fields):
    return {
        "kind": "twilight",
        "name": "Twilight 4",
        "on": "9/2/2027",
        "starts_at": "4pm",
        "ends_at": "6",
        "takes": "",
        "audience": ["specialist", "partner"],
        "funded_specialist_half_days": "0",
        "funded_partner_half_days": "0",
    } | fields


def add(client, ours, **fields):
    return client.post(reverse("events:create", args=[ours.programme.slug]), typed(**fields), follow=True)


def errors(response):
    return response.context["form"].errors.get_json_data()


def said(response):
    return [error["message"] for found in errors(response).values() for error in found]


# Added ------------------------------------------------------------------------------------------------------------


def test_a_coordinator_adds_an_event(client, ours, coordinator):
    answer = add(
        client, ours, area=ours.partnership.area_id, host=ours.school.pk, chair=ours.people[Role.HEADTEACHER].pk
    )

    event = Event.objects.get(name="Twilight 4")
    assert "The event is in the calendar." in text(answer)
    assert "Tuesday 9 February, 4pm to 6pm: Ourside Partner School." in text(answer)
    assert (event.place, event.chair, event.half_days) == (ours.school, ours.people[Role.HEADTEACHER], 0)
    assert AuditEvent.objects.filter(who=coordinator, did="events.planned", row=event.pk).exists()


def test_the_form_starts_as_such_an_event_usually_is_with_the_next_host(client, ours, coordinator):
    area = ours.partnership.area
    Event.objects.all().delete()
    EventFactory(programme=ours.programme, area=area, host=ours.school)
    home = ours.partnership.specialist.home_school
    page = client.get(reverse("events:choose"), {"kind": "twilight", "area": area.pk}, follow=True)
    form = page.context["form"]

    assert page.redirect_chain[0][0].endswith(f"?kind=twilight&area={area.pk}")
    assert {name: form[name].value() for name in ("kind", "takes", "area", "host", "chair", "audience")} == {
        "kind": "twilight",
        "takes": "",
        "area": area.pk,
        "host": home.pk,
        "chair": ours.people[Role.SPECIALIST].pk,
        "audience": ["specialist", "partner"],
    }
    assert "Next is Ourside Home School, which has not hosted yet." in text(page)


def test_a_step_of_the_timetable_is_offered_until_it_has_its_event(client, ours, coordinator):
    step = ours.programme.timetable.create(
        order=1,
        type="event",
        name="Cluster moderation",
        window_start=dt.date(2027, 2, 1),
        window_end=dt.date(2027, 2, 12),
        half_days=1,
        audience="specialist teachers; partner teachers",
        funded_specialist_half_days=1,
        funded_partner_half_days=1,
    )
    address = reverse("events:create", args=[ours.programme.slug]) + f"?step={step.pk}"

    before = text(client.get(reverse("events:list")))
    form = client.get(address).context["form"]
    client.post(address, typed(kind="moderation", step=step.pk, takes="pm", starts_at="1pm", ends_at="3:30pm"))
    after = text(client.get(reverse("events:list")))

    assert "Cluster moderation Ourside programme 2026-27 Mon 1 Feb to Fri 12 Feb" in before
    assert [form[name].value() for name in ("kind", "takes", "funded_partner_half_days")] == ["moderation", "pm", 1]
    assert "Choose a day" not in after
    assert step.events.count() == 1


@pytest.mark.parametrize(
    ("audience", "half_days", "name", "expected"),
    [
        (
            "heads; specialist teachers; partner teachers",
            2,
            "Launch day",
            ("launch", "day", {"head", "specialist", "partner"}),
        ),
        ("specialist teachers", 0, "Cluster twilight: training update", ("twilight", "", {"specialist"})),
        ("specialist teachers; partner teachers", 1, "Feedback meeting", ("feedback", "pm", {"specialist", "partner"})),
    ],
)
def test_what_a_timetable_says_becomes_an_event_of_that_kind(ours, audience, half_days, name, expected):
    day = dt.date(2027, 2, 1)
    step = ours.programme.timetable.create(
        order=1,
        type="event",
        name=name,
        window_start=day,
        window_end=day,
        half_days=half_days,
        audience=audience,
        funded_specialist_half_days=half_days,
        funded_partner_half_days=half_days,
    )

    usual = presets.of_step(step)

    assert (usual["kind"], usual["takes"], set(usual["audience"])) == expected
    Event(programme=ours.programme, **usual).full_clean()


# What is asked about and refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "doubt"),
    [
        ("26/1/2027", "26 January 2027 is past."),
        ("6/2/2027", "6 February 2027 is a Saturday."),
        ("26/3/2027", "Friday 26 March 2027 is a bank holiday."),
        ("16/2/2027", "Tuesday 16 February 2027 is outside term time"),
        ("3/9/2027", "3 September 2027 is outside the programme's year"),
    ],
)
def test_an_unusual_day_is_asked_about_and_kept_when_it_is_meant(client, ours, coordinator, on, doubt):
    TermDate.objects.all().delete()
    for name, first, last in (("Spring 1", "2027-01-04", "2027-02-12"), ("Spring 2", "2027-02-22", "2027-04-01")):
        TermDate.objects.create(organisation=ours.organisation, name=name, starts_on=first, ends_on=last)

    asked = add(client, ours, on=on)
    sure = add(client, ours, on=on, sure="on")

    assert any(sentence.startswith(doubt) for sentence in said(asked))
    assert "Choose another day, or tick that you mean this one." in said(asked)
    assert f'value="{on}"' in asked.content.decode()
    assert 'name="sure"' in asked.content.decode()
    assert "The event is in the calendar." in text(sure)
    assert Event.objects.filter(name="Twilight 4").count() == 1


def test_a_past_event_that_is_recorded_takes_no_invitations(client, ours, coordinator):
    answer = add(client, ours, on="26/1/2027", sure="on")

    assert "Send" not in text(answer)
    assert "Take the register" in text(answer)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"on": ""}, "Enter the day."),
        ({"on": "31/2/2027"}, "“31/2/2027” is not in the calendar."),
        ({"starts_at": "late"}, "This is not a time. Write it like 4pm, 4:30pm or 16:30."),
        ({"starts_at": "6pm", "ends_at": "4pm"}, "It would end before it starts at 18:00. Give a later time."),
        ({"takes": "pm"}, "A twilight is after school and takes no half-day."),
        ({"kind": "training", "takes": "pm", "funded_partner_half_days": "2"}, "An event funds no more half-days"),
        ({"kind": "party"}, "Choose from what is offered here."),
        ({"audience": ["pupils"]}, "Choose from what is offered here."),
        ({"link": "not an address"}, "This is not an address."),
        ({"rhythm": "weekly"}, "Enter until when it comes again."),
        ({"rhythm": "weekly", "until": "1/2/2027"}, "The series would end before its first day"),
        ({"rhythm": "weekly", "until": "1/2/2029"}, "The programme's year ends on 31 August 2027."),
    ],
)
def test_what_cannot_be_is_said_where_it_is_and_nothing_typed_is_lost(client, ours, coordinator, fields, sentence):
    answer = add(client, ours, **fields)

    assert any(message.startswith(sentence) for message in said(answer)), said(answer)
    assert 'value="Twilight 4"' in answer.content.decode()
    assert not Event.objects.filter(name="Twilight 4").exists()


def test_people_and_places_of_others_are_not_offered(client, ours, world, coordinator):
    elsewhere = world[2]

    answer = add(
        client,
        ours,
        host=elsewhere.school.pk,
        chair=elsewhere.people[Role.HEADTEACHER].pk,
        area=elsewhere.partnership.area_id,
    )

    assert set(errors(answer)) == {"host", "chair", "area"}


def test_an_event_of_a_closed_programme_cannot_be_added(client, ours, coordinator):
    Programme.objects.filter(pk=ours.programme.pk).update(status="closed")

    assert client.get(reverse("events:create", args=[ours.programme.slug])).status_code == 404
    assert "No programme is running" in text(client.get(reverse("events:choose")))


@pytest.mark.parametrize(
    ("words", "time"),
    [
        ("4pm", "16:00"),
        ("4.30 PM", "16:30"),
        ("16:30", "16:30"),
        ("9", "09:00"),
        ("4", "16:00"),
        ("midday", "12:00"),
        ("12am", "00:00"),
        ("12pm", "12:00"),
        ("9:05am", "09:05"),
        ("08:15", "08:15"),
    ],
)
def test_times_are_read_as_people_write_them(words, time):
    assert ClockField().clean(words) == dt.time.fromisoformat(time)


@pytest.mark.parametrize("words", ["25:00", "4:75", "13pm", "0am", "tea time", "٤pm", "4:3"])
def test_what_is_no_time_is_said(words):
    with pytest.raises(ValidationError, match="time"):
        ClockField().clean(words)


# Changed and cancelled --------------------------------------------------------------------------------------------


def test_of_two_who_change_an_event_the_second_is_told_and_loses_nothing(client, ours, coordinator, event):
    theirs = Event.objects.get(pk=event.pk)
    theirs.venue = "The library"
    arranging.change_event(coordinator, theirs, theirs.sequence)
    address = reverse("events:change", args=[event.pk])

    told = client.post(address, typed(venue="The gym", sequence=0))
    again = client.post(address, typed(venue="The gym", sequence=told.context["form"]["sequence"].value()), follow=True)

    assert "Someone else changed this event a moment ago: it is Twilight 3, Thursday 11 February" in text(told)
    assert "The library" in text(told)
    assert 'value="The gym"' in told.content.decode()
    assert "The event is changed." in text(again)
    event.refresh_from_db()
    assert (event.venue, event.sequence) == ("The gym", 2)


def test_a_day_that_stays_is_not_asked_about_again(client, ours, coordinator, event):
    Event.objects.filter(pk=event.pk).update(on=TODAY - dt.timedelta(days=3))

    answer = client.post(
        reverse("events:change", args=[event.pk]), typed(on="24/1/2027", sequence=0, venue="Here"), follow=True
    )

    assert "The event is changed." in text(answer)


def test_a_cancelled_event_needs_a_reason_and_stays_cancelled(client, ours, coordinator, event):
    address = reverse("events:cancel", args=[event.pk])

    nothing = client.post(address, {"reason": " "})
    client.post(address, {"reason": "Snow"})

    assert "Say why, in one sentence." in text(nothing)
    event.refresh_from_db()
    assert (event.status, event.cancelled_because) == ("cancelled", "Snow")
    assert client.get(address).status_code == 404
    assert client.get(reverse("events:change", args=[event.pk])).url == event.get_absolute_url()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_cancel_at_once_one_wins_and_the_other_is_told(ours, event):
    barrier, outcomes = threading.Barrier(2), []

    def press(reason):
        mine = Event.objects.get(pk=event.pk)
        barrier.wait()
        try:
            arranging.cancel_event(ours.people[Role.COORDINATOR], mine, reason)
            outcomes.append("won")
        except WrongState:
            outcomes.append("told")
        connection.close()

    threads = [threading.Thread(target=press, args=[reason]) for reason in ("Snow", "Flood")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["told", "won"]


# Hosts and the running order --------------------------------------------------------------------------------------


def test_the_next_host_has_hosted_least_and_longest_ago(ours):
    area, programme = ours.partnership.area, ours.programme
    Event.objects.all().delete()
    schools = [SchoolFactory(name=f"{letter} School") for letter in "ABCD"]
    for school in schools:
        PartnershipFactory(
            programme=programme, area=area, partner_school=school, specialist=ours.partnership.specialist
        )
    a, b, c, d = schools
    for on, host, status in (
        ("2026-10-01", b, "planned"),
        ("2026-11-01", a, "planned"),
        ("2026-12-01", b, "planned"),
        ("2027-01-01", d, "planned"),
        ("2027-01-02", c, "cancelled"),
    ):
        EventFactory(
            programme=programme,
            area=area,
            on=on,
            host=host,
            status=status,
            cancelled_because="Snow" if status == "cancelled" else "",
        )

    found = [(str(turn.school), turn.words) for turn in hosts.turns(area)]

    assert found == [
        ("C School", "has not hosted yet"),
        ("Ourside Home School", "has not hosted yet"),
        ("Ourside Partner School", "has not hosted yet"),
        ("A School", "has hosted once, last on 1 November 2026"),
        ("D School", "has hosted once, last on 1 January 2027"),
        ("B School", "has hosted twice, last on 1 December 2026"),
    ]


def test_the_host_school_s_head_chairs_and_its_teacher_takes_the_minutes(ours):
    assert hosts.who_runs_it(ours.programme, ours.school) == (
        ours.people[Role.HEADTEACHER],
        ours.people[Role.PARTNER],
    )
    assert hosts.who_runs_it(ours.programme, SchoolFactory()) == (None, None)


def order_of(event):
    return [(one.slot.what, str(one.starts_at)[:5]) for one in running_order.timed(event)[0]]


def test_every_school_gets_five_minutes_in_one_click_and_only_once(client, ours, coordinator, event):
    MembershipFactory(organisation=ours.organisation, role=Role.HEADTEACHER, school=ours.school)
    address = reverse("events:slots_fill", args=[event.pk])

    first = client.post(address, follow=True)
    again = client.post(address, follow=True)

    assert "2 five-minute slots added." in text(first)
    assert "Every school that is expected has its slot already." in text(again)
    assert list(event.slots.values_list("school__name", "minutes", "order")) == [
        ("Ourside Home School", 5, 1),
        ("Ourside Partner School", 5, 2),
    ]


def test_slots_are_added_moved_changed_and_removed_and_their_times_follow(client, ours, coordinator, event):
    for what, minutes in (("Welcome", 10), ("Findings", 45), ("Tea", 20)):
        client.post(reverse("events:slot_add", args=[event.pk]), {"what": what, "minutes": minutes})
    welcome, _, tea = event.slots.all()
    assert order_of(event) == [("Welcome", "16:00"), ("Findings", "16:10"), ("Tea", "16:55")]

    client.post(reverse("events:slot_move", args=[tea.pk]), {"to": "earlier"})
    client.post(reverse("events:slot_move", args=[welcome.pk]), {"to": "earlier"})
    assert order_of(event) == [("Welcome", "16:00"), ("Tea", "16:10"), ("Findings", "16:30")]
    client.post(reverse("events:slot", args=[tea.pk]), {"what": "Tea", "minutes": 15})
    client.post(reverse("events:slot_remove", args=[welcome.pk]))
    assert order_of(event) == [("Tea", "16:00"), ("Findings", "16:15")]
    assert list(event.slots.values_list("order", flat=True)) == [1, 2]


def test_an_item_comes_where_it_is_wanted(client, coordinator, event):
    add, after = reverse("events:slot_add", args=[event.pk]), {}
    for what, where in (("Findings", None), ("Welcome", 0), ("Tea", "Welcome"), ("End", "Findings")):
        place = after.get(where, where)
        client.post(add, {"what": what, "minutes": 10} | ({} if place is None else {"after": place}))
        after[what] = event.slots.get(what=what).pk
    laid = order_of(event)

    client.post(reverse("events:slot", args=[after["End"]]), {"what": "End", "minutes": 5, "after": 0})
    client.post(reverse("events:slot", args=[after["Tea"]]), {"what": "Tea!", "minutes": 10})
    gone = client.post(add, {"what": "More", "minutes": 10, "after": 0 - 1})
    page = client.get(reverse("events:order", args=[event.pk]))

    assert [what for what, _ in laid] == ["Welcome", "Tea", "Findings", "End"]
    assert order_of(event) == [("End", "16:00"), ("Welcome", "16:05"), ("Tea!", "16:15"), ("Findings", "16:25")]
    assert list(event.slots.values_list("order", flat=True)) == [1, 2, 3, 4]
    assert said(gone) == ["Somebody changed the running order meanwhile. Choose where it comes now."]
    assert "It starts at 4pm and leaves 85 minutes before the end at 6pm." in text(page)
    assert page.context["form"]["after"].initial == after["Findings"]


def test_a_running_order_that_is_too_long_says_by_how_much(client, coordinator, event):
    client.post(reverse("events:slot_add", args=[event.pk]), {"what": "Talk", "minutes": 135})

    page = text(client.get(reverse("events:order", args=[event.pk])))

    assert "It runs 15 minutes over the end at 6pm." in page


@pytest.mark.parametrize(
    ("minutes", "sentence"), [("0", "at least a minute"), ("500", "at most eight hours"), ("x", "whole number")]
)
def test_a_slot_of_no_length_is_refused_with_what_was_typed(client, coordinator, event, minutes, sentence):
    answer = client.post(reverse("events:slot_add", args=[event.pk]), {"what": "Talk", "minutes": minutes})

    assert any(sentence in message for message in said(answer))
    assert 'value="Talk"' in answer.content.decode()
    assert not event.slots.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_move_slots_at_once_leave_an_order(ours, event):
    slots = [Slot.objects.create(event=event, order=n, minutes=5, what=str(n)) for n in range(1, 5)]
    barrier = threading.Barrier(2)

    def press(slot, step):
        barrier.wait()
        running_order.move_slot(ours.people[Role.COORDINATOR], slot, step)
        connection.close()

    threads = [threading.Thread(target=press, args=found) for found in ((slots[1], 1), (slots[2], 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(event.slots.values_list("order", flat=True)) == [1, 2, 3, 4]


def test_the_list_says_to_each_reader_how_an_event_stands(client, ours, coordinator, event):
    Event.objects.exclude(pk=event.pk).delete()

    assert "No invitation is sent yet to 2" in text(client.get(reverse("events:list")))
    client.force_login(ours.people[Role.PARTNER])
    assert "Waiting for your answer" not in text(client.get(reverse("events:list")))
    event.attendances.create(person=ours.people[Role.PARTNER], invited_at=dt.datetime(2027, 1, 20, tzinfo=dt.UTC))
    assert "Waiting for your answer" in text(client.get(reverse("events:list")))


def test_today_lists_the_events_of_two_weeks_in_their_order(client, ours, coordinator):
    for days, hour in ((9, 16), (2, 16), (5, 16), (2, 9)):
        EventFactory(
            programme=ours.programme,
            name=f"In {days} days at {hour}",
            on=TODAY + dt.timedelta(days=days),
            starts_at=dt.time(hour),
            ends_at=dt.time(hour + 2),
        )

    rows = client.get(reverse("today")).context["events"]["rows"]

    named = [event.name for event in rows if event.name.startswith("In ")]
    assert named == ["In 2 days at 9", "In 2 days at 16", "In 5 days at 16", "In 9 days at 16"]


def test_whoever_runs_an_event_and_cannot_come_is_named(client, ours, coordinator, event):
    head, partner = ours.people[Role.HEADTEACHER], ours.people[Role.PARTNER]
    Event.objects.filter(pk=event.pk).update(chair=head, minute_taker=partner)
    event.attendances.create(person=head, answer="declined")
    event.attendances.create(person=partner, answer="accepted")

    page = text(client.get(event.get_absolute_url()))

    assert "Ourside OursideHeadteacher, who chairs, cannot come. Choose someone else" in page
    assert "who takes the minutes, cannot come" not in page


def test_a_room_of_the_host_is_at_the_host_s_and_a_place_elsewhere_is_said(client, ours, coordinator):
    fields = {"host": ours.school.pk, "venue": "The hall"}

    add(client, ours, name="At the host's", **fields)
    add(client, ours, name="Elsewhere", place="none", **fields)
    elsewhere = Event.objects.get(name="Elsewhere")
    form = client.get(reverse("events:change", args=[elsewhere.pk])).context["form"]

    assert Event.objects.get(name="At the host's").where == f"The hall, {ours.school}"
    assert elsewhere.where == "The hall"
    assert (form["place"].value(), form["host"].value()) == ("none", ours.school.pk)


def test_the_area_says_which_programme_is_meant_and_the_running_one_is_offered_first(client, ours, coordinator):
    other = ProgrammeFactory(
        organisation=ours.organisation, slug="later", starts_on=dt.date(2027, 9, 1), ends_on=dt.date(2028, 8, 31)
    )
    address = reverse("events:choose")

    shown = client.get(address).context["form"]
    by_area = client.get(address, {"kind": "twilight", "area": ours.partnership.area_id})
    neither = client.get(address, {"kind": "twilight"})

    assert shown["programme"].initial == ours.programme.pk
    assert other in shown.fields["programme"].queryset
    assert by_area.url == (
        f"{reverse('events:create', args=[ours.programme.slug])}?kind=twilight&area={ours.partnership.area_id}"
    )
    assert said(neither) == ["Choose a programme."]
