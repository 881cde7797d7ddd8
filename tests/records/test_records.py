"""A visit record by plain forms: written by either teacher, signed by both, then fixed; read by whom it is for."""

import datetime as dt

import pytest
import time_machine
from django.db import transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from accounts.models import AuditEvent, OutgoingMail
from accounts.roles import Role
from lessons.models import NoteRevision, RecordAction, VisitRecord
from lessons.sections import sections_of
from programmes.models import PartnerTeacher, Programme, TimetableStep
from tests.factories import MembershipFactory, UserFactory, VisitFactory
from tests.reading import text_of
from tests.records.writing import VISITED_ON, address, opened, past_visit, sign, texts_of, write
from visits.models import Visit

pytestmark = pytest.mark.django_db
TODAY = dt.datetime(2026, 11, 12, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def ours():
    return past_visit()


WORDS = {
    "section__barriers": "Few words for fractions.",
    "section__focus": "Talk before writing.",
    "action__1__what": "Lend the fraction wall",
    "action__1__due_on": "20 November 2026",
    "gap__specialist__what": "Find three open questions",
    "gap__partner__what": "Try talk partners with A and B",
    "gap__partner__due_on": "24/11/2026",
}


def whole(ours):
    """Every box filled in, by one teacher."""
    return WORDS | {
        "action__1__owner": str(ours.sara.pk),
        f"presence__{ours.place.pk}": "present",
        f"cover__{ours.pat.pk}": "supply",
    }


def signed_off(client, ours, **boxes):
    write(client, ours.pat, ours.past, **(boxes or whole(ours)))
    record = ours.past.record
    sign(client, ours.pat, record)
    sign(client, ours.sara, record)
    record.refresh_from_db()
    return record


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
    assert NoteRevision.objects.filter(record=record).count() == len(whole(ours))


def test_a_box_that_is_emptied_takes_its_row_with_it(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))

    write(client, ours.sara, ours.past, action__1__what="", gap__partner__what=" ")

    assert not RecordAction.objects.filter(record=ours.past.record).exists()
    assert [task.side for task in ours.past.record.gap_tasks.all()] == ["specialist"]
    assert NoteRevision.objects.filter(field="action-1-what").count() == 2


def test_signed_by_both_it_is_recorded_fixed_and_the_host_head_is_told(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))
    record = ours.past.record

    first = text_of(sign(client, ours.pat, record))
    half_way = Visit.objects.get(pk=ours.past.pk)
    second = text_of(sign(client, ours.sara, record))
    again = sign(client, ours.sara, record)

    record.refresh_from_db()
    ours.past.refresh_from_db()
    assert f"Waiting for {ours.sara} to sign." in first
    assert (half_way.status, half_way.recorded_at, half_way.signed_off_at) == ("took place", TODAY, None)
    assert "Signed off by both teachers." in second
    assert (ours.past.recorded_at, ours.past.signed_off_at, record.status) == (TODAY, TODAY, "signed off")
    assert again.status_code == 200
    assert [(row.side, row.person) for row in record.signatures.all()] == [
        ("partner", ours.pat),
        ("specialist", ours.sara),
    ]
    assert [(mail.kind, mail.to) for mail in OutgoingMail.objects.filter(kind__startswith="record").order_by("pk")] == [
        ("record_waits", ours.sara),
        ("record_signed", ours.people[Role.HEADTEACHER]),
    ]
    assert AuditEvent.objects.filter(did="visits.took place", row=ours.past.pk).count() == 1


def test_no_mail_or_audit_line_says_what_the_record_says(client, ours):
    signed_off(client, ours)

    told = [f"{mail.subject} {mail.text}" for mail in OutgoingMail.objects.filter(kind__startswith="record")]
    kept = [f"{event.did} {event.about}" for event in AuditEvent.objects.all()]

    canaries = ["fraction", "Talk", "talk partners", "OursideForename", ours.pupil.ref]
    assert len(told) == 2
    assert [canary for canary in canaries for line in [*told, *kept] if canary in line] == []


