"""The two reports: what stands in them, in every case that a school or a programme can be in, and how they are made."""

import csv
import datetime as dt
import json
import re
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pdfua
import pytest
from django.conf import settings
from django.db import transaction

from accounts.models import School
from papers.charts import bar
from programmes.models import Programme
from pupils import scales
from pupils.figures import GradeValue, PlaceFacts, block, percent
from pupils.loading import load_programme
from pupils.models import Assessment
from reports.build import render
from reports.figures import programme_figures, school_figures
from reports.figures.words import block_words, least_above, reason_words, years_words
from reports.models import Report
from tests.factories import PlaceFactory
from tests.test_pdf import elements, pages

ESSEX = Path(settings.BASE_DIR) / "data" / "essex-2008-09"
AFTER = dt.datetime(2009, 7, 3, 10, 42, tzinfo=ZoneInfo("Europe/London"))
BEFORE = dt.datetime(2009, 5, 11, 9, 5, tzinfo=ZoneInfo("Europe/London"))
DASH = "\u2013"
POINTS = ["October", "December", "March", "Summer"]
LEVELS = {4: ("3b", "4c"), 5: ("3a", "4b"), 6: ("4c", "5c")}
CODES = dict.fromkeys((4, 5, 6), ("EXS", "GDS"))
SEVEN = [
    ("Ben Nolan", "3a", "4a"),
    ("Luca Whitby", "3b", "4c"),
    ("Mina Vance", "2a", "3c"),
    ("Finn Frost", "3a", "4a"),
    ("Noor Kaur", "4c", "5c"),
    ("Seth Joyce", "2a", "3b"),
    ("Oscar Marsh", "2a", "3c"),
]


# Figures made by hand ---------------------------------------------------------------------------------------------


