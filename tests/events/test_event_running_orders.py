"""The running order of an event: its slots, their order and their times."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests.arranging import said, text
from tests.factories import MembershipFactory
from tests.together import at_once
from visits.events import running_order
from visits.models import Slot


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
    coordinator = ours.people[Role.COORDINATOR]

    at_once(*[lambda slot=slot: running_order.move_slot(coordinator, slot, 1) for slot in slots[1:3]])

    assert sorted(event.slots.values_list("order", flat=True)) == [1, 2, 3, 4]
