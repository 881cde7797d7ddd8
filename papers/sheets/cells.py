"""Rows with types: a pydantic model says what a row must be, sentences say where it is not."""

import datetime as dt
import re
from collections import Counter
from enum import Enum
from typing import Annotated, Any, TypeVar

from django.core.exceptions import ValidationError as NotValid
from django.core.validators import validate_email
from django.utils import timezone
from pydantic import BaseModel, BeforeValidator, ValidationError

from .problems import Problems, quote
from .tables import Table

Model = TypeVar("Model", bound=BaseModel)
Item = TypeVar("Item")


class Wrong(ValueError):
    """A validator's sentence about a cell, or about a `column` where a validator looks at the whole row."""

    def __init__(self, what: str, mend: str, column: str | None = None):
        super().__init__(what)
        self.what, self.mend, self.column = what, mend, column


def parse_rows(
    table: Table, model: type[Model], problems: Problems, lenient=(), left_blank: Counter | None = None
) -> list[tuple[int, Model]]:
    """
    Row number and model of every row that is right; each cell that is wrong is a problem, several to a row.

    A blank cell counts as not given: a field without a default must be filled in, one with a default keeps it.
    A cell of a `lenient` column that cannot be understood counts as blank too, and is counted in `left_blank`.
    """
    parsed = []
    for row in table:
        cells = {column: cell for column, cell in row.items() if cell}
        try:
            try:
                parsed.append((row.number, model.model_validate(cells)))
            except ValidationError as error:
                unclear = {detail["loc"][0] for detail in error.errors() if detail["loc"]} & set(lenient) & cells.keys()
                if not unclear:
                    raise
                left_blank.update(table.header(column) for column in sorted(unclear))
                readable = {column: cell for column, cell in cells.items() if column not in unclear}
                parsed.append((row.number, model.model_validate(readable)))
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                what, mend, column = _sentences(detail, row)
                if table.private and column:
                    what = what.replace(quote(row.get(column, "")), "The cell")
                problems.add(table.name, what, mend, row=row.number, column=column and table.header(column))
    return parsed


def _sentences(detail, row):
    """What, mend and column of one of pydantic's errors, in plain English."""
    column = str(detail["loc"][0]) if detail["loc"] else None
    limits = detail.get("ctx", {})
    error = limits.get("error")
    if isinstance(error, Wrong):
        return error.what, error.mend, error.column or column
    if isinstance(error, ValueError):
        return str(error), "Correct the row.", column
    value = quote(row.get(column, ""))
    match detail["type"]:
        case "missing":
            return "The cell is empty.", "Fill it in.", column
        case "string_too_long":
            return f"{value} is too long.", f"Shorten it to {limits['max_length']} characters.", column
        case "string_too_short":
            return f"{value} is too short.", f"Write at least {limits['min_length']} characters.", column
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            word, limit = next((word, limits[key]) for key, word in BOUNDS.items() if key in limits)
            return f"{value} is out of range.", f"It must be {word} {limit}.", column
        case "enum" | "literal_error":
            return f"{value} is not known here.", f"Use {limits['expected'].replace(chr(39), '')}.", column
        case "string_pattern_mismatch":
            return f"{value} does not have the right form.", "Correct it.", column
        case "decimal_max_places":
            places = limits["decimal_places"]
            return f"{value} has too many digits after the point.", f"Give at most {places}.", column
        case kind if kind.startswith(("int_", "float_", "decimal_")):
            return f"{value} is not a number.", "Write it in digits.", column
        case "extra_forbidden":
            return "This column is not used.", "Delete it.", column
    return f"{value} cannot be used here.", "Correct the cell.", column


BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


# Types of cells ---------------------------------------------------------------------------------------------------


def _line(longest):
    def check(value):
        if not isinstance(value, str):
            return value
        if len(value) > longest:
            raise Wrong(f"{quote(value)} has {len(value):,} characters.", f"Shorten it to {longest}.")
        return " ".join(value.split())

    return BeforeValidator(check)


def _whole_number(value):
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"[-+]?[0-9]{1,9}(\.0+)?", value):
        raise Wrong(f"{quote(value)} is not a whole number.", "Write it in digits, such as 12.")
    return int(value.partition(".")[0])


