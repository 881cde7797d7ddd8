"""A sheet once its lesson has begun: predictions are locked, and what comes later stands beside them."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from lessons import services
from lessons.models import NoteRevision, Observation, ResearchLesson
from lessons.pages.sheet import sheet_page
from tests.reading import text_of
from tests.studies.writing import address, cell, predicted, save, texts_of, write

pytestmark = pytest.mark.django_db


def test_the_start_locks_predictions_and_later_words_stand_beside_them(client, ours):
    save(client, ours.pat, ours.first, cell(predicted(ours), "Calls out"))

    client.post(address("lesson_start", ours.first))
    late = save(client, ours.sara, ours.first, cell(predicted(ours), "Calls out, then stops", base=1))
    added = save(client, ours.sara, ours.first, cell(predicted(ours).replace("predicted", "late"), "I thought so"))
    pattern = save(client, ours.sara, ours.first, cell(f"stage-{ours.stages[0].pk}-pattern", "All of them"))

    page = client.get(address("sheet", ours.first)).context["page"]
    found = page.rows[0].cells[0]
    assert (late.status_code, added.status_code, pattern.status_code) == (409, 200, 200)
    assert late.json()["cells"][predicted(ours)]["state"] == "fixed"
    assert (found.predicted.text, [(one.text, one.by) for one in found.late], found.late_box.text) == (
        "Calls out",
        [("Calls out, then stops", ours.sara)],
        "I thought so",
    )
    assert "typed after the lesson" in text_of(client.get(address("sheet", ours.first)))


def test_a_lesson_that_began_before_it_was_said_sets_predictions_back_to_then(ours):
    began = dt.datetime(2027, 1, 14, 10, tzinfo=dt.UTC)
    stage = ours.stages[0].pk
    with time_machine.travel(began - dt.timedelta(hours=1), tick=False):
        write(ours.pat, ours.first, {f"predicted-{stage}-A": "Before"})
    with time_machine.travel(began + dt.timedelta(minutes=5), tick=False):
        write(ours.pat, ours.first, {f"predicted-{stage}-A": "After", f"predicted-{stage}-B": "New"}, bases=1)

    with time_machine.travel(began + dt.timedelta(minutes=40), tick=False):
        assert services.start_lesson(ours.sara, ours.first, began)
        assert not services.start_lesson(ours.pat, ours.first)

    lesson = ResearchLesson.objects.with_study().get(pk=ours.first.pk)
    assert (lesson.started_at, lesson.started_by, lesson.sheet.locked) == (began, ours.sara, ["predicted-"])
    assert texts_of(lesson) == {f"predicted-{stage}-A": "Before"}
    late = [(one.text, one.by) for cell in sheet_page(ours.sara, lesson).rows[0].cells for one in cell.late]
    assert late == [("After", ours.pat), ("New", ours.pat)]


def test_a_start_by_mistake_is_taken_back_until_something_is_observed(client, ours):
    client.force_login(ours.pat)
    client.post(address("lesson_start", ours.first))

    client.post(address("lesson_start", ours.first), {"started": "no"})
    unlocked = save(client, ours.pat, ours.first, cell(predicted(ours), "Calls out"))
    client.post(address("lesson_start", ours.first))
    Observation.objects.create(lesson=ours.first, person=ours.sara, text="Looks up")
    refused = client.post(address("lesson_start", ours.first), {"started": "no"}, follow=True)

    ours.first.refresh_from_db()
    assert unlocked.status_code == 200
    assert ours.first.is_started
    assert "Something was observed already, so the lesson has begun." in text_of(refused)


def test_a_cancelled_lesson_is_not_started_and_can_be_on_again(client, ours):
    client.force_login(ours.pat)

    client.post(address("lesson_cancel", ours.first), {"because": "Snow"})
    refused = client.post(address("lesson_start", ours.first), follow=True)
    client.post(address("lesson_cancel", ours.first), {"cancelled": "no"})
    client.post(address("lesson_start", ours.first))
    too_late = client.post(address("lesson_cancel", ours.first), {"because": "Snow"}, follow=True)

    ours.first.refresh_from_db()
    assert "This lesson was cancelled (Snow), so it was not started." in text_of(refused)
    assert "The lesson has begun or was cancelled already" in text_of(too_late)
    assert (ours.first.is_started, ours.first.why_cancelled) == (True, "")


def test_once_the_lesson_has_begun_times_that_nobody_marked_are_said_to_be_planned(ours):
    ours.first.at = dt.time(10)
    ours.first.save()
    write(ours.pat, ours.first, {f"stage-{stage.pk}-minutes": "10" for stage in ours.stages[:2]})
    services.start_lesson(ours.pat, ours.first)

    page = sheet_page(ours.pat, ResearchLesson.objects.with_study().get(pk=ours.first.pk))

    began = timezone.localtime(page.lesson.started_at)
    assert [row.times for row in page.rows] == [f"{began:%H:%M}", "planned 10:10 to 10:20", "", ""]


@pytest.mark.parametrize(("hour", "asked"), [(9, False), (11, True)])
def test_at_its_time_it_is_asked_whether_the_lesson_has_begun(client, ours, hour, asked):
    ResearchLesson.objects.filter(pk=ours.first.pk).update(on=dt.date(2027, 1, 14), at=dt.time(10), visit=None)
    with time_machine.travel(dt.datetime(2027, 1, 14, hour, tzinfo=dt.UTC), tick=False):
        client.force_login(ours.pat)
        pages = [text_of(client.get(address(name, ours.first))) for name in ("sheet", "observe")]
        client.post(address("lesson_start", ours.first))
        begun = text_of(client.get(address("sheet", ours.first)))

    assert ["Has the lesson begun?" in page for page in pages] == [asked, asked]
    assert "Has the lesson begun?" not in begun


def test_a_text_that_met_another_before_the_start_is_shown_once_the_lesson_has_begun(client, ours):
    save(client, ours.pat, ours.first, cell(predicted(ours), "Pat's"))
    save(client, ours.sara, ours.first, cell(predicted(ours), "Sara's"))
    services.start_lesson(ours.pat, ours.first)

    page = client.get(address("sheet", ours.first)).context["page"]

    assert [(row.text, row.by) for row in page.kept] == [("Sara's", ours.sara)]
    assert page.rows[0].cells[0].late == []


def test_of_what_somebody_goes_on_typing_after_the_start_the_last_text_is_shown(client, ours):
    services.start_lesson(ours.pat, ours.first)
    opened = uuid.uuid4()
    for number, text in enumerate(["He", "He reads", "He reads it"], start=1):
        save(client, ours.sara, ours.first, cell(predicted(ours), text, seq=number), page=opened)

    page = client.get(address("sheet", ours.first)).context["page"]

    assert [one.text for one in page.rows[0].cells[0].late] == ["He reads it"]
    assert NoteRevision.objects.filter(sheet=ours.first.sheet).count() == 3


def test_what_was_seen_before_the_lesson_began_says_so(client, ours):
    began = dt.datetime(2027, 1, 14, 10, 0, 40, tzinfo=dt.UTC)
    ResearchLesson.objects.filter(pk=ours.first.pk).update(started_at=began, started_by=ours.pat)
    pupil = ours.group.case_pupils.get(letter="A")
    for text, seconds in (("Reads the board", -17 * 60), ("Sits down", -40), ("Listens", 20)):
        Observation.objects.create(
            lesson=ours.first, person=ours.sara, case_pupil=pupil, text=text, at=began + dt.timedelta(seconds=seconds)
        )
    client.force_login(ours.pat)

    response = client.get(address("sheet", ours.first))

    [(_, found)] = response.context["page"].at_no_stage
    assert [(one.row.text, one.is_early) for one in found] == [
        ("Reads the board", True),
        ("Sits down", False),  # in the minute in which it began
        ("Listens", False),
    ]
    assert "before the lesson began Reads the board" in text_of(response)
    assert text_of(response).count("before the lesson began") == 1
