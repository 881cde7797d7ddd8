"""Reading the calendars of many schools from rows that people paste out of a spreadsheet, or upload as a file."""

import io
import re
from collections import defaultdict
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Annotated

from pydantic import BaseModel, BeforeValidator

from papers.sheets import (
    Choice,
    DayFirstDate,
    Problem,
    Problems,
    Text,
    Wrong,
    parse_rows,
    plain_name,
    quote,
    read_rows,
    read_table,
)
from programmes.closures import key_of, overlap, wrong_with
from programmes.models import SchoolClosure

Kind = SchoolClosure.Kind
PASTED = "pasted.csv"
MOST_ROWS = 3000
LONGEST = 400_000
OLDEST = 13
REQUIRED = ["school", "kind", "first_day"]
OPTIONAL = ["last_day", "half", "what", "year_groups"]
HEADER = ["School", "Kind", "First day", "Last day", "Half", "What", "Year groups"]
ALIASES = {
    "school": ["URN", "School URN", "School name", "Name of the school"],
    "kind": ["Type", "What kind"],
    "first_day": ["First", "From", "Starts", "Start", "Start date", "Date", "Day"],
    "last_day": ["Last", "To", "Until", "Ends", "End", "End date"],
    "half": ["Half day", "Part of the day", "Session", "am or pm"],
    "what": ["Words", "Description", "Note", "Reason", "Name"],
    "year_groups": ["Year group", "Years", "Year"],
}
KINDS = {"INSET": Kind.INSET, "Closed": Kind.CLOSED, "No-go": Kind.NO_GO}
ALSO = {
    "INSET day": Kind.INSET,
    "INSET days": Kind.INSET,
    "Training day": Kind.INSET,
    "Closure": Kind.CLOSED,
    "School closed": Kind.CLOSED,
    "No go": Kind.NO_GO,
    "Trip": Kind.NO_GO,
    "Tests": Kind.NO_GO,
}
HALVES = {"am": "am", "pm": "pm", "whole day": ""}
ALSO_HALVES = {"morning": "am", "afternoon": "pm", "all day": "", "full day": "", "day": "", "both": ""}
FIELDS = {"first_on": "first_day", "last_on": "last_day", "half": "half", "year_groups": "year_groups"}


def _year_groups(value):
    """5; 5 and 6; Years 5, 6; R."""
    if not isinstance(value, str):
        return value
    words = re.sub(r"\b(years?|yrs?|and|groups?)\b|[,;&/+]", " ", value.casefold()).split()
    words = ["0" if word in {"r", "reception"} else word.removeprefix("y") for word in words]
    if not all(re.fullmatch(r"\d{1,2}", word) and int(word) <= OLDEST for word in words):
        mend = "Write their numbers, such as 5; 6, or R for Reception."
        raise Wrong(f"{quote(value)} is not a list of year groups.", mend)
    return sorted({int(word) for word in words})


def _short(value):
    if isinstance(value, str) and len(value) > 60:
        raise Wrong(f"{quote(value)} has {len(value)} characters.", "Keep it to 60.")
    return value


class Line(BaseModel):
    school: Text
    kind: Choice(KINDS, ALSO)
    first_day: DayFirstDate
    last_day: DayFirstDate | None = None
    half: Choice(HALVES, ALSO_HALVES) = ""
    what: Annotated[Text, BeforeValidator(_short)] = ""
    year_groups: Annotated[list[int], BeforeValidator(_year_groups)] = []


@dataclass
class Reading:
    """`closures` are new, (row, closure) each; those of `there` stood before or twice in the table."""

    closures: list = field(default_factory=list)
    there: int = 0
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @property
    def by_school(self):
        found = defaultdict(list)
        for _, closure in self.closures:
            found[closure.school].append(closure)
        return sorted(((school, rows) for school, rows in found.items()), key=lambda pair: pair[0].name)