def read_year_group(value):
    if not isinstance(value, str):
        return value
    if value.casefold() in {"r", "reception", "year r", "yr"}:
        return 0
    found = re.fullmatch(r"(?:(?:nc )?year|yr|y)?\s*([0-9]{1,2})(?:\.0+)?", value.casefold())
    if found is None or int(found[1]) > 13:
        raise Wrong(f"{quote(value)} is not a year group.", "Write its number, such as 5, or R for Reception.")
    return int(found[1])


MONTHS = ["january", "february", "march", "april", "may", "june"]
MONTHS += ["july", "august", "september", "october", "november", "december"]
DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s/.\-]+(\d{1,2}|[a-z]{3,9})\.?,?[\s/.\-]+(\d+)", re.ASCII)
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ t]00:00(?::00)?)?", re.ASCII)


def write_a_date() -> str:
    """How to write one, with an example of the current school year."""
    today = timezone.localdate()
    year = today.year if today.month > 8 else today.year - 1
    return f"Write the date with the day first and the year in full, such as 17/10/{year}."


def _day_first_date(value):
    return read_day(value) if isinstance(value, str) else value


def read_day(value: str) -> dt.date:
    """The day that someone wrote, or Wrong."""
    text = value.casefold()
    if found := YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    else:
        raise Wrong(f"{quote(value)} is not a date.", write_a_date())
    if len(year) == 2:
        raise Wrong(f"{quote(value)} has a year of two digits.", write_a_date())
    if month.isalpha():
        names = [place for place, name in enumerate(MONTHS, 1) if name.startswith(month)]
        month = names[0] if len(names) == 1 else 0
    elif int(month) > 12:
        swapped = " The day and the month look swapped." if 1 <= int(day) <= 12 and int(month) <= 31 else ""
        raise Wrong(f"{quote(value)} is not a date: there is no month {int(month)}.{swapped}", write_a_date())
    if len(year) != 4 or not 1800 <= int(year) <= 2199:
        raise Wrong(f"{quote(value)} is in a year that cannot be meant.", write_a_date())
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        raise Wrong(f"{quote(value)} is not in the calendar.", write_a_date()) from None


def _yes_no(value):
    if not isinstance(value, str):
        return value
    if value.casefold() in {"y", "yes", "true", "1"}:
        return True
    if value.casefold() in {"n", "no", "false", "0"}:
        return False
    raise Wrong(f"{quote(value)} is neither yes nor no.", "Write yes or no.")


def _email(value):
    try:
        validate_email(value)
    except NotValid:
        raise Wrong(
            f"{quote(value)} is not an email address.", "Write one address, such as name@school.example."
        ) from None
    return value


def _semicolons(value):
    """The parts in the order they are written, each once."""
    if not isinstance(value, str):
        return value
    return list(dict.fromkeys(part.strip() for part in value.split(";") if part.strip()))


def Choice(options, aliases: dict[str, Any] | None = None):  # noqa: N802 - reads as the type it makes
    """
    A type for one of a few words: an Enum (also Django's choices, found by value, name or label), or a dict of what
    may be written -> what is meant. Capitals, spaces, underscores and hyphens do not matter. `aliases` are further
    spellings of what is meant.
    """
    if isinstance(options, type) and issubclass(options, Enum):
        spellings = {str(word): member for member in options for word in (member.value, member.name)}
        spellings |= {str(member.label): member for member in options if hasattr(member, "label")}
        offered = [str(member.value) for member in options]
    else:
        spellings = dict(options)
        offered = list(options)
    meant = {_bare(word): value for word, value in (spellings | (aliases or {})).items()}

    def check(value):
        if not isinstance(value, str) or isinstance(value, Enum):
            return value
        if _bare(value) not in meant:
            raise Wrong(f"{quote(value)} is not known here.", f"Use one of: {', '.join(offered)}.")
        return meant[_bare(value)]

    return Annotated[Any, BeforeValidator(check)]


def _bare(word):
    return re.sub(r"[\s_\-]+", "", word).casefold()


Code = Annotated[str, _line(50)]
Text = Annotated[str, _line(200)]
Email = Annotated[str, _line(200), BeforeValidator(_email)]
WholeNumber = Annotated[int, BeforeValidator(_whole_number)]
YearGroup = Annotated[int, BeforeValidator(read_year_group)]
DayFirstDate = Annotated[dt.date, BeforeValidator(_day_first_date)]
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
SemicolonList = Annotated[list[Item], BeforeValidator(_semicolons)]
