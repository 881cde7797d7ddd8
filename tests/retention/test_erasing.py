"""Erasing what is known of the pupils of a programme: all of it goes, its results stay, and others keep theirs."""

import datetime as dt
import json
import re

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEvent
from accounts.roles import Role
from jobs.work import work_on
from lessons.models import NoteRevision, Observation
from programmes.models import DataReturn, Partnership, Programme
from pupils import retention
from pupils.models import Assessment, Erasure, FrozenFigures, Place, TargetPupil
from pupils.results import as_json
from pupils.retention import erasing, own
from reports import keeping
from tests.retention.canaries import WORD, plant, where_left
from tests.world import build_world

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2027, 1, 27, 12, tzinfo=dt.UTC)
LATER = dt.datetime(2028, 9, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def world():
    """In our programme everything is over, and the day until which its pupils are kept is past."""
    with time_machine.travel(NOON, tick=False):
        corners = build_world()
    with time_machine.travel(LATER, tick=False):
        Partnership.objects.filter(programme=corners[0].programme).update(status=Partnership.Status.COMPLETED)
        yield corners


@pytest.fixture
def ours(world):
    return world[0]


def confirm(ours, how=Erasure.How.DELETE):
    person = ours.people[Role.COORDINATOR]
    return erasing.order_erasure(person, ours.programme, how, erasing.counted(ours.programme))


def erase_all(ours, how=Erasure.How.DELETE):
    erasure = confirm(ours, how)
    work_on(Erasure, erasure.pk, erasing.erase)
    erasure.refresh_from_db()
    return erasure


# What goes --------------------------------------------------------------------------------------------------------


def test_of_every_kind_of_row_about_pupils_it_is_said_what_becomes_of_it():
    """A new model of pupils, lessons or reports has a part in PARTS, or a reason in STAYS."""
    models = {model for app in ("pupils", "lessons", "reports") for model in apps.get_app_config(app).get_models()}
    told = {part.model for part in retention.ERASE} | own.STAYS.keys() | keeping.STAYS.keys()

    assert models - told == set()


def test_what_points_to_other_rows_goes_before_them():
    order = [part.model for part in retention.ERASE]
    wrong = [
        (model.__name__, field.related_model.__name__)
        for place, model in enumerate(order)
        for field in model._meta.concrete_fields
        if field.remote_field and field.related_model in order[:place] and field.related_model is not model
    ]

    assert [pair for pair in wrong if pair[0] not in {"VisitChange", "ProposedTime"}] == []


# What the world has no row of.
EMPTY = {"RecordCorrection", "NameAnswer", "DiscussionAgreement", "VisitChange", "ActionNote"}
EMPTY |= {"PartnershipStep", "Visit", "OutgoingMail"}


def test_the_world_has_a_row_of_nearly_everything_that_goes(ours):
    without = {part.model.__name__ for part in retention.ERASE if not part.rows(ours.programme).exists()}

    assert without <= EMPTY


@pytest.mark.parametrize("how", Erasure.How)
def test_after_it_no_word_is_left_anywhere(ours, how, caplog):
    pupils = [ours.upn, "OursideForename", "OursideFamily", "NextdoorForename", "NextdoorFamily"]
    pupils += [pupil.ref for pupil in ours.programme.pupils.all()]
    assert plant(ours.programme) > 60
    assert where_left(WORD)

    erasure = erase_all(ours, how)

    assert (erasure.state, erasure.failure) == ("done", "")
    assert where_left(WORD, *pupils) == []
    assert WORD not in caplog.text
    assert not TargetPupil.objects.filter(programme=ours.programme, upn_index__isnull=False).exists()


def test_deleting_leaves_no_pupil_place_or_grade(ours):
    erase_all(ours)

    left = [
        TargetPupil.objects.filter(programme=ours.programme).count(),
        Place.objects.filter(partnership__programme=ours.programme).count(),
        Assessment.objects.filter(place__partnership__programme=ours.programme).count(),
    ]
    assert left == [0, 0, 0]


def test_anonymising_keeps_the_grades_of_nobody_in_particular(ours):
    grades = sorted(Assessment.objects.filter(place__partnership=ours.partnership).values_list("grade", flat=True))

    erase_all(ours, Erasure.How.ANONYMISE)

    pupil = Place.objects.get(partnership=ours.partnership).pupil
    assert pupil.ref.startswith("anonymous-")
    assert (pupil.first_name, pupil.last_name, pupil.initials, pupil.upn) == ("", "", "", "")
    kept = Assessment.objects.filter(place__partnership=ours.partnership).values_list("grade", flat=True)
    assert sorted(kept) == grades


def test_the_rows_of_another_programme_stay_as_they_are(world):
    _, _, elsewhere = world

    def of_elsewhere():
        return {part.model: sorted(map(str, part.rows(elsewhere.programme).values_list())) for part in retention.ERASE}

    before = of_elsewhere()

    erase_all(world[0])

    assert of_elsewhere() == before


def test_money_keeps_what_hangs_on_it(ours):
    rows = DataReturn.objects.filter(partnership__programme=ours.programme).order_by("pk")
    before = list(rows.values())

    erase_all(ours)

    assert list(rows.values()) == before


def test_it_is_recorded_by_ids_who_erased_what(ours):
    erase_all(ours)

    events = AuditEvent.objects.filter(did__startswith="pupils.eras", row=ours.programme.pk).order_by("pk")
    assert list(events.values_list("did", "about")) == [
        ("pupils.erasure confirmed", "delete"),
        ("pupils.erasure begun", "delete"),
        ("pupils.erased", "delete"),
    ]


# Results stay -----------------------------------------------------------------------------------------------------


def results_of(client, ours, roles):
    pages = {}
    for role in roles:
        client.force_login(ours.people[role])
        for by in ("", "?by=area", "?by=school"):
            page = client.get(reverse("reports:results", args=[ours.programme.slug]) + by)
            pages[role, by] = (page.status_code, table_in(page.content.decode()))
        address = reverse("reports:results_table", args=[ours.programme.slug, "csv"])
        pages[role, "csv"] = client.get(address).content
    return pages


def table_in(page):
    """What is to be read, without what a link to the rows behind a figure says: there are none any more."""
    start, end = page.index("<h1"), page.index("</main>")
    text = re.sub(r'<span class="govuk-visually-hidden">[^<]*</span>', " ", page[start:end])
    text = re.sub(r"<[^>]+>", " ", text).replace("Follow a number to see who is behind it.", "")
    return " ".join(text.split())


@pytest.mark.parametrize("how", Erasure.How)
def test_the_results_are_the_same_for_every_reader_to_the_digit(client, ours, how):
    Programme.objects.filter(pk=ours.programme.pk).update(status=Programme.Status.CLOSED)
    roles = (Role.COORDINATOR, Role.CONSULTANT, Role.BUDGET_HOLDER)
    pages, table = results_of(client, ours, roles), as_json(ours.programme)

    erase_all(ours, how)

    for (role, by), page in results_of(client, ours, roles).items():
        assert page == pages[role, by]
    assert as_json(ours.programme) == table


def test_whoever_becomes_consultant_later_sees_no_figures_of_what_is_gone(client, world):
    ours, next_door, _ = world
    erase_all(ours)
    frozen = FrozenFigures.objects.get(programme=ours.programme)
    frozen.figures["pages"]["people"].pop(str(next_door.people[Role.CONSULTANT].pk))
    frozen.save()
    client.force_login(next_door.people[Role.CONSULTANT])

    page = client.get(reverse("reports:results", args=[ours.programme.slug]))

    assert page.status_code == 200
    assert "You look after no area of this programme that has target pupils" in page.content.decode()


# Only so ----------------------------------------------------------------------------------------------------------


def test_a_text_that_was_sent_is_erased_by_nobody_else(ours, world):
    rows = NoteRevision.objects.filter(sheet__programme=ours.programme)
    erasure = confirm(ours)

    def tries(setting):
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lessonstudy.erasure', %s, true)", [setting])
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            QuerySet(NoteRevision).filter(pk=rows.first().pk).delete()

    tries("")
    tries(str(erasure.pk))  # it does not run yet
    running = {"state": "running", "begun_at": timezone.now()}
    Erasure.objects.filter(pk=erasure.pk).update(**running | {"programme": world[2].programme})
    tries(str(erasure.pk))  # it is of another programme
    Erasure.objects.filter(pk=erasure.pk).update(**running | {"programme": ours.programme, "state": "done"})
    tries(str(erasure.pk))  # it is over


def test_and_even_then_it_is_not_changed(ours):
    erasure = confirm(ours)
    Erasure.objects.filter(pk=erasure.pk).update(state="running", begun_at=timezone.now())

    erasing.allow(erasure)
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Observation.objects.filter(lesson=ours.lesson).update(text="something else")


def test_nothing_is_erased_before_its_day_or_while_a_partnership_goes_on(ours):
    with time_machine.travel(NOON, tick=False), pytest.raises(erasing.Refused, match="is kept until 31 August 2028"):
        confirm(ours)
    Partnership.objects.filter(pk=ours.partnership.pk).update(status=Partnership.Status.ACTIVE)

    with pytest.raises(erasing.Refused, match="1 partnership is not completed and not folded"):
        confirm(ours)
    assert not Erasure.objects.in_hand().exists()


def test_when_something_came_since_it_was_looked_at_it_is_looked_at_again(ours):
    seen = erasing.counted(ours.programme)
    TargetPupil.objects.create(programme=ours.programme, ref="late", year_group=5)

    with pytest.raises(erasing.CountsChanged):
        erasing.order_erasure(ours.people[Role.COORDINATOR], ours.programme, "delete", seen)


def test_what_comes_between_confirming_and_the_job_stops_it(ours):
    erasure = confirm(ours)
    TargetPupil.objects.create(programme=ours.programme, ref="late", year_group=5)

    work_on(Erasure, erasure.pk, erasing.erase)

    erasure.refresh_from_db()
    assert (erasure.state, erasure.refused, erasure.begun_at) == ("failed", True, None)
    assert "Look at it again" in erasure.failure
    assert TargetPupil.objects.filter(programme=ours.programme).count() == 3
    ours.programme.refresh_from_db()
    assert ours.programme.status == Programme.Status.ACTIVE


def test_confirmed_twice_it_is_one(ours):
    confirm(ours)

    with pytest.raises(erasing.Refused, match="gone, or going, already"):
        confirm(ours)


# Killed and begun again -------------------------------------------------------------------------------------------


class Killed(BaseException):
    """As SIGKILL: nothing is put in order."""


@pytest.mark.parametrize("after", [0, 1, 4, 9, 17])
def test_killed_half_way_and_resumed_it_ends_in_the_same(ours, monkeypatch, after):
    assert plant(ours.programme)
    erasure, table = confirm(ours), as_json(ours.programme)
    erase_some, batches = erasing.erase_some, []

    def dies(job, part):
        if len(batches) == after:
            raise Killed
        if some := erase_some(job, part):
            batches.append(some)
        return some

    monkeypatch.setattr(erasing, "erase_some", dies)
    with pytest.raises(Killed):
        work_on(Erasure, erasure.pk, erasing.erase)
    monkeypatch.setattr(erasing, "erase_some", erase_some)
    Erasure.objects.update(lease_until=timezone.now() - dt.timedelta(hours=1))
    half_way = as_json(ours.programme)
    work_on(Erasure, erasure.pk, erasing.erase)

    erasure.refresh_from_db()
    assert (erasure.state, erasure.attempt) == ("done", 2)
    assert where_left(WORD) == []
    assert half_way == as_json(ours.programme) == table


def test_one_that_failed_goes_on_and_ends(ours, monkeypatch):
    erasure = confirm(ours)

    def fails(job, part):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "erase_some", fails)
        with pytest.raises(RuntimeError):
            work_on(Erasure, erasure.pk, erasing.erase)
    erasure.refresh_from_db()
    erasing.go_on(ours.people[Role.COORDINATOR], erasure)
    work_on(Erasure, erasure.pk, erasing.erase)

    erasure.refresh_from_db()
    assert erasure.state == "done"


def test_the_command_prints_the_frozen_results(ours, capsys):
    call_command("results", ours.programme.slug, "--json")
    before = json.loads(capsys.readouterr().out)

    erase_all(ours)
    call_command("results", ours.programme.slug, "--json")

    assert json.loads(capsys.readouterr().out) == before
