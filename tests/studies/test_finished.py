"""A finished study stays as it is: whatever page is still open, whatever is on its way, nothing in it changes."""

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from desks.services import held
from lessons import services
from lessons.models import (
    Finding,
    FindingCitation,
    LessonPart,
    LessonWatch,
    NoteRevision,
    ResearchLesson,
    Sheet,
    Stage,
    Study,
    StudyMember,
    StudyReader,
)
from lessons.services.findings import begin_finding, set_aside
from tests.factories import UserFactory
from tests.observing.lessons import item, send
from tests.studies.writing import address, cell, save
from tests.workers import is_held_up, wait_until

FINISHED = "The study is finished, so it stays as it is. A member can go on with it."
DAY = "14/1/2100"


@pytest.fixture
def group(ours):
    """Our study with something of everything, and its second lesson cancelled."""
    ours.reader = UserFactory(first_name="Rita", last_name="Reader")
    services.add_reader(ours.pat, ours.group, ours.people[Role.HEADTEACHER], timezone.localdate())
    services.cancel_lesson(ours.pat, ours.second, "Snow")
    services.invite_guest(ours.pat, ours.first, "gus@example.org", "Gus", "Guest", services.last_days(ours.first)[0])
    services.write_private(ours.pat, ours.first, [services.Cell("private", "Mine", 0, 1)], uuid4())
    return ours


def state_of(group):
    """Every row of the study but its words, as it is."""
    study, lessons = group.group, ResearchLesson.objects.filter(study=group.group)
    rows = chain(
        StudyMember.objects.filter(study=study),
        StudyReader.objects.filter(study=study),
        study.case_pupils.all(),
        study.citations.all(),
        lessons.order_by("pk"),
        LessonPart.objects.filter(lesson__in=lessons),
        LessonWatch.objects.filter(lesson__in=lessons),
        Stage.objects.filter(lesson__in=lessons),
        *(kept for lesson in lessons for kept in (lesson.guests.all(), lesson.private_notes.all())),
    )
    return [{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields} for row in rows]


