"""A list of pupils as it comes, pasted or as a file, made into rows under the few columns that are kept."""

import io
import re

from papers.sheets import Problems, quote, read_rows
from pupils.choosing import columns, dates, transfer_file

MOST_BYTES = 5_000_000
MOST_ROWS = 1_000
LONGEST_PASTE = 400_000
LONGEST_CELL = 200
PASTED = "pasted.csv"
TOO_MANY = "There are more than {most:,} pupils in it. Send the list of one class or year group."
ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xml", ".ctf")
A_COLUMN = {False: "Forename, Surname and Year group", True: "Initials and Year group"}
TWO_INITIALS = re.compile(r"([^\W\d_])\s*([^\W\d_])")
DOTTED = re.compile(r"(?:[^\W\d_]\.\s*)+[^\W\d_]?\.?")
SHORT = 12  # a longer list is more than target pupils: who of it is one is ticked


class NotRead(ValueError):
    """Why a list cannot be read, and how to mend it: nothing of it is kept."""


def read_pasted(text: str, *, initials=False, most=MOST_ROWS) -> dict:
    if re.match(r"\s*<(\?xml|ctfile|!)", text, re.IGNORECASE):
        return read_transfer(text.encode(), initials=initials, most=most)
    return read_table(io.BytesIO(text.encode()), PASTED, initials=initials, most=most)


def read_file(file, name: str, *, initials=False, most=MOST_ROWS) -> dict:
    if name.lower().endswith((".xml", ".ctf")):
        file.seek(0)
        data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise NotRead("The file is larger than 5 MB. Make the transfer file of one class or year group.")
        return read_transfer(data, initials=initials, most=most)
    ending = ".xlsx" if name.lower().endswith(".xlsx") else ".csv"
    return read_table(file, f"list{ending}", initials=initials, most=most)


def read_table(file, name, *, initials, most) -> dict:
    problems = Problems()
    # What stands above and between the rows is not counted as pupils, but read.
    sheets = []
    rows = read_rows(
        file,
        name,
        problems=problems,
        max_bytes=MOST_BYTES,
        max_rows=most + columns.LOOK_FOR_HEADER,
        wanted=columns.RANKS,
        sheets=sheets,
    )
    if problems and rows is None and "more than" in problems[0].what and "rows" in problems[0].what:
        raise NotRead(TOO_MANY.format(most=most))
    if problems:
        raise NotRead(" ".join(f"{problem.what} {problem.mend}" for problem in problems.shown()))
    rows = rows or []
    if not any(any(row) for row in rows):
        raise NotRead(
            f"There are no rows in it. {of_sheets(sheets)}Copy the rows of the pupils, with the names of the columns."
        )
    found = columns.find(rows)
    if not {field for _, _, field in found.kept} & (columns.NAMES | {"upn"}):
        raise NotRead(
            f"No column of names was found in it. {of_sheets(sheets)}Put a row with the names of the columns above the "
            f"pupils: {A_COLUMN[bool(initials)]}."
        )
    below = [(number, row) for number, row in enumerate(rows, 1) if number > found.header_row and any(row)]
    places = [place for place, _, _ in found.kept]
    lines = [(number, [cell_at(row, place) for place in places]) for number, row in below]
    lines = [(number, cells) for number, cells in lines if any(cells)]
    if not lines:
        raise NotRead("There are no pupils below the names of the columns. Add a row for each pupil.")
    if len(lines) > most:
        raise NotRead(TOO_MANY.format(most=most))
    return content(
        [(header, field) for _, header, field in found.kept],
        found.ignored,
        lines,
        initials=initials,
        header_row=found.header_row,
        guessed=found.guessed,
        alike=found.alike,
        sheets=sheets,
    )


def of_sheets(sheets):
    """Of a workbook with several sheets, that no other was read."""
    return f"Only its first sheet, {quote(sheets[0])}, was read. " if len(sheets) > 1 else ""


