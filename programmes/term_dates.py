"""Reading a year's half terms from what people paste out of a web page or a spreadsheet, or upload as a file."""

import datetime as dt
import re
from dataclasses import dataclass
from itertools import pairwise

from pydantic import BaseModel

from papers.sheets import Problems, Wrong, parse_rows, quote, read_day, read_table
from papers.sheets.cells import Text
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
JOINING = re.compile(r"\b(?:from|to|until|till|starts?|begins?|ends?|opens?|closes?)\b[:\s]*", re.IGNORECASE)


@dataclass
class Given:
    """A half term as somebody gave it: `row` is the number of the line it stands in."""

    row: int
    name: str
    starts_on: str | dt.date
    ends_on: str | dt.date


def read_pasted(text: str) -> tuple[list[Given], list[str]]:
    """The half terms in pasted lines, and a sentence about each line that cannot be read.

    A line has a name and two days; a name may also stand on a line of its own before the days.
    """
    rows, problems, name, days, since = [], [], "", [], 0
    for number, line in enumerate(text.splitlines(), 1):
        found = [match["day"] for match in A_DAY.finditer(line)]
        words = " ".join(JOINING.sub(" ", A_DAY.sub(" ", line)).split()).strip(BETWEEN)
        if not found:
            name = words or name
            continue
        if words and not days:
            name = words
        if not days:
            since = number
        try:
            days += [a_day(day) for day in found]
        except Wrong as wrong:
            problems.append(f"Row {number}: {wrong.what} {wrong.mend}")
            name, days = "", []
            continue
        if len(days) > 2:
            problems.append(
                f"Row {number}: there are {len(days)} days in it. Give each half term a row with two days, "
                "the first and the last."
            )
        elif len(days) == 2:
            rows.append(Given(since, name[:60], *days))
        else:
            continue
        name, days = "", []
    if days:
        problems.append(f"Row {since}: there is one day in it. Give the first and the last day of the half term.")
    return without_breaks(rows), problems


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
            found.append(Given(row.row, f"{row.name}, first half"[:60], row.starts_on, weekday(pause.starts_on, -DAY)))
            found.append(Given(row.row, f"{row.name}, second half"[:60], weekday(pause.ends_on, DAY), row.ends_on))
        else:
            found.append(row)
    return found


def weekday(day, step):
    day += step
    while day.weekday() >= SATURDAY:
        day += step
    return day


class HalfTermRow(BaseModel):
    name: Text = ""
    starts_on: Text
    ends_on: Text


ALIASES = {
    "name": ["Half term", "Term", "Name"],
    "starts_on": ["First day", "Starts", "Start", "From", "Start date", "Opens"],
    "ends_on": ["Last day", "Ends", "End", "To", "End date", "Closes"],
}


def read_upload(file, name: str) -> tuple[list[Given], list[str]]:
    """The half terms in a CSV or XLSX file, and a sentence about each row that cannot be read."""
    problems = Problems()
    table = read_table(
        file,
        name,
        required=["starts_on", "ends_on"],
        optional=["name"],
        aliases=ALIASES,
        problems=problems,
        max_bytes=1_000_000,
        max_rows=200,
    )
    rows = [] if table is None else parse_rows(table, HalfTermRow, problems)
    found = []
    for number, row in rows:
        try:
            found.append(Given(number, row.name[:60], a_day(row.starts_on), a_day(row.ends_on)))
        except Wrong as wrong:
            problems.add(name, wrong.what, wrong.mend, number)
    return without_breaks(found), [in_words(problem) for problem in problems.shown()]


def in_words(problem):
    where = f"Row {problem.row}" if problem.row else problem.file
    column = f", column “{problem.column}”" if problem.column else ""
    return f"{where}{column}: {problem.what} {problem.mend}"


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
