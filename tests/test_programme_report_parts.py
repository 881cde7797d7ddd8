"""What the programme report says beside its table: whom the programme reached, and the year before."""

import csv
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lessons.models import VisitRecord
from programmes.models import DataReturn, Partnership, Programme
from pupils.loading import load_programme
from pupils.models import Assessment, FrozenFigures
from pupils.retention.freezing import freeze_results
from reports.figures import programme_figures
from reports.figures.reach import reach_words
from reports.freezing import freeze_pages
from reports.kinds import KINDS, figures_of
from reports.models import Report
from tests.earlier_years import year_before
from tests.factories import VisitFactory, VisitRecordFactory
from tests.pdfs import pages
from tests.report_figures import fresh, text_of
from tests.test_results_by_group import fill
from tests.world import build_world

ESSEX = Path(settings.BASE_DIR) / "data" / "essex-2008-09"
MINUS = "\N{MINUS SIGN}"


def rows_of(name):
    with (ESSEX / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def essex(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        load_programme(ESSEX)
        figures = programme_figures(Programme.objects.get(slug="essex-2008-09"))
        transaction.set_rollback(True)
    return json.loads(json.dumps(figures))


def test_reach_is_the_csv_files_counted_anew(essex):
    partnerships = rows_of("partnerships.csv")
    specialists = {row["ref"]: row for row in rows_of("specialist_teachers.csv")}
    partners = {row["partner_school_urn"] for row in partnerships}
    homes = {specialists[row["specialist_teacher"]]["home_school_urn"] for row in partnerships}
    teachers = {row["partner_teacher_email"] for row in partnerships}
    sent = {row["specialist_teacher"] for row in partnerships}

    assert essex["reach"] == {
        "partnerships": len(partnerships),
        "schools": len(partners | homes),
        "partner_schools": len(partners),
        "teachers": len(sent) + len(teachers),
        "specialists": len(sent),
        "partners": len(teachers),
        "pupils": len({row["pupil"] for row in rows_of("pupils.csv")}),
        "places": len(rows_of("pupils.csv")),
        "visits": 0,
        "recorded": 0,
        "lessons": 0,
        "others": {"said": 0, "of": len(partnerships), "teachers": 0, "pupils": 0},
    }
    text = " ".join(pages(fresh(essex)))
    assert f"Schools {len(partners | homes)} in 50 partnerships that were ever active; {len(partners)} of them" in text
    assert "How many other teachers and pupils were reached beyond them no partnership has said." in text


@pytest.fixture
def ours(db):
    corner = build_world()[0]
    corner.programme.refresh_from_db()
    return corner


def test_others_reached_are_those_of_the_newest_signed_record_of_each_partnership(ours):
    Partnership.objects.filter(pk=ours.partnership.pk).update(status=Partnership.Status.ACTIVE)
    ours.partnership.steps.create(status=Partnership.Status.ACTIVE, on=ours.programme.starts_on)
    before = reach_words(ours.programme)["others"]
    signed = VisitRecord.Status.SIGNED_OFF
    for day, status, teachers in ((3, signed, 4), (10, signed, 11), (17, VisitRecord.Status.DRAFT, 99)):
        visit = VisitFactory(partnership=ours.partnership, on=timezone.datetime(2027, 3, day).date(), half="am")
        VisitRecordFactory(visit=visit, status=status, reached_teachers=teachers, reached_pupils=317)

    assert before["said"] == 0
    assert reach_words(ours.programme)["others"] == before | {"said": 1, "teachers": 11, "pupils": 317}


def report_of(programme):
    return Report(kind=Report.Kind.PROGRAMME, programme=programme)


def test_the_year_before_stands_beside_what_is_alike_in_both(ours):
    ours.programme.expectations.update_or_create(year_group=5, defaults={"met_from": "3a", "exceeded_from": "4b"})
    before = year_before(ours)
    fill(before, "maths", 12, last="3b")
    fill(before, "writing", 7)
    fill(ours.programme, "maths", 10, last="2b")
    figures = json.loads(json.dumps(figures_of(report_of(ours.programme))))

    text = " ".join(pages(fresh(figures)))
    sheet = next(s for s in KINDS[Report.Kind.PROGRAMME].tables(figures) if s.title == "Year on year")

    assert "Compared with Before 2025-26: maths in Year 5, on the same scale" in text
    assert "Only in Before 2025-26: writing in Year 5. They are other pupils" in text
    assert f"2025-26 12 0 of 12 0% 12 of 12 100% +6.0 Difference 0 pp {MINUS}100 pp" in text
    assert [row[:2] for row in sheet.rows] == [["All that is compared", "2026-27"], ["All that is compared", "2025-26"]]
    assert [row[4] for row in sheet.rows] == [12, 12]


def test_it_stays_once_the_pupils_of_both_years_are_erased(ours):
    ours.programme.expectations.update_or_create(year_group=5, defaults={"met_from": "3a", "exceeded_from": "4b"})
    before = year_before(ours)
    fill(before, "maths", 12, last="3b")
    fill(ours.programme, "maths", 10, last="2b")
    before.refresh_from_db()
    alive = figures_of(report_of(ours.programme))
    for programme in (before, ours.programme):
        frozen = json.loads(json.dumps(freeze_results(programme) | freeze_pages(programme)))
        FrozenFigures.objects.create(programme=programme, figures=frozen, frozen_at=timezone.now())

    erased = figures_of(report_of(ours.programme))

    assert erased == json.loads(json.dumps(alive))


def test_before_the_last_grades_are_in_there_is_nothing_to_compare(ours):
    ours.programme.expectations.update_or_create(year_group=5, defaults={"met_from": "3a", "exceeded_from": "4b"})
    before = year_before(ours)
    fill(before, "maths", 12, last="3b")
    Assessment.objects.filter(place__partnership__programme=ours.programme).delete()

    text = " ".join(pages(fresh(figures_of(report_of(ours.programme)))))

    assert "These results are not set beside those of Before 2025-26. Nobody of this year has both grades yet." in text


def test_a_first_year_says_nothing_of_years(ours):
    figures = figures_of(report_of(ours.programme))

    assert figures["years"] is None
    assert "Year on year" not in " ".join(pages(fresh(figures)))


@pytest.mark.django_db
def test_what_is_typed_and_not_submitted_is_not_in():
    ours = build_world()[0]
    rows = DataReturn.objects.filter(partnership__programme=ours.programme, assessed__gt=0)
    row = rows.exclude(state=DataReturn.State.OPEN).select_related("data_point").first()
    before = by_point(ours)[row.data_point.name]
    DataReturn.objects.filter(pk=row.pk).update(state=DataReturn.State.OPEN)

    after = by_point(ours)[row.data_point.name]

    given = row.assessed + row.excused
    assert after["grades"] == before["grades"] - row.assessed
    assert after["owed"] == before["owed"] + given
    assert after["complete"] == before["complete"] - 1
    assert after["typed"] == before["typed"] + row.assessed


@pytest.mark.django_db
def test_of_grades_that_count_it_is_said_how_many_are_still_to_be_submitted():
    """So that the first page and the table of what is in agree: 2 with a grade are 1 in and 1 typed."""
    ours = build_world()[0]
    first, *_, last = ours.programme.data_points.all()
    Assessment.objects.filter(place__partnership__programme=ours.programme, data_point=last).delete()
    DataReturn.objects.filter(partnership=ours.partnership, data_point=first).update(state=DataReturn.State.OPEN)
    ours.programme.refresh_from_db()

    figures = programme_figures(ours.programme)

    row = next(row for row in figures["returns"] if row["point"] == first.name)
    own = Assessment.objects.filter(place__partnership=ours.partnership, data_point=first, grade__isnull=False).count()
    assert (figures["first_open"], figures["last_open"]) == (own, 0)
    assert figures["have_first"] == row["grades"] + row["typed"]
    assert f"{figures['have_first']} of {figures['everyone']['places']}" in text_of(figures)
    assert f"with a grade for {first}, {own} of them still to be submitted" in text_of(figures)


def by_point(ours):
    return {row["point"]: row for row in programme_figures(Programme.objects.get(pk=ours.programme.pk))["returns"]}
