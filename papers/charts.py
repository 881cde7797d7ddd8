"""
Figures in, whole-number positions and words for the SVG templates out: the templates place nothing themselves.

The drawings carry attributes and neither styles nor scripts, so that one template stands on a page under the strict
content policy and in a PDF.
"""

import math
import unicodedata
from fractions import Fraction
from itertools import pairwise

WIDTH = 696
NAMES = 138  # the pupils' names may reach here
LEFT, RIGHT = 192, 556  # the lowest and the highest grade, with room for a label beside the circle there
CODES = 41  # a label of a grade of this width has room; for longer ones the scale becomes narrower
LEAST_SCALE = 120
TOP, HEAD, SECOND_LINE, ROW = 24, 31, 17, 25
MOST_ROWS, MOST_HEIGHT = 24, 912  # with heading and legend a page of A4
WHOLE, LEAST_PART = 8, 4
LEAST_GRADES = 5
MINUS = "\N{MINUS SIGN}"


def dumbbell(grades, groups, expected, first="October", last="Summer", by=None):
    """
    The charts of target pupils from their first to their last grade, as many as it takes to keep a chart on a page.

    `grades` are those of the scale (code, points or None, position); `groups` have name, level (a code or None),
    level_label ("level for Year 5") and rows (label, first and last: codes or None, reason, gain, above). `expected`
    points draw the bar of expected progress. On a scale without points, positions are used, there is no such bar, and
    a change is only higher or lower. `by` is when the progress is expected, where that is later than the last grade.
    """
    scale = _Scale(grades, groups, expected, ahead=by is not None)
    charts = _on_pages(groups)
    return [_chart(scale, parts, first, last, by, number, len(charts)) for number, parts in enumerate(charts, 1)]


def bar(value: int, target: int | None = None):
    """A share of 100 beside its number, with the target as a line."""
    words = f"{value}%" if target is None else f"{value}%, the target is {target}%"
    return {
        "value": min(100, max(0, value)),
        "target": None if target is None else min(100, max(0, target)),
        "words": words,
    }


# The scale --------------------------------------------------------------------------------------------------------


