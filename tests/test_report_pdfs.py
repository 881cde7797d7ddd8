"""The two reports of a real programme: what stands in them, and how they are made."""

import csv
import json
import re
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pdfua
import pytest
from django.conf import settings
from django.db import transaction

from accounts.models import School
from programmes.models import Programme
from pupils.loading import load_programme
from reports.figures import programme_figures, school_figures
from tests.pdfs import elements, pages
from tests.report_figures import (
    DASH,
    LEVELS,
    POINTS,
    SEVEN,
    Figures,
    drawings,
    fresh,
    headings,
    in_order,
    maths,
    paper,
    text_of,
)

ESSEX = Path(settings.BASE_DIR) / "data" / "essex-2008-09"


# Real figures -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def essex(django_db_setup, django_db_blocker):
    """The figures of the Essex programme and of each of its partner schools, by URN."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_programme(ESSEX)
        programme = Programme.objects.get(slug="essex-2008-09")
        partners = School.objects.filter(pk__in=programme.partnerships.values("partner_school"))
        figures = {
            "programme": programme_figures(programme),
            "schools": {school.urn: school_figures(programme, school) for school in partners},
        }
        transaction.set_rollback(True)
    return json.loads(json.dumps(figures))


def rows_of(name):
    with (ESSEX / name).open(encoding="cp1252" if name == "schools.csv" else "utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def places():
    """Every place straight from the CSV files: its partnership's row, its pupil's row and its grades by data point."""
    pupils = {(row["pupil"], row["partnership"]): row for row in rows_of("pupils.csv")}
    partnerships = {row["ref"]: row for row in rows_of("partnerships.csv")}
    found = {key: {"pupil": row, "partnership": partnerships[key[1]], "grades": {}} for key, row in pupils.items()}
    for row in rows_of("assessments.csv"):
        found[row["pupil"], row["partnership"]]["grades"][row["data_point"]] = row["grade"]
    return list(found.values())


def points_of(grade):
    return 6 * int(grade[0]) + 3 + {"c": -2, "b": 0, "a": 2}[grade[1]]


def row_of(name, places):
    """A row of the results as it must be printed, worked out by other means than the product's."""
    both = [place for place in places if place["grades"].get("October") and place["grades"].get("Summer")]
    n = len(both)

    def share(condition):
        k = sum(map(condition, both))
        return f"{k} of {n} {(Decimal(100 * k) / n).quantize(Decimal(1), ROUND_HALF_UP)}%"

    def reaches(point, level):
        return lambda place: (
            points_of(place["grades"][point]) >= points_of(LEVELS[int(place["pupil"]["year_group"])][level])
        )

    def gain(place):
        return points_of(place["grades"]["Summer"]) - points_of(place["grades"]["October"])

    shares = [reaches("October", 0), reaches("Summer", 0), reaches("Summer", 1), lambda place: gain(place) > 3]
    mean = (Decimal(sum(map(gain, both))) / n).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{name} {len(places)} {len(places) - n} {n} {' '.join(map(share, shares))} {mean:+}".replace("-", "\u2212")


HEAD = (
    "Group Target pupils Missing a grade Both grades (n) At level for year, October At level for year, Summer "
    "Of these, above it Gained more than 3 Mean gain, points"
)


def test_the_programme_report_says_every_expected_figure_in_its_row(essex):
    expected = json.loads((ESSEX / "expected.json").read_text())
    text = text_of(essex["programme"])

    blocks = {name: b for name, b in expected.items() if isinstance(b, dict) and "met" in b}
    assert len(blocks) == 11
    for name, b in blocks.items():
        label = "All target pupils" if name == "all" else re.sub(r"^(\w+) year", r"\1, year", name).title()
        tail = " ".join(
            f"{b[share]} of {b['n']} {b[f'{share}_pct']}%" for share in ("met", "exceeded", "above_expected_rate")
        )
        row = (
            rf"(?<!, ){re.escape(label)} \d+ \d+ {b['n']} \d+ of {b['n']} \d+% {tail} \+{re.escape(b['mean_points'])} "
        )
        assert len(re.findall(row, text)) == 1, label
    assert "8 of 169 have no Summer grade and are not counted: partnership ended" in text
    done = expected["specialist_teachers"]
    assert f"{done['completed']} of {done['total']} {done['completed_pct']}% Met by 4 percentage points" in text
    done = expected["partnerships"]
    assert f"{done['completed']} of {done['total']} partnerships completed the year ({done['completed_pct']}%)" in text
    assert f"; {done['folded']} folded." in text
    assert "went on to: deputy headship (6), leading teacher (6)." in text


