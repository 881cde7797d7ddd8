"""What several observers saw, side by side; and what was written on paper and typed in later."""

import datetime as dt
import re
import uuid

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.roles import Role
from lessons.models import LessonGuest, LessonPart, Observation, ResearchLesson, StudyMember, StudyReader
from papers.templatetags import plain
from tests.factories import MembershipFactory, UserFactory
from tests.notebook import FAR
from tests.observing.lessons import address, item, minutes_ago, seen_of, send
from tests.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(client, ours):
    """Sara and Pat observed the first stage, Sara alone the second; a note of hers came after the end."""
    start, end = minutes_ago(60), minutes_ago(10)
    ResearchLesson.objects.filter(pk=ours.today.pk).update(started_at=start, started_by=ours.pat, ended_at=end)
    first, second = (stage.pk for stage in ours.today.stages.all())

    def note(text, minutes, **more):
        return item(more.pop("kind", "action"), text, at=minutes_ago(minutes).isoformat(), **more)

    tap = item("stage", "", "", stage=first, at=minutes_ago(59).isoformat())
    words = note("Put because.", 50, kind="words", stage=first, grouping="pair")
    send(client, ours.sara, ours.today, tap, words, note("Late thought", 1, pupil="B", stage=second))
    send(client, ours.pat, ours.today, note("Taps", 40, stage=first), note("Nods", 55, pupil="", stage=None))
    return ours


def parts_of(client, person, lesson, **asked):
    """Stage -> column -> the lines in it, as they are read."""
    client.force_login(person)
    timeline = client.get(address("timeline", lesson), asked).context["timeline"]
    return {
        part.stage.label if part.stage else None: {
            column.title: [
                f"{line.observer.initials}{' late' if line.is_late else ''}: {line.row.text}" for line in column.lines
            ]
            for column in part.columns
            if column.lines
        }
        for part in timeline.parts
    }


def test_observers_stand_side_by_side_by_stage_and_by_pupil(client, seen):
    by_pupil = parts_of(client, seen.pat, seen.today)
    sara, pat = str(seen.sara), str(seen.pat)

    assert by_pupil == {
        "Modelled write": {"Pupil A": [f"{sara}: Put because.", f"{pat}: Taps"]},
        "Edit with a partner": {"Pupil B": [f"{sara} late: Late thought"]},
        None: {"Class and teacher": [f"{pat}: Nods"]},
    }
    assert parts_of(client, seen.pat, seen.today, by="observer", pupil="A") == {
        "Modelled write": {sara: [f"{sara}: Put because."], pat: [f"{pat}: Taps"]},
        "Edit with a partner": {},
    }
    assert parts_of(client, seen.pat, seen.today, observer=str(seen.pat.pk)) == {
        "Modelled write": {"Pupil A": [f"{pat}: Taps"]},
        "Edit with a partner": {},
        None: {"Class and teacher": [f"{pat}: Nods"]},
    }
    assert parts_of(client, seen.pat, seen.today, pupil="Z", by="nothing") == by_pupil


def test_the_timeline_says_what_was_predicted_who_saw_it_and_what_came_after_the_lesson(client, seen):
    client.force_login(seen.pat)

    text = re.sub(r"\s+", " ", strip_tags(client.get(address("timeline", seen.today)).content.decode()))

    assert "Predicted: A in modelled write" in text
    assert "4 notes by" in text
    assert ", in a pairPut because." in text
    assert ", after the lessonLate thought" in text
    assert "Began at" in text


@pytest.fixture
def early(ours):
    """The lesson began at 2.59 and ended at 3.40; Sara made a note at 2.42, and Pat typed one in without a time."""
    at = dt.datetime.combine(timezone.localdate(), dt.time(2, 59, 30), timezone.get_current_timezone())
    ended = at + dt.timedelta(minutes=41)
    ResearchLesson.objects.filter(pk=ours.today.pk).update(started_at=at, started_by=ours.pat, ended_at=ended)
    pupil, stage = ours.today.study.case_pupils.first(), ours.today.stages.first()
    times = {"Comes in": -17, "Sits": 0, "Writes": 30}
    for text, minutes in times.items():
        moment = at + dt.timedelta(minutes=minutes)
        given = {"person": ours.sara, "case_pupil": pupil, "stage": stage if minutes else None}
        Observation.objects.create(lesson=ours.today, text=text, at=moment, **given)
    Observation.objects.create(lesson=ours.today, person=ours.pat, text="From a card", from_paper=True)
    return ours


