"""Reading a year's half terms from what people paste out of a web page or a spreadsheet, or upload as a file."""

import datetime as dt
import re
from dataclasses import dataclass, replace
from itertools import pairwise

from papers.sheets import Problems, Wrong, plain_name, quote, read_day, read_rows
from programmes.calendar import HALF_TERMS, SATURDAY, Calendar
from programmes.models import academic_year

DAY = dt.timedelta(days=1)
MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
A_DAY = re.compile(
    rf"""(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?\s*)?
    (?P<day>\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}
    |\d{{1,2}}[/.\-]\d{{1,2}}[/.\-]\d{{2,4}}
    |\d{{1,2}}(?:st|nd|rd|th)?\s*(?:of\s+)?[\s/.\-]?{MONTH}\.?(?:,?[\s/.\-]+\d{{2,4}}(?!\d))?)""",
    re.IGNORECASE | re.VERBOSE,
)
BETWEEN = " \t,;:|.\u2013\u2014-"
A_YEAR = re.compile(r"\b20\d\d\s*[-/\u2013]\s*(?:20)?\d\d\b|\b20\d\d\b")
A_NUMBER = re.compile(r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])(?!\d)")
CELLS = re.compile(r"[\t,;|]| {2,}")
HOW = "Write each day with its month and year, such as 1 September 2026"
JOINING = re.compile(r"\b(?:from|to|until|till|starts?|begins?|ends?|opens?|closes?)\b[:\s]*", re.IGNORECASE)


@dataclass
class Given:
    """A half term as somebody gave it: `row` is the number of the line it stands in."""

    row: int
    name: str
    starts_on: str | dt.date
    ends_on: str | dt.date


class Reading:
    """The half terms that are read, a sentence about each row that cannot be, and the rows that say no day."""

    def __init__(self):
        self.rows, self.problems, self.left_out = [], [], []
        self.begin()

    def begin(self):
        """Wait for the next half term: neither its name nor a day of it has been read."""
        self.name, self.days, self.since, self.said = "", [], 0, ""
        self.name_alone = None  # (row, name) of a line that may be the name of the days to come

    def line(self, number, line):
        days = [match["day"] for match in A_DAY.finditer(line)]
        words = " ".join(JOINING.sub(" ", A_DAY.sub(" ", line)).split()).strip(BETWEEN)
        if days:
            self.line_with_days(number, line, words, days)
        elif looks_like_days(words):
            self.problems.append(f"Row {number}: no day can be read in {quote(words)}. {HOW}, or delete the row.")
        elif words and self.days:
            self.left_out.append((number, words))
        elif words:
            self.leave_name_out()
            self.name, self.name_alone = words, (number, words)

    def line_with_days(self, number, line, words, days):
        if self.days and len(days) > 1:
            self.lone_day()
            self.begin()
        if not self.days:
            self.since, self.said = number, ""
            if words:
                self.leave_name_out()
                self.name = words
        self.name_alone = None
        self.said = f"{self.said} {line}".strip()
        try:
            self.days += [a_day(day) for day in days]
        except Wrong as wrong:
            self.problems.append(f"Row {number}: {wrong.what} {wrong.mend}")
            self.begin()
            return
        if len(self.days) > 2:
            self.problems.append(
                f"Row {number}: there are {len(self.days)} days in {quote(self.said)}. Give each half term a row with "
                "two days, the first and the last."
            )
        elif len(self.days) == 2:
            self.rows.append(Given(self.since, self.name[:60], *self.days))
        if len(self.days) > 1:
            self.begin()

    def leave_name_out(self):
        if self.name_alone:
            self.left_out.append(self.name_alone)

    def lone_day(self):
        self.problems.append(
            f"Row {self.since}: only {said(self.days[0])} can be read in {quote(self.said)}. Give the first and the "
            f"last day of the half term. {HOW}."
        )

    def end(self):
        self.leave_name_out()
        if self.days:
            self.lone_day()
        self.rows = with_names(without_breaks(self.rows))


def read_pasted(text: str) -> Reading:
    """A line has a name and two days; a name may also stand on a line of its own before the days."""
    reading = Reading()
    for number, line in enumerate(text.splitlines(), 1):
        if not columns_in(CELLS.split(line)):
            reading.line(number, line)
    reading.end()
    return reading


def looks_like_days(words) -> bool:
    """Whether somebody meant days that we cannot read: two numbers that could be days of a month."""
    return len(A_NUMBER.findall(A_YEAR.sub(" ", words))) > 1


def a_day(text):
    words = re.sub(r"\bof\b", " ", text, flags=re.IGNORECASE)
    words = re.sub(r"(\d)(st|nd|rd|th)?\s*(?=[a-z])", r"\1 ", words, flags=re.IGNORECASE)
    words = " ".join(words.split())
    if re.fullmatch(rf"\d{{1,2}} {MONTH}\.?", words, re.IGNORECASE):
        raise Wrong(f"{quote(text.strip())} has no year.", "Write the date with its year, such as 1 September 2026.")
    return read_day(words)