class _Scale:
    """Where a grade stands from left to right; one scale for all charts of a drawing, so that they can be compared."""

    def __init__(self, grades, groups, expected, ahead=False):
        grades = sorted(grades, key=lambda grade: grade["position"])
        self.has_points = bool(grades) and all(grade["points"] is not None for grade in grades)
        self.ahead = ahead  # progress is expected later, also of whom only the first grade is there
        self.expected = Fraction(expected) if self.has_points and expected is not None else None
        self.values = {g["code"]: Fraction(g["points"] if self.has_points else g["position"]) for g in grades}
        rows = [row for group in groups for row in group["rows"]]
        used = [self.values[row[end]] for row in rows for end in ("first", "last") if row[end]]
        used += [self.values[row["target"]] for row in rows if row.get("target")]
        used += [self.values[group["level"]] for group in groups if group["level"] and group["rows"]]
        longest = max(
            (_width(code, bold=True) for row in rows for code in (row["first"], row["last"]) if code), default=0
        )
        more = min(max(0, longest - CODES), (RIGHT - LEFT - LEAST_SCALE) // 2)
        self.left, self.right, self.widest = LEFT + more, RIGHT - more, CODES + 1 + more
        self.low, self.high = self._span(used)
        if self.expected is not None:
            goals = [self.values[row["first"]] + self.expected for row in rows if self.expects(row)]
            self.high = max(self.high, *goals, self.low)
        self.axis = self._axis()

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
        return [{"code": _fit(code, 2 * self.widest), "x": self.of(code)} for code in codes]


def _apart(axis):
    return all(b["x"] - a["x"] >= (_width(a["code"]) + _width(b["code"])) // 2 + 8 for a, b in pairwise(axis))


# Charts of a page -------------------------------------------------------------------------------------------------


def _on_pages(groups):
    """
    For each chart the groups, or the parts of groups, that it holds; groups without rows are left out.

    A group of up to WHOLE rows stays together; a larger one is parted so that all charts have about the same height and
    no part has fewer than LEAST_PART rows.
    """
    total = sum(len(group["rows"]) for group in groups)
    even = -(-total // max(1, -(-total // MOST_ROWS)))
    charts, used, height = [], MOST_ROWS, MOST_HEIGHT
    for group in groups:
        rows, name = group["rows"], group["name"]
        while rows:
            room = min(MOST_ROWS - used, (MOST_HEIGHT - height - HEAD - SECOND_LINE) // ROW)
            take = len(rows)
            if take > room:
                take = max(LEAST_PART, min(room, even - used, len(rows) - LEAST_PART))
            if take > room or (take < len(rows) <= WHOLE):
                charts.append([])
                used, height = 0, TOP
                continue
            charts[-1].append(group | {"name": name, "rows": rows[:take]})
            rows, name = rows[take:], f"{group['name']} (continued)"
            used, height = MOST_ROWS if rows else used + take, height + HEAD + SECOND_LINE + ROW * take
    return charts


def _chart(scale, parts, first, last, by, number, of):
    y, groups = TOP, []
    for part in parts:
        group, y = _group(scale, part, y, first, last)
        groups.append(group)
    rows = [row for group in groups for row in group["rows"]]
    return {
        "groups": groups,
        "height": y + 4,
        "width": WIDTH,
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
        "title": _title(scale, parts, first, last, by, number, of),
        "description": _description(scale, parts, rows, first, last, by),
    }


def _group(scale, part, top, first, last):
    """One heading and its rows, and where the next group begins."""
    name, level, below = part["name"], None, 0
    room = WIDTH
    if part["level"]:
        text = _fit(f"{part['level_label']}: {part['level']}", WIDTH)
        x, wide = scale.of(part["level"]), _width(text)
        start = min(max(x - wide // 2, 0), WIDTH - wide)
        if _width(name, bold=True) + 12 > start:
            below = SECOND_LINE
        else:
            room = start - 12
        level = {"x": x, "text": text, "text_x": start, "text_y": top + 21 + below}
    begin = top + HEAD + below
    uprights = [mark["x"] for mark in scale.axis] + ([level["x"]] if level else [])
    rows = [_row(scale, row, begin + ROW * place, uprights, first, last) for place, row in enumerate(part["rows"])]
    end = begin + ROW * len(rows)
    return {
        "name": _fit(name, room, bold=True),
        "rule_y": top + 4,
        "name_y": top + 21,
        "grid_top": begin - 5,
        "grid_bottom": end,
        "level": level,
        "rows": rows,
    }, end


def _row(scale, row, top, uprights, first, last):
    """A pupil's circles (`x`), bar and texts; what there is not is None."""
    y = top + ROW // 2
    x1 = scale.of(row["first"]) if row["first"] else None
    x2 = scale.of(row["last"]) if row["last"] else None
    both = x1 is not None and x2 is not None
    drawn = {
        "label": _fit(unicodedata.normalize("NFC", row["label"]), NAMES),  # letters are laid out one by one
        "y": y,
        "text_y": y + 4,
        "first": x1,
        "last": x2,
        "both": both,
        "same": both and x1 == x2,
        "above": bool(both and row["above"]),
        "line": both and x1 != x2,
        "band": None,
        "target": None,
    }
    right = max(x + radius for x, radius in ((x1, 5), (x2, 6), (NAMES, 0)) if x is not None)
    if scale.expects(row):
        goal = scale.x(scale.values[row["first"]] + scale.expected)
        drawn["band"] = {"y": y - 6, "width": goal - x1, "goal": goal, "tick1": y - 9, "tick2": y + 9}
        right = max(right, goal)
    if row.get("target"):
        x = scale.of(row["target"])
        drawn["target"] = {"x": x, "points": f"{x},{y - 10} {x + 10},{y} {x},{y + 10} {x - 10},{y}"}
        right = max(right, x + 4)
    drawn |= {"first_text": None, "last_text": None}
    if both and x2 < x1:
        drawn["last_text"] = _label(row["last"], x2 - 12, "end", scale.widest, bold=True)
        drawn["first_text"] = _label(row["first"], right + 7, "start", scale.widest)
    else:
        if row["first"]:
            drawn["first_text"] = _label(row["first"], x1 - (15 if x1 == x2 else 11), "end", scale.widest)
        if row["last"]:
            drawn["last_text"] = _label(row["last"], right + 7, "start", scale.widest, bold=True)
            right = drawn["last_text"]["to"]
    change = _change(scale, row) if both else _first_that_fits(_missing(row, first, last), WIDTH - right - 10)
    drawn["change"] = _label(change, WIDTH, "end", WIDTH, bold=drawn["above"]) if change else None
    texts = [drawn["first_text"], drawn["last_text"], drawn["change"]]
    drawn["clear"] = [
        {"x": text["from"], "y": y - 8, "width": text["to"] - text["from"]}
        for text in texts
        if text and any(text["from"] <= x <= text["to"] for x in uprights)
    ]
    return drawn


def _label(text, x, anchor, room, bold=False):
    """A text at `x`, and how far it reaches."""
    text = _fit(text, room, bold)
    wide = _width(text, bold)
    start = x - wide if anchor == "end" else x
    return {"text": text, "x": x, "anchor": anchor, "from": start, "to": start + wide}


# Words ------------------------------------------------------------------------------------------------------------


def _change(scale, row):
    """The words at the right edge."""
    if not scale.has_points:
        return _direction(scale, row)
    if row["gain"] is None:
        return None
    if row["above"] is None or scale.expected is None:
        return _signed(row["gain"])
    return f"{_signed(row['gain'])}, {'more' if row['above'] else 'not more'}"


def _direction(scale, row):
    before, after = scale.values[row["first"]], scale.values[row["last"]]
    return "higher" if after > before else "lower" if after < before else "the same"


def _signed(number):
    return f"+{number}" if number > 0 else f"{MINUS}{-number}" if number < 0 else "0"


def _missing(row, first, last):
    """In words what is missing and why, the fullest first."""
    if row["first"]:
        what = f"no {last} grade"
    elif row["last"]:
        what = f"no {first} grade"
    else:
        what = "no grades"
    return [f"{row['reason']}, {what}", row["reason"], what] if row["reason"] else [what, "no grade"]


def _title(scale, parts, first, last, by, number, of):
    """All grades in words: what a screen reader says for the drawing."""
    what = f"Chart{f' {number} of {of}' if of > 1 else ''} of grades in {first} and in {last} for each target pupil"
    if scale.expected is not None:
        what += f", beside the progress expected{f' by {by}' if by else ''}"
    groups = []
    for part in parts:
        level = f" ({part['level_label']}: {part['level']})" if part["level"] else ""
        groups.append(
            f"{part['name']}{level}: {'; '.join(_in_words(scale, row, first, last) for row in part['rows'])}."
        )
    return f"{what}. {' '.join(groups)}"


def _in_words(scale, row, first, last):
    return _came_of(scale, row, first, last) + (f", target grade {row['target']}" if row.get("target") else "")


def _came_of(scale, row, first, last):
    if not row["first"] or not row["last"]:
        grade = row["first"] or row["last"]
        return f"{row['label']} {f'{grade}, ' if grade else ''}{_missing(row, first, last)[0]}"
    words = f"{row['label']} {row['first']} to {row['last']}"
    if not scale.has_points:
        return f"{words}, {_direction(scale, row)}"
    if row["gain"] is not None:
        words += f", {_signed(row['gain'])} point{'' if abs(row['gain']) == 1 else 's'}"
    if row["above"] is not None and scale.expected is not None:
        words += ", more than expected" if row["above"] else ", not more than expected"
    return words


def _description(scale, parts, rows, first, last, by):
    """How the drawing is read."""
    words = f"Open circle: {first}."
    if any(row["last"] is not None for row in rows):
        words += f" Filled circle: {last}."
    if any(row["same"] for row in rows):
        words += " A filled circle in a ring: the same grade both times."
    if any(row["first"] is not None and row["last"] is None for row in rows):
        words += f" A dotted circle: {first}, and no {last} grade."
    if any(row["band"] for row in rows):
        words += f" The pale bar runs from {first} to the expected {by or last} grade and ends in an upright line" + (
            "; a filled circle to the right of it has gained more than expected."
            if any(row["both"] for row in rows)
            else "."
        )
    if any(row["target"] for row in rows):
        words += " A diamond is the target grade that both teachers have agreed."
    if any(part["level"] for part in parts):
        words += " The dashed line is the level for the year."
    return words


# How wide a text is -----------------------------------------------------------------------------------------------

# Atkinson Hyperlegible Next, in thousandths of its size; a little generous, so that nothing overlaps.
LETTERS = {
    300: " !\"'()*,-.:;[]`fijl|",
    420: "/1I\\^_rt{}",
    520: "*7?Jackxsvyz",
    580: "2<>EFLTbdeghnopqu~",
    620: "$+345689BPRSVXYZ",
    720: "#0=ACDGHKNOQUw",
    880: "%&@MWm",
}
ADVANCE = {letter: wide for wide, letters in LETTERS.items() for letter in letters}


def _width(text, bold=False):
    """In pixels, at most a few too many: 13 regular, 14 bold."""
    thousandths = sum(ADVANCE.get(letter, 700 if ord(letter) < 0x1100 else 1000) for letter in text)
    return -(-thousandths * (15 if bold else 13) // 1000)


def _fit(text, width, bold=False):
    """The text, or its beginning and an ellipsis."""
    if _width(text, bold) <= width:
        return text
    while text and _width(f"{text}…", bold) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _first_that_fits(texts, width):
    return next((text for text in texts if _width(text) <= width), _fit(texts[-1], width))


def _whole(number):
    return math.floor(number + Fraction(1, 2))