def test_a_signed_record_does_not_change_by_form_service_or_database(client, ours):
    data = opened(client, ours.pat, ours.past)
    record = signed_off(client, ours)

    late = client.post(address("write", ours.past), data | {"section-focus": "Something else"})
    reopened = client.post(address("reopen", ours.past), follow=True)

    assert late.status_code == 409
    assert "This came too late for the record" in text_of(late)
    assert "Something else" in text_of(late)
    assert "Both teachers have signed: the record stays." in text_of(reopened)
    assert texts_of(record)["section-focus"] == "Talk before writing."
    with pytest.raises(ProgrammingError, match="both sides have signed"), transaction.atomic():
        record.notes.filter(field="section-focus").update(text="Something else")
    assert NoteRevision.objects.get(text="Something else").made is None


def test_what_came_once_is_neither_changed_nor_deleted(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        NoteRevision.objects.update(text="Nothing")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        NoteRevision.objects.all().delete()


def test_before_both_have_signed_either_may_change_it_and_both_sign_anew(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))
    record = ours.past.record
    sign(client, ours.pat, record)

    client.force_login(ours.sara)
    page = client.post(address("reopen", ours.past), follow=True)
    write(client, ours.sara, ours.past, section__focus="Talk before and after writing.")

    record.refresh_from_db()
    assert "Both of you sign it anew." in text_of(page)
    assert (record.status, record.signatures.count()) == ("draft", 0)


def test_a_record_signed_by_mistake_is_taken_back_and_the_visit_can_be_cancelled(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))
    sign(client, ours.pat, ours.past.record)
    half_way = text_of(client.get(ours.past.get_absolute_url()))

    client.post(address("reopen", ours.past))
    opened_again = Visit.objects.get(pk=ours.past.pk)
    page = text_of(client.get(ours.past.get_absolute_url()))
    cancelled = client.post(reverse("visits:cancel", args=[ours.past.pk]), {"reason": "Sara was ill"})
    late = sign(client, ours.pat, ours.past.record)

    assert "The record waits for the second signature." in half_way
    assert (opened_again.status, opened_again.recorded_at) == ("planned", None)
    assert ("waits for the second signature" in page, "It did not take place" in page) == (False, True)
    assert cancelled.status_code == 302
    assert "The visit was cancelled, so nothing is signed." in text_of(late)
    ours.past.refresh_from_db()
    assert (ours.past.status, ours.past.recorded_at) == ("cancelled", None)
    assert [(row.what, row.by) for row in ours.past.changes.all()] == [
        ("took place", ours.pat),
        ("reopened", ours.pat),
        ("cancelled", ours.pat),
    ]


def test_in_a_closed_programme_no_record_is_opened_again(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))
    sign(client, ours.pat, ours.past.record)
    Programme.objects.update(status=Programme.Status.CLOSED)

    page = text_of(client.post(address("reopen", ours.past), follow=True))

    assert "The programme is closed, so its records stay as they are." in page
    assert ours.past.record.signatures.count() == 1


def test_whoever_signs_signs_what_they_read(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))
    seen = ours.past.record.version
    write(client, ours.sara, ours.past, section__focus="Changed meanwhile")

    client.force_login(ours.pat)
    page = client.post(address("sign", ours.past), {"version": seen}, follow=True)

    assert "The record was changed a moment ago, so nothing is signed." in text_of(page)
    assert not ours.past.record.signatures.exists()


def test_before_signing_what_is_lacking_is_named_and_led_to(client, ours):
    write(
        client,
        ours.pat,
        ours.past,
        section__focus="Talk",
        action__1__what="Ring",
        action__1__due_on="soon",
        gap__partner__what="Read",
        gap__partner__due_on="31/2/2027",
    )

    page = sign(client, ours.pat, ours.past.record)

    assert page.context["lacking"] == [
        ("action-1-owner", "Action 1: choose who does it."),
        ("action-1-due_on", "Action 1: No day can be read in “soon”. Write it as 24/11/2026 or 24 November 2026."),
        ("gap-partner-due_on", "No day can be read in “31/2/2027”. Write it as 24/11/2026 or 24 November 2026."),
    ]
    assert 'href="#action-1-owner"' in page.content.decode()
    assert 'value="soon"' in page.content.decode()


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


