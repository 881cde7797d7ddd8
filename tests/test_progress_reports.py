"""Progress after a data point, as a report: the Essex figures counted anew, and who has which made."""

import csv
import datetime as dt
import json
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.roles import Role
from jobs.work import work_on
from papers.sheets import one_table
from programmes.models import DataPoint, Programme
from pupils import scales
from pupils.loading import load_programme
from pupils.models import Assessment
from pupils.returns.counting import count_returns
from reports.build import build, render
from reports.kinds import KINDS, figures_of
from reports.models import Report
from reports.succession import school_reports
from tests.factories import AssessmentFactory, PlaceFactory, ReportFactory
from tests.pdfs import pages
from tests.reading import text_of
from tests.report_figures import AFTER, LEVELS, POINTS, drawings, headings, in_order, reads_well
from tests.world import build_world

ESSEX = Path(settings.BASE_DIR) / "data" / "essex-2008-09"
PARTNERSHIP, SCHOOL = Report.Kind.PARTNERSHIP_PROGRESS, Report.Kind.SCHOOL_PROGRESS
AREA, PROGRAMME = Report.Kind.AREA_PROGRESS, Report.Kind.PROGRAMME_PROGRESS


# Real figures -----------------------------------------------------------------------------------------------------


def rows_of(name):
    with (ESSEX / name).open(encoding="cp1252" if name == "schools.csv" else "utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def places():
    """Every place straight from the CSV files, with its partnership's row and its grades by data point."""
    partnerships = {row["ref"]: row for row in rows_of("partnerships.csv")}
    pupils = {(row["pupil"], row["partnership"]): row for row in rows_of("pupils.csv")}
    found = {key: {"pupil": row, "partnership": partnerships[key[1]], "grades": {}} for key, row in pupils.items()}
    for row in rows_of("assessments.csv"):
        found[row["pupil"], row["partnership"]]["grades"][row["data_point"]] = row["grade"]
    return list(found.values())


@pytest.fixture(scope="module")
def essex(django_db_setup, django_db_blocker):
    """The figures of a report by kind, subject and data point, as JSON holds them, in the summer after the year."""
    with django_db_blocker.unblock(), transaction.atomic(), time_machine.travel(AFTER, tick=False):
        load_programme(ESSEX)
        programme = Programme.objects.get(slug="essex-2008-09")
        points = {point.name: point for point in programme.data_points.all()}
        made = {}
        for name in POINTS[1:]:
            about = {"programme": programme, "data_point": points[name]}
            made[PROGRAMME, "", name] = figures_of(Report(kind=PROGRAMME, **about))
            for area in programme.areas.all():
                made[AREA, area.name, name] = figures_of(Report(kind=AREA, area=area, **about))
            for p in programme.partnerships.filter(ref__in=["P01", "P05", "P14", "P48"]):
                made[PARTNERSHIP, p.ref, name] = figures_of(Report(kind=PARTNERSHIP, partnership=p, **about))
                made[SCHOOL, p.ref, name] = figures_of(Report(kind=SCHOOL, school=p.partner_school, **about))
        transaction.set_rollback(True)
    return {key: json.loads(json.dumps(figures)) for key, figures in made.items()}


def points_of(grade):
    return 6 * int(grade[0]) + 3 + {"c": -2, "b": 0, "a": 2}[grade[1]]


def counted(places, point):
    """What the figures must be, worked out by other means than the product's."""
    both = [place["grades"] | {"year": place["pupil"]["year_group"]} for place in places]
    both = [(g["October"], g[point], LEVELS[int(g["year"])]) for g in both if g.get("October") and g.get(point)]
    gains = [points_of(last) - points_of(first) for first, last, _ in both]
    mean = Decimal(sum(gains)) / len(gains) if gains else None
    return {
        "places": len(places),
        "n": len(both),
        "up": sum(gain > 0 for gain in gains),
        "same": gains.count(0),
        "down": sum(gain < 0 for gain in gains),
        "mean": None if mean is None else str(mean.quantize(Decimal("0.1"), ROUND_HALF_UP) + 0),
        "past": sum(gain > 3 for gain in gains),
        "met_first": sum(points_of(first) >= points_of(levels[0]) for first, _, levels in both),
        "met": sum(points_of(last) >= points_of(levels[0]) for _, last, levels in both),
        "exceeded": sum(points_of(last) >= points_of(levels[1]) for _, last, levels in both),
    }


def shown(f):
    b = f["everyone"]
    return {
        "places": b["places"],
        "n": b["n"],
        **f["moves"],
        "mean": b["mean"],
        "past": b["above"]["of"],
        **{name: b[name]["of"] for name in ("met_first", "met", "exceeded")},
    }


def those(places, kind, subject):
    """The places of the CSV files that a report is about."""
    if kind == PROGRAMME:
        return places
    if kind == AREA:
        return [place for place in places if place["partnership"]["area"] == subject]
    if kind == PARTNERSHIP:
        return [place for place in places if place["partnership"]["ref"] == subject]
    (school,) = {p["partnership"]["partner_school_urn"] for p in places if p["partnership"]["ref"] == subject}
    return [place for place in places if place["partnership"]["partner_school_urn"] == school]


def test_the_figures_of_every_report_are_the_csv_files_counted_anew(essex, places):
    assert len(essex) == 3 * (1 + 4 + 8)
    assert {key: shown(f) for key, f in essex.items()} == {
        key: counted(those(places, *key[:2]), key[2]) for key in essex
    }


def test_every_pupil_stands_in_it_with_every_grade_up_to_that_day_and_no_later_one(essex, places):
    named = {key: f for key, f in essex.items() if key[0] in {PARTNERSHIP, SCHOOL}}

    for (kind, subject, name), f in named.items():
        until = POINTS[: POINTS.index(name) + 1]
        rows = {
            row["label"]: [cell["grade"] or cell["reason"] for cell in row["grades"]]
            for group in f["groups"]
            for row in group["rows"]
        }
        assert f["points"] == until
        assert rows == {
            f"{place['pupil']['first_name']} {place['pupil']['last_name']}": [
                place["grades"].get(point) or "partnership ended" for point in until
            ]
            for place in those(places, kind, subject)
        }


def test_the_groups_of_an_area_are_counted_anew_too(essex, places):
    sections = {
        section["title"]: {row["name"]: row for row in section["rows"]}
        for section in essex[AREA, "Mid", "March"]["sections"]
    }
    mid = those(places, AREA, "Mid")

    for subject in ("maths", "writing"):
        expected = counted([p for p in mid if p["partnership"]["subject"] == subject], "March")
        row = sections["By subject"][subject.capitalize()]
        assert (row["places"], row["n"], row["mean"], row["met"]["of"], row["above"]["of"]) == tuple(
            expected[name] for name in ("places", "n", "mean", "met", "past")
        )
    years = Counter(f"Year {place['pupil']['year_group']}" for place in mid)
    assert {name: row["places"] for name, row in sections["By year group"].items()} == years


def test_the_page_of_numbers_says_the_answer_first(essex):
    first = pages(render(PROGRAMME, essex[PROGRAMME, "", "December"], AFTER))[0]

    assert (
        "What has changed by December? 92 of the 169 target pupils we can compare moved up between October and "
        "December; 77 stayed the same. They made on average 1.3 points. By Summer more than 3 points would be more "
        "than expected, and 17 of the 169 have gained that already. 57 of the 169 worked at or above the level "
        "expected for their year in December; in October it was 36." in first
    )
    assert "92 of 169 moved up from October to December; 77 the same" in first
    assert "0 of 169 missing: every target pupil has both grades" in first


def test_after_the_last_data_point_it_says_who_gained_more_than_expected(essex):
    first = pages(render(PROGRAMME, essex[PROGRAMME, "", "Summer"], AFTER))[0]

    assert "117 of the 161 target pupils we can compare gained more than the expected 3 points" in first
    assert (
        "93 of the 161 worked at or above the level expected for their year in Summer; in October it was 36." in first
    )
    assert "8 of 169 have no Summer grade and are not counted: partnership ended" in first


def test_reports_of_areas_and_programmes_name_no_pupil(essex):
    unnamed = {key: f for key, f in essex.items() if key[0] in {AREA, PROGRAMME}}
    everything = json.dumps(list(unnamed.values()))

    for row in rows_of("pupils.csv"):
        assert f"{row['first_name']} {row['last_name']}" not in everything
        assert f'"{row["pupil"]}"' not in everything
        assert not row["upn"] or row["upn"] not in everything


def test_chart_and_table_stand_on_page_one_and_say_the_same(essex, places):
    data = render(PARTNERSHIP, essex[PARTNERSHIP, "P01", "March"], AFTER)
    first, drawing = pages(data)[0], drawings(data)[0]

    assert "beside the progress expected by Summer" in drawing
    for place in those(places, PARTNERSHIP, "P01"):
        name = f"{place['pupil']['first_name']} {place['pupil']['last_name']}"
        grades = [place["grades"][point] for point in POINTS[:3]]
        gain = points_of(grades[2]) - points_of(grades[0])
        assert f"{name} {grades[0]} to {grades[2]}" in drawing
        assert f"{name} {' '.join(grades)} {gain:+}".replace("-", "\u2212") in first.replace(" 0 ", " +0 ")


# A year that runs -------------------------------------------------------------------------------------------------


@pytest.fixture
def ours(db):
    """October, March and Summer; one pupil up from 2b to 2a, another with an October grade only."""
    corner = build_world()[0]
    corner.programme.refresh_from_db()
    Assessment.objects.filter(place__partnership=corner.partnership).delete()
    corner.march = DataPoint.objects.create(programme=corner.programme, name="March", due_on=dt.date(2027, 3, 12))
    corner.programme.expectations.update_or_create(year_group=5, defaults={"met_from": "3a", "exceeded_from": "4b"})
    corner.other = PlaceFactory(partnership=corner.partnership, pupil__first_name="Ada", pupil__last_name="Lamb")
    give(corner, corner.place, "October", "2b")
    give(corner, corner.place, "March", "2a")
    give(corner, corner.other, "October", "3a")
    count_returns(corner.programme)
    return corner


def give(corner, place, point, code):
    grade = scales.load_scale(corner.programme.scale).grades.get(code=code)
    AssessmentFactory(place=place, data_point=corner.programme.data_points.get(name=point), grade=grade)


def about(corner, kind):
    subject = {
        PARTNERSHIP: {"partnership": corner.partnership},
        SCHOOL: {"school": corner.school},
        AREA: {"area": corner.partnership.area},
        PROGRAMME: {},
    }[kind]
    return Report(kind=kind, programme=corner.programme, data_point=corner.march, **subject)


def words(corner, kind, at=AFTER):
    return " ".join(pages(render(kind, json.loads(json.dumps(figures_of(about(corner, kind)))), at)))


@time_machine.travel("2027-03-01 12:00")
def test_a_data_point_that_is_not_over_is_said_so(ours):
    text = words(ours, PARTNERSHIP)

    assert "The March data point is not over: its grades are due by 12 March 2027, and" in text
    assert "The one target pupil we can compare moved up between October and March, by 2 points." in text
    assert "1 of 2 has no March grade and is not counted: not in yet" in text
    assert "March is not due yet" in text
    assert "nobody has failed" not in text


@time_machine.travel("2027-03-20 12:00")
def test_once_it_is_over_what_is_missing_is_late_and_somebody_owes_it(ours):
    text = words(ours, PARTNERSHIP)

    assert "not over" not in text
    assert "1 of 2 has no March grade and is not counted: no reason given" in text
    specialist, partner = ours.people[Role.SPECIALIST], ours.people[Role.PARTNER]
    assert f"{specialist} and {partner}" in text
    assert "Due next: the Summer grades by 25 June 2027" in text


@time_machine.travel("2027-03-01 12:00")
def test_who_has_left_is_neither_typed_nor_in_while_the_return_is_open(ours):
    """One grade is typed; nobody has typed anything of who has left, as the pages say."""
    march = ours.programme.data_points.get(name="March")
    Assessment.objects.create(place=ours.other, data_point=march, reason="left", grade=None)
    count_returns(ours.programme)
    row = figures_of(about(ours, PARTNERSHIP))["this"]

    assert {name: row[name] for name in ("expected", "in", "excused", "typed", "owed")} == {
        "expected": 2,
        "in": 0,
        "excused": 0,
        "typed": 1,
        "owed": 2,
    }


@pytest.mark.parametrize("kind", [PARTNERSHIP, SCHOOL, AREA, PROGRAMME])
@time_machine.travel("2027-03-20 12:00")
def test_at_every_stage_it_reads_well(ours, kind):
    stages = [words(ours, kind)]
    Assessment.objects.filter(place__partnership__programme=ours.programme, data_point=ours.march).delete()
    stages.append(words(ours, kind))
    Assessment.objects.filter(place__partnership__programme=ours.programme).delete()
    stages.append(words(ours, kind))
    ours.programme.scale = "ta-codes"
    ours.programme.save()
    stages.append(words(ours, kind))

    for text in stages:
        reads_well(text)
    assert ["Nobody can be compared" in text for text in stages] == [False, True, True, True]


@time_machine.travel("2027-03-20 12:00")
def test_nobody_one_and_thirty_pupils_fit_the_paper(ours):
    many = json.loads(json.dumps(figures_of(about(ours, PARTNERSHIP))))
    (group,) = many["groups"]
    many["groups"] = [
        group | {"rows": [group["rows"][0] | {"label": f"Pupil {n}", "in_chart": f"Pupil {n}"} for n in range(30)]}
    ]
    Assessment.objects.filter(place__partnership=ours.partnership).delete()
    ours.partnership.places.all().delete()
    nobody = json.loads(json.dumps(figures_of(about(ours, PARTNERSHIP))))

    assert "Nothing can be said: no target pupils are entered." in " ".join(pages(render(PARTNERSHIP, nobody, AFTER)))
    data = render(PARTNERSHIP, many, AFTER)
    assert len(drawings(data)) >= 2
    assert in_order(headings(data))


# Who has it made --------------------------------------------------------------------------------------------------

MAY = {
    PARTNERSHIP: {Role.SPECIALIST, Role.PARTNER},
    SCHOOL: {Role.HEADTEACHER},
    AREA: {Role.COORDINATOR, Role.CONSULTANT},
    PROGRAMME: {Role.COORDINATOR},
}


def asked(report):
    return {"kind": report.kind, "programme": report.programme_id} | {
        name: row.pk for name, row in report.about.items() if name != "parts" and row
    }


def press(client, person, what):
    client.force_login(person)
    return client.post(reverse("reports:order"), what).status_code


@pytest.mark.parametrize("kind", MAY)
@time_machine.travel("2027-03-20 12:00")
def test_a_progress_report_is_for_whoever_holds_its_role_in_its_place(client, kind, db):
    ours, next_door, elsewhere = build_world()
    for corner in (ours, elsewhere):
        corner.march = DataPoint.objects.create(programme=corner.programme, name="March", due_on=dt.date(2027, 3, 12))
    what = asked(about(ours, kind))

    assert {who for who, person in ours.people.items() if press(client, person, what) == 302} == MAY[kind]
    assert {who for who, person in elsewhere.people.items() if press(client, person, what) == 302} == set()
    of_the_office = {Role.COORDINATOR}
    assert {who for who, person in next_door.people.items() if press(client, person, what) == 302} <= of_the_office
    for wrong in (elsewhere.march, ours.programme.data_points.first()):
        crossed = what | {"data_point": wrong.pk}
        assert {press(client, ours.people[who], crossed) for who in MAY[kind]} == {404}


@pytest.mark.parametrize("kind", MAY)
@time_machine.travel("2027-03-20 12:00")
def test_page_paper_and_tables_are_the_same(client, ours, kind):
    reader = ours.people[sorted(MAY[kind])[-1]]
    made_before = list(Report.objects.values_list("pk", flat=True))
    assert press(client, reader, asked(about(ours, kind))) == 302
    report = Report.objects.exclude(pk__in=made_before).get()
    work_on(Report, report.pk, build)

    page = text_of(client.get(report.get_absolute_url()))
    paper = " ".join(pages(report_file(report)))
    given = client.get(reverse("reports:figures", args=[report.pk, "csv"])).content.decode("utf-8-sig")

    said = "The one target pupil we can compare moved up between October and March, by 2 points."
    b = report.figures["everyone"]
    if b["n"] == 1:
        assert said in paper
        assert said in page
    _, cells = one_table(KINDS[kind].tables(report.figures))
    assert list(csv.reader(given.splitlines()))[1:] == [[str("" if v is None else v) for v in row] for row in cells]
    names = {ours.pupil.full_name, "Ada Lamb"}
    everything = page + paper + given + json.dumps(report.figures)
    assert {name for name in names if name in everything} == (names if kind in {PARTNERSHIP, SCHOOL} else set())
    assert client.get(report.get_absolute_url()).context["newer"] is False


def report_file(report):
    report.refresh_from_db()
    assert report.is_done, report.failure
    with report.file.open() as file:
        return file.read()


@time_machine.travel("2027-03-20 12:00")
def test_the_page_of_progress_offers_the_report_of_what_it_shows(client, ours):
    found = {}
    for role in (Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER, Role.CONSULTANT, Role.COORDINATOR):
        client.force_login(ours.people[role])
        of_partnership = client.get(reverse("reports:partnership_followed", args=[ours.partnership.pk]))
        of_programme = client.get(reverse("reports:followed", args=[ours.programme.slug]))
        found[role] = [[o.kind for o in page.context["offers"]] for page in (of_partnership, of_programme)]

    assert found == {
        Role.SPECIALIST: [[PARTNERSHIP], []],
        Role.PARTNER: [[PARTNERSHIP], []],
        Role.HEADTEACHER: [[], [SCHOOL]],
        Role.CONSULTANT: [[], [AREA]],
        Role.COORDINATOR: [[], [PROGRAMME]],
    }


@time_machine.travel("2027-03-20 12:00")
def test_the_list_of_reports_offers_the_newest_data_point(client, ours):
    found = {}
    for role in (Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER, Role.CONSULTANT, Role.COORDINATOR):
        client.force_login(ours.people[role])
        offers = client.get(reverse("reports:list")).context["may_order"]
        found[role] = {(o.kind, str(o.data_point)) for o in offers if o.data_point}

    assert found == {
        Role.SPECIALIST: {(PARTNERSHIP, "March")},
        Role.PARTNER: {(PARTNERSHIP, "March")},
        Role.HEADTEACHER: {(SCHOOL, "March")},
        Role.CONSULTANT: {(AREA, "March")},
        Role.COORDINATOR: {(PROGRAMME, "March")},
    }


@time_machine.travel("2027-03-20 12:00")
def test_a_consultant_who_leaves_an_area_reads_its_reports_no_more(client, ours):
    what = asked(about(ours, AREA))
    report = ours.reports[AREA]
    client.force_login(ours.people[Role.CONSULTANT])
    assert client.get(report.get_absolute_url()).status_code == 200

    ours.partnership.area.consultants.all().delete()

    assert client.get(report.get_absolute_url()).status_code == 404
    assert press(client, ours.people[Role.CONSULTANT], what) == 404


@time_machine.travel("2027-03-20 12:00")
def test_once_the_pupils_are_erased_nothing_is_told_and_what_names_nobody_stays(client, ours):
    assert press(client, ours.people[Role.COORDINATOR], asked(about(ours, PROGRAMME))) == 302
    report = Report.objects.get(kind=PROGRAMME, state="queued")
    frozen = report.figures
    Programme.objects.filter(pk=ours.programme.pk).update(erased_at=dt.datetime(2027, 3, 19, tzinfo=dt.UTC))

    assert [press(client, ours.people[next(iter(MAY[kind]))], asked(about(ours, kind))) for kind in MAY] == [404] * 4
    report.refresh_from_db()
    assert figures_of(report) == frozen
    again = client.post(reverse("reports:again", args=[report.pk]))
    assert again.status_code == 404


@time_machine.travel("2027-03-20 12:00")
def test_a_newer_progress_report_is_not_taken_for_the_impact_report(client, ours):
    ReportFactory(kind=SCHOOL, programme=ours.programme, school=ours.school, data_point=ours.march, state="done")
    client.force_login(ours.people[Role.HEADTEACHER])

    (impact,) = client.get(reverse("today")).context["impact"]

    assert impact["latest"] == ours.school_report


def test_progress_reports_of_a_school_follow_it_too(ours):
    report = ReportFactory(
        kind=SCHOOL, programme=ours.programme, school=ours.school, data_point=ours.march, state="done"
    )

    assert set(school_reports(ours.organisation).filter(school=ours.school)) == {report, ours.school_report}
