"""Visit records as they are written: what is asked, what its rows follow, and what keeps somebody from writing."""

import datetime as dt

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError

from accounts.roles import Role
from lessons.models import NoteRevision, RecordAction, VisitRecord
from lessons.sections import sections_of
from programmes.models import PartnerTeacher, TimetableStep
from tests.factories import VisitFactory
from tests.reading import text_of
from tests.records.writing import VISITED_ON, address, opened, sign, texts_of, whole, write
from visits.models import Visit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_a_teacher_writes_a_record_and_its_rows_follow_the_words(client, ours):
    read = write(client, ours.pat, ours.past, **whole(ours))

    record = ours.past.record
    assert text_of(read).count("Talk before writing.") == 1
    assert texts_of(record) == {name.replace("__", "-"): text for name, text in whole(ours).items()}
    assert [(a.number, a.what, a.owner, a.due_on) for a in record.actions.all()] == [
        (1, "Lend the fraction wall", ours.sara, dt.date(2026, 11, 20))
    ]
    assert {(task.side, task.what, task.due_on) for task in record.gap_tasks.all()} == {
        ("specialist", "Find three open questions", None),
        ("partner", "Try talk partners with A and B", dt.date(2026, 11, 24)),
    }
    assert [(row.place, row.is_present) for row in record.presences.all()] == [(ours.place, True)]
    assert dict(ours.past.bookings.values_list("person", "covered_by")) == {ours.pat.pk: "supply", ours.sara.pk: ""}
    assert ours.past.recorded_at is None
    assert NoteRevision.objects.filter(sheet=record.sheet).count() == len(whole(ours))


def test_a_box_that_is_emptied_takes_its_row_with_it(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))

    write(client, ours.sara, ours.past, action__1__what="", gap__partner__what=" ")

    assert not RecordAction.objects.filter(record=ours.past.record).exists()
    assert [task.side for task in ours.past.record.gap_tasks.all()] == ["specialist"]
    assert NoteRevision.objects.filter(field="action-1-what").count() == 2


def test_what_came_once_is_neither_changed_nor_deleted(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        NoteRevision.objects.update(text="Nothing")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        NoteRevision.objects.all().delete()


@pytest.mark.parametrize(
    ("typed", "due_on", "words"),
    [
        ("banana", None, "no day can be read in “banana”"),
        ("1/1/2020", None, "“1/1/2020” is before the day of the visit"),
        ("9/11/2026", None, "“9/11/2026” is before the day of the visit"),
        ("10/11/2026", dt.date(2026, 11, 10), "by Tuesday 10 November"),
        ("31/8/2027", dt.date(2027, 8, 31), "by Tuesday 31 August"),
        ("1/9/2027", dt.date(2027, 9, 1), "by Wednesday 1 September 2027"),
    ],
)
def test_a_day_that_cannot_be_meant_is_told_at_once_beside_its_box_and_before_signing(
    client, ours, typed, due_on, words
):
    read = write(client, ours.pat, ours.past, **whole(ours) | {"action__1__due_on": typed})
    reopened = client.get(address("write", ours.past))
    signed = sign(client, ours.pat, ours.past.record)

    sentence = f"{words[:1].upper()}{words[1:]}. Write it as 24/11/2026 or 24 November 2026."
    shown = [(box.field, box.error) for box in reopened.context["editor"].boxes if box.error]
    assert ours.past.record.actions.get().due_on == due_on
    assert f"{ours.sara}, {words}" in text_of(read).replace("\n", " ")
    assert (f"Action 1: {sentence}" in text_of(read)) == (due_on is None)
    assert shown == ([] if due_on else [("action-1-due_on", sentence)])
    assert f'value="{typed}"' in reopened.content.decode()
    assert signed.context.get("lacking", []) == ([] if due_on else [("action-1-due_on", f"Action 1: {sentence}")])


def test_one_press_says_of_all_pupils_that_they_were_there_and_saves_the_rest(client, ours):
    data = opened(client, ours.pat, ours.past)

    saved = client.post(address("write", ours.past), data | {"section-focus": "Talk", "all_there": "1"})

    assert saved["Location"] == f"{address('write', ours.past)}#pupils"
    assert texts_of(ours.past.record) == {"section-focus": "Talk", f"presence-{ours.place.pk}": "present"}
    assert [(row.place, row.is_present) for row in ours.past.record.presences.all()] == [(ours.place, True)]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"on": dt.date(2026, 11, 13)}, "This visit is still to come."),
        (
            {"status": "cancelled", "cancelled_because": "Snow"},
            "This visit was cancelled, so there is no record of it.",
        ),
    ],
)
def test_a_visit_to_come_or_cancelled_takes_no_record_and_keeps_the_words(client, ours, fields, words):
    data = opened(client, ours.pat, ours.past)
    Visit.objects.filter(pk=ours.past.pk).update(**fields)

    shown = client.get(address("write", ours.past), follow=True)
    sent = client.post(address("write", ours.past), data | {"section-focus": "Talk"})

    assert words in text_of(shown)
    assert (sent.status_code, words in text_of(sent), "Talk" in sent.content.decode()) == (409, True, True)
    assert NoteRevision.objects.get(sheet__record__visit=ours.past).text == "Talk"
    assert texts_of(ours.past.record) == {}


