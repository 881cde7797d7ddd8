"""What the charts say: at the edge of a row, and all of it for a screen reader."""

MINUS = "\N{MINUS SIGN}"


def change(scale, row):
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


def missing(row, first, last):
    """In words what is missing and why, the fullest first."""
    if row["first"]:
        what = f"no {last} grade"
    elif row["last"]:
        what = f"no {first} grade"
    else:
        what = "no grades"
    return [f"{row['reason']}, {what}", row["reason"], what] if row["reason"] else [what, "no grade"]


def title(scale, parts, first, last, by, number, of):
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
        return f"{row['label']} {f'{grade}, ' if grade else ''}{missing(row, first, last)[0]}"
    words = f"{row['label']} {row['first']} to {row['last']}"
    if not scale.has_points:
        return f"{words}, {_direction(scale, row)}"
    if row["gain"] is not None:
        words += f", {_signed(row['gain'])} point{'' if abs(row['gain']) == 1 else 's'}"
    if row["above"] is not None and scale.expected is not None:
        words += ", more than expected" if row["above"] else ", not more than expected"
    return words


def description(scale, parts, rows, first, last, by):
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