def test_before_signing_it_is_asked_who_covered_and_signing_goes_on_without(client, ours):
    asked = write(client, ours.pat, ours.past, **whole(ours))
    signed = sign(client, ours.pat, ours.past.record)

    assert f"Nobody has said who covered for {ours.sara}: say it" in text_of(asked)
    assert 'record/write/#cover"' in asked.content.decode()
    assert "You have signed the record." in text_of(signed)
    assert "Covered by: not said" in text_of(signed)


def test_one_press_says_of_all_pupils_that_they_were_there_and_saves_the_rest(client, ours):
    data = opened(client, ours.pat, ours.past)

    saved = client.post(address("write", ours.past), data | {"section-focus": "Talk", "all_there": "1"})

    assert saved["Location"] == f"{address('write', ours.past)}#pupils"
    assert texts_of(ours.past.record) == {"section-focus": "Talk", f"presence-{ours.place.pk}": "present"}
    assert [(row.place, row.is_present) for row in ours.past.record.presences.all()] == [(ours.place, True)]


def test_an_empty_record_is_not_signed(client, ours):
    write(client, ours.pat, ours.past)

    page = sign(client, ours.pat, ours.past.record)

    assert "Nothing is written yet." in text_of(page)
    assert not ours.past.record.signatures.exists()


def test_in_an_own_school_partnership_of_one_teacher_one_signature_is_both(client, ours):
    PartnerTeacher.objects.filter(partnership=ours.partnership).update(user=ours.sara)
    write(client, ours.sara, ours.past, section__focus="Both of me")

    sign(client, ours.sara, ours.past.record)

    assert [row.side for row in ours.past.record.signatures.order_by("side")] == ["partner", "specialist"]
    assert VisitRecord.objects.get(visit=ours.past).is_signed_off


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
    assert NoteRevision.objects.get(record__visit=ours.past).text == "Talk"
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
    assert [(row.text, row.by, row.made) for row in NoteRevision.objects.filter(record__visit=ours.past)] == [
        ("My last words", ours.pat, None)
    ]


def test_a_draft_is_read_by_the_two_teachers_and_nobody_else(client, ours):
    write(client, ours.pat, ours.past, **whole(ours))
    sign(client, ours.pat, ours.past.record)

    answers = {}
    for role, person in ours.people.items():
        client.force_login(person)
        answers[role] = [client.get(address(name, ours.past)).status_code for name in ("record", "pdf")]

    readers = {role for role, codes in answers.items() if codes == [200, 200]}
    assert readers == {Role.SPECIALIST, Role.PARTNER}
    assert [answers[role] for role in (Role.COORDINATOR, Role.CONSULTANT, Role.HEADTEACHER)] == [[404, 404]] * 3


def names_shown(client, person, visit):
    """Whether the page names the pupil, and whether it has reference and initials."""
    client.force_login(person)
    page = text_of(client.get(address("record", visit)))
    return "OursideForename" in page, "Ourside-C, OO" in page


def test_who_sees_the_pupils_and_how(client, ours):
    signed_off(client, ours)

    shown = {
        role: names_shown(client, ours.people[role], ours.past)
        for role in (Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER, Role.COORDINATOR, Role.CONSULTANT)
    }

    assert shown == {
        Role.SPECIALIST: (True, False),
        Role.PARTNER: (True, False),
        Role.HEADTEACHER: (True, False),
        Role.COORDINATOR: (False, True),
        Role.CONSULTANT: (False, True),
    }


