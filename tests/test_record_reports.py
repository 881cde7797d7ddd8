"""The records of all visits of a partnership as a report: what stands in it, and for whom."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from accounts.roles import Role
from lessons.models import Note, VisitRecord
from lessons.pages.records import reading_of
from programmes.models import Programme
from reports.build import render
from reports.kinds import figures_of
from reports.models import Report
from tests.factories import VisitFactory, VisitRecordFactory
from tests.pdfs import pages
from tests.report_figures import AFTER, headings, in_order
from tests.world import build_world

pytestmark = pytest.mark.django_db
RECORDS, SIGNED = Report.Kind.RECORDS, Report.Kind.SIGNED
READER = {RECORDS: Role.PARTNER, SIGNED: Role.COORDINATOR}


@pytest.fixture
def ours():
    """Beside the signed record one that is still written, a cancelled visit, and one to come."""
    corner = build_world()[0]
    corner.written = VisitFactory(partnership=corner.partnership, on=dt.date(2026, 9, 21), status="planned")
    corner.draft = VisitRecordFactory(visit=corner.written)
    Note.objects.create(
        sheet=corner.draft.sheet,
        field="section-focus",
        text="Still being written",
        version=1,
        written_by=corner.people[Role.PARTNER],
    )
    VisitFactory(
        partnership=corner.partnership,
        on=dt.date(2026, 9, 22),
        status="cancelled",
        cancelled_because="Snow on the road",
    )
    VisitFactory(partnership=corner.partnership, on=dt.date(2100, 1, 12))
    return corner


def report_of(corner, kind):
    return Report(kind=kind, programme=corner.programme, partnership=corner.partnership)


def made(corner, kind):
    return json.loads(json.dumps(figures_of(report_of(corner, kind))))


@pytest.mark.parametrize("kind", READER)
def test_each_record_says_what_its_page_says_to_the_same_reader(ours, kind):
    person = ours.people[READER[kind]]
    found = {row["on"]: row["record"] for row in made(ours, kind)["visits"] if row["record"]}

    readable = VisitRecord.objects.allowed(person, "records.view").filter(visit__partnership=ours.partnership)
    pages_of = {r.visit.on.isoformat(): reading_of(person, r) for r in readable.with_visit()}
    assert len(pages_of) == {RECORDS: 2, SIGNED: 1}[kind]
    assert {
        on: (
            [(part["title"], part["text"]) for part in record["parts"]],
            [(task["what"], task["when"], task["done"]) for task in record["actions"]],
            [(said["said"], said["who"]) for said in record["pupils"]],
            [reply["comment"] for reply in record["replies"]],
            len(record["signed"]),
        )
        for on, record in found.items()
    } == {
        on: (
            r.parts,
            [(task.what, when, task.is_done) for task, when in r.actions],
            r.pupils_by_presence,
            [reply.comment for reply in r.replies],
            len(r.signatures),
        )
        for on, r in pages_of.items()
    }


def test_every_visit_stands_in_it_in_order_and_the_sums_are_theirs(ours):
    f = made(ours, RECORDS)

    assert [row["on"] for row in f["visits"]] == sorted(row["on"] for row in f["visits"])
    assert {name: f[name] for name in ("total", "cancelled", "with_record", "signed", "accurate", "not_accurate")} == {
        "total": ours.partnership.visits.count(),
        "cancelled": 1,
        "with_record": 2,
        "signed": 1,
        "accurate": 1,
        "not_accurate": 0,
    }
    states = {row["on"]: row["state"] for row in f["visits"]}
    assert states["2026-09-22"] == "Cancelled: Snow on the road"
    assert states["2100-01-12"] == "To come"
    assert states["2026-09-21"].startswith("Being written by ")


def test_others_read_signed_records_only_and_pupils_by_reference(ours):
    drawn = {kind: json.dumps(made(ours, kind)) for kind in READER}
    paper = {kind: " ".join(pages(render(kind, made(ours, kind), AFTER))) for kind in READER}

    for found in (drawn, paper):
        assert ours.pupil.full_name in found[RECORDS]
        assert "Still being written" in found[RECORDS]
        assert ours.pupil.full_name not in found[SIGNED]
        assert ours.pupil.ref in found[SIGNED]
        assert "Still being written" not in found[SIGNED]
        assert "Ourside words of a record" in found[SIGNED]
        assert "Ourside comment" in found[SIGNED]
        for words in found.values():
            assert "Ourside private" not in words
            assert "Ourside notebook" not in words


def press(client, person, kind, corner):
    client.force_login(person)
    what = {"kind": kind, "programme": corner.programme.pk, "partnership": corner.partnership.pk}
    return client.post(reverse("reports:order"), what).status_code


@pytest.mark.parametrize("kind", READER)
def test_it_is_for_the_two_teachers_or_for_who_follows_the_partnership(client, ours, kind):
    may = {who for who, person in ours.people.items() if press(client, person, kind, ours) == 302}

    assert may == {RECORDS: {Role.SPECIALIST, Role.PARTNER}, SIGNED: {Role.COORDINATOR, Role.CONSULTANT}}[kind]
    Programme.objects.filter(pk=ours.programme.pk).update(erased_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC))
    assert {press(client, person, kind, ours) for person in ours.people.values()} <= {403, 404}


def test_the_hand_over_page_offers_it_to_whom_it_is_for(client, ours):
    found = {}
    for role in (Role.SPECIALIST, Role.PARTNER, Role.CONSULTANT, Role.COORDINATOR):
        client.force_login(ours.people[role])
        page = client.get(reverse("reports:handover", args=[ours.partnership.pk]))
        found[role] = [offer.kind for offer in page.context["offers"]]

    assert found == {
        Role.SPECIALIST: [RECORDS],
        Role.PARTNER: [RECORDS],
        Role.CONSULTANT: [SIGNED],
        Role.COORDINATOR: [SIGNED],
    }


def test_without_a_visit_it_says_so(ours):
    ours.partnership.visits.exclude(pk=ours.visit.pk).delete()
    f = made(ours, RECORDS) | {"visits": [], "total": 0}

    data = render(RECORDS, f, AFTER)

    assert "No visit is planned yet." in pages(data)[0]
    assert in_order(headings(data))
