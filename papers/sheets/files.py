"""What is in a file that somebody sent: its bytes, and the rows of a CSV file or a workbook as text."""

import csv
import datetime as dt
import html
import io
import re
import zipfile
from itertools import islice
from pathlib import Path

from python_calamine import CalamineWorkbook

MOST_UNPACKED = 100_000_000
MOST_CELLS = 3_000_000
LOOK_FOR_HEADER = 20  # rows
SAVE_AS_CSV = "Open it in Excel, choose “Save as”, type “CSV UTF-8 (comma delimited)”, and use that file."
SAVE_AS_XLSX = (
    "Open it in Excel, choose “Save as”, type “Excel workbook (.xlsx)”, without a password, and use that file."
)
OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # also a new workbook behind a password
ZIP = b"PK\x03\x04"
WEB_PAGES = (b"<!doctype", b"<html", b"<head", b"<?xml")


def file_bytes(source, name, problems, max_bytes):
    """The file's bytes, at least one and at most `max_bytes`, or None and a problem."""
    if hasattr(source, "read"):
        if source.seekable():
            source.seek(0)
        data = source.read(max_bytes + 1)
    else:
        try:
            with Path(source).open("rb") as file:
                data = file.read(max_bytes + 1)
        except FileNotFoundError:
            problems.add(name, "The file is missing.", f"Put a file called {name} into the folder.")
            return None
        except OSError:
            problems.add(name, "The file cannot be opened.", "Check that it is a file, and that you may read it.")
            return None
    if len(data) > max_bytes:
        problems.add(
            name,
            f"The file is larger than {_size(max_bytes)}.",
            "Check that it is the right file; leave out columns and rows that are not needed.",
        )
        return None
    if not data.strip():
        problems.add(name, "The file is empty.", "Check that it was saved, and send it again.")
        return None
    return data


def _size(number):
    return f"{number // 1_000_000} MB" if number >= 1_000_000 else f"{number:,} bytes"


def _encoding(data, name, problems):
    """Python's name of the encoding and ours, or None and a problem."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries = [("utf-16", "UTF-16")]
    elif data.startswith(b"\xef\xbb\xbf"):
        tries = [("utf-8-sig", "UTF-8 with a byte order mark")]
    else:
        tries = [("utf-8", "UTF-8"), ("cp1252", "Windows-1252")]
    for codec, said in tries:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError as error:
            if codec == "utf-8" and _is_damaged_utf8(data):
                row = _row_at(data[: error.start].decode("utf-8"))
                problems.add(
                    name,
                    "The file is in UTF-8 but damaged: a letter in this row cannot be read.",
                    f"Write the row anew. {SAVE_AS_CSV}",
                    row=row,
                )
                return None
            continue
        if "\0" in text:
            problems.add(name, "The file has null characters in it: it is damaged, or not a table.", SAVE_AS_CSV)
            return None
        return codec, said
    problems.add(name, "The letters of the file are in an encoding that is not known here.", SAVE_AS_CSV)
    return None


def _is_damaged_utf8(data):
    """Whether more of the letters beyond ASCII are whole in UTF-8 than not; of another encoding hardly any would be."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(re.findall(r"[^\x00-\x7f\ufffd]", text))
    return whole >= broken and whole > 0


def _row_at(text):
    """The number of the row that follows this text, or that it breaks off in, as a spreadsheet counts."""
    return sum(1 for _ in csv.reader(io.StringIO(f"{text}x", newline="")))


# CSV --------------------------------------------------------------------------------------------------------------


def plain_name(name):
    """The name of a column without what people vary: capitals, spaces, underscores, hyphens."""
    return re.sub(r"[\s_\-\ufeff]+", "", name).casefold()


def number_known(row, known):
    return sum(plain_name(cell) in known for cell in row)


class Unclosed(Exception):
    """A quotation mark is opened in `row` and not closed where the cell ends."""

    def __init__(self, row):
        super().__init__(row)
        self.row = row


