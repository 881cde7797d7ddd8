"""The sheet of a lesson is planned together: different boxes never disturb each other, one box shows both texts."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from accounts.roles import Role
from lessons import services
from lessons.models import NoteRevision, Observation, ResearchLesson
from lessons.pages.sheet import sheet_page
from tests.reading import text_of
from tests.studies.writing import address, cell, post, predicted, save, texts_of, write

pytestmark = pytest.mark.django_db


def test_two_who_write_in_different_boxes_never_disturb_each_other(client, ours):
    first = save(client, ours.pat, ours.first, cell(predicted(ours), "Calls out"), since=0)
    second = save(client, ours.sara, ours.first, cell(predicted(ours, "B"), "Listens"), since=0)

    assert (first.status_code, second.status_code) == (200, 200)
    assert texts_of(ours.first) == {predicted(ours): "Calls out", predicted(ours, "B"): "Listens"}
    assert [(row["field"], row["text"], row["by"]) for row in second.json()["news"]] == [
        (predicted(ours), "Calls out", str(ours.pat)),
        (predicted(ours, "B"), "Listens", str(ours.sara)),
    ]


def test_a_page_hears_only_what_is_new_to_it(client, ours):
    version = save(client, ours.pat, ours.first, cell("intention", "Edit"), since=0).json()["version"]
    save(client, ours.sara, ours.first, cell("criteria", "I can edit"))

    heard = client.get(f"{address('lesson_autosave', ours.first)}?since={version}").json()

    assert (heard["version"], [row["field"] for row in heard["news"]]) == (version + 1, ["criteria"])
    assert client.get(f"{address('lesson_autosave', ours.first)}?since={version + 1}").json()["news"] == []


def test_two_who_write_in_one_box_see_both_texts_and_neither_is_lost(client, ours):
    save(client, ours.pat, ours.first, cell("intention", "Pat's"))

    answer = save(client, ours.sara, ours.first, cell("intention", "Sara's"))
    page = post(client, ours.sara, ours.second, intention="Sara's")

    state = answer.json()["cells"]["intention"]
    assert (answer.status_code, state["state"], state["theirs"], state["by"]) == (
        409,
        "conflict",
        "Pat's",
        str(ours.pat),
    )
    assert page.status_code == 200  # another lesson's box of that name is another box
    kept = NoteRevision.objects.filter(sheet=ours.first.sheet, made=None)
    assert [(row.text, row.by) for row in kept] == [("Sara's", ours.sara)]


def test_what_comes_again_after_somebody_else_wrote_answers_with_the_version_that_it_made(client, ours):
    mine, theirs = uuid.uuid4(), uuid.uuid4()
    save(client, ours.sara, ours.first, cell("intention", "Mine"), page=mine)
    save(client, ours.pat, ours.first, cell("intention", "Theirs", base=1), page=theirs)

    again = save(client, ours.sara, ours.first, cell("intention", "Mine"), page=mine).json()["cells"]["intention"]
    answer = save(client, ours.sara, ours.first, cell("intention", "Mine, and on", seq=2, base=1), page=mine)

    assert (again["state"], again["version"]) == ("saved", 1)
    assert (answer.status_code, answer.json()["cells"]["intention"]["theirs"]) == (409, "Theirs")
    assert texts_of(ours.first)["intention"] == "Theirs"


def test_what_came_for_a_locked_box_is_told_so_again_when_it_comes_again(client, ours):
    box, page = f"predicted-{ours.stages[0].pk}-A", uuid.uuid4()
    services.start_lesson(ours.pat, ours.first)

    answers = [save(client, ours.sara, ours.first, cell(box, "Late"), page=page) for _ in range(2)]

    told = [(answer.status_code, answer.json()["cells"][box]) for answer in answers]
    assert told[0][1]["state"] == "fixed"
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "text", ["x" * 20_000, "👩‍🏫 sees \U0001d49c", "قرأ الجملة", "a\u202eb", "<b>Bold</b> & <script>"]
)
def test_whatever_is_typed_comes_back_as_it_was(client, ours, text):
    answer = save(client, ours.pat, ours.first, cell("intention", text))

    assert (answer.status_code, texts_of(ours.first)) == (200, {"intention": text})
    assert client.get(address("sheet", ours.first)).context["page"].intention.text == text


@pytest.mark.parametrize("field", ["password", "predicted-0-A", "predicted-1-G", "stage-1-rating", "late-A", "x" * 90])
def test_a_box_that_no_page_has_is_refused(client, ours, field):
    assert save(client, ours.pat, ours.first, cell(field, "Words")).status_code == 400


def test_whoever_left_the_group_is_told_and_the_words_are_kept_for_it(client, ours):
    services.end_member(ours.pat, ours.group, ours.sara)

    answer = save(client, ours.sara, ours.first, cell("intention", "My last words"))
    by_form = post(client, ours.sara, ours.first, criteria="By form")
    seen = client.get(address("sheet", ours.first))

    assert (answer.status_code, by_form.status_code, seen.status_code) == (410, 409, 404)
    assert "You are not a member of this study any more" in answer.json()["words"]
    assert "By form" in text_of(by_form)
    client.force_login(ours.pat)
    page = client.get(address("sheet", ours.first))
    assert [(row.text, row.by) for row in page.context["page"].kept] == [
        ("By form", ours.sara),
        ("My last words", ours.sara),
    ]
    assert texts_of(ours.first) == {}


def test_words_of_somebody_who_left_are_kept_once_under_whichever_number_they_come(client, ours):
    page = uuid.uuid4()
    services.end_member(ours.pat, ours.group, ours.sara)

    for number in (3, 1003):
        save(client, ours.sara, ours.first, cell("intention", "My last words", seq=number), page=page)

    assert NoteRevision.objects.filter(sheet=ours.first.sheet).count() == 1


def test_a_finished_study_stays_as_it_is_until_the_group_goes_on(client, ours):
    services.finish_study(ours.pat, ours.group)

    answer = save(client, ours.pat, ours.first, cell("intention", "Late"))
    page = client.get(address("sheet", ours.first))
    client.post(address("study_finish", ours.group), {"finished": "no"})

    assert (answer.status_code, page.status_code) == (410, 200)
    assert "<textarea" not in page.content.decode()
    assert save(client, ours.pat, ours.first, cell("intention", "Again")).status_code == 200


def test_times_follow_from_the_beginning_and_the_minutes(client, ours):
    ours.first.at = dt.time(10)
    ours.first.save()
    minutes = {
        f"stage-{stage.pk}-minutes": text for stage, text in zip(ours.stages, ["8", "12 min", "", "5"], strict=True)
    }
    write(ours.pat, ours.first, minutes)

    page = sheet_page(ours.pat, ResearchLesson.objects.with_study().get(pk=ours.first.pk))

    assert [row.planned for row in page.rows] == ["10:00 to 10:08", "10:08 to 10:20", "", ""]


def test_minutes_that_are_no_number_are_kept_and_said(client, ours):
    name = f"stage-{ours.stages[0].pk}-minutes"
    why = "“a while” is no number of minutes. Write it like 10."

    answer = save(client, ours.pat, ours.first, cell(name, "a while"))
    page = text_of(client.get(address("sheet", ours.first)))
    posted = post(client, ours.pat, ours.first, **{name.replace("-", "__"): "for a while"})
    mended = save(client, ours.pat, ours.first, cell(name, "12 min", base=2))

    assert answer.json()["cells"][name]["problem"] == why
    assert why in page
    assert [str(message) for message in posted.context["messages"]] == [
        "Saved. Something cannot be read as it stands: what it is, is said below."
    ]
    assert "problem" not in mended.json()["cells"][name]
    assert texts_of(ours.first)[name] == "12 min"


def test_when_and_who_is_kept_and_a_pupil_without_observer_is_named(client, ours):
    client.force_login(ours.pat)
    data = {
        "on": "14/1/2027",
        "at": "10am",
        f"part-{ours.pat.pk}-teaches": "on",
        f"part-{ours.sara.pk}-observes": "on",
        f"watch-{ours.sara.pk}-A": "on",
        f"watch-{ours.sara.pk}-C": "on",
        "chairs": ours.sara.pk,
    }

    client.post(address("plan", ours.first), data)

    lesson = ResearchLesson.objects.with_study().get(pk=ours.first.pk)
    assert (lesson.day, lesson.at) == (dt.date(2027, 1, 14), dt.time(10))
    assert {(row.person, row.part) for row in lesson.parts.all()} == {
        (ours.pat, "teaches"),
        (ours.sara, "observes"),
        (ours.sara, "chairs"),
    }
    assert sheet_page(ours.pat, lesson).not_watched == ["B"]
    assert "Nobody watches B" in text_of(client.get(address("sheet", ours.first)))


def test_one_pupil_at_a_time_is_the_same_sheet(client, ours):
    client.force_login(ours.pat)

    page = client.get(f"{address('sheet', ours.first)}?pupil=B")
    unknown = client.get(f"{address('sheet', ours.first)}?pupil=<b>")

    assert 'data-pupil="B"' in page.content.decode()
    assert "ls-sheetbox--one" in page.content.decode()
    assert 'data-pupil="A"' in unknown.content.decode()


def test_observations_stand_where_they_were_made_newest_five_of_each_cell(client, ours):
    pupil = ours.group.case_pupils.get(letter="B")
    now = timezone.now()
    for minute in range(7):
        Observation.objects.create(
            lesson=ours.first,
            person=ours.sara,
            case_pupil=pupil,
            stage=ours.stages[1],
            text=f"Note {minute}",
            at=now + dt.timedelta(minutes=minute),
        )
    services.start_lesson(ours.pat, ours.first)
    client.force_login(ours.pat)

    page = client.get(address("sheet", ours.first))

    found = page.context["page"].rows[1].cells[1]
    assert [one.row.text for one in found.newest] == [f"Note {minute}" for minute in range(2, 7)]
    assert "2 earlier notes" in text_of(page)


def test_the_page_says_which_guests_read_it(client, ours):
    guest = ours.people[Role.GUEST]
    ours.first.guests.create(person=guest, invited_by=ours.pat, until=timezone.localdate())
    client.force_login(ours.pat)

    assert f"{guest} as a guest of this lesson until" in text_of(client.get(address("sheet", ours.first)))


def test_that_nobody_watches_a_pupil_stands_beside_the_day_until_the_lesson_is_over_or_cancelled(client, ours):
    client.force_login(ours.pat)

    def shown():
        text = text_of(client.get(address("sheet", ours.first)))
        return "Nobody watches A, B and C" in text.partition("We want to find out")[0], "Nobody watches" in text

    planned = shown()
    ResearchLesson.objects.filter(pk=ours.first.pk).update(cancelled_at=timezone.now(), cancelled_because="Snow.")
    cancelled = shown()
    now = timezone.now()
    ended = {"started_at": now, "ended_at": now, "started_by": ours.pat}
    ResearchLesson.objects.filter(pk=ours.first.pk).update(cancelled_at=None, cancelled_because="", **ended)

    assert (planned, cancelled, shown()) == ((True, True), (False, False), (False, False))


def test_what_is_long_is_shown_shortened_with_the_whole_to_open_in_place(client, ours):
    stage, long = ours.stages[0], "Looks at the word, covers it, says it. " * 30
    save(client, ours.pat, ours.first, cell(predicted(ours), f"Predicted. {long}"))
    save(client, ours.pat, ours.first, cell(predicted(ours, "B"), "Waits."))
    client.post(address("lesson_start", ours.first))
    pupil = ours.group.case_pupils.get(letter="A")
    for text, kind in ((f"Seen. {long}", "words"), ("Nods.", "action")):
        Observation.objects.create(
            lesson=ours.first, person=ours.sara, stage=stage, case_pupil=pupil, text=text, kind=kind, at=timezone.now()
        )

    page = client.get(address("sheet", ours.first)).content.decode()

    assert page.count('<details class="ls-long__whole">') == 2
    assert page.count(f"Predicted. {long.strip()}") == page.count(f"Seen. {long.strip()}") == 1
    assert (page.count("Waits."), page.count("Nods.")) == (1, 1)
    assert f": what {ours.sara} saw at" in text_of(client.get(address("sheet", ours.first)))


def test_earlier_notes_of_a_cell_are_read_in_place_too(client, ours):
    client.force_login(ours.pat)
    pupil = ours.group.case_pupils.get(letter="A")
    for number in range(8):
        Observation.objects.create(
            lesson=ours.first,
            person=ours.sara,
            stage=ours.stages[0],
            case_pupil=pupil,
            text=f"Note {number}",
            at=timezone.now() + dt.timedelta(seconds=number),
        )

    text = text_of(client.get(address("sheet", ours.first)))

    assert "3 earlier notes" in text
    assert [text.count(f"Note {number}") for number in range(8)] == [1] * 8


def test_a_pupil_whose_only_watcher_has_left_is_watched_by_nobody_and_who_left_has_no_part(client, ours):
    pupils = {one.letter: one for one in ours.group.case_pupils.all()}
    parts = [(ours.pat, "teaches"), (ours.sara, "observes")]
    services.plan_lesson(
        ours.pat, ours.first, None, None, None, parts, [(ours.pat, pupils["A"]), (ours.sara, pupils["B"])]
    )
    client.force_login(ours.pat)
    before = text_of(client.get(address("sheet", ours.first)))

    services.end_member(ours.pat, ours.group, ours.sara)
    sheet = text_of(client.get(address("sheet", ours.first)))
    classroom = client.get(address("observe", ours.first)).context["classroom"]

    assert ("Nobody watches C" in before, f"{ours.sara} observes" in before) == (True, True)
    assert ("Nobody watches B and C" in sheet, f"{ours.sara} observes" in sheet) == (True, False)
    assert {pupil.letter: pupil.watchers for pupil in classroom.pupils} == {"A": [ours.pat], "B": [], "C": []}


def test_of_a_lesson_that_is_over_it_stays_said_who_did_what(client, ours):
    services.start_lesson(ours.pat, ours.first)
    services.end_lesson(ours.pat, ours.first)
    services.end_member(ours.pat, ours.group, ours.sara)
    client.force_login(ours.pat)

    assert f"{ours.sara} observes" in text_of(client.get(address("sheet", ours.first)))