class Figures:
    """Figures of groups (subject, year, pupils); a pupil is (name, first, last), a grade or why there is none."""

    def __init__(self, *groups, scale="nc-sublevels", expected=3, levels=LEVELS):
        self.expected = None if expected is None else Decimal(expected)
        self.levels = levels
        self.file = scales.description(scale)
        self.grades = [
            {"code": grade["code"], "points": grade.get("points"), "position": position}
            for position, grade in enumerate(self.file["grades"])
        ]
        self.of_code = {g["code"]: GradeValue(g["code"], 1, g["position"], g["points"]) for g in self.grades}
        self.groups = [
            (subject, year, [self.facts(subject, year, *pupil) for pupil in pupils]) for subject, year, pupils in groups
        ]

    def facts(self, subject, year, name, first, last):
        met, exceeded = (
            (self.of_code[code].position for code in self.levels[year]) if year in self.levels else (None, None)
        )
        return name, PlaceFacts(
            place=0,
            pupil=name,
            partnership=0,
            school=1,
            subject=subject,
            year_group=year,
            area="",
            first=self.of_code.get(first),
            last=self.of_code.get(last),
            first_reason="" if first in self.of_code else first,
            last_reason="" if last in self.of_code else last,
            met_from=met,
            exceeded_from=exceeded,
            expected_points=self.expected,
        )

    @property
    def all(self):
        return [facts for _, _, pupils in self.groups for _, facts in pupils]

    def both(self, everyone):
        years = {facts.year_group for facts in self.all}
        return {
            "programme": "Essex lesson study 2008-09",
            "year": "2008-09",
            "organiser": "Essex",
            "closed": True,
            "first": "October",
            "last": "Summer",
            "first_due": "2008-10-17",
            "last_due": "2009-06-26",
            "last_day": "Friday 26 June 2009",
            "expected": None if self.expected is None else f"{self.expected}",
            "has_points": self.file["has_points"],
            "step": self.file["step"],
            "levels": [
                {"year": year, "met": met, "exceeded": exceeded}
                for year, (met, exceeded) in self.levels.items()
                if year in years
            ],
            "missing_because": reason_words(everyone.first_reasons, everyone.final_reasons),
            "have_first": sum(facts.first is not None for facts in self.all),
            "have_last": sum(facts.last is not None for facts in self.all),
            "twice": sum(n > 1 for n in Counter(facts.pupil for facts in self.all).values()),
            "without_level": years_words(years - set(self.levels)),
            "least_above": least_above(self.expected, [grade["points"] for grade in self.grades]),
            "one_pct": percent(1, everyone.n),
            "two_scales": 0,
        }

    def school(self, **changes):
        ours = block(self.all)
        return (
            self.both(ours)
            | {
                "school": "Wakering Cross Community Primary School",
                "points": POINTS,
                "scale": self.grades,
                "scope": " and ".join(f"{subject}, Year {year}" for subject, year, _ in self.groups),
                "groups": [self.group(*group) for group in self.groups],
                "ours": block_words("Our school", ours),
                "everyone": None,
                "partnerships": [
                    {
                        "label": f"{subject}, Year {year}",
                        "specialist": "Hari Crane",
                        "home_school": "Althorne Primary School",
                        "teachers": "Dev Gale",
                        "status": "Completed",
                        "ended_on": "17 July 2009",
                        "reason": "",
                    }
                    for subject, year, _ in self.groups
                ],
            }
            | changes
        )

    def group(self, subject, year, pupils):
        name = f"{subject}, Year {year}"
        return {
            "name": name,
            "short": f"{subject}, {year}",
            "level": self.levels[year][0] if year in self.levels else None,
            "level_label": f"level for Year {year}",
            "block": block_words(name, block(facts for _, facts in pupils)),
            "rows": [
                self.row(name, facts)
                for name, facts in sorted(pupils, key=lambda p: (not p[1].matched, -(p[1].gain or 0)))
            ],
        }

    def row(self, name, facts):
        labels = dict(Assessment.Reason.choices)
        first, last = facts.first and facts.first.code, facts.last and facts.last.code
        reason = "" if facts.matched else facts.first_reason or facts.last_reason
        cells = [(first, facts.first_reason)] * 3 + [(last, facts.last_reason)]
        return {
            "label": name,
            "year": facts.year_group,
            "grades": [
                {"grade": code, "reason": "" if code else labels[why].lower() if why else "no grade"}
                for code, why in cells
            ],
            "first": first,
            "last": last,
            "matched": facts.matched,
            "gain": facts.gain,
            "above": facts.above,
            "met_first": facts.met_first,
            "met": facts.met,
            "exceeded": facts.exceeded,
            "reason": labels[reason].lower() if reason else "",
        }

    def programme(self, **changes):
        everyone = block(self.all)
        return (
            self.both(everyone)
            | {
                "scope": "maths and writing, Years 4, 5 and 6",
                "everyone": block_words("All target pupils", everyone),
                "sections": [
                    {
                        "title": "By subject and year group",
                        "rows": [self.group(*group)["block"] for group in self.groups],
                    }
                ]
                if len(self.groups) > 1
                else [],
                "criteria": [],
                "partnerships": {
                    "total": 0,
                    "completed": {"of": 0, "n": 0, "pct": None},
                    "folded": 0,
                    "others": 0,
                    "specialists": {"of": 0, "n": 0, "pct": None},
                },
                "folded": [],
                "outcomes": [],
                "returns": [],
            }
            | changes
        )


def maths(*pupils, **options):
    return Figures(("Maths", 5, pupils), **options).school()


def fresh(figures, at=AFTER):
    kind = Report.Kind.SCHOOL if "school" in figures else Report.Kind.PROGRAMME
    return render(kind, json.loads(json.dumps(figures)), at)


def paper(figures, at=AFTER):
    """The same figures make the same bytes: once is enough."""
    return kept(json.dumps(figures), at)


@cache
def kept(figures, at):
    return fresh(json.loads(figures), at)


def text_of(figures, at=AFTER):
    return " ".join(pages(paper(figures, at)))


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


def headings(data):
    pdf, found = elements(data)
    with pdf:
        return [int(str(e.S)[2]) for e in found if re.fullmatch(r"/H\d", str(e.S))]


