"""A letter is one child's for good: nothing said about one pupil of a study is ever read as said about another."""

import uuid

import pytest
from django.utils import timezone

from lessons import services
from lessons.exports.studies import lessons_of, study_words
from lessons.models import LessonWatch, Observation, Photo, ResearchLesson
from lessons.pages.sheet import sheet_page
from lessons.services import Cell
from lessons.services.observing import Kept, keep_observations
from tests.factories import PlaceFactory
from tests.observing.lessons import item, send
from tests.reading import text_of
from tests.studies.writing import address
from tests.together import at_once

pytestmark = pytest.mark.django_db

STAYS = "stays a case pupil"


def letters(ours):
    return {one.letter: one.place for one in ours.group.case_pupils.all()}


def choose(ours, *places):
    services.choose_case_pupils(ours.pat, ours.group, list(places))
    return letters(ours)


def write(ours, sheet, field, text="Words"):
    services.write_cells(ours.pat, sheet, [Cell(field, text, 0, 1)], uuid.uuid4())


def test_a_letter_that_a_pupil_had_goes_to_nobody_else_and_comes_back_with_that_pupil(ours):
    one, two, three = ours.places
    new, newer = (PlaceFactory(partnership=ours.partnership) for _ in range(2))

    without = choose(ours, two, three, new)
    again = choose(ours, two, three, one, newer)

    assert without == {"B": two, "C": three, "D": new}
    assert again == {"A": one, "B": two, "C": three, "E": newer}


def words_of_lesson(field):
    return lambda ours, pupil: write(ours, ours.second.sheet, field)


def seen(model, **more):
    return lambda ours, pupil: model.objects.create(lesson=ours.second, person=ours.sara, case_pupil=pupil, **more)


@pytest.mark.parametrize(
    ("say", "where"),
    [
        (
            lambda ours, pupil: write(ours, ours.second.sheet, f"predicted-{ours.second.stages.first().pk}-A"),
            "lesson 2",
        ),
        (words_of_lesson("criterion-A"), "lesson 2"),
        (words_of_lesson("met-A"), "lesson 2"),
        (words_of_lesson("interview-A-can"), "lesson 2"),
        (words_of_lesson("interview-A-can-verbatim"), "lesson 2"),
        (words_of_lesson("talk-A-group"), "lesson 2"),
        (lambda ours, pupil: write(ours, ours.group.sheet, "typifies-A"), "the page of the study"),
        (lambda ours, pupil: write(ours, ours.group.sheet, "grade-A"), "the page of the study"),
        (seen(Observation, text="Looks up"), "lesson 2"),
        (seen(Observation, text="Looks up", apart="Too late"), "lesson 2"),
        (seen(Photo, file="photos/none.jpg", width=1, height=1), "lesson 2"),
    ],
)
def test_a_pupil_about_whom_something_stands_stays_and_the_page_says_where_it_stands(client, ours, say, where):
    say(ours, ours.group.case_pupils.get(letter="A"))
    client.force_login(ours.pat)

    told = client.post(address("case_pupils", ours.group), {"pupils": [place.pk for place in ours.places[1:]]})

    assert (told.status_code, list(letters(ours))) == (422, ["A", "B", "C"])
    assert f"A {STAYS}" in text_of(told)
    assert where in text_of(told)


def test_words_about_others_and_boxes_that_were_emptied_keep_nobody(ours):
    write(ours, ours.first.sheet, "intention")
    write(ours, ours.first.sheet, "talk-learned-1")
    write(ours, ours.first.sheet, "evidence-B")
    write(ours, ours.first.sheet, "evidence-A")
    note = ours.first.sheet.notes.get(field="evidence-A")
    services.write_cells(ours.pat, ours.first.sheet, [Cell("evidence-A", "", note.version, 1)], uuid.uuid4())

    assert list(choose(ours, *ours.places[1:])) == ["B", "C"]


def test_a_note_that_waited_on_a_device_is_never_of_another_child(client, ours):
    new = PlaceFactory(partnership=ours.partnership)
    choose(ours, *ours.places[1:], new)

    send(client, ours.sara, ours.first, item(text="Looks up", pupil="A"))

    row = ours.first.observations.get()
    assert (row.case_pupil, row.text) == (None, "A: Looks up")


def test_once_all_letters_were_given_the_page_says_what_can_be_done(client, ours):
    more = [PlaceFactory(partnership=ours.partnership) for _ in range(4)]
    choose(ours, *more[:3])
    client.force_login(ours.pat)

    told = client.post(address("case_pupils", ours.group), {"pupils": [more[0].pk, more[3].pk]})
    with_an_older_one = choose(ours, ours.places[0], more[0])

    assert "All letters from A to F have been given in this study" in text_of(told)
    assert with_an_older_one == {"A": ours.places[0], "D": more[0]}


def test_who_is_no_case_pupil_any_more_stands_on_no_page_and_in_no_file(client, ours):
    gone = ours.group.case_pupils.get(letter="A")
    LessonWatch.objects.create(lesson=ours.first, person=ours.sara, case_pupil=gone)
    choose(ours, *ours.places[1:])

    lesson = ResearchLesson.objects.with_study().get(pk=ours.first.pk)
    page = sheet_page(ours.pat, lesson)
    words = study_words(ours.pat, ours.group, lessons_of(ours.group), timezone.now())
    client.force_login(ours.pat)

    assert [column.letter for column in page.columns] == ["B", "C"]
    assert [pupil["letter"] for pupil in words["case_pupils"]] == ["B", "C"]
    assert words["lessons"][0]["watches"] == []
    for name, row in [("plan", ours.first), ("observe", ours.first), ("study_write", ours.group)]:
        assert client.get(address(name, row)).status_code == 200
    assert "typifies-A" not in client.get(address("study_write", ours.group)).content.decode()


def test_the_page_of_choosing_says_whose_letter_is_whose_and_that_it_stays_so(client, ours):
    choose(ours, *ours.places[1:])
    client.force_login(ours.pat)

    page = client.get(address("case_pupils", ours.group))

    labels = [str(label) for _, label in page.context["form"].fields["pupils"].choices]
    ends = {label.rpartition("(")[2].rstrip(")") for label in labels}
    assert ends == {"was A", "B", "C"}
    assert "A letter stays with one pupil for good" in text_of(page)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_whoever_writes_about_a_pupil_while_another_takes_it_out_loses_nothing(ours, attempt):
    client = uuid.uuid4()

    def take_out():
        services.choose_case_pupils(ours.sara, ours.group, ours.places[1:])

    def observe():
        keep_observations(ours.pat, ours.first, [Kept(client, "action", "Looks up", "A")], is_member=True)

    outcome, _ = at_once(take_out, observe, expecting=services.Refused)

    row = ours.first.observations.select_related("case_pupil").get()
    if outcome is None:
        assert (row.case_pupil, row.text) == (None, "A: Looks up")
    else:
        assert (str(outcome)[:20], row.case_pupil.letter) == (f"A {STAYS}"[:20], "A")
    assert ("A" in letters(ours)) == (outcome is not None)
