"""Rows that somebody has sent, as lines of a text with cells parted by tabs: what is wrong in them is mended there."""

import re
from dataclasses import dataclass, field

from .files import plain_name
from .problems import Problem, Problems
from .tables import read_rows

LOOK_FOR_HEADER = 20
MOST_SHOWN = 100  # rows to mend at once
MOST_LINKS = 10
CELL = re.compile(r"r([1-9][0-9]{0,5})-([0-9]{1,3})")
OUT = re.compile(r"out-([1-9][0-9]{0,5})")


@dataclass
class WrongCell:
    """A cell to mend: in which place of its row, what stands there, and each thing that is wrong with it."""

    name: str
    header: str
    value: str
    said: list[str] = field(default_factory=list)


@dataclass
class WrongRow:
    number: int
    who: str  # whom or what the row is about, with what else tells it from others
    beside: list[str] = field(default_factory=list)
    cells: list[WrongCell] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # what is wrong with the row as a whole

    @property
    def out(self):
        return f"out-{self.number}"


@dataclass
class Mending:
    """What is wrong with rows that were sent: in `rows` cell by cell, and `about_all` what no cell can mend."""

    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    rows: list[WrongRow] = field(default_factory=list)
    number_wrong: int = 0  # rows, shown or not

    @property
    def more(self):
        return self.number_wrong - len(self.rows)

    @property
    def about_all(self):
        return [problem for problem in self.problems if problem.row is None or not self.rows]

    @property
    def links(self):
        """(row, cell) of what is to be mended first."""
        return [(row, cell) for row in self.rows for cell in row.cells or [None]][:MOST_LINKS]


def rows_to_mend(problems, table, text, about) -> tuple[list[WrongRow], int]:
    """The first rows with something wrong, each wrong cell with what stands in it; and how many such rows there are.

    `about(row)` says whom or what a row is about, and what else stands beside it.
    """
    lines, by_number = lines_of(text), {row.number: row for row in table}
    keys = {table.header(column): column for column in table.columns}
    found = {}
    for problem in problems:
        if problem.row is None:
            continue
        wrong = found.get(problem.row)
        if wrong is None:
            row = by_number.get(problem.row)
            wrong = found[problem.row] = WrongRow(problem.row, *(about(row) if row else ("", [])))
        said = f"{problem.what.removeprefix(f'{wrong.who}: ')} {problem.mend}"
        place = table.places.get(keys.get(problem.column))
        if place is None:
            wrong.said.append(said)
            continue
        name = f"r{problem.row}-{place}"
        cell = next((cell for cell in wrong.cells if cell.name == name), None)
        if cell is None:
            cells = lines[problem.row - 1].split("\t") if problem.row <= len(lines) else []
            cell = WrongCell(name, problem.column, cells[place] if place < len(cells) else "")
            wrong.cells.append(cell)
        cell.said.append(said[:1].upper() + said[1:])
    return list(found.values())[:MOST_SHOWN], len(found)


def text_of(source, name, *, columns, unused=(), always=(), **limits) -> tuple[str, list[str], list[str]]:
    """The rows of a CSV or XLSX file as lines of the same numbers, cells parted by tabs; why it is no table; and what
    its columns are called that are not used: they are left out, and so is what stands above the names of the columns.

    `columns` has what each may be called besides its name. Those of `always` are there afterwards even if the file has
    none of the kind, so that their cells can be filled in. `limits` are those of `read_rows`.
    """
    known = {plain_name(called): column for column, others in columns.items() for called in (column, *others)}
    problems = Problems()
    wanted = [called for column, others in columns.items() for called in (column, *others)]
    rows = read_rows(source, name, problems=problems, wanted=wanted, **limits) or []
    rows = [[one_line(cell) for cell in row] for row in rows]
    ignored, header = [], header_of(rows, known)
    if header is not None:
        names = [plain_name(called) for called in rows[header]]
        unused = {plain_name(called) for called in unused}
        ignored = [called for called in rows[header] if called and plain_name(called) not in {*known, *unused}]
        rows = [[]] * header + [used(row, names, known) for row in rows[header:]]
        there = {known.get(called) for called in names}
        width = len(rows[header])
        for column in always:
            if column not in there:
                rows[header:] = [
                    [*row[:width], *([""] * (width - len(row))), "", *row[width:]] for row in rows[header:]
                ]
                rows[header][width], width = column.capitalize(), width + 1
    lines = ["\t".join(row).rstrip("\t") for row in rows]
    return "\n".join(lines).rstrip(), [f"{problem.what} {problem.mend}" for problem in problems.shown()], ignored


def one_line(cell):
    return " ".join(cell.replace('"', "”").split())


def header_of(rows, known):
    """The place of the row with most names of columns that are known, two at least; None where there is none."""
    worth = [(sum(plain_name(cell) in known for cell in row), -place) for place, row in enumerate(rows) if any(row)]
    best, place = max(worth[:LOOK_FOR_HEADER], default=(0, 0))
    return -place if best > 1 else None


def used(row, names, known):
    """The cells of columns that are known, and those too many that stand beyond the names of columns."""
    return [cell for cell, name in zip(row, names, strict=False) if name in known] + row[len(names) :]


def lines_of(text):
    return text.replace("\r\n", "\n").split("\n")


def mended(text, data) -> str:
    """The text with the cells that were typed anew, and without the rows that are to be left out."""
    lines = lines_of(text)
    for name, value in data.items():
        found = CELL.fullmatch(name)
        if found and int(found[1]) <= len(lines):
            cells = lines[int(found[1]) - 1].split("\t")
            cells += [""] * (int(found[2]) + 1 - len(cells))
            cells[int(found[2])] = one_line(value)
            lines[int(found[1]) - 1] = "\t".join(cells)
    for name in data:
        found = OUT.fullmatch(name)
        if found and int(found[1]) <= len(lines):
            lines[int(found[1]) - 1] = ""
    return "\n".join(lines)