def drawings(data):
    """What is said for each drawing."""
    pdf, found = elements(data)
    with pdf:
        return [str(e.Alt) for e in found if e.S == "/Figure"]


def in_order(levels):
    return levels[0] == 1 and levels.count(1) == 1 and all(lower <= level + 1 for level, lower in pairwise(levels))


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
    assert kinds == ["/H1", "/H2", "/L", "/H3", "/Table", "/H2", "/Table", "/L", "/H2", "/Table", "/H2", "/L", "/H2"]


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
    assert "Frozen on Friday 3 July 2009 at 10:42. If a grade" in text
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


# Every case in plain English --------------------------------------------------------------------------------------

BELOW = ("2a", "3c")  # two points more, below the level for Year 5
ABOVE = ("3a", "4c")  # the level for Year 5 at both data points


def several(*grades):
    return [(f"Pupil {n}", *pair) for n, pair in enumerate(grades, 1)]


ANSWERS = {
    "some of seven": (
        maths(*SEVEN),
        "Five of the seven target pupils we can compare gained more than the expected 3 points between October and "
        "Summer. Four of the seven worked at or above the level expected for their year in Summer; in October it was "
        "three.",
    ),
    "all": (
        maths(*several(*[("2a", "4a")] * 3)),
        "All three target pupils we can compare gained more than the expected 3 points between October and Summer. All "
        "three worked at or above the level expected for their year in Summer; in October it "
        "was none.",
    ),
    "none": (
        maths(*several(*[BELOW] * 3)),
        "None of the three target pupils we can compare gained more than the expected 3 points between October and "
        "Summer. None of the three worked at or above the level expected for their year in Summer; in October it was "
        "also none.",
    ),
    "both of two": (
        maths(*several(("3a", "4a"), ("3a", "4a"))),
        "Both target pupils we can compare gained more than the expected 3 points between October and Summer. Both "
        "worked at or above the level expected for their year in Summer; in October it was also both.",
    ),
    "one of two": (
        maths(*several(BELOW, ("2a", "3a"))),
        "One of the two target pupils we can compare gained more than the expected 3 points between October and "
        "Summer. One of the two worked at or above the level expected for their year in Summer; in October it "
        "was none.",
    ),
    "neither of two": (
        maths(*several(BELOW, BELOW)),
        "Neither of the two target pupils we can compare gained more than the expected 3 points between October and "
        "Summer. Neither of the two worked at or above",
    ),
    "more than ten": (
        maths(*several(*[("2a", "3a")] * 11, BELOW)),
        "11 of the 12 target pupils we can compare gained more than the expected 3 points",
    ),
    "one who did": (
        maths(("Ben Nolan", "3b", "4c")),
        "The one target pupil we can compare gained more than the expected 3 points between October and Summer. The "
        "pupil worked at or above the level expected for the year in Summer; in October below it.",
    ),
    "one who did not": (
        maths(("Ben Nolan", *BELOW)),
        "The one target pupil we can compare did not gain more than the expected 3 points between October and Summer. "
        "The pupil worked below the level expected for the year in Summer, as in October.",
    ),
    "one who fell below": (
        maths(("Ben Nolan", "3a", "3c")),
        "The pupil worked below the level expected for the year in Summer; in October at or above it.",
    ),
    "one expected point": (
        maths(*SEVEN, expected=1),
        "All seven target pupils we can compare gained more than the expected 1 point between October and Summer.",
    ),
    "some missing": (
        maths(*SEVEN, ("Maya Eaves", "2a", "left"), ("Pia Ivory", "2a", "left"), ("Ada Lamb", "2a", "absent")),
        "3 of 10 have no Summer grade and are not counted: left the school (2), absent (1)",
    ),
    "one without first grade": (
        maths(*SEVEN, ("Maya Eaves", "not enrolled yet", "3a")),
        "1 of 8 has no October grade and is not counted: not enrolled yet",
    ),
    "missing at both ends": (
        maths(*SEVEN, ("Maya Eaves", "not enrolled yet", "3a"), ("Pia Ivory", "2a", "")),
        "2 of 9 have no October or no Summer grade and are not counted: no reason given (1), not enrolled yet (1)",
    ),
    "nobody missing": (maths(*SEVEN), "0 of 7 missing: every target pupil has both grades"),
    "nobody at all": (maths(), "Nobody can be compared: no target pupils are entered."),
    "nobody matched": (
        maths(("Ben Nolan", "3a", "left"), ("Mina Vance", "absent", "")),
        "Nobody can be compared: no target pupil has a grade for both October and Summer. The October grade is in for "
        "1 of 2 target pupils, the Summer grade for 0 of 2.",
    ),
    "two places of one pupil": (
        Figures(("Maths", 5, SEVEN[:3]), ("Writing", 5, SEVEN[:2])).school(),
        "In four of the five places we can compare the pupil gained more than the expected 3 points between October "
        "and Summer. In four of the five the pupil worked at or above the level expected for the year in Summer; in "
        "October it was two. A place is one pupil in one subject; the five we can compare are places of three pupils.",
    ),
    "both places of one pupil": (
        Figures(("Maths", 5, SEVEN[:1]), ("Writing", 5, SEVEN[:1])).school(),
        "In both places we can compare the pupil gained more than the expected 3 points between October and Summer. In "
        "both the pupil worked at or above the level expected for the year in Summer; in October it was also both. A "
        "place is one pupil in one subject; the two we can compare are places of one pupil.",
    ),
    "no points": (
        maths(("Ben", "WTS", "EXS"), ("Ada", "PK6", "WTS"), ("Cy", "EXS", "GDS"), scale="ta-codes", levels=CODES),
        "Two of the three target pupils we can compare worked at or above the level expected for their year in Summer; "
        "in October it was one. How many gained more than expected is not applicable: these codes have no points.",
    ),
    "no points, one pupil": (
        maths(("Ben", "WTS", "EXS"), scale="ta-codes", levels=CODES),
        "The one target pupil we can compare worked at or above the level expected for the year in Summer; in October "
        "below it. How many gained more than expected is not applicable: these codes have no points.",
    ),
    "no points, two places of one pupil": (
        Figures(
            ("Maths", 5, [("Ben", "WTS", "EXS")]),
            ("Writing", 5, [("Ben", "WTS", "WTS")]),
            scale="ta-codes",
            levels=CODES,
        ).school(),
        "In one of the two places we can compare the pupil worked at or above the level expected for the year in "
        "Summer; in October it was none.",
    ),
    "neither points nor levels": (
        maths(("Ben", "WTS", "EXS"), ("Ada", "PK6", "WTS"), scale="ta-codes", levels={}),
        "Two target pupils have a grade for both October and Summer. How many gained more than expected is not "
        "applicable: these codes have no points. The level for the year is not applicable: the programme sets none for "
        "Year 5.",
    ),
    "no levels": (
        maths(*SEVEN, levels={}),
        "between October and Summer. The level for the year is not applicable: the programme sets none for Year 5.",
    ),
    "no level for one year": (
        Figures(("Maths", 5, SEVEN[:2]), ("Maths", 3, SEVEN[2:4])).school(),
        "Three of the four target pupils we can compare gained more than the expected 3 points between October and "
        "Summer. The level for the year is not applicable: the programme sets none for Year 3.",
    ),
    "nothing expected": (
        maths(*SEVEN, expected=None),
        "The seven target pupils we can compare made on average 4.3 points between October and Summer. Four of the "
        "seven worked at or above",
    ),
    "nothing expected, fewer points": (
        maths(*several(("3a", "3b"), ("3a", "3b")), expected=None),
        "The two target pupils we can compare lost on average 2.0 points between October and Summer.",
    ),
    "nothing expected, one pupil": (
        maths(("Ben", "3a", "4c"), expected=None),
        "The one target pupil we can compare made 2.0 points between October and Summer.",
    ),
    "nothing expected, two places of one pupil": (
        Figures(("Maths", 5, SEVEN[:1]), ("Writing", 5, SEVEN[:1]), expected=None).school(),
        "In the two places we can compare the pupil made on average 6.0 points between October and Summer.",
    ),
}