def test_the_head_of_the_specialist_teachers_school_reads_a_reciprocal_visit_without_the_pupils(client):
    ours = past_visit(kind="reciprocal visit")
    home = ours.specialist.home_school
    Visit.objects.filter(pk=ours.past.pk).update(host=home)
    head = UserFactory()
    MembershipFactory(user=head, role=Role.HEADTEACHER, organisation=ours.organisation, school=home)
    ours.past.refresh_from_db()
    signed_off(client, ours, **{f"presence__{ours.place.pk}": "absent", "section__climate": "Calm corridors"})

    shown = names_shown(client, head, ours.past)
    client.force_login(head)
    page = text_of(client.get(address("record", ours.past)))
    client.force_login(ours.people[Role.HEADTEACHER])
    other = client.get(address("record", ours.past))

    assert shown == (False, False)
    assert ("Calm corridors" in page, "Absent" in page, "Target pupils" in page) == (True, False, False)
    assert other.status_code == 404


def test_a_correction_stands_below_and_changes_nothing_above(client, ours):
    record = signed_off(client, ours)

    client.force_login(ours.sara)
    empty = client.post(address("correct", ours.past), {"correction-text": "  "})
    for _ in range(2):
        page = client.post(address("correct", ours.past), {"correction-text": "It was Year 4."}, follow=True)

    assert (empty.status_code, "Write what is to be corrected." in text_of(empty)) == (422, True)
    assert "It was Year 4." in text_of(page)
    assert [(row.text, row.by) for row in record.corrections.all()] == [("It was Year 4.", ours.sara)]
    assert texts_of(record)["section-focus"] == "Talk before writing."


@pytest.mark.parametrize(("length", "kept"), [(2000, 1), (2001, 0)])
def test_what_is_added_below_for_good_has_a_length_and_is_not_cut(client, ours, length, kept):
    record = signed_off(client, ours)
    text = "x" * length

    page = client.post(address("correct", ours.past), {"correction-text": text}, follow=True)
    client.force_login(ours.people[Role.HEADTEACHER])
    answer = client.post(address("reply", ours.past), {"is_accurate": "no", "comment": text}, follow=True)

    assert (record.corrections.count(), record.replies.count()) == (kept, kept)
    for response, what in ((page, "correction"), (answer, "comment")):
        told = f"A {what} has at most 2,000 characters, and this one has 2,001. Make it shorter." in text_of(response)
        assert (told, text in response.content.decode()) == (not kept, True)


def test_the_heads_last_word_counts_and_a_coordinator_looks_into_it(client, ours):
    record = signed_off(client, ours)
    head, coordinator = ours.people[Role.HEADTEACHER], ours.people[Role.COORDINATOR]
    listed = f"{reverse('lessons:list')}?show=not-accurate"

    client.force_login(head)
    without = client.post(address("reply", ours.past), {"is_accurate": "no"})
    nothing = client.post(address("reply", ours.past), {"comment": "Hm"})
    client.post(address("reply", ours.past), {"is_accurate": "yes"})
    for _ in range(2):
        client.post(address("reply", ours.past), {"is_accurate": "no", "comment": "Cover was ours."})
    client.force_login(coordinator)
    before = list(client.get(listed).context["object_list"])
    (said,) = record.newest_replies
    client.post(reverse("lessons:see_reply", args=[said.pk]))
    after = list(client.get(listed).context["object_list"])

    assert "Say what is not accurate." in text_of(without)
    assert "Choose whether the record is accurate." in text_of(nothing)
    assert [(row.is_accurate, row.comment) for row in record.replies.all()] == [(True, ""), (False, "Cover was ours.")]
    assert (before, after) == ([record], [])
    assert texts_of(record)["section-focus"] == "Talk before writing."
    assert VisitRecord.objects.get(pk=record.pk).is_signed_off


def test_actions_and_gap_tasks_are_done_once(client, ours):
    record = signed_off(client, ours)
    action, task = record.actions.get(), record.gap_tasks.get(side="partner")

    client.force_login(ours.pat)
    for name, row in (("action_done", action), ("gap_task_done", task)):
        for _ in range(2):
            client.post(reverse(f"lessons:{name}", args=[row.pk]))

    done = [(row.done_at, row.done_by) for row in (record.actions.get(), record.gap_tasks.get(side="partner"))]
    assert done == [(TODAY, ours.pat)] * 2
    assert AuditEvent.objects.filter(did="records.task done").count() == 2


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