def cell_at(row, place):
    return "".join(char for char in row[place] if char.isprintable())[:LONGEST_CELL] if place < len(row) else ""


def read_transfer(data, *, initials, most) -> dict:
    try:
        pupils, called, others = transfer_file.read(data, most)
    except transfer_file.NotRead as wrong:
        raise NotRead(f"{wrong.what} {wrong.mend}") from None
    fields = [field for field in transfer_file.ORDER if field in called]
    rows = [(number, [pupil.get(field, "") for field in fields]) for number, pupil in enumerate(pupils, 1)]
    ignored = [(name, why) for name in others if (why := columns.why_unwanted(name))]
    return content([(called[field], field) for field in fields], ignored, rows, initials=initials)


def content(kept, ignored, rows, *, initials, header_row=0, guessed=False, alike=(), sheets=()) -> dict:
    """What waits until somebody has looked at it. In a programme that keeps initials only, it holds no name either."""
    rows = [(n, of_initials(cells, kept)) for n, cells in rows]
    days = [cells[place] for place, (_, field) in enumerate(kept) if field == "since" for _, cells in rows]
    short = len(rows) <= SHORT
    made = {
        "columns": [{"header": header, "field": field} for header, field in kept],
        "ignored": [{"header": header, "why": why} for header, why in ignored],
        "header_row": header_row,
        "guessed": guessed,
        "alike": list(alike),
        "sheets": list(sheets)[:1] if len(sheets) > 1 else [],
        "dates": dates.order_of(days) if any(days) else "",
        "rows": [{"n": n, "cells": list(cells), "fixed": {}, "take": short, "as": ""} for n, cells in rows],
    }
    return cut(made) if initials else made


def of_initials(cells, kept):
    """Of a column that is called so, “AB” is a forename and a surname."""
    return [
        cut_to_initials(cell, True) if field == "full_name" and is_initials(header) else cell
        for cell, (header, field) in zip(cells, kept, strict=True)
    ]


def is_initials(header):
    return columns.plain_name(header) in columns.INITIALS


def cut(content: dict) -> dict:
    """The same with every column that holds names, or may hold some, cut to initials. Cut again it stays as it is."""
    of = [column["field"] for column in content["columns"]]
    places = {
        place
        for place, (column, field) in enumerate(zip(content["columns"], of, strict=True))
        if field in columns.NAMES
        or (content["guessed"] and field == "class_name")
        or (not field and may_be_name(column["header"]))
    }
    rows = []
    for row in content["rows"]:
        cells = [
            cut_to_initials(cell, of[place] == "full_name") if place in places else cell
            for place, cell in enumerate(row["cells"])
        ]
        fixed = {
            name: cut_to_initials(text, False) if name in columns.NAMES else text for name, text in row["fixed"].items()
        }
        rows.append(row | {"cells": cells, "fixed": fixed})
    return content | {"rows": rows}


def may_be_name(header):
    """A column that nobody knows by its name may hold names as well."""
    field = columns.RANKS.get(columns.plain_name(header), ("",))[0]
    return not field or field in columns.NAMES


def cut_to_initials(text, is_full_name):
    text = text.strip()
    if not is_full_name:
        return text[:1].upper()
    if DOTTED.fullmatch(text) or (text.isupper() and TWO_INITIALS.fullmatch(text)):
        letters = [char for char in text if char.isalpha()]
        return " ".join([letters[0], *letters[1:][-1:]]).upper()
    first, last = split_name(text)
    return f"{first[:1]} {last[:1]}".strip().upper()


def split_name(text):
    """Forename and surname out of one cell: “Byrne, Una” or “Una Byrne”; what stands between goes with the forename."""
    last, comma, first = text.partition(",")
    if comma:
        return first.strip(), last.strip()
    words = text.split()
    return (" ".join(words[:-1]), words[-1]) if len(words) > 1 else (text.strip(), "")