def test_words_of_someone_who_left_meanwhile_are_kept_and_they_are_told(client, ours):
    data = opened(client, ours.pat, ours.past)
    PartnerTeacher.objects.filter(user=ours.pat).update(until=dt.date(2026, 11, 11), because="Moved")
    ours.memberships[Role.PARTNER].delete()

    sent = client.post(address("write", ours.past), data | {"section-focus": "My last words"})
    shown = client.get(address("write", ours.past))

    client.force_login(ours.sara)
    still_there = text_of(client.get(address("record", ours.past)))

    assert "Words that were kept and are not in the record (1)" in still_there
    assert "My last words" in still_there
    assert sent.status_code == 409
    assert "You are not a teacher of this partnership any more" in text_of(sent)
    assert "My last words" in sent.content.decode()
    assert shown.status_code == 404
    assert [(row.text, row.by, row.made) for row in NoteRevision.objects.filter(sheet__record__visit=ours.past)] == [
        ("My last words", ours.pat, None)
    ]


def test_what_a_record_asks_follows_the_kind_and_the_timetable(ours):
    step = TimetableStep(records="expectations; target pupils met; actions; plan of lesson study 1; Mood of the class")
    first = Visit(kind=Visit.Kind.FIRST, step=step)
    lesson = Visit(kind=Visit.Kind.RESEARCH_LESSON)

    assert [section.title for section in sections_of(first)] == [
        "Expectations",
        "Target pupils met",
        "Barriers",
        "Focus",
        "Plan of lesson study 1",
        "Mood of the class",
        "Anything else",
    ]
    assert [section.key for section in sections_of(lesson, ["section-climate", "section-own-old-words"])] == [
        "lesson",
        "barriers",
        "focus",
        "plan",
        "other",
        "climate",
        "own-old-words",
    ]


def test_only_the_last_visit_of_the_year_asks_who_was_reached(client, ours):
    Visit.objects.filter(pk=ours.visit.pk).update(status="cancelled", cancelled_because="Snow")
    last = opened(client, ours.pat, ours.past)
    VisitFactory(partnership=ours.partnership, on=dt.date(2027, 3, 2))
    not_last = opened(client, ours.pat, ours.past)

    assert [name for name in last if name.startswith("reached-")] == [
        "reached-teachers",
        "reached-pupils",
        "reached-source",
    ]
    assert [name for name in not_last if name.startswith("reached-")] == []


def test_reached_numbers_are_kept_as_numbers(client, ours):
    Visit.objects.filter(pk=ours.visit.pk).update(status="cancelled", cancelled_because="Snow")

    write(client, ours.pat, ours.past, section__focus="Talk", reached__teachers="11", reached__pupils="many")

    record = VisitRecord.objects.get(visit=ours.past)
    assert (record.reached_teachers, record.reached_pupils) == (11, None)
    assert record.visit.on == VISITED_ON
