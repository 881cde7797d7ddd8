"""When a lesson began, and what of its predictions stands whatever clock said so, and once the start is taken back."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from desks.services import fresh
from lessons import services
from lessons.models import ResearchLesson
from lessons.pages.sheet import sheet_page
from lessons.services import Cell
from tests.factories import VisitFactory
from tests.observing.lessons import address, item, minutes_ago, planned_lesson, send
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return planned_lesson()


def type_in(person, lesson, field, text, client=None):
    """As a page of the person's does that knows what stands there."""
    note = lesson.sheet.notes.filter(field=field).first()
    base = note.version if note else 0
    return services.write_cells(person, lesson.sheet, [Cell(field, text, base, 1)], client or uuid.uuid4())


def prediction(lesson):
    return f"predicted-{lesson.stages.first().pk}-A"


def late(person, lesson):
    page = sheet_page(person, ResearchLesson.objects.with_study().get(pk=lesson.pk))
    return [(late.by, late.text) for late in page.rows[0].cells[0].late]


def test_a_start_that_a_wrong_clock_dates_before_the_device_could_have_kept_it_is_now(client, ours):
    before = timezone.now()

    send(client, ours.sara, ours.today, item("start", at="2020-01-01T10:00:00+00:00"))

    ours.today.refresh_from_db()
    assert ours.today.started_at >= before
    assert fresh(ours.today.sheet).texts[prediction(ours.today)] == "A in modelled write"


def test_a_start_that_waited_on_the_device_for_six_days_is_when_it_was_tapped(client, ours):
    tapped = timezone.now() - dt.timedelta(days=6)

    send(client, ours.sara, ours.today, item("start", at=tapped.isoformat()))

    ours.today.refresh_from_db()
    assert ours.today.started_at == tapped


def test_predictions_that_a_start_set_back_are_there_again_once_it_is_taken_back(ours):
    field = prediction(ours.today)
    type_in(ours.sara, ours.today, field, "Waits for a friend")
    services.start_lesson(ours.pat, ours.today, minutes_ago(30))
    set_back = fresh(ours.today.sheet).texts[field]

    services.take_start_back(ours.pat, ours.today)

    note = ours.today.sheet.notes.get(field=field)
    assert (set_back, note.text, note.written_by) == ("", "Waits for a friend", ours.sara)
    type_in(ours.pat, ours.today, field, "Starts at once")
    services.start_lesson(ours.pat, ours.today, minutes_ago(30))
    assert late(ours.sara, ours.today) == [(ours.sara, "Waits for a friend"), (ours.pat, "Starts at once")]


def test_what_everybody_typed_after_the_lesson_shows_the_words_of_whoever_started_it_as_well(ours):
    field = prediction(ours.today)
    type_in(ours.pat, ours.today, field, "Starts at once")

    services.start_lesson(ours.pat, ours.today, minutes_ago(30))

    assert late(ours.sara, ours.today) == [(ours.pat, "Starts at once")]


def test_what_one_person_typed_on_two_devices_after_the_start_shows_both(ours):
    field = prediction(ours.today)
    services.start_lesson(ours.pat, ours.today)

    for words in ("From the tablet", "From the laptop"):
        type_in(ours.sara, ours.today, field, words)

    assert late(ours.pat, ours.today) == [(ours.sara, "From the tablet"), (ours.sara, "From the laptop")]


def test_the_words_of_one_page_show_as_they_were_typed_last(ours):
    field, page = prediction(ours.today), uuid.uuid4()
    services.start_lesson(ours.pat, ours.today)

    for seq, words in enumerate(["Waits", "Waits for a friend"], start=1):
        services.write_cells(ours.sara, ours.today.sheet, [Cell(field, words, 0, seq)], page)

    assert late(ours.pat, ours.today) == [(ours.sara, "Waits for a friend")]


def test_a_lesson_that_took_place_stays_held_when_the_half_day_that_held_it_is_cancelled(client, ours):
    visit = VisitFactory(partnership=ours.partnership, on=dt.date(2027, 3, 9))
    ours.today.visit, ours.today.on = visit, None
    ours.today.save()
    services.start_lesson(ours.pat, ours.today)

    visit.status, visit.cancelled_because = "cancelled", "not needed any more"
    visit.save()

    lesson = ResearchLesson.objects.with_study().get(pk=ours.today.pk)
    assert (lesson.why_cancelled, ResearchLesson.objects.standing().filter(pk=lesson.pk).exists()) == ("", True)
    assert send(client, ours.sara, lesson, item(text="Taps")).status_code == 200


@pytest.mark.parametrize("field", ["met-A", "evidence-A", "interview-A-can", "talk-A-happened", "thoughts"])
def test_a_start_is_not_taken_back_once_something_of_the_lesson_is_written(client, ours, field):
    services.start_lesson(ours.pat, ours.today)
    services.end_lesson(ours.pat, ours.today)
    type_in(ours.sara, ours.today, field, "no")

    with pytest.raises(services.Refused) as refused:
        services.take_start_back(ours.pat, ours.today)

    assert str(refused.value) == "Something of the lesson is written already, so it has begun."
    assert fresh(ours.today.sheet).locked == ["predicted-"]
    client.force_login(ours.pat)
    assert "Started by mistake?" not in text_of(client.get(address("sheet", ours.today)))


@pytest.mark.parametrize("is_ended", [False, True])
def test_a_start_by_mistake_can_be_taken_back_although_somebody_is_to_watch(client, ours, is_ended):
    services.start_lesson(ours.pat, ours.today)
    if is_ended:
        services.end_lesson(ours.pat, ours.today)
    client.force_login(ours.pat)
    page = text_of(client.get(address("sheet", ours.today)))

    client.post(address("lesson_start", ours.today), {"started": "no"})

    ours.today.refresh_from_db()
    assert ("Started by mistake?" in page, ours.today.is_started, ours.today.is_ended) == (True, False, False)


def test_a_stage_with_predictions_stays_once_the_lesson_has_begun(ours):
    first, second = ours.today.stages.all()
    for note in ours.today.sheet.notes.filter(field__startswith=f"predicted-{second.pk}"):
        type_in(ours.pat, ours.today, note.field, "")
    services.start_lesson(ours.pat, ours.today)

    taken_out = services.remove_stage(ours.today, second.pk)
    with pytest.raises(services.Refused) as refused:
        services.remove_stage(ours.today, first.pk)

    assert taken_out
    assert str(refused.value) == "Something was predicted for this stage before the lesson began, so it stays."
