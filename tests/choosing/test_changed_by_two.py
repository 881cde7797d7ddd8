"""Class, year group and first day of a place, changed by two who had the page open at the same time."""

import datetime as dt
import html
import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from pupils.models import PlaceChange
from tests.choosing.lists import text

pytestmark = pytest.mark.django_db

NOVEMBER, DECEMBER = dt.date(2026, 11, 20), dt.date(2026, 12, 1)


def shown_by(page):
    """What a page sends along of the place as it has shown it."""
    return html.unescape(re.search(r'name="shown" value="([^"]*)"', page.content.decode())[1])


@pytest.fixture
def place(ours):
    place = ours.place
    place.class_name = "5R"
    place.save()
    place.pupil.year_group = 5
    place.pupil.save()
    return place


@pytest.fixture
def change(client, choosing, place):
    """A save of the page by this role, the boxes as they were shown unless they are given."""
    address = reverse("pupils:place_change", args=[place.pk])
    opened = client.get(address)
    first = shown_by(opened)

    def save(ours, role, shown=first, **typed):
        client.force_login(ours.people[role])
        untouched = {"class_name": "5R", "year_group": "5", "since": "", "on": "27/11/2026", "shown": shown}
        untouched["reason"] = "as the school says"
        answer = client.post(address, untouched | typed, follow=True)
        place.refresh_from_db()
        place.pupil.refresh_from_db()
        return answer

    return save


def by(ours, role):
    rows = PlaceChange.objects.filter(place=ours.place, by=ours.people[role]).exclude(what="chosen").order_by("pk")
    return [(row.what, row.before, row.after) for row in rows]


@pytest.mark.parametrize(
    "theirs",
    [
        {"since": "20/11/2026", "sure": "2026-11-20", "reason": "came late"},
        {"year_group": "6"},
        {"class_name": "5B"},
    ],
    ids=["first day", "year group", "class"],
)
def test_what_somebody_else_changed_since_the_page_was_opened_is_not_undone(ours, place, change, theirs):
    change(ours, Role.SPECIALIST, **theirs)
    stood = (place.class_name, place.pupil.year_group, place.since)
    mine = {"year_group": "4"} if "class_name" in theirs else {"class_name": "5A"}

    answer = change(ours, Role.PARTNER, **mine)

    now = (place.class_name, place.pupil.year_group, place.since)
    assert sum(a != b for a, b in zip(stood, now, strict=True)) == 1
    assert [what for what, *_ in by(ours, Role.PARTNER)] == ["year" if "year_group" in mine else "class"]
    assert "Somebody else changed this meanwhile, and it stays as they wrote it: " in text(answer)


def test_where_both_changed_the_same_both_are_shown(ours, place, change):
    change(ours, Role.SPECIALIST, since="20/11/2026", sure="2026-11-20")

    asked = change(ours, Role.PARTNER, since="1/12/2026", sure="2026-12-01", class_name="5A")
    before = (place.since, place.class_name)
    change(ours, Role.PARTNER, shown_by(asked), since="1/12/2026", sure="2026-12-01", class_name="5A")

    said = "Somebody has changed this to “20 November 2026” since you opened the page. Save again if yours is right."
    assert said in html.unescape(text(asked))
    assert before == (NOVEMBER, "5R")
    assert (place.since, place.class_name) == (DECEMBER, "5A")
    assert by(ours, Role.PARTNER)[-1] == ("since", "20 November 2026", "1 December 2026")


def test_what_was_left_alone_follows_also_where_something_else_is_wrong(ours, place, change):
    change(ours, Role.SPECIALIST, class_name="5B", since="20/11/2026", sure="2026-11-20")

    asked = change(ours, Role.PARTNER, year_group="99")
    change(ours, Role.PARTNER, shown_by(asked), year_group="6", class_name="5B", since="20/11/2026")

    assert 'value="5B"' in asked.content.decode()
    assert 'value="20/11/2026"' in asked.content.decode()
    assert (place.class_name, place.since, place.pupil.year_group) == ("5B", NOVEMBER, 6)
    assert [what for what, *_ in by(ours, Role.PARTNER)] == ["year"]