@pytest.mark.parametrize(("figures", "sentence"), ANSWERS.values(), ids=ANSWERS.keys())
def test_the_answer_is_a_sentence_in_every_case(figures, sentence):
    found = pages(paper(figures))

    assert sentence in found[0]
    reads_well(" ".join(found))


def reads_well(text):
    assert not re.search(r"None(?! of the)|True|False|nan\b|\{|\}", text)
    assert not re.search(r" [.,;:)]|\( |,,|\.\.|\b1 (pupils|places|points|partnerships)\b|\b0 pupil\b", text)
    assert not re.search(r"-\d", re.sub(r"\d{4}-\d\d", "", text)), "a hyphen for a minus"
    assert not re.search("caused(?! any change)|because of lesson study|impact of", text)


def test_while_the_programme_runs_missing_grades_are_a_fact_and_no_result():
    nobody = maths(("Ben Nolan", "3a", ""), ("Mina Vance", "2a", ""), ("Ada Lamb", "", "")) | {"closed": False}
    some = maths(*SEVEN[:3], ("Maya Eaves", "2a", ""), ("Pia Ivory", "2a", "left")) | {"closed": False}

    text = text_of(nobody, BEFORE)
    assert (
        "Nobody can be compared yet: the Summer grades are due by Friday 26 June 2009. The October grade is in for "
        "2 of 3 target pupils, the Summer grade for 0 of 3." in text
    )
    assert "0 of 3 with a grade for Summer: due by Friday 26 June 2009" in text
    assert "3 of 3 have no Summer grade and are not counted: not in yet" in text
    assert "The last grades are due by Friday 26 June 2009. Made on Monday 11 May 2009." in text
    assert "%" not in text
    assert "Gained more" not in text
    reads_well(text)
    text = text_of(some, BEFORE)
    assert (
        "The Summer grades are not all in yet: 3 of 5 so far, due by Friday 26 June 2009. Two of the three target "
        "pupils we can compare gained more" in text
    )
    assert "2 of 5 have no Summer grade and are not counted: not in yet (1), left the school (1)" in text
    reads_well(text)
    assert "Nobody can be compared: no target pupil has" in text_of(nobody, AFTER)


