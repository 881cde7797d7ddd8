"""The register on the day and after it: taps, walk-ins, guests, closing it, and the sign-in sheet."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests.arranging import TODAY, text
from tests.marking import htmx_tap, marks, open_register, tap
from tests.together import at_once
from visits.events import invitations, register
from visits.events.audience import Known, audience
from visits.models import Attendance, Event, WrongState


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
