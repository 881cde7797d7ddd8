"""Grades are typed by either teacher, kept as they were typed, and counted as they come."""

import pytest

from programmes.models import DataReturnEntry
from pupils.models import Assessment
from tests.factories import PlaceFactory
from tests.reading import text_of
from tests.returns.entering import DECEMBER, address, autosave, box, cell, counts, enter, page_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_the_page_shows_each_pupil_with_what_was_given_before(client, at):
    client.force_login(at.hannah)

    page = text_of(client.get(address("return", at.december)))

    assert "Due on Friday 11 December, in 8 days. You or Tom" in page
    assert "Kayla Brand Pupil 1 of 6 Year 5 October 3b 21 points" in page
    assert "0 of 6 pupils in" in page
    assert "Still to enter: Kayla Brand, Marcus Hale, Sana Malik, Jonah Okafor, Ivy Tran and Theo Wren." in page


def test_typed_grades_and_reasons_are_counted_and_put_down_to_who_typed_them(client, at):
    enter(client, at.hannah, at.december, at.places[:4], DECEMBER[:4])
    enter(client, at.tom, at.december, at.places[4:], DECEMBER[4:])

    assert counts(at.december) == ("open", 5, 1, 6, 1)
    entries = DataReturnEntry.objects.filter(data_return=at.december).values_list("user", "grades")
    assert sorted(entries) == sorted([(at.hannah.pk, 4), (at.tom.pk, 2)])
    assert not Assessment.objects.filter(data_point=at.points[1]).exists()  # nothing counts before it is submitted


def test_whoever_is_written_over_has_entered_all_the_same(client, at):
    kayla = at.places[0]
    autosave(client, at.hannah, at.december, cell("grade", kayla, "3a"))
    autosave(client, at.tom, at.december, cell("grade", kayla, "3b", base=1))

    entries = DataReturnEntry.objects.filter(data_return=at.december).values_list("user", "grades")
    assert sorted(entries) == sorted([(at.hannah.pk, 1), (at.tom.pk, 1)])


@pytest.mark.parametrize(
    ("typed", "words", "counted"),
    [
        ("3A", "3a", 1),
        (" 3 a ", "3a", 1),
        ("-absent", "Absent", 1),
        ("Left the school", "Left the school", 1),
        ("3", "", 0),
        ("very good", "", 0),
        ("", "", 0),
    ],
)
def test_what_is_typed_is_understood_or_kept_as_it_is(client, at, typed, words, counted):
    enter(client, at.hannah, at.december, at.places[:1], [typed])

    client.force_login(at.hannah)
    row = client.get(address("return", at.december)).context["page"].rows[0]
    assert (row.answer.words, row.grade.text) == (words, typed)
    assert sum(counts(at.december)[1:3]) == counted


def test_two_who_type_into_one_box_are_told(client, at):
    kayla = at.places[0]
    autosave(client, at.hannah, at.december, cell("grade", kayla, "3a"))

    answer = autosave(client, at.tom, at.december, cell("grade", kayla, "3b"))

    state = answer.json()["cells"][box("grade", kayla)]
    assert (answer.status_code, state["state"], state["theirs"]) == (409, "conflict", "3a")


def test_a_page_without_scripts_saves_what_was_typed_and_nothing_else(client, at):
    """Boxes that the page had filled from a file were typed by nobody."""
    at.october.state = "open"
    at.october.save()
    client.force_login(at.hannah)
    data = page_of(client.get(address("return", at.october)))
    assert data[box("grade", at.places[0])] == "3b"

    client.post(address("return", at.october), data | {box("grade", at.places[0]): "3a"})

    entries = DataReturnEntry.objects.filter(data_return=at.october).values_list("user", "grades")
    assert list(entries) == [(at.hannah.pk, 1)]
    revisions = at.october.sheet.revisions.values_list("field", "text")
    assert list(revisions) == [(box("grade", at.places[0]), "3a")]


def test_a_box_about_another_partnerships_pupil_is_kept_beside(client, at):
    stranger = PlaceFactory()

    answer = autosave(client, at.hannah, at.december, cell("grade", stranger, "3a"))

    assert answer.json()["cells"][box("grade", stranger)]["state"] == "fixed"
    assert counts(at.december)[:4] == ("open", 0, 0, 6)
    assert not at.december.sheet.notes.exists()
    assert at.december.sheet.revisions.get().text == "3a"