NO_POINTS = dict.fromkeys(["first", "last", "first_due", "last_due", "last_day"])


@pytest.mark.parametrize("kind", ["school", "programme"])
def test_fewer_than_two_data_points_make_no_result(kind):
    made = Figures(("Maths", 5, [("Ben Nolan", "", "")]))
    figures = {"school": made.school, "programme": made.programme}[kind](**NO_POINTS)

    text = text_of(figures)

    assert "Nobody can be compared yet: a result needs two data points, and the programme has fewer." in text
    reads_well(text)


@pytest.mark.django_db
@pytest.mark.parametrize("points", [0, 1])
def test_figures_of_a_programme_that_is_being_set_up_can_be_read(points):
    partnership = PlaceFactory().partnership
    programme, school = Programme.objects.get(pk=partnership.programme_id), partnership.partner_school
    kept = programme.data_points.all()[:points]
    programme.data_points.exclude(pk__in=[point.pk for point in kept]).delete()

    for figures in (school_figures(programme, school), programme_figures(programme)):
        assert "a result needs two data points" in text_of(figures)


def test_a_lower_last_grade_is_printed_with_a_real_minus():
    text = text_of(maths(("Ben Nolan", "3a", "3c"), ("Mina Vance", "2a", "2a")))

    assert "Ben Nolan 3a 3a 3a 3c \u22124 No Yes No" in text
    assert "Mina Vance 2a 2a 2a 2a 0 No No No" in text
    assert "\u22122.0 points gained on average (n = 2)" in text


def test_a_missing_pupil_stays_in_the_table_in_words():
    text = text_of(maths(*SEVEN, ("Maya Eaves", "2a", "left"), ("P0123", "not enrolled yet", "3a")))

    assert "Maya Eaves 2a 2a 2a left the school \u2013 not counted in the results" in text
    assert "P0123 not enrolled yet not enrolled yet not enrolled yet 3a \u2013 not counted in the results" in text
    assert "Those who are missing. 2 of 9 target pupils lack a grade, and we do not know which way they" in text


