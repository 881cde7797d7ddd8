"""Who entered, what came too late, how a grade may be written: each said once, and the same on every page."""

import datetime as dt

import pytest
from django.urls import reverse

from pupils.collecting.reading import read
from pupils.models import ReturnRevision
from pupils.returns.answers import answer_of
from pupils.returns.counting import count_returns
from pupils.returns.pasting import read_pasted
from pupils.returns.standing import Standing
from tests.reading import text_of
from tests.returns.entering import DECEMBER, address, autosave, cell, enter, submit
from tests.returns.test_collecting import filled, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_what_a_coordinator_uploaded_is_called_that_on_every_page(client, at):
    send(client, at, filled(client, at, ["3a", "3b", "", "", "", ""]), save="on")
    enter(client, at.hannah, at.december, at.places[2:], DECEMBER[2:])

    check = text_of(client.get(address("return_check", at.december)))
    submit(client, at.hannah, at.december)
    read_ = text_of(client.get(address("return", at.december)))

    words = f"Grades entered: 4 by {at.hannah} and 2 from an upload of {at.amira}."
    assert words in check
    assert words in read_
    assert read_.count(f"An upload of {at.amira}") == 2


def test_what_was_typed_after_submission_stands_on_the_page_with_the_way_to_correct(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.hannah, at.december)
    answer = autosave(client, at.tom, at.december, cell("grade", at.places[0], "4c", base=1))

    page = text_of(client.get(address("return", at.december)))
    client.force_login(at.head)
    heads = text_of(client.get(address("return", at.december)))
    client.force_login(at.hannah)
    client.post(address("return_correct", at.december), {"reason": "Wrong row"})
    grid = text_of(client.get(address("return", at.december)))

    said = "Typed after these grades were submitted, and not in them: Kayla Brand: “4c”, by Tom"
    assert answer.json()["words"].endswith("What you typed is not in them: it stands on their page.")
    assert said in page
    assert "If it is right, choose Correct a grade and enter it there." in page
    assert said not in heads
    assert said in grid
    assert ReturnRevision.objects.filter(text="4c", made=None).count() == 1


@pytest.mark.parametrize(
    "text",
    [
        "3b",
        '="3b"',
        "'3b",
        "\N{RIGHT SINGLE QUOTATION MARK}3b",
        "\N{FULLWIDTH DIGIT THREE}\N{FULLWIDTH LATIN SMALL LETTER B}",
        "LEVEL 3B",
        "3 b",
        "L3b",
        "3.b",
        "Level 3.b",
    ],
)
def test_a_grade_is_understood_however_a_spreadsheet_has_it(at, text):
    standing = Standing(at.december)

    pasted = read_pasted("\n".join([text] * 6), standing)
    rows = read(f"Partnership\tPupil\tData point\tGrade\nP01\tC001\tDecember\t{text}", at.programme, of(at))

    assert answer_of(text, at.programme.scale, standing.grades).words == "3b"
    assert ({answer_of(t, at.programme.scale, standing.grades).words for t in pasted.texts.values()}) == {"3b"}
    assert len(pasted.texts) == 6
    assert [list(draft.texts.values()) for draft in rows.drafts] == [["3b"]]


def of(at):
    return type(at.partnership).objects.all()


@pytest.mark.parametrize("text", ["n/a", "N/A", "-", "\N{EM DASH}", "\N{EN DASH}", "na"])
def test_what_says_that_there_is_nothing_is_blank(at, text):
    pasted = read_pasted("\n".join(["3b", text, "3c", "3b", "3c", "3a"]), Standing(at.december))
    rows = read(f"Partnership\tPupil\tData point\tGrade\nP01\tC001\tDecember\t{text}", at.programme, of(at))

    assert list(pasted.texts.values()) == ["3b", "3c", "3b", "3c", "3a"]
    assert (rows.blank, rows.problems) == (1, [])


def test_what_is_no_grade_says_what_to_type(client, at):
    enter(client, at.hannah, at.december, at.places[:1], ["zz"])

    page = text_of(client.get(address("return", at.december)))

    assert "“zz” is no grade of this scale and no reason. Kept as you typed it. Type" in page


def test_the_check_page_has_few_steps_for_who_goes_by_tab(client, at):
    """A link beside what stands out or is missing, and one for all the rest: from Today to submitted in 40 keys."""
    enter(client, at.hannah, at.december, at.places, ["3b", "Absent", "3b", "2a", "3b", "3c"])

    page = client.get(address("return_check", at.december)).content.decode()

    assert page.count(">Change<span") == 1  # down two sub-levels
    assert page.count(">Change a grade</a>") == 1


def test_nobody_typed_the_grade_of_a_pupil_who_has_left(client, at):
    left = at.places[5]
    left.until, left.ended_because = dt.date(2026, 11, 1), "left"
    left.save()
    count_returns(at.programme)
    enter(client, at.hannah, at.december, at.places[:2], ["3a", "3b"])

    client.force_login(at.hannah)
    grades, today = (text_of(client.get(url)) for url in (reverse("pupils:returns"), "/"))
    client.force_login(at.amira)
    heat = text_of(client.get(reverse("reports:completeness", args=[at.programme.slug])))
    roster = text_of(client.get(reverse("reports:roster")))

    assert "2 of 6 typed, 1 without a grade" in grades
    assert "2 of 6 are typed, 1 without a grade, and not submitted." in today
    assert "2 of 6 typed, 1 without a grade" in heat
    assert "2 of 6 typed, 1 without a grade" in roster


def test_the_roster_says_how_many_of_all_are_in_without_a_grade(client, at):
    enter(client, at.hannah, at.december, at.places, DECEMBER)
    submit(client, at.hannah, at.december)

    client.force_login(at.amira)
    roster = text_of(client.get(reverse("reports:roster")))

    assert "December: all 6 in, 1 without a grade" in roster


@pytest.mark.parametrize("reason", ["Typed into the wrong row", "Typed into the wrong row."])
def test_a_reason_ends_with_one_full_stop_where_more_follows(client, at, reason):
    client.force_login(at.hannah)
    client.post(address("return_correct", at.october), {"reason": reason})

    page = text_of(client.get(address("return", at.october)))

    assert "Typed into the wrong row. What was submitted before" in page
