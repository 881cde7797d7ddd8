"""Tables of people who do not know what an encoding is."""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from .files import TooLong, Unclosed, csv_rows, file_bytes, plain_name, workbook_rows
from .problems import Problems, quote
from .writing import undefuse

LONGEST_CELL = 10_000
MOST_ROWS = 100_000


class Row(Mapping):
    """The cells of one row by column, trimmed; "" where a cell is blank or its optional column is absent."""

    __slots__ = ("_cells", "_places", "number")

    def __init__(self, number, cells, places):
        self.number = number
        self._cells = cells
        self._places = places

    def __getitem__(self, column):
        place = self._places[column]
        return "" if place is None else self._cells[place]

    def __iter__(self):
        return iter(self._places)

    def __len__(self):
        return len(self._places)


class Table:
    """What was read: `columns` that were found and asked for, headers that were `ignored`, and the rows."""

    def __init__(self, name, encoding, headers, ignored, rows, private=False, places=None):
        self.name = name
        self.places = places or {}  # where in its row a column stands
        self.private = private
        self.encoding = encoding
        self.columns = list(headers)
        self.ignored = ignored
        self._headers = headers
        self._rows = rows

    def header(self, column: str) -> str:
        """The column as it is called in the file."""
        return self._headers.get(column, column)

    def __iter__(self):
        return iter(self._rows)

    def __len__(self):
        return len(self._rows)


def read_table(
    source,
    name: str | None = None,
    *,
    required,
    problems: Problems,
    optional=(),
    aliases: dict[str, list[str]] | None = None,
    max_bytes: int = 20_000_000,
    max_rows: int = MOST_ROWS,
    private: bool = False,
) -> Table | None:
    """
    The table in a CSV or XLSX file (a path, or an open binary file with a `name`), or None and a problem said why.

    Columns are found by name, whatever their order, capitals, spaces, underscores or hyphens. Blank rows are skipped
    and counted. A row with fewer cells than the header has blanks at its end (Excel leaves them out; whoever requires
    the cell notices); one with more is a problem where the surplus is not blank. A row with such a problem is left out
    and the others are still read, so that all problems come at once: `problems.refuse()` before anything is written.
    The problems of a `private` table never repeat what stands in a cell, nor a first row that may be no header.
    """
    name = name or Path(source).name
    problems.begin(name)
    data = file_bytes(source, name, problems, max_bytes)
    if data is None:
        return None
    if name.lower().endswith(".xlsx"):
        encoding, records, mend = "Excel workbook", workbook_rows(data, name, problems), str
    else:
        names = [*required, *optional, *chain.from_iterable((aliases or {}).values())]
        (encoding, records), mend = csv_rows(data, name, problems, names), undefuse
    if records is None:
        return None
    records = enumerate(records, 1)
    try:
        number, header = next((n, cells) for n, cells in records if any(cell.strip() for cell in cells))
        columns = _columns(header, number, name, problems, required, optional, aliases or {}, private)
        if columns is None:
            return None
        headers, places, ignored = columns
        rows = _rows(records, len(header), headers, places, mend, name, problems, max_rows)
    except StopIteration:
        problems.add(name, "The file has no rows, not even one with the names of the columns.", _list_columns(required))
        return None
    except TooLong as error:
        problems.add(
            name, "A cell of this row is too long.", "Shorten it, or look for a missing quotation mark.", row=error.row
        )
        return None
    except Unclosed as error:
        problems.add(
            name,
            'A quotation mark (") is opened in this row and not closed where the cell ends: the rest cannot be read.',
            "Take the quotation mark out, or open the file in Excel and save it again as “CSV UTF-8”.",
            row=error.row,
        )
        return None
    return None if rows is None else Table(name, encoding, headers, ignored, rows, private, places)