def test_the_heading_has_the_times_of_the_notes_and_those_of_the_lesson(client, early):
    client.force_login(early.pat)

    def lead(**asked):
        return text_of(client.get(address("timeline", early.today), asked))

    assert ", from 02:42 to 03:29. The lesson began at 02:59 and ended at 03:40." in lead()
    assert "3 of 4 notes by" in lead(pupil="A")
    assert ", from 02:42 to 03:29. The lesson" in lead(pupil="A")
    assert "1 of 4 notes by" in lead(pupil="class")
    assert f"{early.sara}. The lesson began at 02:59 and ended at 03:40." in lead(pupil="class")


def test_notes_over_two_days_have_their_days_in_the_heading(client, early):
    start = ResearchLesson.objects.get(pk=early.today.pk).started_at
    when = timezone.localtime(start + dt.timedelta(days=1))
    Observation.objects.create(lesson=early.today, person=early.pat, text="The next day", at=when)
    client.force_login(early.pat)

    text = text_of(client.get(address("timeline", early.today)))

    assert f", from 02:42 on {plain.longday(start)} to 02:59 on {plain.longday(when)}. The lesson" in text


def test_notes_from_before_the_start_say_so(client, early):
    client.force_login(early.pat)

    response = client.get(address("timeline", early.today))

    lines = [line for part in response.context["timeline"].parts for column in part.columns for line in column.lines]
    assert {line.row.text: line.is_early for line in lines} == {
        "Comes in": True,
        "Sits": False,
        "Writes": False,
        "From a card": False,
    }
    assert ", before the lesson began Comes in" in text_of(response)


def test_the_timeline_has_the_tabs_of_the_lesson_for_its_readers_too(client, seen):
    reader = MembershipFactory(organisation=seen.organisation, role=Role.SPECIALIST).user
    StudyReader.objects.create(study=seen.today.study, person=reader, added_by=seen.pat, until=FAR)

    def tabs(person):
        client.force_login(person)
        return [
            f"{entry['label']}{' (here)' if entry['current'] else ''}"
            for entry in client.get(address("timeline", seen.today)).context["entries"]
        ]

    assert tabs(reader) == ["Sheet", "Observe", "What was seen (here)", "Interviews, 0 of 3", "Discussion"]
    assert tabs(seen.pat) == [*tabs(reader), "Private notes", "Guests"]


def test_the_filter_is_closed_until_it_is_in_use(client, seen):
    client.force_login(seen.pat)

    def is_open(**asked):
        page = client.get(address("timeline", seen.today), asked).content.decode()
        return re.search(r'<details class="ls-filter"( open)?>', page).group(1) is not None

    assert [is_open(), is_open(pupil="A"), is_open(by="observer"), is_open(pupil="Z")] == [False, True, True, False]


def test_what_is_kept_apart_is_read_by_the_chair_alone(client, seen):
    StudyMember.objects.filter(person=seen.sara).update(until=timezone.localdate())
    send(client, seen.sara, seen.today, item(text="After I had left"))
    chair = UserFactory(first_name="Cora", last_name="Chair")
    in_group = StudyMember.objects.create(study=seen.today.study, person=chair, added_by=seen.pat)

    def shown():
        client.force_login(seen.pat)
        return "After I had left" in client.get(address("timeline", seen.today)).content.decode()

    before = shown()
    LessonPart.objects.create(lesson=seen.today, person=chair, part="chairs")
    chaired = shown()
    in_group.until = timezone.localdate()
    in_group.save()

    assert (before, chaired, shown()) == (True, False, True)


def test_a_guest_reads_what_they_kept_and_nobody_elses(client, seen):
    guest = seen.people[Role.GUEST]
    LessonGuest.objects.create(lesson=seen.today, person=guest, invited_by=seen.pat, until=timezone.localdate())
    send(client, guest, seen.today, item(text="From the back row"))

    page = client.get(address("observe", seen.today)).content.decode()

    assert ("From the back row" in page, "Put because." in page) == (True, False)
    assert "Start lesson" not in page
    assert client.get(address("timeline", seen.today)).status_code == 403


