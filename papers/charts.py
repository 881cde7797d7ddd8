"""
Figures in, whole-number positions and words for the SVG templates out: the templates place nothing themselves.

The drawings carry attributes and neither styles nor scripts, so that one template stands on a page under the strict
content policy and in a PDF.
"""

import math
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from papers import chart_words as words
from papers.lettering import first_that_fits, fit, spread, width


class OutOfRange(ValueError):
    """A figure lies where none can be: it is drawn nowhere, rather than at the edge."""

    said = "A figure lies outside what it can be, so that nothing was drawn of it."


@dataclass(frozen=True)
class Layout:
    """The measures of a drawing. Heights within a row: the name and what came of it, the grades, their marks."""

    width: int
    names: int  # how wide a name may be
    left: int  # where the lowest and the highest grade stand
    right: int
    heads: int
    axis: int
    top: int
    row: int
    name: int
    label: int
    mark: int
    most_rows: int
    most_height: int

    @property
    def is_beside(self):
        """Whether the name stands beside the marks, and not over them."""
        return self.name > self.label


# A page of A4 with heading and legend, or a window.
WIDE = Layout(
    width=696, names=138, left=192, right=556, heads=13, axis=13, top=24,
    row=34, name=28, label=13, mark=24, most_rows=24, most_height=912,
)  # fmt: skip
# A telephone, as long as it takes.
NARROW = Layout(
    width=340, names=170, left=24, right=316, heads=13, axis=31, top=40,
    row=58, name=16, label=35, mark=46, most_rows=10_000, most_height=1_000_000,
)  # fmt: skip
CODES = 41  # a label of a grade of this width has room; for longer ones the scale becomes narrower
LEAST_SCALE = 120
HEAD, SECOND_LINE = 31, 17
WHOLE, LEAST_PART = 8, 4
LEAST_GRADES = 5


def dumbbell(grades, groups, expected, first="October", last="Summer", by=None, layout=WIDE):
    """
    The charts of target pupils from their first to their last grade, as many as it takes to keep a chart on a page.

    `grades` are those of the scale (code, points or None, position); `groups` have name, level (a code or None),
    level_label ("level for Year 5") and rows (label, first and last: codes or None, reason, gain, above). `expected`
    points draw the bar of expected progress. On a scale without points, positions are used, there is no such bar, and
    a change is only higher or lower. `by` is when the progress is expected, where that is later than the last grade.
    A grade that is not on the scale raises OutOfRange.
    """
    scale = _Scale(grades, groups, expected, layout, ahead=by is not None)
    charts = _on_pages(groups, layout)
    return [_chart(scale, parts, first, last, by, number, len(charts)) for number, parts in enumerate(charts, 1)]


def bar(value: int, target: int | None = None):
    """A share of 100 beside its number, with the target as a line. Raises OutOfRange."""
    if not 0 <= value <= 100:
        raise OutOfRange(f"{value}% of anything")
    said = f"{value}%" if target is None else f"{value}%, the target is {target}%"
    return {
        "value": value,
        "target": None if target is None else min(100, max(0, target)),
        "words": said,
    }


# The scale --------------------------------------------------------------------------------------------------------


