"""Figures of the two reports made by hand, and reading the papers that are made of them."""

import datetime as dt
import json
import re
from collections import Counter
from decimal import Decimal
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from pupils import scales
from pupils.figures import GradeValue, PlaceFacts, block, percent
from pupils.models import Assessment
from reports.build import render
from reports.figures.words import block_words, least_above, reason_words, years_words
from reports.models import Report
from tests.pdfs import elements, pages

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


# Of a programme that was loaded when it was over: nothing but pupils and grades.
NOT_ON_RECORD = {
    "headlines": None,
    "happened": {
        "starts": "2008-09-01",
        "ends": "2009-08-31",
        "rows": [{"name": "Maths, Year 5", "marks": []}],
        "points": [{"name": point, "on": "2008-10-17"} for point in POINTS],
        "visits": 0,
        "held": 0,
        "lessons": 0,
        "moved": 0,
        "cancelled": [],
    },
    "found": {"studies": 0, "findings": [], "more": 0, "said": [], "of": []},
    "spent": {
        "out": 0,
        "promised": 0,
        "late": 0,
        "sides": ["Partner school"],
        "covered": [],
        "time_in": 0,
        "money": None,
    },
    "next": {"visits": [], "more": 0, "grades": [], "actions": []},
}


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
            "first_open": 0,
            "last_open": 0,
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
                **NOT_ON_RECORD,
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
                "reach": {},
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
        "Nobody can be compared: no target pupil has a grade for both October and Summer. The October grade is there "
        "for 1 of 2 target pupils, the Summer grade for 0 of 2.",
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


def reads_well(text):
    assert not re.search(r"None(?! of the)|True|False|nan\b|\{|\}", text)
    assert not re.search(r" [.,;:)]|\( |,,|\.\.|\b1 (pupils|places|points|partnerships)\b|\b0 pupil\b", text)
    assert not re.search(r"-\d", re.sub(r"\d{4}-\d\d", "", text)), "a hyphen for a minus"
    assert not re.search("caused(?! any change)|because of lesson study|impact of", text)
