"""What `programme.toml` must say, and plain sentences about where it does not."""

import datetime as dt
import re
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from accounts.models import Organisation
from papers.sheets import Problems, Wrong, quote, read_toml
from programmes.models import Programme, SuccessCriterion
from programmes.subjects import stands_in_the_way
from pupils import scales
from pupils.loading.rows import checked_la_code


def text_in_quotes(longest):
    def check(value):
        if not isinstance(value, str) or not value.strip():
            raise Wrong("It is not a text.", "Write it in quotation marks.")
        line = " ".join(value.split())
        if not line.isprintable():
            raise Wrong("It has characters that cannot be printed.", "Take them out.")
        if len(line) > longest:
            raise Wrong(f"It has {len(line)} characters.", f"Shorten it to {longest}.")
        return line

    return BeforeValidator(check)


def each_once(values):
    plain = [value.casefold() if isinstance(value, str) else value for value in values]
    if len(set(plain)) < len(plain):
        raise Wrong("An entry stands twice.", "Keep one of each.")
    return values


def not_a_result(subject):
    if stands_in_the_way(subject):
        raise Wrong(f"The results have a line {quote(subject)} of their own.", "Give the subject another name.")
    return subject


Subject = Annotated[str, text_in_quotes(60), AfterValidator(not_a_result)]
YearGroup = Annotated[int, Field(ge=0, le=13, strict=True)]


def a_day(value):
    """A number, also one in quotation marks, would be taken for seconds since 1970."""
    if isinstance(value, dt.date) or (isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII)):
        return value
    raise Wrong(f"{quote(str(value))} is not a date.", "Write it as 2008-10-17, without quotation marks.")


class DataPointTable(BaseModel):
    name: Annotated[str, text_in_quotes(40)]
    due_on: Annotated[dt.date, BeforeValidator(a_day)]


class CriterionTable(BaseModel):
    measure: Literal[tuple(SuccessCriterion.Measure.values)]
    target_pct: int = Field(ge=1, le=100, strict=True)


class OrganiserTable(BaseModel):
    kind: Literal[Organisation.Kind.TRUST.value, Organisation.Kind.NETWORK.value]
    name: Annotated[str, text_in_quotes(100)]


class AssessmentTable(BaseModel):
    scale: Annotated[str, text_in_quotes(30)]
    expected_points: Decimal | None = Field(None, ge=0, le=999, decimal_places=2)
    expectations: dict[Annotated[int, Field(ge=0, le=13)], tuple[str, str]] = {}
    shipped_expectations: bool = Field(True, strict=True)  # those of the scale, for years of which none is given

    @field_validator("scale")
    @classmethod
    def is_a_scale(cls, name):
        try:
            scales.description(name)
        except scales.UnknownScale:
            raise Wrong(f"There is no scale {quote(name)}.", f"Use one of: {', '.join(scales.shipped())}.") from None
        return name

    @field_validator("expectations", mode="before")
    @classmethod
    def grades_as_text(cls, given):
        """A grade that is a number may stand without quotation marks."""
        if not isinstance(given, dict):
            return given
        return {
            year: [str(grade) if isinstance(grade, int) else grade for grade in pair]
            if isinstance(pair, list)
            else pair
            for year, pair in given.items()
        }


