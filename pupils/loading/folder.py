"""Reading the files of a programme folder: each to typed rows with their numbers."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from papers.sheets import Problems, Wrong, parse_rows, quote, read_table, read_toml
from pupils.loading.rows import (
    PUPIL_ALIASES,
    REGISTER_COLUMNS,
    AssessmentRow,
    PartnershipRow,
    ProgrammeFile,
    PupilRow,
    SchoolRow,
    SpecialistRow,
    TimetableRow,
)

MEGABYTE = 1_000_000
Row = TypeVar("Row", bound=BaseModel)


@dataclass
class Folder:
    """What the files say. Rows come with the number that the spreadsheet shows."""

    programme: ProgrammeFile | None = None
    schools: list[tuple[int, SchoolRow]] = field(default_factory=list)
    specialists: list[tuple[int, SpecialistRow]] = field(default_factory=list)
    partnerships: list[tuple[int, PartnershipRow]] = field(default_factory=list)
    pupils: list[tuple[int, PupilRow]] = field(default_factory=list)
    assessments: list[tuple[int, AssessmentRow]] = field(default_factory=list)
    timetable: list[tuple[int, TimetableRow]] = field(default_factory=list)
    ignored: dict[str, list[str]] = field(default_factory=dict)
    encodings: dict[str, str] = field(default_factory=dict)


def read_folder(folder: Path, problems: Problems) -> Folder:
    """Every file that can be read, and a problem for each file, row or cell that cannot."""
    files = Folder()
    if not folder.is_dir():
        problems.add(folder.name or str(folder), "There is no such folder.", "Give the folder that holds the files.")
        return files
    files.programme = read_programme(folder / "programme.toml", problems)

    def rows(name, model: type[Row], required=None, aliases=None, max_bytes=20 * MEGABYTE) -> list[tuple[int, Row]]:
        columns = [info.alias or column for column, info in model.model_fields.items()]
        required = required or [
            info.alias or column for column, info in model.model_fields.items() if info.is_required()
        ]
        table = read_table(
            folder / name,
            required=required,
            optional=[column for column in columns if column not in required],
            aliases=aliases,
            problems=problems,
            max_bytes=max_bytes,
        )
        if table is None:
            return []
        files.encodings[name] = table.encoding
        if table.ignored:
            files.ignored[name] = table.ignored
        return parse_rows(table, model, problems)

    files.schools = rows("schools.csv", SchoolRow, required=REGISTER_COLUMNS, max_bytes=200 * MEGABYTE)
    files.specialists = rows("specialist_teachers.csv", SpecialistRow)
    files.partnerships = rows("partnerships.csv", PartnershipRow)
    files.pupils = rows("pupils.csv", PupilRow, aliases=PUPIL_ALIASES)
    files.assessments = rows(
        "assessments.csv",
        AssessmentRow,
        required=["pupil", "partnership", "subject", "data_point", "grade"],
    )
    if (folder / "timetable.csv").exists():
        files.timetable = rows("timetable.csv", TimetableRow)
    return files


def read_programme(path: Path, problems: Problems) -> ProgrammeFile | None:
    given = read_toml(path, problems)
    if given is None:
        return None
    try:
        return ProgrammeFile.model_validate(given)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            problems.add(path.name, *toml_sentences(detail))
        return None


def toml_sentences(detail):
    """What is wrong with a key and how to mend it, and the key, in plain English."""
    key = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in detail["loc"]).lstrip(".")
    wrong = detail.get("ctx", {}).get("error")
    if isinstance(wrong, Wrong):
        key = wrong.column or key
        return f"{key}: {wrong.what}", wrong.mend, None, key
    value = quote(str(detail["input"]))
    match detail["type"]:
        case "missing":
            return f"{key} is missing.", "Add it.", None, key
        case "literal_error":
            expected = detail["ctx"]["expected"].replace("'", "")
            return f"{key} is {value}, which is not known here.", f"Use {expected}.", None, key
        case "too_short":
            least = detail["ctx"]["min_length"]
            return f"{key} has too few entries.", f"Give at least {least}.", None, key
        case "string_pattern_mismatch":
            return f"{key} is {value}.", "Use small letters, digits and single hyphens.", None, key
        case kind if kind.startswith("date"):
            return (
                f"{key} is {value}, which is not a date.",
                "Write it as 2008-10-17, without quotation marks.",
                None,
                key,
            )
    return f"{key} is {value}, which cannot be used.", f"{detail['msg']}.", None, key
