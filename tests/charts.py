"""What is drawn: grades in their order, pupils between two of them, and pupils in groups."""

SUB_LEVELS = [
    {"code": f"{level}{step}", "points": 6 * level + 3 + points, "position": 3 * level + place}
    for level in range(1, 7)
    for place, (step, points) in enumerate((("c", -2), ("b", 0), ("a", 2)))
]


def place(label, first, last, grades=SUB_LEVELS, expected=3, reason=""):
    points = {grade["code"]: grade["points"] for grade in grades}
    gain = points[last] - points[first] if first and last and points[first] is not None else None
    above = None if gain is None or expected is None else gain > expected
    return {"label": label, "first": first, "last": last, "reason": reason, "gain": gain, "above": above}


def group(*rows, name="Maths, Year 5", level=None, level_label="level for Year 5"):
    return {"name": name, "level": level, "level_label": level_label, "rows": list(rows)}