class TooLong(Unclosed):
    """A cell of `row` is so long that no table is meant, perhaps because a quotation mark is missing."""


def csv_rows(data, name, problems, wanted):
    """What the encoding is called, and the records, none where a problem says why."""
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower()
    disguised = None
    if data.startswith(ZIP):
        disguised = "is a spreadsheet or a zip archive"
    elif data.startswith(OLD_EXCEL):
        disguised = "is an Excel spreadsheet"
    elif start.startswith(b"%pdf"):
        disguised = "is a PDF"
    elif start.startswith(WEB_PAGES):
        disguised = "is a web page"
    if disguised:
        mend = (
            "Download it again: perhaps this is the page that asked you to sign in."
            if "web" in disguised
            else SAVE_AS_CSV
        )
        problems.add(name, f"The file {disguised}, not a CSV file, whatever its name says.", mend)
        return None, None
    encoding = _encoding(data, name, problems)
    if encoding is None:
        return None, None
    codec, said = encoding
    return said, _records(data, codec, _delimiter(data, codec, wanted))


def _records(data, codec, delimiter):
    """One list of cells for each row as a spreadsheet would count it, blank ones included."""
    number = 0
    try:
        with io.TextIOWrapper(io.BytesIO(data), codec, newline="") as lines:
            for record in csv.reader(lines, delimiter=delimiter, strict=True):
                number += 1
                yield record
    except csv.Error as error:  # strict: a quotation mark that is never closed, or closed inside a cell
        raise (TooLong if "field limit" in str(error) else Unclosed)(number + 1) from error


def _delimiter(data, codec, wanted):
    """The one of comma, semicolon and tab under which one of the first rows has most columns that somebody asked for.

    Where nobody asked for any, the one that parts the rows into most cells.
    """
    if not wanted:
        return max(",;\t", key=lambda delimiter: _number_of_cells(data, codec, delimiter))
    known = {plain_name(name) for name in wanted}

    def worth(delimiter):
        best = (0, 0)
        try:
            filled = (r for r in _records(data, codec, delimiter) if any(cell.strip(" ,;\t") for cell in r))
            for row in islice(filled, LOOK_FOR_HEADER):
                best = max(best, (number_known(row, known), sum(bool(plain_name(cell)) for cell in row)))
        except Unclosed:
            pass
        return best

    return max(",;\t", key=worth)  # the first of equals


def _number_of_cells(data, codec, delimiter):
    try:
        return sum(bool(cell.strip(" ,;\t")) for record in _records(data, codec, delimiter) for cell in record)
    except Unclosed:
        return 0


# XLSX -------------------------------------------------------------------------------------------------------------


def workbook_rows(data, name, problems, wanted=(), sheets=None, formulas=False):
    """The rows of a sheet as text, none where a problem says why: the first, or the one with the `wanted` columns.

    Into the list `sheets` go the names of all that it has, the one that is read first.

    A formula that failed stands there as its error, such as #DIV/0!: it is no blank cell. With `formulas` one that
    gave words stands there as the formula.
    """
    if data.startswith(OLD_EXCEL):
        problems.add(name, "The workbook is in the format of old Excel, or has a password.", SAVE_AS_XLSX)
        return None
    wrong = _unsafe(data)
    if wrong:
        problems.add(name, *wrong)
        return None
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            number, rows = _sheet_with(workbook, {plain_name(name) for name in wanted})
            if sheets is not None:
                names = list(workbook.sheet_names)
                sheets[:] = [names.pop(number), *names]
        for (row, column), error in _failed_formulas(data, number):
            if row < len(rows) and column < len(rows[row]):
                rows[row][column] = error
        for (row, column), formula in _formulas(data, number) if formulas else ():
            if row < len(rows) and column < len(rows[row]) and isinstance(rows[row][column], str):
                rows[row][column] = formula
    except Exception:  # CalamineError and, for some damage, others
        problems.add(name, "The workbook is damaged: it cannot be opened.", SAVE_AS_XLSX)
        return None
    return ([_text(cell) for cell in row] for row in rows)


