"""What a programme says to anybody: the protected table in every form, and nobody's name."""

import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path

import pdfua
import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from papers.sheets import one_table
from programmes.models import Programme
from pupils.loading import load_programme
from pupils.models import FrozenFigures, Place
from pupils.retention.freezing import freeze_results
from reports.build import render
from reports.figures.public import public_figures
from reports.freezing import freeze_pages
from reports.kinds import KINDS
from reports.models import Report
from reports.results_page import table_of
from tests.pdfs import elements, pages
from tests.reading import text_of
from tests.report_figures import AFTER, headings, in_order, reads_well
from tests.test_ordering_reports import made
from tests.test_results_by_group import fill
from tests.world import build_world

ESSEX = Path(settings.BASE_DIR) / "data" / "essex-2008-09"
PUBLIC = Report.Kind.PUBLIC


@pytest.fixture(scope="module")
def essex(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        load_programme(ESSEX)
        figures = public_figures(Programme.objects.get(slug="essex-2008-09"))
        transaction.set_rollback(True)
    return json.loads(json.dumps(figures))


@pytest.fixture
def ours(db):
    corner = build_world()[0]
    corner.programme.refresh_from_db()
    corner.programme.expectations.update_or_create(year_group=5, defaults={"met_from": "3a", "exceeded_from": "4b"})
    return corner


def paper(figures):
    return render(PUBLIC, json.loads(json.dumps(figures)), AFTER)


def rows_of(name):
    with (ESSEX / name).open(encoding="cp1252" if name == "schools.csv" else "utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def blocks_of(figures):
    return {b["name"]: b for b in [figures["everyone"], *(b for part in figures["sections"] for b in part["rows"])]}


def test_every_figure_is_the_published_one_or_hidden(essex):
    expected = json.loads((ESSEX / "expected.json").read_text())
    named = {name: b for name, b in expected.items() if isinstance(b, dict) and "met" in b}
    text = " ".join(pages(paper(essex)))

    hidden = set()
    for name, b in blocks_of(essex).items():
        key = {"All target pupils": "all"}.get(name, re.sub(r", year", " year", name.lower()))
        told = named.pop(key)
        for ours, theirs in (("met", "met"), ("exceeded", "exceeded"), ("above", "above_expected_rate")):
            said = f"{told[theirs]} of {told['n']} {told[f'{theirs}_pct']}%"
            if b[ours]["hidden"]:
                hidden.add((name, ours))
            else:
                assert (b[ours]["of"], b[ours]["pct"]) == (told[theirs], told[f"{theirs}_pct"])
                assert re.search(rf"{re.escape(name)} [^A-Z]*{said}", text), (name, said)
        assert b["mean_hidden"] or b["mean"] == told["mean_points"]
    assert named == {}
    assert {name for name, _ in hidden} < set(blocks_of(essex)) - {"All target pupils"}
    assert "93 of the 161 worked at or above the level" in text


def test_it_hides_what_whoever_holds_the_budget_does_not_see(ours):
    fill(ours.programme, "maths", 12)
    fill(ours.programme, "maths", 3, year_group=6)
    fill(ours.programme, "writing", 9, last="3a")
    ours.programme.expectations.update_or_create(year_group=6, defaults={"met_from": "4c", "exceeded_from": "5c"})
    figures = public_figures(ours.programme)

    _, theirs = table_of(ours.people[Role.BUDGET_HOLDER], ours.programme)
    sheet = KINDS[PUBLIC].tables(figures)[0]

    named = {row[0] for row in sheet.rows}
    assert sheet.rows == [row for row in theirs if row[0] in named]
    assert any("c" in row for row in sheet.rows)
    assert "c: hidden, because it would tell about 5 pupils or fewer" in " ".join(pages(paper(figures)))


def test_a_programme_of_few_pupils_says_so_and_no_number(ours):
    fill(ours.programme, "maths", 2)
    text = " ".join(pages(paper(public_figures(ours.programme))))

    assert "The results are not shown: so few pupils can be compared that single ones could be recognised." in text
    assert "Not applicable" not in text
    assert not re.search(r"\d of 4 \d+%", text)


def test_it_stays_the_same_once_the_pupils_are_erased(ours):
    fill(ours.programme, "maths", 12)
    fill(ours.programme, "writing", 3)
    alive = json.loads(json.dumps(public_figures(ours.programme)))
    frozen = json.loads(json.dumps(freeze_results(ours.programme) | freeze_pages(ours.programme)))
    FrozenFigures.objects.create(programme=ours.programme, figures=frozen, frozen_at=timezone.now())
    Place.objects.filter(partnership__programme=ours.programme).delete()

    assert json.loads(json.dumps(public_figures(ours.programme))) == alive


def test_it_names_nobody_and_no_school(essex):
    everything = " ".join(pages(paper(essex))) + json.dumps(essex)

    for row in rows_of("pupils.csv"):
        assert f"{row['first_name']} {row['last_name']}" not in everything
        assert row["pupil"] not in everything
    for row in rows_of("schools.csv"):
        assert row["EstablishmentName"] not in everything
    for row in rows_of("specialist_teachers.csv"):
        assert row["last_name"] not in everything.replace(", Kent", "")


def test_it_is_two_pages_that_read_well_and_can_be_listened_to(essex, tmp_path):
    reach = essex["reach"] | {
        "visits": 412,
        "lessons": 150,
        "others": {"said": 48, "of": 50, "teachers": 211, "pupils": 3170},
    }
    data = paper(essex | {"reach": reach})
    found = pages(data)

    assert len(found) == len(pages(paper(essex))) == 2
    assert (
        "They met for 412 half-days and studied 150 research lessons together. 47 of 50 specialist teachers completed "
        "the year (94%). The teachers of 48 of 50 partnerships say that they reached 211 other teachers and 3,170 "
        "other pupils besides. Specialist teachers went on to: deputy headship (6), leading teacher (6)." in found[0]
    )
    assert "What changed for the target pupils?" in found[0]
    assert "This does not say that lesson study caused the change." in found[0]
    reads_well(" ".join(found).replace("lesson study caused the change", "x"))
    assert in_order(headings(data))
    _, tags = elements(data)
    assert {str(e.A.Scope) for e in tags if e.S == "/TH"} == {"/Row", "/Column"}
    assert len(data) < 300_000
    (tmp_path / "summary.pdf").write_bytes(data)
    assert list(pdfua.validate(str(tmp_path / "summary.pdf")).findings) == []


def test_page_file_and_figures_are_the_same(client, ours):
    fill(ours.programme, "maths", 12)
    report = made(client, ours.people[Role.COORDINATOR], {"kind": PUBLIC, "programme": ours.programme.pk})

    page = client.get(report.get_absolute_url()).content.decode()
    content = client.get(reverse("reports:figures", args=[report.pk, "csv"])).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))

    _, cells = one_table(KINDS[PUBLIC].tables(report.figures))
    assert rows[1:] == [["" if v is None else str(v) for v in row] for row in cells]
    given = json.loads(client.get(reverse("reports:figures", args=[report.pk, "json"])).content)
    assert [list(row.values()) for table in given["tables"] for row in table["rows"]] == [
        [float(v) if isinstance(v, Decimal) else v for v in row]
        for sheet in KINDS[PUBLIC].tables(report.figures)
        for row in sheet.rows
    ]
    assert "Small numbers are hidden" in page or "small numbers are hidden" in page


def test_only_a_coordinator_of_the_programme_has_it_made(client, ours):
    asked = {"kind": PUBLIC, "programme": ours.programme.pk}
    may = set()
    for role, person in ours.people.items():
        client.force_login(person)
        if client.post(reverse("reports:order"), asked).status_code == 302:
            may.add(role)

    assert may == {Role.COORDINATOR}
    client.force_login(ours.people[Role.COORDINATOR])
    assert "Public summary" in text_of(client.get(reverse("reports:list")))
