"""The year of a specialist teacher: what stands in it, counted another way, and that it is theirs alone."""

import datetime as dt
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from lessons.models import Finding
from reports.build import render
from reports.kinds import figures_of
from reports.models import Report
from reports.services import may_be_read
from tests.factories import AttendanceFactory, BookingFactory, EventFactory, VisitFactory
from tests.pdfs import pages
from tests.report_figures import AFTER, headings, in_order, reads_well
from tests.world import build_world

pytestmark = pytest.mark.django_db
YEAR = Report.Kind.YEAR


@pytest.fixture
def ours():
    """A visit that took place after it was moved, one that was cancelled, and a training day of two half-days."""
    corner = build_world()[0]
    person = corner.people[Role.SPECIALIST]
    corner.partnership.visits.exclude(pk=corner.visit.pk).delete()
    held = VisitFactory(partnership=corner.partnership, on=dt.date(2026, 9, 22), status="took place")
    BookingFactory(visit=held, person=person, on=held.on, half=held.half)
    held.changes.create(what="moved", before_on=dt.date(2026, 9, 21), after_on=held.on)
    VisitFactory(
        partnership=corner.partnership,
        on=dt.date(2026, 9, 23),
        status="cancelled",
        cancelled_because="Snow on the road",
    )
    day = EventFactory(
        programme=corner.programme, kind="training", name="Autumn training", on=dt.date(2026, 9, 10), takes="day"
    )
    AttendanceFactory(
        event=day, person=person, present=True, recorded_by=person, recorded_at=timezone.now(), role="specialist"
    )
    corner.held = held
    return corner


def made(corner):
    report = Report(kind=YEAR, programme=corner.programme, specialist=corner.specialist)
    return json.loads(json.dumps(figures_of(report)))


def test_visits_stand_in_it_as_held_moved_and_cancelled(ours):
    f = made(ours)

    found = {row["day"]: (row["stands"], row["because"], row["moved"], row["half_days"]) for row in f["visits"]}
    assert found["Tuesday 22 September 2026"] == ("took place", "", ["Monday 21 September 2026"], 1)
    assert found["Wednesday 23 September 2026"] == ("cancelled", "Snow on the road", [], 0)
    assert (f["held"], f["cancelled"], f["moved"], len(f["visits"])) == (
        ours.partnership.visits.filter(status="took place").count(),
        1,
        1,
        ours.partnership.visits.count(),
    )


def test_events_lessons_findings_and_partnerships_are_the_own_ones(ours):
    f, person = made(ours), ours.people[Role.SPECIALIST]

    attended = ours.programme.events.filter(attendances__person=person, attendances__present=True)
    assert {row["title"] for row in f["events"]} == {event.title for event in attended}
    assert ("Autumn training", 2) in {(row["title"], row["half_days"]) for row in f["events"]}
    assert [row["number"] for row in f["lessons"]] == [lesson.number for lesson in ours.study.research_lessons.all()]
    shown = Finding.objects.published().filter(consents__person=person, consents__withdrawn_at=None).distinct()
    assert [row["headline"] for row in f["found"]["rows"]] == [finding.headline for finding in shown]
    assert [(p["ref"], p["school"]) for p in f["partnerships"]] == [(ours.partnership.ref, ours.school.name)]


def test_no_pupil_and_nothing_that_a_group_writes_stands_in_it(ours):
    f = made(ours)
    everything = json.dumps(f) + " ".join(pages(render(YEAR, f, AFTER)))

    for word in (ours.pupil.first_name, ours.pupil.last_name, ours.pupil.ref, "Ourside notebook", "Ourside private"):
        assert word not in everything
    assert "Nextdoor" not in everything


def test_it_reads_well_and_without_anything_says_so(ours):
    f = made(ours)
    text = " ".join(pages(render(YEAR, f, AFTER)))
    nothing = f | {"visits": [], "lessons": [], "events": [], "partnerships": [], "found": {"of": [], "rows": []}}
    nothing |= dict.fromkeys(
        (
            "held",
            "cancelled",
            "moved",
            "to_come",
            "open",
            "visit_half_days",
            "lessons_held",
            "visit_total",
            "lesson_total",
        ),
        0,
    )

    reads_well(text)
    assert "Took place; moved from Monday 21 September 2026" in text
    data = render(YEAR, nothing, AFTER)
    assert "Nothing is recorded yet." in pages(data)[0]
    assert in_order(headings(data))


def press(client, person, corner):
    client.force_login(person)
    what = {"kind": YEAR, "programme": corner.programme.pk, "specialist": corner.specialist.pk}
    return client.post(reverse("reports:order"), what).status_code


def test_it_is_the_specialist_teachers_alone(client):
    ours, next_door, elsewhere = build_world()

    for corner in (ours, next_door, elsewhere):
        may = {who for who, person in corner.people.items() if press(client, person, ours) == 302}
        assert may == ({Role.SPECIALIST} if corner is ours else set())
    client.force_login(next_door.people[Role.SPECIALIST])
    assert client.get(ours.reports[YEAR].get_absolute_url()).status_code == 404


def test_it_is_offered_under_reports_and_not_read_once_a_finding_is_taken_back(client, ours):
    client.force_login(ours.people[Role.SPECIALIST])
    offers = client.get(reverse("reports:list")).context["may_order"]
    report = ours.reports[YEAR]

    assert [o.specialist for o in offers if o.kind == YEAR] == [ours.specialist]
    report.refresh_from_db()
    assert report.figures["found"]["of"]
    assert may_be_read(report)
    Finding.objects.filter(pk=ours.finding.pk).update(published_at=None, version=None)
    assert not may_be_read(report)