class _Scale:
    """Where a grade stands from left to right; one scale for all charts of a drawing, so that they can be compared."""

    def __init__(self, grades, groups, expected, layout, ahead=False):
        self.layout = layout
        grades = sorted(grades, key=lambda grade: grade["position"])
        self.has_points = bool(grades) and all(grade["points"] is not None for grade in grades)
        self.ahead = ahead  # progress is expected later, also of whom only the first grade is there
        self.expected = Fraction(expected) if self.has_points and expected is not None else None
        self.values = {g["code"]: Fraction(g["points"] if self.has_points else g["position"]) for g in grades}
        rows = [row for group in groups for row in group["rows"]]
        self._want(code for row in rows for code in (row["first"], row["last"], row.get("target")))
        used = [self.values[row[end]] for row in rows for end in ("first", "last") if row[end]]
        used += [self.values[row["target"]] for row in rows if row.get("target")]
        used += [self.values[group["level"]] for group in groups if group["level"] and group["rows"]]
        longest = max(
            (width(code, bold=True) for row in rows for code in (row["first"], row["last"]) if code), default=0
        )
        room = CODES if layout.is_beside else layout.left
        more = min(max(0, longest - room), (layout.right - layout.left - LEAST_SCALE) // 2)
        self.left, self.right, self.widest = layout.left + more, layout.right - more, room + 1 + more
        self.low, self.high = self._span(used)
        if self.expected is not None:
            goals = [self.values[row["first"]] + self.expected for row in rows if self.expects(row)]
            self.high = max(self.high, *goals, self.low)
        self.axis = self._axis()

    def _want(self, codes):
        for code in codes:
            if code and code not in self.values:
                raise OutOfRange(f"the grade {code} is not on the scale")

    def expects(self, row):
        """Whether the bar of expected progress is drawn for this pupil."""
        return bool(self.expected is not None and row["first"] and (row["last"] or (self.ahead and not row["reason"])))

    def x(self, value):
        if self.low == self.high:
            return (self.left + self.right) // 2
        return self.left + _whole((value - self.low) * (self.right - self.left) / (self.high - self.low))

    def of(self, code):
        return self.x(self.values[code])

    def _span(self, used):
        """From the lowest to the highest grade in use, and a few more where that is next to nothing."""
        all_values = list(self.values.values())
        if not all_values:
            return Fraction(0), Fraction(0)
        used = used or all_values[:LEAST_GRADES]
        start, end = all_values.index(min(used)), all_values.index(max(used))
        while end - start + 1 < min(LEAST_GRADES, len(all_values)):
            if start > 0:
                start -= 1
            if end - start + 1 < LEAST_GRADES and end < len(all_values) - 1:
                end += 1
        return all_values[start], all_values[end]

    def _axis(self):
        """The grades that are written over the chart: all where they fit, else round numbers, else every nth."""
        shown = self._within()
        if _apart(self._placed(shown)):
            return self._placed(shown)
        if all(code == str(value) for code, value in self.values.items()):
            step = next(s for s in (2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**9) if (self.high - self.low) / s <= 5)
            self.low = max(min(self.values.values()), Fraction(self.low // step * step))
            self.high = min(max(self.high, *self.values.values()), Fraction(-(-self.high // step) * step))
            return self._placed([code for code in self._within() if self.values[code] % step == 0])
        for every in range(2, len(shown)):
            if _apart(self._placed(shown[::every])):
                return self._placed(shown[::every])
        return self._placed(shown[:1])

    def _within(self):
        return [code for code, value in self.values.items() if self.low <= value <= self.high]

    def _placed(self, codes):
        return [{"code": fit(code, 2 * self.widest), "x": self.of(code)} for code in codes]


def _apart(axis):
    return all(b["x"] - a["x"] >= (width(a["code"]) + width(b["code"])) // 2 + 8 for a, b in pairwise(axis))


# Charts of a page -------------------------------------------------------------------------------------------------


def _on_pages(groups, layout):
    """
    For each chart the groups, or the parts of groups, that it holds; groups without rows are left out.

    A group of up to WHOLE rows stays together; a larger one is parted so that all charts have about the same height and
    no part has fewer than LEAST_PART rows.
    """
    total = sum(len(group["rows"]) for group in groups)
    even = -(-total // max(1, -(-total // layout.most_rows)))
    charts, used, height = [], layout.most_rows, layout.most_height
    for group in groups:
        rows, name = group["rows"], group["name"]
        while rows:
            room = min(layout.most_rows - used, (layout.most_height - height - HEAD - SECOND_LINE) // layout.row)
            take = len(rows)
            if take > room:
                take = max(LEAST_PART, min(room, even - used, len(rows) - LEAST_PART))
            if take > room or (take < len(rows) <= WHOLE):
                charts.append([])
                used, height = 0, layout.top
                continue
            charts[-1].append(group | {"name": name, "rows": rows[:take]})
            rows, name = rows[take:], f"{group['name']} (continued)"
            used = layout.most_rows if rows else used + take
            height += HEAD + SECOND_LINE + layout.row * take
    return charts


def _chart(scale, parts, first, last, by, number, of):
    layout = scale.layout
    y, groups = layout.top, []
    for part in parts:
        group, y = _group(scale, part, y, first, last)
        groups.append(group)
    rows = [row for group in groups for row in group["rows"]]
    return {
        "groups": groups,
        "height": y + 4,
        "width": layout.width,
        "heads_y": layout.heads,
        "axis_y": layout.axis,
        "axis": scale.axis,
        "change": "Points gained" if scale.has_points else "Change",
        "first": first,
        "last": last,
        "by": by,
        "expects": any(row["band"] for row in rows),
        "has_both": any(row["both"] for row in rows),
        "has_only_first": any(row["first"] is not None and row["last"] is None for row in rows),
        "has_only_last": any(row["first"] is None and row["last"] is not None for row in rows),
        "has_target": any(row["target"] for row in rows),
        "has_same": any(row["same"] for row in rows),
        "title": words.title(scale, parts, first, last, by, number, of),
        "description": words.description(scale, parts, rows, first, last, by),
    }


def _group(scale, part, top, first, last):
    """One heading and its rows, and where the next group begins."""
    layout = scale.layout
    name, level, below = part["name"], None, 0
    room = layout.width
    if part["level"]:
        text = fit(f"{part['level_label']}: {part['level']}", layout.width)
        x, wide = scale.of(part["level"]), width(text)
        start = min(max(x - wide // 2, 0), layout.width - wide)
        if width(name, bold=True) + 12 > start:
            below = SECOND_LINE
        else:
            room = start - 12
        level = {"x": x, "text": text, "text_x": start, "text_y": top + 21 + below}
    begin = top + HEAD + below
    uprights = [mark["x"] for mark in scale.axis] + ([level["x"]] if level else [])
    rows = [
        _row(scale, row, begin + layout.row * place, uprights, first, last) for place, row in enumerate(part["rows"])
    ]
    end = begin + layout.row * len(rows)
    return {
        "name": fit(name, room, bold=True),
        "rule_y": top + 4,
        "name_y": top + 21,
        "grid_top": begin - 5,
        "grid_bottom": end,
        "level": level,
        "rows": rows,
        "between": [begin + layout.row * place for place in range(1, len(rows))],
    }, end


def _row(scale, row, top, uprights, first, last):
    """A pupil's marks (`x`), bar and texts; what there is not is None. Each grade is written over its own mark."""
    layout = scale.layout
    y, text_y, label_y = top + layout.mark, top + layout.name, top + layout.label
    x1 = scale.of(row["first"]) if row["first"] else None
    x2 = scale.of(row["last"]) if row["last"] else None
    both = x1 is not None and x2 is not None
    name = fit(
        unicodedata.normalize("NFC", row.get("in_chart") or row["label"]), layout.names
    )  # letters are laid out one by one
    drawn = {
        "label": name,
        "y": y,
        "text_y": text_y,
        "label_y": label_y,
        "first": x1,
        "last": x2,
        "both": both,
        "same": both and x1 == x2,
        "above": bool(both and row["above"]),
        "line": both and x1 != x2,
        "band": None,
        "target": None,
    }
    right = max(x + radius for x, radius in ((x1, 8), (x2, 8), (layout.names, 0)) if x is not None)
    if scale.expects(row):
        goal = scale.x(scale.values[row["first"]] + scale.expected)
        drawn["band"] = {"y": y - 6, "width": goal - x1, "goal": goal, "tick1": y - 9, "tick2": y + 9}
        right = max(right, goal)
    if row.get("target"):
        x = scale.of(row["target"])
        drawn["target"] = {"x": x, "points": f"{x},{y - 8} {x + 8},{y} {x},{y + 8} {x - 8},{y}"}
        right = max(right, x + 9)
    drawn |= _grades_over(scale, row, drawn)
    room = layout.width - (right if layout.is_beside else width(name)) - 10
    change = words.change(scale, row) if both else first_that_fits(words.missing(row, first, last), room)
    drawn["change"] = None
    if change:
        text = fit(change, room, drawn["above"])
        start = layout.width - width(text, drawn["above"])
        drawn["change"] = {"text": text, "x": layout.width, "anchor": "end", "from": start, "to": layout.width}
    over = [(drawn[name], label_y) for name in ("first_text", "last_text", "target_text")]
    drawn["clear"] = [
        {"x": text["from"], "y": at - 12, "width": text["to"] - text["from"]}
        for text, at in [*over, (drawn["change"], text_y)]
        if text and any(text["from"] <= x <= text["to"] for x in uprights)
    ]
    return drawn


def _grades_over(scale, row, drawn):
    """The first, the last and the target grade where they stand over their marks, none over another."""
    found = {"first_text": None, "last_text": None, "target_text": None}
    texts = []
    if drawn["first"] is not None and not drawn["same"]:
        texts.append((drawn["first"], "first_text", fit(row["first"], scale.widest), False))
    if drawn["last"] is not None:
        texts.append((drawn["last"], "last_text", fit(row["last"], scale.widest, True), True))
    if drawn["target"]:
        texts.append((drawn["target"]["x"], "target_text", f"target {fit(row['target'], scale.widest)}", False))
    texts.sort(key=lambda text: text[0])
    layout = scale.layout
    low = layout.names + 1 if layout.is_beside else 0
    wanted = [(x, width(text, bold)) for x, _, text, bold in texts]
    for start, (_, name, text, bold) in zip(spread(wanted, low, layout.width), texts, strict=True):
        end = start + width(text, bold)
        found[name] = {"text": text, "x": (start + end) // 2, "anchor": "middle", "from": start, "to": end}
    return found


def _whole(number):
    return math.floor(number + Fraction(1, 2))