def test_without_points_there_is_neither_a_mean_nor_an_expected_rate():
    pupils = [("Ben", "WTS", "EXS"), ("Ada", "PK6", "WTS"), ("Cy", "EXS", "GDS"), ("Di", "EXS", "WTS")]
    text = text_of(maths(*pupils, scale="ta-codes", levels=CODES))

    assert "2 of 4 at or above the level for their year in Summer (50%); in October 2 of 4" in text
    assert "1 of 4 above the level for their year in Summer (25%)" in text
    assert "Not applicable points gained: these codes have no points" in text
    assert "Our school 4 0 4 2 of 4 50% 2 of 4 50% 1 of 4 25% " in text
    assert "Mean gain" not in text
    assert "More than" not in text
    assert "means have one decimal" not in text


def test_a_level_that_is_not_set_is_not_applicable():
    text = text_of(Figures(("Maths", 5, SEVEN[:2]), ("Maths", 3, SEVEN[2:4])).school())

    assert "Maths, Year 3 2 0 2 z z z 1 of 2 50% +4.0" in text
    assert "Maths, Year 5 2 0 2 1 of 2 50% 2 of 2 100% 1 of 2 50% 2 of 2 100% +5.0" in text
    assert "Mina Vance 2a 2a 2a 3c +2 No z z" in text
    assert "z: not applicable; the programme sets no level for Year 3." in text
    assert "Not applicable level for the year: the programme sets none for Year 3" in text
    assert "At level" not in text_of(maths(*SEVEN, levels={}))


def test_how_to_read_it_speaks_of_these_very_figures():
    text = text_of(Figures(("Maths", 5, SEVEN[:3]), ("Writing", 6, SEVEN[3:])).school())

    assert "Points. A sub-level, such as 3c to 3b, is 2 points; a whole level is 6 points." in text
    assert (
        "Expected is 3 points from October to Summer, set by the programme. On this scale more than 3 means 4 or more."
        in text
    )
    assert (
        "Level for the year is 3a or better in Year 5 (above it from 4b), 4c or better in Year 6 (above it from 5c)."
        in text
    )
    assert "Read the counts: here one pupil is 14 percentage points." in text
    assert "One pupil is everyone here: read the grades, not the percentages." in text_of(maths(SEVEN[0]))
    assert "2 of 7 already met it in October." in text
    for limit in ("caused any change", "How the year group did", "Test results", "How well anyone teaches"):
        assert limit in text


def test_the_whole_programme_is_context_and_hidden_where_it_would_tell_about_pupils():
    figures = maths(*SEVEN)
    other = block_words("All 50 schools", block(Figures(("Maths", 5, SEVEN * 3)).all))

    text = text_of(figures | {"everyone": other})
    assert "The last row is context, not a ranking" in text
    hidden = (
        other
        | {"hidden": True, "mean": None, "mean_hidden": True}
        | {
            name: {"of": None, "n": 21, "pct": None, "hidden": True}
            for name in ("met_first", "met", "exceeded", "above")
        }
    )
    text = text_of(figures | {"everyone": hidden})
    assert "All 50 schools 21 0 21 7 pupils c c c c c c: not shown. Single pupils of another school" in text
    assert "ranking" not in text
    text = text_of(figures)
    assert "No other school of the programme has target pupils, so there is no row for the whole programme." in text
    assert "ranking" not in text


