"""The mark “moderated” is about one grade: it goes and comes back with it, and stands beside nothing else."""

import pytest

from pupils.models import Assessment
from pupils.returns.standing import Standing
from pupils.returns.submitting import open_again
from tests.reading import text_of
from tests.returns.entering import DECEMBER, address, autosave, box, cell, enter, page_of, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def kayla(client, at):
    """Whose December grade is 3a, and moderated."""
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    autosave(client, at.hannah, at.december, cell("moderated", at.places[0], "yes"))
    return at.places[0]


def types(client, at, place, *texts):
    """One text after another, each saved by itself as the person types on; the mark after each of them."""
    marks = []
    for text in texts:
        note = at.december.sheet.notes.get(field=box("grade", place))
        answer = autosave(client, at.hannah, at.december, cell("grade", place, text, base=note.version))
        assert answer.status_code == 200, answer.content
        marks.append(at.december.sheet.texts[box("moderated", place)])
    return marks


def test_the_same_grade_typed_slowly_again_has_its_mark(client, at, kayla):
    assert types(client, at, kayla, "", "3", " 3A") == ["", "", "yes"]

    submit(client, at.hannah, at.december)
    assert Assessment.objects.get(place=kayla, data_point=at.points[1]).moderated


def test_a_grade_on_the_way_to_another_one_takes_the_mark_for_good(client, at, kayla):
    assert types(client, at, kayla, "3", "3b", "absent") == ["", "", ""]

    submit(client, at.hannah, at.december)
    assert not Assessment.objects.get(place=kayla, data_point=at.points[1]).moderated


def test_a_mark_that_somebody_takes_off_does_not_come_back(client, at, kayla):
    types(client, at, kayla, "3")

    autosave(client, at.tom, at.december, cell("moderated", kayla, "", base=2))

    assert types(client, at, kayla, "3a") == [""]


def test_a_mark_comes_back_with_no_grade_of_a_version_before(client, at, kayla):
    types(client, at, kayla, "3b")
    submit(client, at.hannah, at.december)

    at.december.refresh_from_db()
    open_again(at.hannah, at.december, "Typed into the wrong row")

    assert types(client, at, kayla, "3a") == [""]


@pytest.mark.parametrize("first", ["grade", "moderated"])
def test_a_reason_is_never_marked(client, at, kayla, first):
    texts = {"grade": "Absent", "moderated": "yes"}
    autosave(client, at.hannah, at.december, cell("moderated", kayla, "", base=1))
    for name in sorted(texts, reverse=first == "moderated"):
        autosave(
            client, at.hannah, at.december, cell(name, kayla, texts[name], base={"grade": 1, "moderated": 2}[name])
        )

    assert [at.december.sheet.texts[box(name, kayla)] for name in texts] == ["Absent", ""]


def test_the_form_says_that_a_mark_beside_a_reason_is_not_kept(client, at, kayla):
    marcus = at.places[1]  # who is absent
    data = page_of(client.get(address("return", at.december)))

    answer = client.post(address("return", at.december), data | {box("moderated", marcus): "yes"}, follow=True)

    assert "Only a grade is moderated: the mark beside a reason is not kept." in text_of(answer)
    assert [row.moderated.text for row in Standing(at.december).rows][:2] == ["yes", ""]
