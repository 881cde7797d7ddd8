"""A register that is open on several devices at once."""

import re

from django.urls import reverse

from accounts.roles import Role
from tests.arranging import text
from tests.marking import htmx_tap, marks, open_register
from visits.events import invitations, register


def rows_of(answer):
    """Key -> the mark that stands on its row, of whatever the answer brings."""
    found = re.findall(r'<li id="(\w+)".*?register__mark">([^<]+)<', answer.content.decode(), re.DOTALL)
    return dict(found)


def ask_for_news(client, event, page):
    return client.get(reverse("events:register_news", args=[event.pk]), page, headers={"HX-Request": "true"})


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
