"""Reading a register and its links file, row by row: 60 MB never stand in memory at once."""

import codecs
import contextlib
import csv
import io
from collections import Counter
from operator import itemgetter

from accounts.models import SchoolLink
from accounts.register import columns
from papers.sheets import quote

CHUNK = 1 << 20
MOST_SHOWN = 100
MOST_NAMES = 12
DOWNLOAD = "Download it again from Get Information about Schools, and send it as it is."
AS_CSV = "Download the register as CSV and send that; or save this one as “CSV UTF-8” in Excel."
KINDS_OF_FILE = [
    (b"PK\x03\x04", "a zip archive", "Unpack it, and send the CSV file that is in it."),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook", AS_CSV),
    (b"%PDF", "a PDF", DOWNLOAD),
    (b"<", "a web page", "Download it again: perhaps this is the page that asked you to sign in."),
]
PARTS_OF_A_WORKBOOK = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class NotRead(Exception):
    """The file is refused, and nothing of it is used. Each problem has what is wrong, how to mend it, and its row.

    `more` is how many other rows have the same.
    """

    def __init__(self, problems):
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def problem(what, mend, row=None):
    return {"what": what, "mend": mend, "row": row, "more": 0}


def refuse(what, mend, row=None):
    raise NotRead([problem(what, mend, row)])


# A file that was sent in the place of the other one: the columns by which it is known, what it is, what to do.
KNOWN_FILES = [
    (
        columns.LINK_COLUMNS,
        "This is the links file, not the register.",
        "Send it in the second box, and the register here.",
    ),
    (columns.REQUIRED_COLUMNS, "This is the register, not its links file.", "Send it in the first box."),
]