ASKED = {
    "start": lambda g: ("lesson_start", [g.first.pk], {}),
    "cancel": lambda g: ("lesson_cancel", [g.first.pk], {"because": "Snow"}),
    "cancelling taken back": lambda g: ("lesson_cancel", [g.second.pk], {"cancelled": "no"}),
    "plan": lambda g: ("plan", [g.first.pk], {"on": DAY, "at": "10:00"}),
    "plan of another": lambda g: ("begin_with", [g.third.pk], {"lesson": "1"}),
    "stage more": lambda g: ("sheet", [g.first.pk], {"stage": "add"}),
    "stage out": lambda g: ("sheet", [g.first.pk], {"stage": f"remove-{g.stages[0].pk}"}),
    "guest": lambda g: (
        "guests",
        [g.first.pk],
        {"first_name": "Ann", "last_name": "Other", "email": "ann@example.org", "until": DAY},
    ),
    "private notes shared": lambda g: ("private_share", [g.first.pk], {}),
    "case pupils": lambda g: ("case_pupils", [g.group.pk], {"pupils": [g.places[0].pk]}),
    "member": lambda g: ("member_add", [g.group.pk], {"member-someone": g.adviser.pk}),
    "member out": lambda g: ("member_end", [g.group.pk, g.sara.pk], {}),
    "reader": lambda g: ("reader_add", [g.group.pk], {"reader-someone": g.adviser.pk, "reader-until": g.today}),
    "lesson more": lambda g: ("study_lessons", [g.group.pk], {"do": "add"}),
    "lesson out": lambda g: ("study_lessons", [g.group.pk], {"do": "remove"}),
    "no citation": lambda g: ("finding_uncite", [g.citation.pk], {}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ASKED)
def test_nothing_that_is_asked_from_an_older_page_changes_a_finished_study(client, group, asked):
    group.adviser = group.people[Role.COORDINATOR if asked == "reader" else Role.CONSULTANT]
    group.today = f"{timezone.localdate():%-d/%-m/%Y}"
    found = Finding.objects.create(
        study=group.lesson.study, sheet=Sheet.objects.create(programme=group.programme), begun_by=group.pat
    )
    group.citation = FindingCitation.objects.create(study=group.group, finding=found, added_by=group.pat)
    name, args, data = ASKED[asked](group)
    client.force_login(group.pat)
    Study.objects.filter(pk=group.group.pk).update(finished_at=timezone.now(), finished_by=group.sara)
    before = state_of(group)

    answer = client.post(reverse(f"lessons:{name}", args=args), data, follow=True)

    assert state_of(group) == before
    assert answer.status_code == 200 or FINISHED in answer.content.decode()
    if answer.status_code == 200:
        assert [str(said).startswith(FINISHED) for said in answer.context["messages"]] == [True]


@pytest.mark.django_db
def test_what_ends_somebodys_access_and_takes_back_ones_own_is_open_in_a_finished_study_too(client, group):
    services.share_note(group.pat, group.first, shared=True)
    services.finish_study(group.sara, group.group)
    client.force_login(group.pat)
    guest, reader = group.first.guests.get(), group.group.readers.get()

    client.post(reverse("lessons:guest_end", args=[group.first.pk, guest.pk]))
    client.post(reverse("lessons:reader_end", args=[reader.pk]))
    client.post(reverse("lessons:private_share", args=[group.first.pk]), {"shared": "no"})

    guest.refresh_from_db()
    reader.refresh_from_db()
    assert guest.ended_at
    assert reader.ended_at
    assert group.first.private_notes.get().shared_at is None


def overtaken(sheet, hold, act):
    """What `act` gave that had begun before `hold` was done, and came to the sheet after it."""

    def alone():
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            held(sheet)
            hold()
            done = threads.submit(alone)
            wait_until(lambda: done.done() or is_held_up("%lessons_sheet%FOR NO KEY UPDATE%"), 30, "nobody waited")
        return done.result()


def kept_beside(sheet):
    return list(NoteRevision.objects.filter(sheet=sheet, made=None).values_list("text", flat=True))


@pytest.mark.django_db(transaction=True)
class TestOnTheirWay:
    def test_words_that_were_on_their_way_when_the_study_was_finished_are_kept_beside_it(self, client, ours):
        answer = overtaken(
            ours.first.sheet,
            lambda: services.finish_study(ours.sara, ours.group),
            lambda: save(client, ours.pat, ours.first, cell("intention", "Late")),
        )

        assert (answer.status_code, answer.json()["words"]) == (410, FINISHED)
        assert (Sheet.objects.get(pk=ours.first.sheet_id).texts, kept_beside(ours.first.sheet)) == ({}, ["Late"])

    def test_words_that_were_on_their_way_when_a_lesson_was_taken_out_are_kept_beside_it(self, client, ours):
        answer = overtaken(
            ours.third.sheet,
            lambda: services.take_last_lesson_out(ours.sara, ours.group),
            lambda: save(client, ours.pat, ours.third, cell("intention", "Late")),
        )

        assert (answer.status_code, "was taken out" in answer.json()["words"]) == (410, True)
        assert kept_beside(ours.third.sheet) == ["Late"]

    def test_by_form_they_are_shown_to_copy(self, client, ours):
        client.force_login(ours.pat)
        boxes = {"intention": "Late", "base-intention": "0"}

        answer = overtaken(
            ours.first.sheet,
            lambda: services.finish_study(ours.sara, ours.group),
            lambda: client.post(address("sheet", ours.first), boxes),
        )

        page = answer.content.decode()
        assert (answer.status_code, "Late" in page, FINISHED in page) == (409, True, True)
        assert kept_beside(ours.first.sheet) == ["Late"]

    def test_a_note_that_was_on_its_way_is_kept_apart_and_a_start_does_not_begin_the_lesson(self, client, ours):
        answer = overtaken(
            ours.first.sheet,
            lambda: services.finish_study(ours.sara, ours.group),
            lambda: send(client, ours.pat, ours.first, item(kind="start"), item(text="Looks up")),
        )

        ours.first.refresh_from_db()
        row = ours.first.observations.get()
        assert (answer.status_code, row.apart.startswith(FINISHED), ours.first.is_started) == (410, True, False)

    def test_a_start_that_was_on_its_way_does_not_begin_the_lesson(self, client, ours):
        client.force_login(ours.pat)

        overtaken(
            ours.first.sheet,
            lambda: services.finish_study(ours.sara, ours.group),
            lambda: client.post(address("lesson_start", ours.first)),
        )

        ours.first.refresh_from_db()
        assert not ours.first.is_started

    def test_finishing_waits_for_words_that_came_first(self, client, ours):
        with ThreadPoolExecutor(1) as threads:
            with transaction.atomic():
                services.write_cells(ours.pat, ours.first.sheet, [services.Cell("intention", "First", 0, 1)], uuid4())
                done = threads.submit(finished_alone, ours)
                wait_until(lambda: done.done() or is_held_up("%lessons_sheet%FOR NO KEY UPDATE%"), 30, "nobody waited")
                waited = not done.done()
            done.result()

        assert waited
        assert Sheet.objects.get(pk=ours.first.sheet_id).texts == {"intention": "First"}

    def test_words_that_were_on_their_way_when_a_finding_was_set_aside_are_kept_beside_it(self, client, ours):
        finding = begin_finding(ours.pat, ours.group)
        client.force_login(ours.pat)
        sent = {"who": ours.pat.pk, "client": str(uuid4()), "cells": [cell("know", "Late")], "since": 0}

        answer = overtaken(
            finding.sheet,
            lambda: set_aside(ours.sara, finding),
            lambda: client.post(
                reverse("lessons:finding_save", args=[finding.pk]), sent, content_type="application/json"
            ),
        )

        assert (answer.status_code, "set aside meanwhile" in answer.json()["words"]) == (410, True)
        assert kept_beside(finding.sheet) == ["Late"]


def finished_alone(ours):
    try:
        return services.finish_study(ours.sara, ours.group)
    finally:
        connection.close()
