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
    """`texts`: what goes into the grade of which row. `left`: lines about no pupil, and two about the same one."""

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
    """The cells of each line, by tabs, else semicolons, else commas; without the blank lines above and below."""
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").lstrip("\N{BYTE ORDER MARK}")
    separator = next((mark for mark in "\t;," if mark in text), "\t")
    try:
        table = list(csv.reader(text.split("\n"), delimiter=separator))
    except csv.Error:
        table = [line.split(separator) for line in text.split("\n")]
    table = [[" ".join(cell.split()) for cell in row] for row in table]
    filled = [at for at, row in enumerate(table) if any(row)]
    return table[filled[0] : filled[-1] + 1] if filled else []


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
    """The two columns beside each other, else the one, in which most pupils are named; none where none are.

    Where forename and surname have a column each, a forename alone names nobody.
    """
    width = len(table[0]) if table else 0
    for columns in ([(at, at + 1) for at in range(width - 1)], [(at,) for at in range(width)]):
        hits = {at: len({id(known[key]) for row in table if (key := key_of(row, at)) in known}) for at in columns}
        if hits and max(hits.values()):
            return max(hits, key=hits.get)
    return ()


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
    """A pupil about whom two lines speak gets neither."""
    lines = {}
    for row in table:
        line = known.get(key_of(row, names))
        if line is not None:
            lines.setdefault(line.grade.field, []).append(row)
        elif any(row) and (row is not table[0] or not is_heading(row, grades)):
            found.left.append(said(row))
    for field_, rows in lines.items():
        if len(rows) > 1:
            found.left += [said(row) for row in rows]
        elif rows[0][grades]:
            found.texts[field_] = rows[0][grades]


def put_in_order(table, grades, standing, start, found):
    texts = [row[grades] for row in table]
    if texts and bare(texts[0]) in {bare(standing.point.name), "grade", "level", "mark", "score"}:
        del texts[0]
    for line, text in zip(standing.rows[start:], texts, strict=False):
        if text:
            found.texts[line.grade.field] = text
    found.left = [text for text in texts[len(standing.rows) - start :] if text]


def is_heading(row, grades):
    return not any(c.isdigit() for c in row[grades])


def said(row):
    return ", ".join(filter(None, row))[:80]