def read_rows(
    source,
    name: str,
    *,
    problems: Problems,
    max_bytes: int,
    max_rows: int,
    wanted=(),
    sheets: list | None = None,
    formulas=False,
) -> list[list[str]] | None:
    """Every row of a CSV or XLSX file as its cells, the blank ones too, whatever the first one says; or None.

    Names of columns that are `wanted` tell what parts the cells, and on which sheet of a workbook the table stands.
    The list `sheets` is given the names of a workbook's sheets, the one that is read first. With `formulas` a cell
    whose formula gave words has the formula.
    """
    problems.begin(name)
    data = file_bytes(source, name, problems, max_bytes)
    if data is None:
        return None
    if name.lower().endswith(".xlsx"):
        records, mend = workbook_rows(data, name, problems, wanted, sheets, formulas), str
    else:
        (_, records), mend = csv_rows(data, name, problems, wanted), undefuse
    rows = []
    try:
        for record in records or ():
            if len(rows) == max_rows:
                problems.add(name, f"The file has more than {max_rows:,} rows.", "Leave out what is not needed.")
                return None
            rows.append([" ".join(mend(cell).split()) for cell in record])
    except TooLong as error:
        problems.add(
            name, f"A cell in row {error.row} is too long.", "Shorten it, or look for a missing quotation mark there."
        )
        return None
    except Unclosed as error:
        problems.add(
            name,
            f'A quotation mark (") is opened in row {error.row} and not closed: the rest cannot be read.',
            "Take the quotation mark out, or save the file again as “CSV UTF-8”.",
        )
        return None
    return None if records is None else rows


def _columns(header, number, name, problems, required, optional, aliases, private):
    """Headers and places by column, and the headers nobody asked for; or None and a problem."""
    wanted = {}
    for column in (*required, *optional):
        for called in (column, *aliases.get(column, ())):
            wanted.setdefault(plain_name(called), column)
    for column in (*required, *optional):  # a column's own name wins over another column's alias
        wanted[plain_name(column)] = column
    headers, places, ignored, twice = {}, {}, [], {}
    for place, cell in enumerate(header):
        column = wanted.get(plain_name(cell))
        if column is None:
            ignored += [quote(cell, marks="")] if cell.strip() else []
        elif column in places:
            twice.setdefault(column, [headers[column]]).append(quote(cell, marks=""))
        else:
            headers[column], places[column] = quote(cell, marks=""), place
    missing = [column for column in required if column not in places]
    if missing:
        found = [*headers.values(), *([] if private else ignored)][:30]
        found = ", ".join(f"“{cell}”" for cell in found) or "no names of columns"
        problems.add(
            name,
            f"{_named(missing)} missing.",
            f"Add {'it' if len(missing) == 1 else 'them'}, or correct the spelling. Found in the first row: {found}.",
            row=number,
        )
    for column, called in twice.items():
        problems.add(
            name,
            f"The column “{column}” is there {len(called)} times, as {', '.join(f'“{one}”' for one in called)}.",
            "Keep one of them and delete the rest.",
            row=number,
            column=called[-1],
        )
    if missing or twice:
        return None
    return headers, {column: places.get(column) for column in (*required, *optional)}, ignored


def _named(columns):
    names = [f"“{column}”" for column in columns]
    if len(names) == 1:
        return f"The column {names[0]} is"
    return f"The columns {', '.join(names[:-1])} and {names[-1]} are"


def _list_columns(columns):
    return f"Begin with a row of these names: {', '.join(columns)}."


def _rows(records, width, headers, places, mend, name, problems, max_rows):
    """The rows that are not blank, None where there are too many."""
    used = [column for column in places if places[column] is not None]
    order = [places[column] for column in used]
    at = {column: (used.index(column) if column in used else None) for column in places}
    rows = []
    for number, record in records:
        if not any(cell.strip() for cell in record):
            continue
        if len(rows) == max_rows:
            problems.add(
                name, f"The file has more than {max_rows:,} rows.", "Leave out rows that are not needed.", row=number
            )
            return None
        if any(cell.strip() for cell in record[width:]):
            problems.add(
                name,
                f"The row has {len(record)} cells, but the row with the names of the columns has {width}.",
                "Put text with a comma (or whatever parts cells) into quotation marks, or delete the surplus cells.",
                row=number,
            )
            continue
        cells = [mend(record[place].strip()) if place < len(record) else "" for place in order]
        for column, cell in zip(used, cells, strict=True):
            if len(cell) > LONGEST_CELL:
                problems.add(
                    name,
                    f"The cell has {len(cell):,} characters; the most is {LONGEST_CELL:,}.",
                    "Shorten it. If it holds several rows, a quotation mark is missing.",
                    row=number,
                    column=headers[column],
                )
        rows.append(Row(number, tuple(cells), at))
    return rows