class Sheet:
    """A CSV file whose kind, encoding and columns are known to be right; `rows` gives its rows."""

    def __init__(self, file, required):
        self.file = file
        self.codec, self.encoding, self.lines = look_through(file)
        self.delimiter, self.header = self.find_header(required)
        self.check_columns(required)
        self.needed = 1 + max(self.header.index(name) for name in required)

    def find_header(self, required):
        """The delimiter under which the first row has most of the columns that are asked for."""
        first = first_line(self.file, self.codec)
        headers = {
            delimiter: [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
            for delimiter in ",;\t"
        }
        best = max(headers, key=lambda delimiter: len(set(required) & set(headers[delimiter])))
        return best, headers[best]

    def check_columns(self, required):
        missing = [name for name in required if name not in self.header]
        if not missing:
            return
        found = [name for name in self.header if name]
        what = f"{'This column is' if len(missing) == 1 else 'These columns are'} missing: {', '.join(missing)}."
        mend = f"{said_of(found, missing)} {DOWNLOAD}"
        for other, is_that, belongs in KNOWN_FILES:
            if required != other and set(other) <= set(found):
                what, mend = is_that, belongs
        refuse(what, mend)

    def rows(self):
        """The cells of each row that is not blank, with the number that a spreadsheet shows."""
        width, short, number = len(self.header), 0, 1
        self.file.seek(0)
        with text_of(self.file, self.codec) as lines:
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            try:
                next(reader)
                for record in reader:
                    number += 1
                    if len(record) < width:
                        if not any(record):
                            continue
                        short += 1
                        last_short, its_width = number, len(record)
                        record += [""] * (width - len(record))
                    yield number, record
            except csv.Error as error:
                if "unexpected end" in str(error):
                    refuse(f"The file breaks off in row {number + 1:,}: it is not complete.", DOWNLOAD, number + 1)
                refuse(f"A quotation mark is missing in row {number + 1:,} or just before.", DOWNLOAD, number + 1)
        # A spreadsheet leaves out blank cells at the end of many rows, yet hardly those of a column that is asked for.
        if short and last_short == number and (short == 1 or its_width < self.needed):
            refuse(f"The file breaks off in row {number:,}: it is not complete.", DOWNLOAD, number)


def said_of(found, missing):
    """The names of the columns that there are, those first that may be meant by the missing ones."""
    if not found:
        return "The first row is blank."
    wanted = set(map(letters_of, missing))
    alike = [name for name in found if letters_of(name) in wanted]
    names = list(dict.fromkeys(quote_name(name) for name in alike + found))
    if len(names) <= MOST_NAMES + 1:
        return f"The file has {', '.join(names)}."
    return f"The file has {', '.join(names[:MOST_NAMES])} and {len(names) - MOST_NAMES} others."


def letters_of(name):
    return "".join(filter(str.isalpha, name)).casefold()


def quote_name(name):
    return quote(name, marks="", longest=40)


def check_start(start):
    """The first bytes say what kind of file it is."""
    if start.startswith(b"PK\x03\x04") and start[30:].startswith(PARTS_OF_A_WORKBOOK):
        refuse("This is an Excel workbook, not a CSV file, whatever its name says.", AS_CSV)
    for magic, kind, mend in KINDS_OF_FILE:
        if start.removeprefix(codecs.BOM_UTF8).lstrip().startswith(magic):
            refuse(f"This is {kind}, not a CSV file, whatever its name says.", mend)
    if start.startswith(UTF_16):
        refuse("The file is in UTF-16, which the register never is.", "Save it as “CSV UTF-8”, or download it again.")
    if b"\0" in start:
        refuse("This is not a text file, whatever its name says.", DOWNLOAD)


def look_through(file):
    """Python's name of the encoding, ours, and how many lines there are; refused unless it is text."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, lines, size, start = True, 0, 0, b""
    while chunk := file.read(CHUNK):
        if not size:
            start = chunk[:4096]
            check_start(start)
        size += len(chunk)
        lines += chunk.count(b"\n")
        if b"\0" in chunk:
            refuse("The file has null characters in it: it is damaged.", DOWNLOAD)
        if is_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
    if not size or (not lines and not start.strip()):
        refuse("The file is empty.", DOWNLOAD)
    if is_utf8:
        with contextlib.suppress(UnicodeDecodeError):
            decoder.decode(b"", final=True)
            return "utf-8-sig", "UTF-8", lines
    if looks_like_utf8(file):
        refuse("The file is in UTF-8 but damaged: some letters cannot be read.", DOWNLOAD)
    return "cp1252", "Windows-1252", lines


def looks_like_utf8(file):
    """Whether more of the letters beyond ASCII are whole in UTF-8 than not: in Windows-1252 hardly any would be."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    whole = broken = 0
    while chunk := file.read(CHUNK):
        text = decoder.decode(chunk)
        bad = text.count("\ufffd")
        broken += bad
        whole += len(text) - len(text.encode("ascii", "ignore")) - bad
    return whole > broken


def first_line(file, codec):
    file.seek(0)
    with text_of(file, codec) as lines:
        return lines.readline().strip("\r\n")


@contextlib.contextmanager
def text_of(file, codec):
    """The file as text; it stays open for whoever gave it."""
    lines = io.TextIOWrapper(file, codec, errors="strict" if codec == "utf-8-sig" else "replace", newline="")
    try:
        yield lines
    finally:
        lines.detach()


class Register:
    """The rows of a register as values in the order of `columns.COLUMNS`."""

    def __init__(self, file):
        self.sheet = Sheet(file, columns.REQUIRED_COLUMNS)
        self.encoding, self.lines = self.sheet.encoding, self.sheet.lines
        self.given = [name for name, column in columns.COLUMNS.items() if column in self.sheet.header]
        self.left_blank = Counter()
        self.problems, self.refused, self.alike = [], 0, {}

    def rows(self):
        """One tuple of values for each school. Raises NotRead at the end, with every problem, where there is one."""
        header = self.sheet.header
        pick = itemgetter(*[header.index(columns.COLUMNS[name]) for name in self.given])
        convert = columns.converters()
        given = [convert[name] for name in self.given]
        seen = {}
        for number, record in self.sheet.rows():
            cells = pick(record)
            try:
                values = tuple([to_value(cell) for to_value, cell in zip(given, cells, strict=True)])
            except ValueError:
                values = self.cell_by_cell(number, given, cells)
            if values is None:
                continue
            first = seen.setdefault(values[0], number)
            if first != number:
                self.wrong(
                    f"The URN {values[0]} stands in row {first:,} and in row {number:,}.",
                    "Each school has one row. " + DOWNLOAD,
                    number,
                )
            yield values
        if not seen and not self.problems:
            refuse("The file has no schools in it, only the names of the columns.", DOWNLOAD)
        if self.problems:
            raise NotRead(self.problems + self.unshown())

    def unshown(self):
        more = self.refused - sum(1 + found["more"] for found in self.problems)
        return [problem(f"And {more:,} more rows like these.", DOWNLOAD)] if more else []

    def wrong(self, what, mend, row, cell=None):
        """Of rows with the same words in the same column the first is told, and how many more there are."""
        self.refused += 1
        if cell in self.alike:
            self.alike[cell]["more"] += 1
        elif len(self.problems) < MOST_SHOWN:
            self.problems.append(problem(what, mend, row))
            if cell is not None:
                self.alike[cell] = self.problems[-1]

    def cell_by_cell(self, number, given, cells):
        """A row with a cell that cannot be understood: left blank where nothing hangs on it, else the row is wrong."""
        values, is_whole = [], True
        for name, to_value, cell in zip(self.given, given, cells, strict=True):
            try:
                values.append(to_value(cell))
            except ValueError:
                values.append(columns.blank_of(name))
                if name in columns.STRICT:
                    is_whole = False
                    said = quote(cell) if cell.strip() else "A blank cell"
                    what = f"{said} in the column {columns.COLUMNS[name]} of row {number:,} is not {EXPECTED[name]}."
                    self.wrong(what, DOWNLOAD, number, (name, said))
                else:
                    self.left_blank[columns.COLUMNS[name]] += 1
        return tuple(values) if is_whole else None


EXPECTED = {
    "urn": "a URN of six digits",
    "la_code": "an LA code of three digits",
    "name": "a name of at most 250 letters",
    "status": "“Open”, “Open, but proposed to close”, “Closed” or “Proposed to open”",
}


@contextlib.contextmanager
def said_of_the_links_file():
    """Of two files that are read together a problem says which one it is in."""
    try:
        yield
    except NotRead as refused:
        for found in refused.problems:
            found["file"] = "links file"
        raise


class Links:
    """Which school followed which, from the links file; its other links are not ours to keep."""

    def __init__(self, file):
        with said_of_the_links_file():
            self.sheet = Sheet(file, columns.LINK_COLUMNS)
        self.days = columns.Days()

    def rows(self):
        """(URN before, URN after, kind, day) once for each pair of schools."""
        with said_of_the_links_file():
            pairs = self.pairs()
        for (before, after), (kind, on) in pairs.items():
            if before != after:
                yield before, after, kind, on

    def pairs(self):
        """By (URN before, URN after): the kind and the day, of the two rows that each pair has in the file."""
        at = [self.sheet.header.index(name) for name in columns.LINK_COLUMNS]
        pick, pairs = itemgetter(*at), {}
        for _, record in self.sheet.rows():
            urn, other, _, words, on = pick(record)
            words = words.strip().casefold()
            if words.startswith("successor"):
                pair = urn.strip(), other.strip()
            elif words.startswith("predecessor"):
                pair = other.strip(), urn.strip()
            else:
                continue
            known = pairs.get(pair, (SchoolLink.Kind.SUCCEEDED.value, None))
            kind = kind_of(words)
            pairs[pair] = (kind if kind != SchoolLink.Kind.SUCCEEDED else known[0], self.day(on) or known[1])
        return pairs

    def day(self, cell):
        with contextlib.suppress(ValueError):
            return self.days[cell]
        return None


def kind_of(words):
    if "merge" in words or "amalgam" in words:
        return SchoolLink.Kind.MERGED.value
    return SchoolLink.Kind.SPLIT.value if "split" in words else SchoolLink.Kind.SUCCEEDED.value


def check_upload(file, required):
    """What can be said at once: the kind of file, and its columns. The rows are read by the worker."""
    file.seek(0)
    start = file.read(CHUNK)
    if not start.strip():
        refuse("The file is empty.", DOWNLOAD)
    check_start(start)
    first = io.BytesIO(start.partition(b"\n")[0] + b"\n")
    Sheet(first, required)
    file.seek(0)
