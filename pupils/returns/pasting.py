"""A block copied from a spreadsheet, put to the boxes of a return: by the pupils named in it, else in their order."""

import csv
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from pupils.returns.answers import answer_of
from pupils.returns.standing import Standing

MOST = 100_000  # characters
MOST_ROWS = 500


class TooMuch(ValueError):
    """More than a class was pasted."""


@dataclass
class Pasted:
    """`texts`: what goes into the grade of which row. `left`: lines about no pupil, or with a second grade for one."""

    texts: dict = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    by_name: bool = False


def read_pasted(text: str, standing: Standing, start: int = 0) -> Pasted:
    """Raises TooMuch. Without names the first line belongs to the row `start`."""
    if len(text) > MOST:
        raise TooMuch
    table = rows_of(text)
    if len(table) > MOST_ROWS:
        raise TooMuch
    known = spellings_of(standing.rows)
    widest = max(map(len, table), default=0)
    table = [[*row, *[""] * (widest - len(row))] for row in table]
    names = name_columns(table, known)
    grades = grade_column(table, standing, names)
    found = Pasted(by_name=bool(names))
    if grades is None:
        found.left = [said(row) for row in table]
    elif names:
        put_by_name(table, names, grades, known, found)
    else:
        put_in_order(table, grades, standing, start, found)
    return found


def rows_of(text) -> list[list[str]]:
    """The cells of the lines that hold anything, by tabs, else semicolons, else commas."""
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").lstrip("\N{BYTE ORDER MARK}")
    separator = next((mark for mark in "\t;," if mark in text), "\t")
    try:
        table = list(csv.reader(text.split("\n"), delimiter=separator))
    except csv.Error:
        table = [line.split(separator) for line in text.split("\n")]
    table = [[" ".join(cell.split()) for cell in row] for row in table]
    return [row for row in table if any(row)]


def bare(text):
    """Letters and digits only, without accents and capitals, words apart."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c))))


def spellings_of(rows) -> dict[str, object]:
    """Every way in which a pupil may be named that means one of them alone -> the row."""
    named = {}
    for row in rows:
        pupil = row.place.pupil
        first, last = bare(pupil.first_name), bare(pupil.last_name)
        ways = {bare(pupil.ref), f"{first} {last}", f"{last} {first}", first, bare(pupil.initials)}
        ways |= {" ".join(bare(pupil.initials)), f"{first} {last[:1]}", f"{last} {first[:1]}"}
        for way in {" ".join(way.split()) for way in ways} - {""}:
            named.setdefault(way, []).append(row)
    return {way: found[0] for way, found in named.items() if len(found) == 1}


def name_columns(table, known) -> tuple[int, ...]:
    """The column, or the two beside each other, in which most pupils are named; none where none are."""
    best, most = (), 0
    width = len(table[0]) if table else 0
    for columns in [*((at,) for at in range(width)), *((at, at + 1) for at in range(width - 1))]:
        hits = {id(known[key]) for row in table if (key := key_of(row, columns)) in known}
        if len(hits) > most:
            best, most = columns, len(hits)
    return best


def key_of(row, columns):
    return bare(" ".join(row[at] for at in columns))


def grade_column(table, standing, names) -> int | None:
    """The column under the name of the data point, else the last of those with most grades or reasons."""
    width = len(table[0]) if table else 0
    columns = [at for at in range(width) if at not in names]
    for at in columns:
        if bare(table[0][at]) == bare(standing.point.name):
            return at
    understood = Counter({
        at: sum(answer_of(row[at], standing.programme.scale, standing.grades).is_in for row in table) for at in columns
    })  # fmt: skip
    return max(columns, key=lambda at: (understood[at], at), default=None)


def put_by_name(table, names, grades, known, found):
    for row in table:
        line = known.get(key_of(row, names))
        if line is None:
            if row is not table[0] or not is_heading(row, grades):
                found.left.append(said(row))
        elif line.grade.field in found.texts:
            found.left.append(said(row))
        elif row[grades]:
            found.texts[line.grade.field] = row[grades]


def put_in_order(table, grades, standing, start, found):
    texts = [row[grades] for row in table]
    if texts and bare(texts[0]) in {bare(standing.point.name), "grade", "level", "mark", "score"}:
        del texts[0]
    for line, text in zip(standing.rows[start:], texts, strict=False):
        if text:
            found.texts[line.grade.field] = text
    found.left = texts[len(standing.rows) - start :]


def is_heading(row, grades):
    return not any(c.isdigit() for c in row[grades])


def said(row):
    return ", ".join(filter(None, row))[:80]
