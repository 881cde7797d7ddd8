"""Reading and writing people's spreadsheets. The loader of a folder and the uploads of the web share all of it."""

from .cells import (
    Choice,
    Code,
    DayFirstDate,
    Email,
    SemicolonList,
    Text,
    WholeNumber,
    Wrong,
    YearGroup,
    YesNo,
    parse_rows,
    read_day,
    read_year_group,
)
from .files import plain_name
from .mending import Mending, mended, rows_to_mend, text_of
from .problems import Problem, Problems, Refused, quote
from .settings_files import read_toml
from .tables import Row, Table, read_rows, read_table
from .writing import Sheet, csv_bytes, defuse, json_text, one_table, workbook_bytes, xlsx_bytes

__all__ = [
    "Choice",
    "Code",
    "DayFirstDate",
    "Email",
    "Mending",
    "Problem",
    "Problems",
    "Refused",
    "Row",
    "SemicolonList",
    "Sheet",
    "Table",
    "Text",
    "WholeNumber",
    "Wrong",
    "YearGroup",
    "YesNo",
    "csv_bytes",
    "defuse",
    "json_text",
    "mended",
    "one_table",
    "parse_rows",
    "plain_name",
    "quote",
    "read_day",
    "read_rows",
    "read_table",
    "read_toml",
    "read_year_group",
    "rows_to_mend",
    "text_of",
    "workbook_bytes",
    "xlsx_bytes",
]
