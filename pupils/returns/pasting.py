"""A block copied from a spreadsheet, put to the boxes of a return: by the pupils named in it, grades alone in order."""

import csv
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

from pupils.returns.answers import answer_of, former_words, is_blank
from pupils.returns.standing import Standing

MOST = 100_000  # characters
MOST_ROWS = 500
MOST_SAID = 20
HEADINGS = {"grade", "level", "mark", "score"}


class TooMuch(ValueError):
    """More than a class was pasted."""


@dataclass
class Pasted:
    """What goes into the grades, and of everything else why it does not."""

    texts: dict = field(default_factory=dict)  # of the box of a grade what goes into it
    names: dict = field(default_factory=dict)  # of that box whose it is
    unclear: set = field(default_factory=set)  # those of the boxes whose text is no grade of the scale and no reason
    left: list[str] = field(default_factory=list)  # lines that name no one pupil of the partnership
    twice: list[str] = field(default_factory=list)  # lines about one and the same pupil
    over: list[str] = field(default_factory=list)  # grades alone, for which there is no pupil any more
    why: str = ""  # nothing goes anywhere
    former: list[str] = field(default_factory=list)  # scales on which the programme assessed before
    column: str = ""  # which one was taken, where that is not plain
    by_name: bool = False

    def put(self, row, text):
        self.texts[row.grade.field], self.names[row.grade.field] = text, row.name

    @property
    def told(self) -> list[str]:
        """What a person has to know of it, in sentences."""
        unclear = [f"“{text[:20]}” for {self.names[box]}" for box, text in self.texts.items() if box in self.unclear]
        sentences = [
            self.why,
            f"Not understood, and kept as pasted: {several(unclear)}." if unclear else "",
            next(filter(None, (former_words(self.texts[box], self.former) for box in sorted(self.unclear))), ""),
            left_out(self.left, "no one pupil of this partnership is named"),
            left_out(self.twice, "the same pupil is named again"),
            left_out(self.over, "there are no more pupils"),
            self.column,
        ]
        return [sentence for sentence in sentences if sentence]


def read_pasted(text: str, standing: Standing, start: int = 0) -> Pasted:
    """Raises TooMuch. Grades alone begin at the row `start`; with one for each pupil at the first."""
    if len(text) > MOST:
        raise TooMuch

    def is_in(cell):
        return answer_of(cell, standing.programme.scale, standing.grades).is_in

    lines = rows_of(text, is_in)
    if len(lines) > MOST_ROWS:
        raise TooMuch
    table = [row for row in lines if any(row)]
    body = table[1:] if len(table) > 1 and not any(map(is_in, table[0])) else table
    columns, known = name_columns(table, body, standing.rows, is_in)
    found = Pasted(former=standing.former)
    grades = grade_column(table, standing, columns, is_in, found)
    if grades is None:
        found.left = [] if found.why else [said(row) for row in table]
        return found
    beside = [cell for row in body for at, cell in enumerate(row) if at != grades]
    found.by_name = bool(columns) or any(is_worded(cell, is_in) for cell in beside)
    if found.by_name:
        put_by_name(body, columns, grades, known, found)
    else:
        put_in_order([row[grades] for row in lines], standing, start, is_in, found)
    found.unclear = {box for box, grade in found.texts.items() if not is_in(grade)}
    if found.texts and len(found.unclear) == len(found.texts):
        of_before = next(filter(None, (former_words(text, found.former) for text in found.texts.values())), "")
        found.why = f"None of this is a grade of this scale: {several([*found.texts.values()])}. {of_before}".strip()
        found.texts, found.unclear = {}, set()
    return found


# The table ------------------------------------------------------------------------------------------------------------


def rows_of(text, is_in) -> list[list[str]]:
    """The cells of each line, by tabs, else semicolons, else commas; all lines equally long, blank ones among them."""
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").lstrip("\N{BYTE ORDER MARK}")
    separator = next((mark for mark in "\t;," if mark in text), "\t")
    lines = text.removesuffix("\n").split("\n")
    try:
        table = list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        table = [line.split(separator) for line in lines]
    table = [[cell_of(cell, is_in) for cell in row] for row in table]
    if not any(any(row[1:]) for row in table):
        table = [apart(row[0], is_in) if row else [""] for row in table]
    widest = max(map(len, table), default=0)
    return [[*row, *[""] * (widest - len(row))] for row in table]


def cell_of(text, is_in):
    """In one line; what only says that there is nothing is nothing."""
    text = " ".join(text.split())
    return text if is_in(text) or not is_blank(text) else ""


def apart(text, is_in):
    """Kayla Brand 3a: the name, and the grade that is the last word, or the reason of up to three."""
    words = text.split()
    if not is_in(text):
        for last in (1, 2, 3):
            if last < len(words) and is_in(" ".join(words[-last:])):
                return [" ".join(words[:-last]), " ".join(words[-last:])]
    return [text]