def text_of(file, name) -> tuple[str, list[str]]:
    """The rows of a CSV or XLSX file as lines of the same numbers, cells parted by tabs; and why it is no table."""
    problems = Problems()
    rows = read_rows(file, name, problems=problems, max_bytes=2_000_000, max_rows=MOST_ROWS)
    lines = ["\t".join(cell.replace('"', "”") for cell in row).rstrip("\t") for row in rows or []]
    return "\n".join(lines).rstrip(), [f"{problem.what} {problem.mend}" for problem in problems.shown()]


def read(text, schools, calendars, standing, today) -> Reading:
    """What the rows say. `schools` may be named; `calendars` gives the days of one, `standing` its closures."""
    reading, problems = Reading(), Problems()
    text, shift = with_header(text)
    table = read_table(
        io.BytesIO(text.encode()),
        PASTED,
        required=REQUIRED,
        optional=OPTIONAL,
        aliases=ALIASES,
        problems=problems,
        max_rows=MOST_ROWS,
    )
    if table is not None:
        reading.ignored = table.ignored
        named, known = Named(schools), {school: list(rows) for school, rows in standing.items()}
        for number, line in parse_rows(table, Line, problems):
            read_line(number, line, table, named, known, calendars, today, problems, reading)
        if not table and not problems:
            problems.add(PASTED, "There are no rows below the names of the columns.", "Add a row for each entry.")
    reading.problems = [
        Problem(p.file, p.row - shift if p.row and p.row > shift else None, p.column, p.what, p.mend)
        for p in problems.shown()
    ]
    return reading


def with_header(text) -> tuple[str, int]:
    """Rows without names of columns are taken to be in the order that the page gives; and how many lines more."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    parted = next((mark for mark in "\t;," if mark in first), "\t")
    names = {plain_name(name) for aliases in ALIASES.values() for name in aliases}
    names |= {plain_name(name) for name in [*REQUIRED, *OPTIONAL, *HEADER]}
    if any(plain_name(cell.strip('" ')) in names for cell in first.split(parted)):
        return text, 0
    return f"{parted.join(HEADER)}\n{text}", 1


def read_line(number, line, table, named, known, calendars, today, problems, reading):
    try:
        school = named.school(line.school)
    except Wrong as wrong:
        problems.add(PASTED, wrong.what, wrong.mend, row=number, column=table.header("school"))
        return
    closure = SchoolClosure(
        school=school,
        kind=line.kind,
        first_on=line.first_day,
        last_on=line.last_day or line.first_day,
        half=line.half,
        words=line.what,
        year_groups=line.year_groups,
    )
    wrong = wrong_with(closure, calendars(school), today)
    for name, sentence in wrong:
        problems.add(PASTED, sentence, "", row=number, column=table.header(FIELDS[name]))
    if wrong:
        return
    others = known.setdefault(school.pk, [])
    if key_of(closure) in map(key_of, others):
        reading.there += 1
    elif sentence := overlap(closure, others):
        problems.add(PASTED, sentence, "", row=number, column=table.header("first_day"))
    else:
        others.append(closure)
        reading.closures.append((number, closure))


class Named:
    """Schools by what people write for them: the URN, or the name."""

    def __init__(self, schools):
        self.schools = list(schools)
        self.by_urn = {school.urn: school for school in self.schools}
        self.by_name = defaultdict(list)
        for school in self.schools:
            self.by_name[bare(school.name)].append(school)

    def school(self, text):
        """The one that is meant, or Wrong."""
        urn = re.sub(r"^urn\s*", "", text.strip(), flags=re.IGNORECASE)
        if urn in self.by_urn:
            return self.by_urn[urn]
        found = self.by_name.get(bare(text), [])
        if len(found) == 1:
            return found[0]
        if found:
            raise Wrong(f"{len(found)} of your schools are called {quote(text)}.", "Write the URN instead.")
        near = get_close_matches(bare(text), self.by_name, 1, 0.75)
        meant = f" Did you mean {self.by_name[near[0]][0].name}?" if near else ""
        what = f"{quote(text)} is none of the schools in your programmes.{meant}"
        raise Wrong(what, "Write its name in full, or its URN.")


def bare(name):
    """A name without what people write differently: capitals, apostrophes, signs."""
    return re.sub(r"[^\w]+", " ", re.sub("[\u2019']", "", name.casefold())).strip()
