"""A school year as a drawing: a line for each partnership, a sign for each visit, an upright where grades come in.

Positions are whole numbers, and what the drawing shows stands in its words too, for those who listen to it.
"""

import datetime as dt
from dataclasses import dataclass, replace

from django.utils.dateformat import format as format_date

from papers.lettering import fit, width


@dataclass(frozen=True)
class Measures:
    """The measures of the drawing: where the line of the year begins, and whether names stand above it."""

    width: int
    left: int
    row: int
    is_beside: bool
    every: int  # of so many months one has its name


WIDE = Measures(width=696, left=176, row=30, is_beside=True, every=1)
NARROW = Measures(width=340, left=8, row=46, is_beside=False, every=2)
HEAD, MONTHS_Y, BOTTOM, SIGN, GAP, LABEL = 24, 13, 20, 12, 14, 16


def year_chart(figures: dict, layout: Measures = WIDE) -> dict | None:
    """
    The drawing of a year: `starts`, `ends`, `rows` of `name` and `marks` (`on`, `lesson`, `held`), `points` of `name`
    and `on`, days as in ISO 8601. None where there is nothing to draw.
    """
    rows = [row for row in figures["rows"] if row["marks"]]
    if not rows:
        return None
    days = [dt.date.fromisoformat(m["on"]) for row in rows for m in row["marks"]]
    points = [(point["name"], dt.date.fromisoformat(point["on"])) for point in figures["points"]]
    days += [day for _, day in points]
    first = min(dt.date.fromisoformat(figures["starts"]), *days).replace(day=1)
    last = max(dt.date.fromisoformat(figures["ends"]), *days)
    if layout.is_beside and any(width(row["name"], bold=True) > layout.left - GAP for row in rows):
        layout = replace(layout, left=NARROW.left, row=NARROW.row, is_beside=False)
    right = layout.width - 10

    def x(day):
        return layout.left + round((day - first).days * (right - layout.left) / max(1, (last - first).days))

    bottom = HEAD + layout.row * len(rows)
    labels = labels_of([(x(day), name) for name, day in points], layout, bottom + BOTTOM - 6)
    return {
        "width": layout.width,
        "height": max([bottom + BOTTOM, *(label["text_y"] + 6 for label in labels)]),
        "left": layout.left,
        "right": layout.width,
        "months": [
            {"x": x(month), "text": format_date(month, "M")}
            for number, month in enumerate(months(first, last))
            if number % layout.every == 0
        ],
        "months_y": MONTHS_Y,
        "head": HEAD - 5,
        "points": labels,
        "bottom": bottom,
        "rows": [row_of(row, HEAD + layout.row * number, layout, x) for number, row in enumerate(rows)],
        "title": title_of(rows, points),
        "has_visit": has(rows, lesson=False, held=True),
        "has_lesson": has(rows, lesson=True, held=True),
        "has_planned": has(rows, held=False),
        "has_points": bool(points),
    }


def months(first, last):
    month = first
    while month <= last:
        yield month
        month = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def row_of(row, top, layout, x) -> dict:
    y = top + (layout.row // 2 if layout.is_beside else layout.row - GAP)
    room = layout.left - GAP if layout.is_beside else layout.width
    name = fit(row["name"], room, bold=True)
    return {
        "name": name,
        "name_width": width(name, bold=True) + 4,
        "name_y": y + 4 if layout.is_beside else top + 16,
        "name_top": (y + 4 if layout.is_beside else top + 16) - 13,
        "y": y,
        "marks": [
            {
                "x": x(dt.date.fromisoformat(m["on"])),
                "corner_x": x(dt.date.fromisoformat(m["on"])) - SIGN // 2,
                "corner_y": y - SIGN // 2,
                **m,
            }
            for m in row["marks"]
        ],
    }


def labels_of(points, layout, top) -> list[dict]:
    """The names of the data points under their lines; one that would stand on another goes into a line below."""
    labels, free = [], []
    for place, name in sorted(points):
        half = round(width(name) / 2) + 1
        text_x = min(max(place, half), layout.width - half)
        line = next((number for number, end in enumerate(free) if text_x - half >= end), len(free))
        free[line : line + 1] = [text_x + half + 6]
        labels.append({"x": place, "text_x": text_x, "text_y": top + LABEL * line, "text": name})
    return labels


def has(rows, **wanted) -> bool:
    return any(wanted.items() <= m.items() for row in rows for m in row["marks"])


def title_of(rows, points) -> str:
    """Everything that the drawing shows, in words."""
    said = [f"{row['name']}: {', '.join(mark_words(m) for m in row['marks'])}" for row in rows]
    if points:
        said.append("Grades are due: " + ", ".join(f"{name} on {format_date(day, 'j F Y')}" for name, day in points))
    return ". ".join(said) + "."


def mark_words(m) -> str:
    what = "studied lesson" if m["lesson"] else "visit"
    return f"{what if m['held'] else f'{what} planned'} on {format_date(dt.date.fromisoformat(m['on']), 'j F')}"
