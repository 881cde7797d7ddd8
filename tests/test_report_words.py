"""The school's report in plain English, in every case that a school can be in."""

import re

import pytest

from programmes.models import Programme
from pupils import scales
from pupils.figures import block
from reports.figures import programme_figures, school_figures
from reports.figures.words import block_words
from reports.kinds.school import year_tables
from tests.factories import PlaceFactory
from tests.pdfs import pages
from tests.report_figures import (
    AFTER,
    ANSWERS,
    BEFORE,
    CODES,
    SEVEN,
    Figures,
    drawings,
    maths,
    paper,
    reads_well,
    several,
    text_of,
)


@pytest.mark.parametrize(("figures", "sentence"), ANSWERS.values(), ids=ANSWERS.keys())
def test_the_answer_is_a_sentence_in_every_case(figures, sentence):
    found = pages(paper(figures))

    assert sentence in found[0]
    reads_well(" ".join(found))


def test_while_the_programme_runs_missing_grades_are_a_fact_and_no_result():
    nobody = maths(("Ben Nolan", "3a", ""), ("Mina Vance", "2a", ""), ("Ada Lamb", "", "")) | {"closed": False}
    some = maths(*SEVEN[:3], ("Maya Eaves", "2a", ""), ("Pia Ivory", "2a", "left")) | {"closed": False}

    text = text_of(nobody, BEFORE)
    assert (
        "Nobody can be compared yet: the Summer grades are due by Friday 26 June 2009. The October grade is there for "
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


def test_of_a_year_that_is_not_on_record_a_file_says_that_nothing_is_known_and_not_that_there_was_none():
    year, *others = year_tables(Figures(("Maths", 5, SEVEN)).school())

    assert (year.title, others) == ("Year", [])
    assert {row[1] for row in year.rows} == {"x"}