def test_notes_from_paper_are_typed_into_a_table_once(client, ours):
    first, second = (stage.pk for stage in ours.today.stages.all())
    client.force_login(ours.sara)
    typed = {
        "client": str(uuid.uuid4()),
        f"time-{first}": "10.05",
        f"seen-{first}-A": "Taps\r\nthree times",
        f"seen-{first}-class": "All write",
        f"seen-{second}-B": " Copies ",
        f"seen-{second}-C": "   ",
        "seen-99999999999999999999-A": "No such stage",
    }

    answers = [client.post(address("from_paper", ours.today), typed, follow=True) for _ in range(2)]

    rows = ours.today.observations.order_by("pk")
    clock = [timezone.localtime(row.at).strftime("%d %H:%M") if row.at else "" for row in rows]
    at = f"{timezone.localdate():%d} 10:05"
    assert "3 notes are kept, marked as typed in from paper." in answers[0].content.decode()
    assert "0 notes are kept" in answers[1].content.decode()
    assert sorted(zip([row.text for row in rows], clock, [row.from_paper for row in rows], strict=True)) == [
        ("All write", at, True),
        ("Copies", "", True),
        ("Taps\nthree times", at, True),
    ]


def test_a_time_that_cannot_be_read_keeps_everything_that_was_typed(client, ours):
    first = ours.today.stages.first().pk
    client.force_login(ours.sara)
    typed = {f"time-{first}": "ten past", f"seen-{first}-A": "Taps", "client": str(uuid.uuid4())}

    wrong = client.post(address("from_paper", ours.today), typed)
    empty = client.post(address("from_paper", ours.today), {"client": typed["client"]}, follow=True)

    shown = wrong.content.decode()
    assert wrong.status_code == 200
    assert "“ten past” is no time. Write it like 10:25, or leave it empty." in shown
    assert ("\nTaps</textarea>" in shown, typed["client"] in shown) == (True, True)
    assert "Nothing was typed in." in empty.content.decode()
    assert seen_of(ours.today) == []


def test_whoever_has_left_reads_no_stage_and_loses_no_word_over_a_time_that_cannot_be_read(client, ours):
    person = ours.people[Role.GUEST]
    guest = LessonGuest.objects.create(lesson=ours.today, person=person, invited_by=ours.pat, until=FAR)
    LessonGuest.objects.filter(pk=guest.pk).update(ended_at=timezone.now())
    StudyMember.objects.filter(study=ours.today.study, person=ours.sara).update(until=timezone.localdate())
    first = ours.today.stages.first().pk

    for person in (ours.sara, guest.person):
        client.force_login(person)
        answer = client.post(address("from_paper", ours.today), {f"time-{first}": "zz", f"seen-{first}-A": "Taps"})

        assert answer.status_code == 409
        assert "Taps" in answer.content.decode()
        assert "Modelled write" not in answer.content.decode()
    kept = ours.today.observations.values_list("person", "text", "at")
    assert set(kept) == {(ours.sara.pk, "Taps", None), (guest.person.pk, "Taps", None)}


def test_paper_notes_for_a_cancelled_lesson_are_kept_apart(client, ours):
    first = ours.today.stages.first().pk
    ResearchLesson.objects.filter(pk=ours.today.pk).update(cancelled_at=timezone.now(), cancelled_because="Snow.")
    client.force_login(ours.sara)

    answer = client.post(address("from_paper", ours.today), {f"seen-{first}-A": "Taps"})

    assert answer.status_code == 409
    assert "Taps" in answer.content.decode()
    assert [row.apart[:25] for row in ours.today.observations.all()] == ["This lesson is cancelled:"]


def test_a_lesson_without_stages_and_without_a_day_takes_notes_from_paper(client, ours):
    ours.today.stages.all().delete()
    ResearchLesson.objects.filter(pk=ours.today.pk).update(on=None)
    client.force_login(ours.sara)

    client.post(address("from_paper", ours.today), {"seen-0-A": "Taps", "time-0": "10:05"})

    assert [(row.text, row.stage, row.at) for row in ours.today.observations.all()] == [("Taps", None, None)]
