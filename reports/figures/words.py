"""Pieces that both reports say in the same words, as plain values."""

from collections import Counter
from decimal import Decimal

from django.utils.dateformat import format as format_date

from papers.sheets import Sheet
from programmes.models import DataReturn
from pupils.figures import TWO_SCALES, Block, Share, percent
from pupils.models import Assessment


def share_words(share: Share) -> dict:
    """A share with numerator, denominator and percentage; `of` is None where it is hidden or does not apply."""
    return {"of": share.of, "n": share.n, "pct": share.pct, "hidden": share.hidden}


def block_words(name: str, b: Block) -> dict:
    return {
        "name": name,
        "places": b.places,
        "n": b.n,
        "pupils": b.pupils,
        "missing_first": b.missing_first,
        "missing_final": b.missing_final,
        "missing": b.missing_first + b.missing_final,
        "met_first": share_words(b.met_first),
        "met": share_words(b.met),
        "exceeded": share_words(b.exceeded),
        "above": share_words(b.above),
        "mean": None if b.mean_points is None else str(b.mean_points),
        "mean_hidden": b.mean_hidden,
        "hidden": b.hidden,
    }


BLOCK_COLUMNS = [
    "Group",
    "Target pupils (places)",
    "Missing first or last grade",
    "Both grades (n)",
    "Different pupils",
    "At or above level, first",
    "At or above level, first, %",
    "At or above level, last",
    "At or above level, last, %",
    "Above level, last",
    "Above level, last, %",
    "Gained more than expected",
    "Gained more than expected, %",
    "Mean gain, points",
]
HIDDEN, NOT_APPLICABLE, NOT_AVAILABLE = "c", "z", "x"


def block_cells(words: dict) -> list:
    """A block in words as a row of a file: c stands for hidden, z for not applicable."""

    def value(v, hidden):
        return HIDDEN if hidden else NOT_APPLICABLE if v is None else v

    def share(name, *parts):
        return [value(words[name][part], words[name]["hidden"]) for part in parts]

    return [
        *(words[name] for name in ("name", "places", "missing", "n", "pupils")),
        *share("met_first", "of", "pct"),
        *share("met", "of", "pct"),
        *share("exceeded", "of", "pct"),
        *share("above", "of", "pct"),
        value(words["mean"] and Decimal(words["mean"]), words["mean_hidden"]),
    ]


def results_sheet(f) -> Sheet:
    """The whole and every section of a table of results, each row with the section in which it stands."""
    sections = [{"title": "", "rows": [f["everyone"]]}, *f["sections"]]
    rows = [in_section(section["title"], block_cells(b)) for section in sections for b in section["rows"]]
    return Sheet("Results", in_section("Section", BLOCK_COLUMNS), rows)


def returns_sheet(rows) -> Sheet:
    """How complete the grades are. Figures that were frozen earlier do not say what was typed."""
    names = ("point", "day", "partnerships", "complete", "grades", "reasons", "typed", "owed")
    columns = ["Data point", "Due", "Partnerships", "Complete", "Grades", "Reasons", "Typed, not submitted", "Owed"]
    return Sheet("Grades in", columns, [[row.get(name, 0) for name in names] for row in rows])


def in_section(title, cells) -> list:
    """With the section behind the group, which is what a reader looks for."""
    return [cells[0], title, *cells[1:]]


REASONS = {reason.value: reason.label.lower() for reason in Assessment.Reason} | {
    "": "no reason given",
    TWO_SCALES: "graded on another scale",
}


def reason_words(first: Counter, final: Counter) -> list[dict]:
    """How many places are missing for which reason, most first."""
    both = first + final
    return [{"reason": REASONS[name], "n": n} for name, n in sorted(both.items(), key=lambda pair: (-pair[1], pair[0]))]


def number_words(value) -> str | None:
    """A Decimal without needless zeros: 3, 3.5."""
    if value is None:
        return None
    return f"{value.normalize():f}"


def day_words(day) -> str | None:
    """17 July 2009"""
    return day and format_date(day, "j F Y")


def years_words(years) -> str:
    """Year 5, or Years 4, 5 and 6; nothing of none."""
    years = [str(year) for year in sorted(years)]
    return f"Year{'s' if len(years) > 1 else ''} {list_words(years)}" if years else ""


def list_words(words) -> str:
    """a, b and c"""
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def point_words(programme, points) -> dict:
    """The first and the last data point; None of fewer than two, which make no result."""
    first, last = ends_of(points) or (None, None)
    return {
        "first": first and first.name,
        "last": last and last.name,
        "first_due": first and first.due_on.isoformat(),
        "last_due": last and last.due_on.isoformat(),
        "last_day": last and format_date(last.due_on, "l j F Y"),
    }


def reading_words(programme, facts, grades, ends) -> dict:
    """What the sentences of a report need beside its blocks; `ends` are the data points that it compares.

    `first_open` and `last_open` grades count in it though they are still to be submitted: a file brought them, or they
    are opened again. `twice` pupils have more than one place; `without_level` are the years that the programme expects
    no grade of; `least_above` is the smallest gain above the expected one that this scale has.
    """
    years = {place.year_group for place in facts}
    return {
        "have_first": sum(place.first is not None for place in facts),
        "have_last": sum(place.last is not None for place in facts),
        **to_be_submitted(facts, ends),
        "twice": sum(n > 1 for n in Counter(place.pupil for place in facts).values()),
        "without_level": years_words(years - {e.year_group for e in programme.expectations.all()}),
        "least_above": least_above(programme.expected_points, [grade["points"] for grade in grades]),
        "one_pct": percent(1, sum(place.matched for place in facts)),
    }


def to_be_submitted(facts, ends) -> dict:
    keys = [point.pk for point in ends]
    rows = DataReturn.objects.filter(
        partnership__among={place.partnership for place in facts}, data_point__in=keys, state=DataReturn.State.OPEN
    )
    is_open = set(rows.values_list("partnership", "data_point"))
    return {
        f"{end}_open": sum(getattr(place, end) is not None and (place.partnership, pk) in is_open for place in facts)
        for end, pk in zip(("first", "last"), keys or (None, None), strict=True)
    }


def ends_of(points) -> list:
    """The first and the last data point; none of fewer than two, which make no result."""
    return [points[0], points[-1]] if len(points) > 1 else []


def least_above(expected, points) -> int | None:
    if expected is None or None in points:
        return None
    return min((b - a for a in points for b in points if b - a > expected), default=None)