def bare(text):
    """Letters and digits only, without accents and capitals, words apart."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c))))


def is_worded(cell, is_in):
    """It says something in letters that is no grade, so it may be a name."""
    return any(c.isalpha() for c in cell) and not is_in(cell)


def has_digit(cell):
    """As the names of classes mostly have."""
    return any(c.isdigit() for c in cell)


# Whose it is ----------------------------------------------------------------------------------------------------------


def spellings_of(rows) -> tuple[dict, dict]:
    """Every way in which a pupil may be named that means one of them alone -> the row; and the same without the ways
    of one name only, which mean nobody where another name stands beside them."""
    named, half = {}, set()
    for row in rows:
        pupil = row.place.pupil
        first, last, initials = bare(pupil.first_name), bare(pupil.last_name), bare(pupil.initials)
        ways = {bare(pupil.ref), f"{first} {last}", f"{last} {first}", initials, " ".join(initials)}
        ways |= {f"{first} {last[:1]}", f"{last} {first[:1]}", f"{first[:1]} {last}"}
        half |= {first, last} - ways
        for way in {" ".join(way.split()) for way in {*ways, first, last}} - {""}:
            named.setdefault(way, []).append(row)
    known = {way: found[0] for way, found in named.items() if len(found) == 1}
    return known, {way: row for way, row in known.items() if way not in half}


def name_columns(table, body, rows, is_in) -> tuple[tuple[int, ...], dict]:
    """The two columns beside each other, else the one, in which most pupils are named, and what names mean there; no
    columns where nobody is named."""
    known, whole = spellings_of(rows)
    width = len(table[0]) if table else 0
    cells = {at: [row[at] for row in body] for at in range(width)}
    worded = {at for at in cells if any(is_worded(cell, is_in) and not has_digit(cell) for cell in cells[at])}
    pairs = {(at, at + 1): whole for at in range(width - 1)}
    ones = {(at,): whole if {at - 1, at + 1} & worded else known for at in range(width)}
    for columns in (pairs, ones):
        hits = {
            at: len({id(names[key]) for row in table if all(row[i] for i in at) and (key := key_of(row, at)) in names})
            for at, names in columns.items()
        }
        if hits and max(hits.values()):
            most = max(hits, key=hits.get)
            return most, columns[most]
    return (), {}


def key_of(row, columns):
    return bare(" ".join(row[at] for at in columns))


# Which grade ----------------------------------------------------------------------------------------------------------


def grade_column(table, standing, names, is_in, found) -> int | None:
    """The column under the name of the data point, else the last of those with most grades or reasons; none of those
    under the name of another data point."""
    columns = [at for at in range(len(table[0]) if table else 0) if at not in names]
    heads = {at: point_of(table[0][at], standing.points) for at in columns}
    own = [at for at in columns if heads[at] == standing.point]
    if own:
        return own[0]
    understood = Counter({at: sum(is_in(row[at]) for row in table) for at in columns if heads[at] is None})
    most = max(understood.values(), default=0)
    others = [table[0][at] for at in columns if heads[at] is not None]
    if others and not most:
        found.why = (
            f"The grades are headed {several([f'“{head}”' for head in others])}, and this page is about "
            f"{standing.point}: nothing was taken."
        )
        return None
    last = [at for at, number in understood.items() if number == most]
    if most and len(last) > 1:
        found.column = (
            f"{len(last)} columns have grades and none is headed {standing.point}, so the last of them was taken."
        )
    return last[-1] if last else None


def point_of(head, points):
    """The data point that a heading names: in full, or by the beginning of its name."""
    words = [word for word in bare(head).split() if len(word) > 2]
    named = [point for point in points if bare(point.name) == bare(head)]
    named = named or [point for point in points if any(bare(point.name).startswith(word) for word in words)]
    return named[0] if len(named) == 1 else None


# Where it goes --------------------------------------------------------------------------------------------------------


def put_by_name(body, columns, grades, known, found):
    """A pupil about whom two lines speak gets neither."""
    lines = {}
    for row in body:
        line = known.get(key_of(row, columns))
        if line is not None:
            lines.setdefault(line.grade.field, (line, []))[1].append(row)
        else:
            found.left.append(said(row))
    for line, rows in lines.values():
        if len(rows) > 1:
            found.twice += [said(row) for row in rows]
        elif rows[0][grades]:
            found.put(line, rows[0][grades])


def put_in_order(texts, standing, start, is_in, found):
    """A blank cell is a pupil without a grade. As many as there are pupils begin at the first, wherever the cursor is;
    more than there are from there down go nowhere."""
    rows = standing.rows
    first = next((at for at, text in enumerate(texts) if text), None)
    if first is None:
        return
    head = bare(texts[first])
    is_head = head in HEADINGS or point_of(head, [standing.point]) or len(texts) - 1 == len(rows)
    if is_head and not is_in(texts[first]):
        texts = texts[first + 1 :]
    blank = [at for at, text in enumerate(texts) if text]
    within = texts[blank[0] : blank[-1] + 1] if blank else []
    alike = {len(rows), sum(not row.excuse for row in rows)}
    if whole := next((lines for lines in (texts, within) if len(lines) in alike), None):
        texts, start = whole, 0
    else:
        texts = texts[: blank[-1] + 1] if blank else []
    if start and len(texts) > len(rows) - start:
        found.why = (
            f"{len(texts)} grades without names are more than there are pupils from {rows[start].name} down. Put the "
            "cursor into the box of the first of them, or copy the names as well."
        )
        return
    for row, text in zip(rows[start:], texts, strict=False):
        if text:
            found.put(row, text)
    found.over = [text for text in texts[len(rows) - start :] if text]


# What is said of it ---------------------------------------------------------------------------------------------------


def said(row):
    return ", ".join(filter(None, row))[:80]


def several(texts):
    more = len(texts) - MOST_SAID
    return "; ".join([*texts[:MOST_SAID], *([f"and {more} more"] if more > 0 else [])])


def left_out(lines, why):
    count = f"{len(lines)} line{'' if len(lines) == 1 else 's'}"
    return f"{count} left out, as {why}: {several(lines)}." if lines else ""
