"""The roster of a county comes in pages; what it counts, nudges and downloads is about all of its partnerships."""

import re
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from programmes.models import Partnership
from tests.reading import text_of
from tests.rosters import NOW, late, many, partnership, scene

pytestmark = pytest.mark.django_db
ROSTER = "/roster/"
REFERENCE = re.compile(r", (R\d+|P\d+)</span></a><span class=\"ls-roster__line\"")


@pytest.fixture(autouse=True)
def on_27_january():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def at(client):
    """Sixty that slip, one that is paused."""
    at = scene()
    partnership(at, "Paused Primary", "Zoe Ashe", "Ben Crane", ref="P1", status=Partnership.Status.PAUSED)
    many(at, 60)
    client.force_login(at.coordinator)
    return at


def refs_of(page):
    return REFERENCE.findall(page.content.decode())


def titles_of(page):
    return re.findall(r"<h2>(.*?)</h2>", page.content.decode())


def test_fifty_are_a_page_and_the_next_goes_on_where_it_ended(client, at):
    first, second = client.get(ROSTER), client.get(f"{ROSTER}?page=2")

    order = [row.partnership.ref for row in first.context["asked"].rows]
    assert len(order) == 61
    assert refs_of(first) == order[:50]
    assert refs_of(second) == order[50:]
    assert titles_of(first) == ["60 slipping, most overdue first"]
    assert titles_of(second) == ["60 slipping, most overdue first, continued", "1 paused"]


def test_each_page_says_how_many_there_are_and_nudges_everybody(client, at):
    pages = [client.get(f"{ROSTER}?page={number}") for number in (1, 2)]

    for page in pages:
        assert "61 partnerships: 60 slip, 1 is paused." in text_of(page)
        assert "Nudge 192 people" in text_of(page)
    assert "61 partnerships, most overdue first, page 2 of 2" in text_of(pages[1])
    downloaded = client.get(reverse("reports:roster_csv")).content.decode()
    assert len(downloaded.strip().splitlines()) == 1 + 61


def test_the_pages_keep_what_was_asked_for(client, at):
    asked = f"{ROSTER}?subject=maths&sort=school"
    first = client.get(asked)

    assert 'href="?subject=maths&amp;sort=school&amp;page=2"' in first.content.decode()
    assert refs_of(client.get(f"{asked}&page=2")) == [row.partnership.ref for row in first.context["asked"].rows][50:]


def test_all_of_them_can_be_on_one_page_to_print_or_to_search_in(client, at):
    first = client.get(f"{ROSTER}?sort=school")
    everything = client.get(f"{ROSTER}?sort=school&page=all")

    assert 'href="?sort=school&amp;page=all"' in first.content.decode()
    assert "All 61 on one page" in text_of(first)
    assert refs_of(everything) == [row.partnership.ref for row in everything.context["asked"].rows]
    assert "on one page" not in text_of(everything)
    assert "aria-current" in everything.content.decode()


def test_what_is_on_one_page_has_no_pages(client):
    few = scene()
    late(few, partnership(few, "Fenwick Green", "Umar Mbeki", "Nia Holt", ref="P1"))
    client.force_login(few.coordinator)

    page = client.get(f"{ROSTER}?page=2")

    assert refs_of(page) == ["P1"]
    assert "govuk-pagination" not in page.content.decode()
    assert "on one page" not in text_of(page)


def test_a_nudge_comes_back_to_its_page(client, at):
    last = partnership(at, "Zeal Primary", "Umar Mbeki", "Nia Holt", ref="P2")
    late(at, last)
    page = client.get(f"{ROSTER}?sort=school&page=2")
    back = re.search(r'name="back" value="([^"]+)"', page.content.decode())[1]

    answer = client.post(reverse("reports:roster_nudge", args=[last.pk]), {"back": unescape(back)})

    assert unescape(back) == answer.url == "/roster/?sort=school&page=2"


def test_a_view_is_saved_without_the_page_that_was_open(client, at):
    page = client.get(f"{ROSTER}?sort=area&page=2")

    assert page.context["asked"].query == "sort=area"
    assert "page=" not in page.context["save_url"]