def test_the_partnerships_say_who_worked_together_and_why_one_ended():
    figures = Figures(("Maths", 5, SEVEN[:3]), ("Maths", 5, SEVEN[3:])).school()
    first, second = figures["partnerships"]
    second |= {
        "specialist": "Leo Oakes",
        "teachers": "",
        "status": "Folded",
        "ended_on": "6 February 2009",
        "reason": "partner school withdrew: staffing",
    }
    for group, partnership in zip(figures["groups"], (first, second), strict=True):
        group["name"] = group["block"]["name"] = f"Maths, Year 5, with {partnership['specialist']}"

    text = text_of(figures)

    assert "Maths, Year 5 Hari Crane, Althorne Primary School Dev Gale Completed on 17 July 2009 " in text
    assert "none at present Folded on 6 February 2009: partner school withdrew: staffing" in text
    assert "Maths, Year 5, with Leo Oakes 4 0 4 " in text
    assert "Maths, Year 5, with Hari Crane Ben Nolan 3a" in text


NAMES = [
    "<script>alert(1)</script>",
    "{{ f.school }}",
    "نور الدين",
    "小明",
    "Łukasz Żółć",
    "P0123",
    "W" + "o" * 90,
    'O\u2019Dowd & "Sons"',
]


def test_any_name_is_text():
    figures = maths(*((name, "3a", "4c") for name in NAMES))
    figures |= {"school": "<b>نور</b> & “St James” " + "Wolstenholme " * 14}

    data = paper(figures)
    text = "".join(" ".join(pages(data)).split())
    chart, *_ = drawings(data)

    for name in NAMES:
        assert f"{name} 3a to 4c" in chart
    for name in (
        "<script>alert(1)</script>",
        "{{f.school}}",
        "ŁukaszŻółć",
        "P0123",
        "W" + "o" * 90,
        "Wolstenholme" * 14,
    ):
        assert name in text
    assert len(figures["school"]) > 190


def test_sixty_pupils_have_room():
    pupils = [(f"Pupil {n:02}", *SEVEN[n % 7][1:]) for n in range(56)]
    groups = [("Maths", 5, pupils[:25]), ("Writing", 6, [*pupils[25:], *several(*[("2a", "left")] * 4)])]
    data = paper(Figures(*groups).school())
    found = pages(data)
    text = " ".join(found)

    assert len(data) < 300_000
    assert "Results, and how to read them" in found[0]
    assert all(len(re.findall(rf"{name} \d[abc] \d[abc] \d[abc] \d[abc] ", text)) == 1 for name, *_ in pupils)
    charts = [said for said in drawings(data) if said.startswith("Chart")]
    assert len(charts) == 3
    assert all(sum(f"{name} {first} to" in chart for chart in charts) == 1 for name, first, _ in pupils)
    reads_well(text)


@pytest.mark.parametrize("scale", ["app", "scaled-score", "free-5"])
def test_other_scales_read_as_well(scale):
    codes = [grade["code"] for grade in scales.description(scale)["grades"]]
    pupils = [(f"Pupil {n}", codes[n % 3], codes[min(len(codes) - 1, n)]) for n in range(6)]
    levels = scales.expectations(scale, [5])

    reads_well(text_of(maths(*pupils, scale=scale, levels=levels)))
    reads_well(text_of(Figures(("Maths", 5, pupils), ("Maths", 6, pupils), scale=scale, levels=levels).programme()))


# The programme in every case --------------------------------------------------------------------------------------


def criterion(verdict, of=None, n=0, target=50, measure="above_expected_rate"):
    pct = None if of is None else percent(of, n)
    return {
        "measure": measure,
        "label": "Target pupils who gained more than expected",
        "target": target,
        "actual": {"of": of, "n": n, "pct": pct} if n else None,
        "verdict": verdict,
        "difference": None if pct is None else pct - target,
        "bar": None if pct is None else bar(pct, target),
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (criterion("met", 117, 161), "50% 117 of 161 73% Met by 23 percentage points"),
        (criterion("met", 51, 100), "50% 51 of 100 51% Met by 1 percentage point "),
        (criterion("met", 1, 2), "50% 1 of 2 50% Met "),
        (criterion("not met", 46, 100), "50% 46 of 100 46% Not met, short by 4 percentage points"),
        (criterion("not met", 49, 100), "50% 49 of 100 49% Not met, short by 1 percentage point "),
        (criterion("not met", 199, 400), "50% 199 of 400 50% Not met, short by less than 1 percentage point"),
        (criterion("no data yet"), "50% \u2013 \u2013 No data yet"),
        (criterion("not applicable", None, 12), "50% \u2013 \u2013 Not applicable"),
    ],
)
def test_a_verdict_is_said_in_words(given, words):
    assert words in text_of(Figures(("Maths", 5, SEVEN)).programme(criteria=[given]))


