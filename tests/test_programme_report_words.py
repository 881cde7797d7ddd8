"""The programme's report in plain English, in every case that a programme can be in."""

import pytest

from papers.charts import bar
from pupils.figures import percent
from tests.pdfs import pages
from tests.report_figures import ANSWERS, BEFORE, SEVEN, Figures, headings, in_order, paper, reads_well, text_of


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
                "typed": 2,
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
    assert "October 17 October 2008 11 of 12 6 0 2 1 " in text
    assert "Summer 26 June 2009, not due yet 0 of 12 0 0 0 7 " in text
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
            "first_open",
            "last_open",
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