def test_the_tables_of_the_programme_report_are_the_csv_files_counted_anew(essex, places):
    text = text_of(essex["programme"])

    def part(key):
        groups = {}
        for place in places:
            groups.setdefault(key(place["pupil"], place["partnership"]), []).append(place)
        return " ".join(row_of(name, groups[name]) for name in sorted(groups))

    subject = part(lambda pupil, partnership: partnership["subject"].capitalize())
    year = part(lambda pupil, partnership: f"Year {pupil['year_group']}")
    both = part(lambda pupil, partnership: f"{partnership['subject'].capitalize()}, Year {pupil['year_group']}")
    area = part(lambda pupil, partnership: partnership["area"])
    assert (
        f"Results By subject {HEAD} {subject} {row_of('All target pupils', places)} By year group {HEAD} {year} "
        f"By subject and year group {HEAD} {both} By area {HEAD} {area} " in text
    )


def test_the_programme_report_answers_first_and_judges_its_criteria(essex):
    first, *_ = pages(paper(essex["programme"]))

    assert (
        "What changed for the target pupils? 117 of the 161 target pupils we can compare gained more than the expected "
        "3 points between October and Summer. All 161 together made on average 4.0 points. 93 of the 161 worked at or "
        "above the level expected for their year in Summer; in October it was 36." in first
    )
    assert "Target pupils who gained more than expected 50% 117 of 161 73% Met by 23 percentage points" in first
    assert "Specialist teachers who completed the year 90% 47 of 50 94% Met by 4 percentage points" in first
    assert "Positive feedback from partner teachers and schools 90% \u2013 \u2013 No data yet" in first
    assert "Year 4 3 of 6 (50%) 5 of 6 (83%)" in first


def test_the_programme_report_says_which_partnerships_folded_and_how_complete_the_grades_are(essex):
    text = text_of(essex["programme"])

    schools = {row["URN"]: row["EstablishmentName"] for row in rows_of("schools.csv")}
    folded = [row for row in rows_of("partnerships.csv") if row["status"] == "folded"]
    assert len(folded) == 3
    for row in folded:
        assert (
            f"{row['ref']} {row['subject'].capitalize()}, Year {row['year_group']} "
            f"{schools[row['partner_school_urn']]} 6 February 2009 {row['reason']}" in text
        )
    grades = Counter((row["data_point"], bool(row["grade"])) for row in rows_of("assessments.csv"))
    days = ["17 October 2008", "12 December 2008", "27 March 2009", "26 June 2009"]
    for point, day in zip(POINTS, days, strict=True):
        assert f"{point} {day} 50 of 50 {grades[point, True]} {grades[point, False]} 0 " in text


def test_the_programme_report_names_no_pupil(essex):
    data = paper(essex["programme"])
    text = " ".join(pages(data))
    everything = text + "".join(drawings(data)) + json.dumps(essex["programme"])

    for row in rows_of("pupils.csv"):
        assert f"{row['first_name']} {row['last_name']}" not in everything
        assert row["pupil"] not in everything
        assert not row["upn"] or row["upn"] not in everything


@pytest.mark.parametrize("ref", ["P01", "P05", "P14", "P48"])
def test_the_school_report_is_the_csv_files_counted_anew(essex, places, ref):
    mine = [place for place in places if place["partnership"]["ref"] == ref]
    partnership = mine[0]["partnership"]
    urn = partnership["partner_school_urn"]
    assert {p["partnership"]["ref"] for p in places if p["partnership"]["partner_school_urn"] == urn} == {ref}
    data = paper(essex["schools"][urn])
    text = " ".join(pages(data))

    both = [place for place in mine if place["grades"].get("Summer")]
    if both:
        assert f"Our results {HEAD} {row_of('Our school', mine)} {row_of('All 50 schools', places)} " in text
    else:
        assert f"Our school {len(mine)} {len(mine)} 0 {' '.join(DASH * 5)} {row_of('All 50 schools', places)} " in text
    for place in mine:
        name = f"{place['pupil']['first_name']} {place['pupil']['last_name']}"
        grades = [place["grades"].get(point) or "partnership ended" for point in POINTS]
        if place in both:
            gain = points_of(grades[3]) - points_of(grades[0])
            met, above = (points_of(code) for code in LEVELS[int(place["pupil"]["year_group"])])
            last = points_of(grades[3])
            cells = [
                f"{gain:+}",
                "Yes" if gain > 3 else "No",
                "Yes" if points_of(grades[0]) >= met else "No",
                "Yes, above" if last >= above else "Yes" if last >= met else "No",
            ]
            assert f"{name} {' '.join(grades)} {' '.join(cells)}" in text
        else:
            assert f"{name} {' '.join(grades)}" in text


def test_the_figures_of_every_school_are_the_csv_files_counted_anew(essex, places):
    schools = {}
    for place in places:
        schools.setdefault(place["partnership"]["partner_school_urn"], []).append(place)

    assert set(essex["schools"]) == set(schools)
    for urn, figures in essex["schools"].items():
        both = [p for p in schools[urn] if p["grades"].get("October") and p["grades"].get("Summer")]
        ours = figures["ours"]
        assert (ours["places"], ours["n"], ours["missing"]) == (
            len(schools[urn]),
            len(both),
            len(schools[urn]) - len(both),
        )
        if both:
            row = row_of("", schools[urn]).split()
            shares = [ours[name] for name in ("met_first", "met", "exceeded", "above")]
            printed = " ".join(f"{share['of']} of {share['n']} {share['pct']}%" for share in shares)
            assert " ".join(row[3:-1]) == printed
            assert row[-1].replace("\u2212", "-") == f"{Decimal(ours['mean']):+}"