class ProgrammeFile(BaseModel):
    name: Annotated[str, text_in_quotes(120)]
    slug: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
    local_authority: Annotated[str, AfterValidator(checked_la_code)] | None = None
    organiser: OrganiserTable | None = None
    academic_year: str
    status: Literal[tuple(Programme.Status.values)]
    subjects: Annotated[list[Subject], Field(min_length=1), AfterValidator(each_once)]
    year_groups: Annotated[list[YearGroup], Field(min_length=1), AfterValidator(each_once)]
    other_authorities: bool | None = Field(None, strict=True)
    assessment: AssessmentTable
    data_points: list[DataPointTable] = Field(min_length=2)
    success_criteria: list[CriterionTable] = []

    @field_validator("academic_year")
    @classmethod
    def is_one_year(cls, text):
        found = re.fullmatch(r"(20[0-9]{2}|19[0-9]{2})-([0-9]{2})", text)
        if not found or (int(found[1]) + 1) % 100 != int(found[2]):
            raise Wrong(f"{quote(text)} is not an academic year.", 'Write it as "2008-09".')
        return text

    @model_validator(mode="after")
    def one_organiser(self):
        if (self.local_authority is None) == (self.organiser is None):
            raise Wrong(
                "The programme needs one organiser.",
                'Give local_authority = "881", or an [organiser] table with kind and name.',
                column="local_authority",
            )
        return self

    @property
    def years_in_words(self):
        return ", ".join(map(str, self.year_groups))

    @property
    def starts_on(self):
        return dt.date(int(self.academic_year[:4]), 9, 1)

    @property
    def ends_on(self):
        return dt.date(int(self.academic_year[:4]) + 1, 8, 31)

    def holds(self, day: dt.date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def takes_schools_of(self, la_code: str) -> bool:
        """Only a local authority keeps to its own schools, unless it says otherwise."""
        return self.local_authority in {None, la_code} or bool(self.other_authorities)


def read_programme(path: Path, problems: Problems) -> tuple[ProgrammeFile | None, list[str]]:
    """What the file says, and the keys in it that nobody asks for."""
    given = read_toml(path, problems)
    if given is None:
        return None, []
    try:
        return ProgrammeFile.model_validate(given), list(unused(given, ProgrammeFile))
    except ValidationError as error:
        strangers = list(unused(given, ProgrammeFile))
        for detail in error.errors(include_url=False):
            what, mend, key = toml_sentences(detail)
            if detail["type"] == "missing" or (key == "local_authority" and key not in given):
                mend = hint(key, strangers) or mend
            problems.add(path.name, what, mend, None, key)
        return None, []


PARTS = {
    "assessment": AssessmentTable,
    "organiser": OrganiserTable,
    "data_points": DataPointTable,
    "success_criteria": CriterionTable,
}


def unused(given, model, within=""):
    """A misspelt key would otherwise be silently left out."""
    for key, value in given.items():
        if key not in model.model_fields:
            yield quote(f"{within}{key}", marks="")
        elif key in PARTS and model is ProgrammeFile:
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, dict):
                    yield from unused(part, PARTS[key], f"{key}.")


def hint(key, strangers) -> str:
    """How to mend a setting that is missing where one that nobody asks for has nearly its name."""
    table, _, name = re.sub(r"\[\d+\]", "", key).rpartition(".")
    beside = [last for before, _, last in (stranger.rpartition(".") for stranger in strangers) if before == table]
    near = get_close_matches(name, beside, n=1)
    return f"Perhaps {quote(near[0])} is meant: rename it to {name}." if near else ""


def toml_sentences(detail):
    """What is wrong with a key, how to mend it, and the key, in plain English."""
    parts = [part for part in detail["loc"] if part != "[key]"]
    key = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")
    wrong = detail.get("ctx", {}).get("error")
    if isinstance(wrong, Wrong):
        return wrong.what, wrong.mend, wrong.column or key
    value = quote(str(detail["input"]))
    match detail["type"]:
        case "missing":
            return "This setting is missing.", "Add it.", key
        case "literal_error":
            return f"{value} is not known here.", f"Use {detail['ctx']['expected'].replace(chr(39), '')}.", key
        case "too_short":
            return "There are too few entries.", f"Give at least {detail['ctx']['min_length']}.", key
        case "string_pattern_mismatch":
            return f"{value} does not have the right form.", "Use small letters, digits and single hyphens.", key
        case "string_type":
            return f"{value} is not a text.", "Write it in quotation marks.", key
        case "model_type" | "dict_type" | "list_type":
            return f"{value} is not a table.", "Compare the file with the example in the documentation.", key
        case "greater_than_equal":
            return f"{value} is out of range.", f"Give at least {detail['ctx']['ge']}.", key
        case "less_than_equal":
            return f"{value} is out of range.", f"Give at most {detail['ctx']['le']}.", key
        case "decimal_max_places":
            places = detail["ctx"]["decimal_places"]
            return f"{value} has too many digits after the point.", f"Give at most {places}.", key
        case "string_too_long":
            return "The text is too long.", f"Shorten it to {detail['ctx']['max_length']} characters.", key
        case "bool_type":
            return f"{value} is neither true nor false.", "Write true or false, without quotation marks.", key
        case "too_long" | "tuple_type":
            return f"{value} is not a pair.", 'Give two, such as ["3b", "4c"].', key
        case kind if kind.startswith("int_"):
            return f"{value} is not a whole number.", "Write it in digits, without quotation marks.", key
        case kind if kind.startswith(("decimal_", "float_", "finite_")):
            return f"{value} is not a number.", "Write it in digits, without quotation marks.", key
        case kind if kind.startswith("date"):
            return f"{value} is not a date.", "Write it as 2008-10-17, without quotation marks.", key
    return f"{value} cannot be used.", "Compare the file with the example in the documentation.", key