def test_while_the_programme_runs_no_criterion_is_judged():
    figures = Figures(("Maths", 5, [(name, first, "") for name, first, _ in SEVEN])).programme(
        closed=False,
        criteria=[criterion("no data yet"), criterion("not met", 0, 10, 90), criterion("met", 95, 100, 90)],
        partnerships={
            "total": 12,
            "completed": {"of": 0, "n": 12, "pct": 0},
            "folded": 1,
            "others": 11,
            "specialists": {"of": 0, "n": 10, "pct": 0},
        },
        returns=[
            {
                "point": "October",
                "due": "2008-10-17",
                "day": "17 October 2008",
                "partnerships": 12,
                "complete": 11,
                "grades": 6,
                "reasons": 0,
                "owed": 1,
            },
            {
                "point": "Summer",
                "due": "2009-06-26",
                "day": "26 June 2009",
                "partnerships": 12,
                "complete": 0,
                "grades": 0,
                "reasons": 0,
                "owed": 7,
            },
        ],
    )
    text = text_of(figures, BEFORE)

    assert "Nobody can be compared yet: the Summer grades are due by Friday 26 June 2009." in text
    assert "90% 0 of 10 0% Not yet: 90 percentage points to go" in text
    assert "90% 95 of 100 95% Met so far by 5 percentage points" in text
    assert "0 of 12 partnerships have completed the year so far (0%); 1 folded, and 11 have not ended." in text
    assert "October 17 October 2008 11 of 12 6 0 1 " in text
    assert "Summer 26 June 2009, not due yet 0 of 12 0 0 7 " in text
    assert "Gained more than 3 Mean" not in text
    reads_well(text)


@pytest.mark.parametrize(
    "name",
    [
        "some of seven",
        "one who did",
        "nobody at all",
        "nobody matched",
        "no points",
        "no levels",
        "nothing expected",
        "neither points nor levels",
        "two places of one pupil",
    ],
)
def test_the_programme_report_reads_well_in_every_case(name):
    figures, _ = ANSWERS[name]
    made = Figures(("Maths", 5, SEVEN)).programme() | {
        key: figures[key]
        for key in figures
        if key
        in {
            "expected",
            "has_points",
            "step",
            "levels",
            "missing_because",
            "have_first",
            "have_last",
            "twice",
            "without_level",
            "least_above",
            "one_pct",
        }
    }
    made["everyone"] = figures["ours"] | {"name": "All target pupils"}
    made["sections"] = [{"title": "By subject", "rows": [group["block"] for group in figures["groups"]]}]

    text = text_of(made)

    assert "How these figures are made" in text
    reads_well(text)
    assert in_order(headings(paper(made)))


def test_a_large_programme_stays_readable():
    block_of = Figures(("Maths", 5, SEVEN)).programme()["everyone"]
    big = block_of | {"places": 1610, "n": 1605, "pupils": 1605, "missing": 5, "missing_final": 5}
    for name in ("met_first", "met", "exceeded", "above"):
        big |= {name: {"of": 1117, "n": 1605, "pct": 70}}
    rows = [big | {"name": f"Area {n}"} for n in range(40)]
    figures = Figures(("Maths", 5, SEVEN)).programme(
        everyone=big,
        missing_because=[{"reason": "absent", "n": 5}],
        sections=[{"title": "By subject", "rows": rows[:2]}, {"title": "By area", "rows": rows}],
    )
    found = pages(paper(figures))

    assert "Area 39 1,610 5 1,605 1,117 of 1,605 70% 1,117 of 1,605 70%" in " ".join(found)
    assert sum("Mean gain, points" in page for page in found) == 2
    reads_well(" ".join(found))