def without_breaks(rows: list[Given]) -> list[Given]:
    """A whole term with its half-term break is two half terms: many lists of term dates are written like that."""
    breaks = {
        id(term): inner
        for term in rows
        for inner in rows
        if inner is not term and term.starts_on < inner.starts_on and inner.ends_on < term.ends_on
    }
    inside = {id(inner) for inner in breaks.values()}
    found = []
    for row in rows:
        if id(row) in inside:
            continue
        if id(row) in breaks:
            pause = breaks[id(row)]
            halves = [f"{row.name}, {half} half"[:60] if row.name else "" for half in ("first", "second")]
            found.append(Given(row.row, halves[0], row.starts_on, weekday(pause.starts_on, -DAY)))
            found.append(Given(row.row, halves[1], weekday(pause.ends_on, DAY), row.ends_on))
        else:
            found.append(row)
    return found


def with_names(rows: list[Given]) -> list[Given]:
    """Whatever has no name is called by its place in the year: a whole year has six half terms in three terms."""
    in_order = sorted(rows, key=lambda row: row.starts_on)
    usual = USUAL_NAMES if len(rows) == len(USUAL_NAMES) else [f"Half term {n}" for n in range(1, len(rows) + 1)]
    names = {id(row): name for row, name in zip(in_order, usual, strict=True)}
    return [row if row.name else replace(row, name=names[id(row)]) for row in rows]


def weekday(day, step):
    day += step
    while day.weekday() >= SATURDAY:
        day += step
    return day


USUAL_NAMES = [f"{term} term, {half} half" for term in ("Autumn", "Spring", "Summer") for half in ("first", "second")]
ALIASES = {
    "name": ["Half term", "Term", "Name"],
    "starts_on": ["First day", "Starts", "Start", "From", "Start date", "Opens"],
    "ends_on": ["Last day", "Ends", "End", "To", "End date", "Closes"],
}


def text_of(file, name: str) -> tuple[str, list[str]]:
    """The rows of a CSV or XLSX file as lines of the same numbers, and why it cannot be read.

    Where a row names the columns of the first and the last day, the others are left aside from there on.
    """
    problems = Problems()
    records = read_rows(file, name, problems=problems, max_bytes=1_000_000, max_rows=200)
    lines, places = [], []
    for cells in records or []:
        if columns := columns_in(cells):
            places = columns
        lines.append(", ".join(cell for cell in (picked(cells, places) if places else cells) if cell))
    return "\n".join(lines).rstrip(), [f"{problem.file}: {problem.what} {problem.mend}" for problem in problems.shown()]


def columns_in(cells) -> list[int]:
    """The places of name, first and last day, where these cells are the names of the columns; none elsewhere."""
    called = [plain_name(cell) for cell in cells]
    places = {
        column: next((called.index(plain_name(alias)) for alias in aliases if plain_name(alias) in called), None)
        for column, aliases in ALIASES.items()
    }
    if places["starts_on"] is None or places["ends_on"] is None:
        return []
    return [place for place in places.values() if place is not None]


def picked(cells, places):
    return [cells[place] for place in places if place < len(cells)]


def wrong_with_year(rows: list[Given], year: dt.date) -> list[tuple[int, str, str]]:
    """What is wrong with the half terms of a year: the place in the list, the field, and the sentence."""
    first, last = academic_year(year)
    found, sound = [], []
    for place, row in enumerate(rows):
        called = f"{row.name} (row {row.row})" if row.name else f"Row {row.row}"
        for field, day in (("starts_on", row.starts_on), ("ends_on", row.ends_on)):
            if not first <= day <= last:
                found.append(
                    (place, field, f"{called}: {said(day)} is outside the year, {said(first)} to {said(last)}.")
                )
        if row.ends_on <= row.starts_on:
            sentence = (
                f"{called}: the last day, {said(row.ends_on)}, is not after the first day, {said(row.starts_on)}."
            )
            found.append((place, "ends_on", sentence))
        elif not Calendar().school_days(row.starts_on, row.ends_on):
            found.append((place, "starts_on", f"{called}: no weekday lies between its two days."))
        else:
            sound.append((row.starts_on, place, row, called))
    sound.sort(key=lambda item: item[:2])
    for (_, _, before, called), (_, place, after, called_after) in pairwise(sound):
        if after.starts_on <= before.ends_on:
            sentence = (
                f"{called_after} begins on {said(after.starts_on)}, before {called} has ended on "
                f"{said(before.ends_on)}: two half terms cannot overlap."
            )
            found.append((place, "starts_on", sentence))
    return found


def wrong_with_number(rows) -> str:
    if len(rows) == HALF_TERMS:
        return ""
    found = "is 1 half term" if len(rows) == 1 else f"are {len(rows) or 'no'} half terms"
    give = f"A year has {HALF_TERMS}: give each a row with its first and last day, and leave out the holidays."
    return f"There {found} in it. {give}"


def said(day: dt.date) -> str:
    return f"{day:%-d %B %Y}"