def test_the_school_report_has_no_pupil_number_and_no_other_schools_pupil(essex, places):
    data = paper(essex["schools"]["900055"])
    pdf, _ = elements(data)
    text = " ".join(pages(data)) + "".join(drawings(data))

    own = [p["pupil"] for p in places if p["partnership"]["partner_school_urn"] == "900055"]
    assert own
    assert all(f"{row['first_name']} {row['last_name']}" in text for row in own)
    for row in rows_of("pupils.csv"):
        assert not row["upn"] or row["upn"] not in text + json.dumps(essex["schools"]["900055"])
    names, theirs = (
        {f"{row['first_name']} {row['last_name']}" for row in rows} for rows in (own, rows_of("pupils.csv"))
    )
    assert not [name for name in theirs - names if name in text]
    said = str(dict(pdf.docinfo)) + pdf.Root.Metadata.read_bytes().decode()
    people = {*(row["last_name"] for row in own), "Crane", "Gale"}
    assert not [name for name in people if name in said]


def test_figures_made_by_hand_are_shaped_like_real_ones(essex):
    def shape(value):
        if isinstance(value, dict):
            return {key: shape(part) for key, part in value.items()}
        return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__

    real = essex["schools"]["900055"]
    made = json.loads(json.dumps(maths(*SEVEN[:3]) | {"everyone": real["everyone"], "missing_because": []}))
    assert shape(made) == shape(real)
    assert set(Figures(("Maths", 5, SEVEN)).programme()) == set(essex["programme"])


# Made to be read, by whomever -------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["school", "programme"])
def test_a_report_can_be_listened_to(essex, which, tmp_path):
    figures = essex["programme"] if which == "programme" else essex["schools"]["900055"]
    data = paper(figures)
    pdf, found = elements(data)

    assert in_order(headings(data))
    cells = [e for e in found if e.S == "/TH"]
    assert len(cells) > 20
    assert {str(e.A.Scope) for e in cells} == {"/Row", "/Column"}
    tables = [e for e in found if e.S == "/Table"]
    assert all(any(kid.S == "/Caption" for kid in table.K) for table in tables)
    assert all(drawings(data))
    title = {
        "school": "School impact report 2008-09: Wakering Cross Community Primary School",
        "programme": "Programme results 2008-09: Essex lesson study 2008-09",
    }[which]
    assert str(pdf.docinfo.Title) == title
    assert str(pdf.Root.Lang) == "en-GB"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_outline() as outline:
        assert outline.root[0].children[0].title.startswith("What changed")
    (tmp_path / "report.pdf").write_bytes(data)
    assert list(pdfua.validate(str(tmp_path / "report.pdf")).findings) == []


def test_it_is_read_out_in_the_order_in_which_it_is_seen(essex):
    pdf, found = elements(paper(essex["schools"]["900055"]))

    assert len(pdf.pages) == 2
    kinds = [str(e.S) for e in found if str(e.S) in {"/H1", "/H2", "/H3", "/L", "/Table"}]
    results, year, limits = ["/H2", "/Table", "/L", "/H2", "/Table"], ["/H2"], ["/H2", "/L", "/H2"]
    assert kinds == ["/H1", "/H2", "/L", "/H3", "/Table", *results, *year, *limits]


def test_the_drawings_say_in_words_what_they_show(essex):
    assert "Ben Nolan 3a to 4a, +6 points, more than expected" in drawings(paper(essex["schools"]["900055"]))[0]
    assert drawings(paper(essex["programme"]))[:3] == [
        "73%, the target is 50%",
        "94%, the target is 90%",
        "All target pupils: 22% in October, 58% in Summer",
    ]


@pytest.mark.parametrize("which", ["school", "programme"])
def test_every_page_says_of_whom_when_and_which_it_is(essex, which):
    figures = essex["programme"] if which == "programme" else essex["schools"]["900055"]
    subject = figures.get("school") or figures["programme"]
    found = pages(paper(figures))

    for number, page in enumerate(found, 1):
        assert page.endswith(f"{subject} 3 July 2009, page {number} of {len(found)}")
    text = " ".join(found)
    assert "Frozen on Friday 3 July 2009 at 10:42: a grade that is corrected later" in text
    assert "as report" not in text
    assert "half up" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("which", ["school", "programme"])
def test_rendering_asks_the_database_nothing(essex, which, django_assert_num_queries):
    figures = essex["programme"] if which == "programme" else essex["schools"]["900055"]

    with django_assert_num_queries(0):
        data = fresh(figures)

    assert len(data) < 300_000


def test_the_same_figures_make_the_same_bytes(essex):
    assert fresh(essex["programme"]) == fresh(essex["programme"])
