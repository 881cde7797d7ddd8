"""What the pages of a return say beside its grades: who entered them, what counts, and what was changed."""

import re

import pytest
from django.urls import reverse

from pupils.models import Assessment
from tests.reading import text_of
from tests.returns.entering import DECEMBER, address, autosave, cell, enter, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_no_page_of_a_return_says_the_version_of_its_sheet_at_its_foot(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)

    pages = [client.get(where) for where in (address("return", at.december), address("return_check", at.december))]

    plain = client.get(reverse("pupils:returns")).content.decode()
    foot = plain[plain.index("<footer") : plain.index("Signed in as")]
    assert all(foot in page.content.decode() for page in pages)


def test_who_entered_counts_what_stands(client, at):
    enter(client, at.tom, at.december, at.places[:2], ["2a", "2a"])
    autosave(client, at.hannah, at.december, *[cell("grade", p, "3a", n, 1) for n, p in enumerate(at.places[:2], 1)])
    enter(client, at.hannah, at.december, at.places[2:], ["3b", "rubbish", "3b", "3c"])

    entered = client.get(address("return_check", at.december)).context["entered"]
    autosave(client, at.hannah, at.december, cell("grade", at.places[3], "2a", 1, 1))
    submit(client, at.hannah, at.december)

    assert entered == f"5 by {at.hannah}, also changed by {at.tom}"
    read = client.get(address("return", at.december))
    assert read.context["entered"] == f"6 by {at.hannah}, also changed by {at.tom}"
    assert set(at.december.entries.values_list("user", flat=True)) == {at.hannah.pk, at.tom.pk}  # for the money


def test_a_submitted_return_says_so_and_for_nobody_it_waits(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)

    page = text_of(submit(client, at.tom, at.december))

    assert f"Submitted on Thursday 3 December by {at.tom}" in page
    assert "Nobody" not in page


def test_whose_grades_will_not_count_is_said_before_they_are_submitted(client, at):
    Assessment.objects.filter(place__in=at.places[:2]).delete()
    Assessment.objects.filter(place=at.places[2]).update(grade=None, reason="absent")
    enter(client, at.hannah, at.december, at.places, DECEMBER)

    page = text_of(client.get(address("return_check", at.december)))
    first = text_of(client.get(address("return_check", at.october)))

    assert (
        "No October grade: Kayla Brand and Sana Malik. In results of progress a pupil counts only with a grade" in page
    )
    assert "at both October and Summer." in page
    assert "No October grade" not in first


def test_only_what_was_changed_says_what_it_was(client, at):
    client.force_login(at.hannah)
    client.post(address("return_correct", at.october), {"reason": "Typed into the wrong row"})
    while_open = text_of(client.get(address("return", at.december)))
    autosave(client, at.hannah, at.october, cell("grade", at.places[0], "2a", 1, 0))
    submit(client, at.hannah, at.october)

    page = text_of(client.get(address("return", at.december)))

    assert re.findall(r"was \d\w", while_open) == []
    assert re.findall(r"was \d\w", page) == ["was 3b"]
    assert "October 2a 17 points was 3b" in page
