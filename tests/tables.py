"""Reading a table of a test, and what was said of it."""

import io
from enum import Enum

from pydantic import BaseModel, Field, model_validator

from papers.sheets import (
    Code,
    DayFirstDate,
    Problems,
    Wrong,
    YearGroup,
    read_table,
    xlsx_bytes,
)


def read(data, name="pupils.csv", required=("pupil", "year_group"), **options):
    problems = Problems()
    if isinstance(data, str):
        data = data.encode()
    return read_table(io.BytesIO(data), name, required=required, problems=problems, **options), problems


def cells(table):
    return [(row.number, *row.values()) for row in table]


def whats(problems):
    return [(p.row, p.column, p.what) for p in problems]


WORKBOOK = xlsx_bytes(["pupil", "year_group"], [["1", 2]], "Pupils")


class Status(Enum):
    ACTIVE = "active"
    SIGNED_OFF = "signed_off"


class Pupil(BaseModel):
    pupil: Code
    year_group: YearGroup = Field(ge=1, le=6)
    born: DayFirstDate | None = None
    sex: str = Field(default="", max_length=1)
    score: int = 0
    kind: Status = Status.ACTIVE

    @model_validator(mode="after")
    def is_not_of_year_two(self):
        if self.year_group == 2:
            raise Wrong("Year 2 is not in this programme.", "Choose years 3 to 6.", column="year_group")
        if self.year_group == 1:
            raise ValueError("Year 1 is not in this programme.")
        return self