def _sheet_with(workbook, known):
    """Number and rows of the first sheet in which one of the first rows has most names of columns that are `known`."""
    best = None
    for number in range(len(workbook.sheet_names) if known else 1):
        rows = workbook.get_sheet_by_index(number).to_python(skip_empty_area=False)
        worth = max((number_known(map(str, row), known) for row in rows[:LOOK_FOR_HEADER]), default=0)
        if best is None or worth > best[0]:
            best = (worth, number, rows)
    return best[1:]


SHEET = re.compile(rb"""<(?:\w+:)?sheet\s[^>]*?\w+:id\s*=\s*["']([^"']+)["']""")
RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
ATTRIBUTE = re.compile(rb"""\b(Id|Target)\s*=\s*["']([^"']*)["']""")
FAILED = re.compile(rb"""<(?:\w+:)?c\s([^>/]*\bt\s*=\s*["']e["'][^>/]*)>(.*?)</(?:\w+:)?c\s*>""", re.DOTALL)
FORMULA = re.compile(rb"""<(?:\w+:)?c\s([^>/]*)>\s*<(?:\w+:)?f(?:\s[^>/]*)?(?:/>|>([^<]*)</(?:\w+:)?f\s*>)""")
VALUE = re.compile(rb"<(?:\w+:)?v\s*>([^<]*)</")


def _sheet(data, number) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = SHEET.findall(archive.read("xl/workbook.xml"))
        relations = RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {found[b"Id"]: found[b"Target"] for found in map(dict, map(ATTRIBUTE.findall, relations))}
        target = targets[sheets[number]].decode()
        return archive.read(target.removeprefix("/") if target.startswith("/") else f"xl/{target}")


def _formulas(data, number):
    """Place and text of each cell of the sheet that holds a formula: calamine gives what it came to."""
    for attributes, inside in FORMULA.findall(_sheet(data, number)):
        if found := CELL_REFERENCE.search(attributes):
            yield (int(found[2]) - 1, _column_number(found[1]) - 1), f"={html.unescape(inside.decode())}"


def _failed_formulas(data, number):
    """Place and error of each cell of the sheet whose formula failed: calamine gives nothing for it."""
    sheet = _sheet(data, number)
    for attributes, inside in FAILED.findall(sheet):
        found, value = CELL_REFERENCE.search(attributes), VALUE.search(inside)
        if found:
            yield (int(found[2]) - 1, _column_number(found[1]) - 1), value[1].decode() if value else "#VALUE!"


CELL_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,4})([0-9]{1,9})["']""", re.IGNORECASE)


def _unsafe(data):
    """What and mend where unpacking the workbook would take too much memory: calamine lays a sheet out in full."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MOST_UNPACKED or len(members) > 5000:
                return (
                    "The workbook is too large when unpacked.",
                    "Leave out sheets, pictures and columns that are not needed.",
                )
            for member in members:  # reads no more than the size it states, so that a lie ends in BadZipFile
                last_row, last_column = 0, 0
                for reference in CELL_REFERENCE.finditer(archive.read(member)):
                    last_row = max(last_row, int(reference[2]))
                    last_column = max(last_column, _column_number(reference[1]))
                if last_row * last_column > MOST_CELLS:
                    return (
                        f"A sheet has a cell in row {last_row:,}: it is too large to be read.",
                        "Copy the rows that matter into a new workbook and save that.",
                    )
    except Exception:  # a damaged archive raises whatever it likes: BadZipFile, zlib.error, RuntimeError, ...
        return "The file is not an Excel workbook, whatever its name says.", SAVE_AS_XLSX
    return None


def _column_number(letters):
    number = 0
    for letter in letters.upper():  # bytes
        number = number * 26 + letter - 64
    return number


def _text(cell):
    """A cell of a workbook as a person reads it: codes as they are typed, 5.0 as 5, dates as 2008-10-17."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    return str(cell)
