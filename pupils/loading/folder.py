"""Reading the files of a programme folder: each to typed rows with their numbers."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from accounts.register.columns import REQUIRED_COLUMNS
from papers.sheets import Problems, parse_rows, read_table
from pupils.loading.programme_file import ProgrammeFile, read_programme
from pupils.loading.rows import (
    LENIENT_COLUMNS,
    PUPIL_ALIASES,
    AssessmentRow,
    PartnershipRow,
    PupilRow,
    SchoolRow,
    SpecialistRow,
    TimetableRow,
)

MEGABYTE = 1_000_000
Row = TypeVar("Row", bound=BaseModel)
Rows = list[tuple[int, Row]]


@dataclass
class Folder:
    """What the files say. Rows come with the number that the spreadsheet shows; wrong ones are left out."""

    programme: ProgrammeFile | None = None
    schools: Rows[SchoolRow] = field(default_factory=list)
    specialists: Rows[SpecialistRow] = field(default_factory=list)
    partnerships: Rows[PartnershipRow] = field(default_factory=list)
    pupils: Rows[PupilRow] = field(default_factory=list)
    assessments: Rows[AssessmentRow] = field(default_factory=list)
    timetable: Rows[TimetableRow] = field(default_factory=list)
    references: dict[str, set] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    columns_absent: dict[str, set[str]] = field(default_factory=dict)
    ignored: dict[str, list[str]] = field(default_factory=dict)
    encodings: dict[str, str] = field(default_factory=dict)
    not_understood: dict[str, dict[str, int]] = field(default_factory=dict)

    def lacks(self, name: str, reference) -> bool:
        """Whether no row of a file has this reference, not even one that is wrong. A file not read lacks nothing."""
        return name in self.references and reference not in self.references[name]

    def absent(self, name: str) -> set[str]:
        """The fields whose column is not in the file at all, which says nothing; a blank cell says blank."""
        return self.columns_absent.get(name, set())

    @cached_property
    def pupils_by_ref(self) -> dict[str, dict]:
        """The fields of each pupil. One with several rows has what any of them gives: a blank cell says nothing."""
        merged = {}
        for _, row in self.pupils:
            known = merged.setdefault(row.pupil, row.model_dump(exclude={"pupil", "partnership"}))
            known |= row.model_dump(exclude={"pupil", "partnership"}, exclude_unset=True)
        return merged


def read_folder(folder: Path, problems: Problems) -> Folder:
    """Every file that can be read, and a problem for each file, row or cell that cannot."""
    files = Folder()
    if not folder.is_dir():
        problems.add(folder.name or str(folder), "There is no such folder.", "Give the folder that holds the files.")
        return files
    files.programme, unused = read_programme(folder / "programme.toml", problems)
    if unused:
        files.ignored["programme.toml"] = unused

    def rows(name, model: type[Row], key, lenient=(), **options) -> Rows[Row]:
        """The rows of a file; `key` are the columns by which other files refer to them.

        A cell of a `lenient` column that cannot be understood is left blank and counted.
        """
        columns = {info.alias or column: info.is_required() for column, info in model.model_fields.items()}
        options = {"required": [column for column, is_required in columns.items() if is_required]} | options
        before = len(problems)
        table = read_table(
            folder / name,
            optional=[column for column in columns if column not in options["required"]],
            problems=problems,
            **options,
        )
        if table is None:
            return []
        if len(problems) == before:  # every row could be read
            files.references[name] = {tuple(" ".join(row[column].split()) for column in key) for row in table}
        files.headers[name] = {column: table.header(column) for column in columns}
        files.columns_absent[name] = {
            column for column, info in model.model_fields.items() if (info.alias or column) not in table.columns
        }
        files.encodings[name] = table.encoding
        if table.ignored:
            files.ignored[name] = table.ignored
        left_blank = Counter()
        parsed = parse_rows(table, model, problems, lenient, left_blank)
        if left_blank:
            files.not_understood[name] = dict(left_blank)
        return parsed

    files.schools = rows(
        "schools.csv", SchoolRow, ["URN"], LENIENT_COLUMNS, required=REQUIRED_COLUMNS, max_bytes=200 * MEGABYTE
    )
    files.specialists = rows("specialist_teachers.csv", SpecialistRow, ["ref"])
    files.partnerships = rows("partnerships.csv", PartnershipRow, ["ref"])
    files.pupils = rows("pupils.csv", PupilRow, ["pupil", "partnership"], aliases=PUPIL_ALIASES, private=True)
    files.assessments = rows(
        "assessments.csv",
        AssessmentRow,
        ["pupil"],
        required=["pupil", "partnership", "subject", "data_point", "grade"],
        private=True,
    )
    if (folder / "timetable.csv").exists():
        files.timetable = rows("timetable.csv", TimetableRow, ["order"])
    return files
