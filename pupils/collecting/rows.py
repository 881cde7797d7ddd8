"""The rows of a file of grades as lines of a text, with the columns that are used; and what is mended in its cells."""

import re

from papers.sheets import Problems, plain_name, read_rows

MOST_ROWS = 20_000
LONGEST = 2_000_000
TOO_MUCH = f"That is too much at once: at most {MOST_ROWS:,} rows. Send the partnerships of one area after the other."
REQUIRED = ["Partnership", "Pupil", "Data point", "Grade"]
OPTIONAL = ["Moderated", "Initials", "Year"]
ALIASES = {
    "Partnership": ["Partnership ref", "Partnership reference"],
    "Pupil": ["Pupil ref", "Pupil reference", "Reference"],
    "Data point": ["Point", "Term", "When"],
    "Grade": ["Level", "Mark", "Score", "Result", "Assessment"],
    "Year": ["Year group"],
}
NAMES = [*REQUIRED, *OPTIONAL, *(name for names in ALIASES.values() for name in names)]
KNOWN = {plain_name(name) for name in NAMES}
UNUSED = {plain_name("Partner school")}  # of our own template
LOOK_FOR_HEADER = 20
CELL = re.compile(r"r([1-9][0-9]{0,5})-([0-9]{1,3})")
OUT = re.compile(r"out-([1-9][0-9]{0,5})")


def text_of(file, name) -> tuple[str, list[str], list[str]]:
    """The rows of a CSV or XLSX file as lines of the same numbers, cells parted by tabs; why it is no table; and what
    its columns are called that are not used: they are left out, and so is what stands above the names of the columns.
    """
    problems = Problems()
    rows = read_rows(file, name, problems=problems, max_bytes=5_000_000, max_rows=MOST_ROWS, wanted=NAMES) or []
    rows = [[one_line(cell) for cell in row] for row in rows]
    ignored, header = [], header_of(rows)
    if header is not None:
        names = rows[header]
        ignored = [called for called in names if called and plain_name(called) not in KNOWN | UNUSED]
        rows = [[]] * header + [used(row, names) for row in rows[header:]]
    lines = ["\t".join(row).rstrip("\t") for row in rows]
    return "\n".join(lines).rstrip(), [f"{problem.what} {problem.mend}" for problem in problems.shown()], ignored


def one_line(cell):
    return " ".join(cell.replace('"', "”").split())


def header_of(rows):
    """The place of the row with most names of columns that are known, two at least; None where there is none."""
    worth = [(sum(plain_name(cell) in KNOWN for cell in row), -place) for place, row in enumerate(rows) if any(row)]
    best, place = max(worth[:LOOK_FOR_HEADER], default=(0, 0))
    return -place if best > 1 else None


def used(row, names):
    """The cells of columns that are known, and those too many that stand beyond the names of columns."""
    return [cell for cell, name in zip(row, names, strict=False) if plain_name(name) in KNOWN] + row[len(names) :]


def mended(text, data) -> str:
    """The text with the cells that were typed anew, and without the rows that are to be left out."""
    lines = text.replace("\r\n", "\n").split("\n")
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
