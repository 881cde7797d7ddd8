import re

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from lessons.models import Note, Observation, Stage
from tests.pdfs import elements, pages
from tests.study_papers.lessons import FORENAMES, STAGES, a_usual_lesson, held, minute

pytestmark = pytest.mark.django_db


def printed(client, person, lesson, size="a3"):
    client.force_login(person)
    return client.get(f"{reverse('lessons:paper', args=[lesson.pk])}?size={size}")


def in_order(text, *words):
    """The words stand in the text one after the other."""
    return re.search(".*".join(re.escape(word) for word in words), text) is not None


@pytest.mark.parametrize(("size", "count"), [("a3", 1), ("a4", 2)])
def test_a_usual_lesson_takes_one_a3_or_two_a4_with_room_to_write(client, ours, size, count):
    found = pages(printed(client, ours.sara, ours.usual, size).content)

    assert len(found) == count
    assert all("Research lesson 1, Tuesday 10 November 2026, 10am" in page for page in found)
    assert in_order(
        " ".join(found),
        "We want to find out how to improve the way pupils learn to edit for meaning",
        "mend a sentence",
        "I can say what I would change",
        f"A: {ours.sara}",
        "Nobody watches B and C",
        "Observer",
        "A predicted",
        "Pattern",
        *(words for number, stage in enumerate(STAGES, 1) for words in (f"{number}. {stage}", f"C in {stage.lower()}")),
        "End of the lesson",
        "Ring one.",
        "A Met Partly Not met Not seen",
    )
    assert all("A observed" in page for page in found)


@pytest.mark.parametrize(("size", "count"), [("a3", 1), ("a4", 2)])
def test_after_the_lesson_it_says_what_was_observed_by_whom_and_when(client, ours, size, count):
    lesson = held(ours)

    found = pages(printed(client, ours.sara, lesson, size).content)

    text, mark = " ".join(found), "".join(name[0] for name in (ours.sara.first_name, ours.sara.last_name)).upper()
    assert len(found) <= count
    assert in_order(
        text, "Predictions were locked at 10:02", f"10:06 {mark} pupil\u2019s words in a pair “Put because”"
    )
    assert in_order(
        text, f"11:12 {mark} typed after the lesson Looks round", "B: partly met Two stops put in", "Say it"
    )
    assert in_order(
        text, f"{mark} {ours.sara}, 3 notes", "Before a stage was marked", "Comes in humming", "whole class"
    )
    assert in_order(text, "teacher from paper Waits for all")
    assert "Observer" not in text
    assert "Nothing noted" in text


def test_pupils_are_letters_on_it(client, ours):
    held(ours)

    text = " ".join(pages(printed(client, ours.sara, ours.usual).content))

    assert [name for name in FORENAMES if name[:6] in text] == []
    assert "AA" not in text.split()  # the initials of Aurelie Aurelieson


def test_a_guest_prints_the_sheet_of_the_one_lesson_and_reads_nothing_else(client, ours):
    guest = ours.people[Role.GUEST]

    text = " ".join(pages(printed(client, guest, ours.lesson).content))

    assert "Ourside notebook" in text
    assert [words for words in ("Nextdoor", "Elsewhere", "OursideForename", "OursideFamily") if words in text] == []
    assert printed(client, guest, ours.usual).status_code == 404


def test_six_pupils_stand_on_one_a3_and_by_three_on_a4(client):
    ours = a_usual_lesson(pupils=6)

    a3, a4 = (pages(printed(client, ours.sara, ours.usual, size).content) for size in ("a3", "a4"))

    assert (len(a3), len(a4)) == (1, 4)
    assert "F in stage of ending" in a3[0]
    assert [[letter for letter in "ABCDEF" if f"{letter} predicted" in page] for page in a4] == [
        ["A", "B", "C"],
        ["A", "B", "C"],
        ["D", "E", "F"],
        ["D", "E", "F"],
    ]
    words = client.get(reverse("lessons:sheet", args=[ours.usual.pk])).content.decode()
    assert "With six pupils the type on A3 is small" in words


def test_more_stages_go_on_over_further_pages_each_with_its_heads(client, ours):
    Stage.objects.bulk_create(Stage(lesson=ours.usual, position=place) for place in range(20, 24))

    found = pages(printed(client, ours.sara, ours.usual).content)

    assert len(found) == 2
    assert all("B predicted" in page for page in found)
    assert "continued" in found[1]


def test_200_notes_run_over_few_pages_each_with_its_heads(client, ours):
    lesson = held(ours)
    pupils, stages = list(lesson.study.case_pupils.all()), list(lesson.stages.all())[:3]
    Observation.objects.bulk_create(
        Observation(
            lesson=lesson,
            person=ours.sara,
            case_pupil=pupils[number % 3],
            stage=stages[number // 3 % 3],
            text=f"note{number} reads aloud, stops, looks up",
            at=minute(number // 5),
        )
        for number in range(200)
    )

    found = pages(printed(client, ours.sara, lesson).content)

    assert len(found) <= 4
    assert all("A predicted" in page for page in found)
    assert {f"note{number}" for number in range(200)} <= set(" ".join(found).split())


def test_a_text_of_20_000_characters_loses_no_word(client, ours):
    cell = Note.objects.filter(field__startswith="predicted-", sheet=ours.usual.sheet).first()
    Note.objects.filter(pk=cell.pk).update(text="".join(f"word{number} " for number in range(2000)))

    text = " ".join(pages(printed(client, ours.sara, ours.usual).content))

    assert {f"word{number}" for number in range(2000)} <= set(text.split())


def test_a_lesson_without_pupils_or_stages_prints_too(client):
    ours = a_usual_lesson(pupils=0, stages=[])

    assert len(pages(printed(client, ours.sara, ours.usual).content)) == 1


def test_it_is_tagged_and_named_without_a_person(client, ours):
    response = printed(client, ours.sara, ours.usual)

    pdf, found = elements(response.content)
    assert str(pdf.docinfo["/Title"]) == "Research lesson 1: sheet, Tuesday 10 November 2026"
    assert str(pdf.Root.Lang) == "en-GB"
    assert all("/Scope" in e.A for e in found if e.S == "/TH")
    assert next(str(e.S) for e in found if str(e.S).startswith("/H")) == "/H1"
    name = f"lesson-1-a3-{ours.programme.slug}-{ours.partnership.ref.lower()}.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'


def test_another_size_does_not_exist_and_each_print_is_recorded_by_ids(client, ours):
    assert printed(client, ours.sara, ours.usual, "a5").status_code == 404

    printed(client, ours.sara, ours.usual, "a4")

    events = AuditEvent.objects.filter(did="lessons.printed").values_list("who", "about", "model", "row")
    assert list(events) == [(ours.sara.pk, "a4", "lessons.researchlesson", ours.usual.pk)]
