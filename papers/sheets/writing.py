"""Tables that go out as CSV or XLSX, and run nothing in the spreadsheet that opens them."""

import csv
import datetime as dt
import io
import json
import re
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from xlsxwriter import Workbook

# What Excel or LibreOffice may take for a formula: full-width forms too, and whatever stands before it that is trimmed.
FORMULA = re.compile(r"[\s']*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")  # the full-width signs begin one too
LONGEST_XLSX_CELL = 32_767
CUT = " … (cut here: an Excel cell holds no more)"


def defuse(value) -> str:
    """The cell as text that no spreadsheet takes for a formula. Numbers that are numbers stay what they are."""
    text = _plain_text(value)
    if not isinstance(value, str):
        return text
    if not text.strip():
        return ""
    return f"'{text}" if FORMULA.match(text.rstrip()) else text


def undefuse(text: str) -> str:
    """What `defuse` was given, trimmed."""
    return text[1:].strip() if text.startswith("'") and FORMULA.match(text[1:]) else text


def csv_bytes(columns, rows) -> bytes:
    """UTF-8 with the mark by which Excel knows it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([defuse(column) for column in columns])
    writer.writerows([defuse(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


class Sheet(NamedTuple):
    """A table to write: as a sheet of a workbook, or as a part of one CSV."""

    title: str
    columns: list[str]
    rows: list[list]


def xlsx_bytes(columns, rows, title: str) -> bytes:
    """One sheet."""
    return workbook_bytes([Sheet(title, columns, rows)], title)


def workbook_bytes(sheets: list[Sheet], title: str) -> bytes:
    """
    A workbook: each sheet with a bold header that stays in sight, columns as wide as their content, text never a
    formula. Titles of sheets that are the same once they are cut to what Excel takes are numbered.
    """
    file = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(file, options) as workbook:
        workbook.set_properties({"title": title})
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        names = set()
        for table in sheets:
            sheet = workbook.add_worksheet(_sheet_name(table.title, names))
            sheet.freeze_panes(1, 0)
            widths = [8] * len(table.columns)
            for number, row in enumerate(chain([table.columns], table.rows)):
                for place, cell in enumerate(row):
                    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
                        sheet.write_datetime(number, place, dt.datetime.combine(cell, dt.time()), day)
                    elif isinstance(cell, (int, float, Decimal)) and not isinstance(cell, bool) and abs(cell) < 10**15:
                        sheet.write_number(number, place, cell)
                    else:
                        sheet.write_string(number, place, _fitting(_plain_text(cell)), None if number else bold)
                    widths[place] = min(60, max(widths[place], len(_plain_text(cell)) + 2))
            for place, width in enumerate(widths):
                sheet.set_column(place, place, width)
    return file.getvalue()


def _sheet_name(title, names):
    """What Excel takes as the name of a sheet, other than those of `names`, to which it is added."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip()
    name, number = plain, 1
    while plain and name.casefold() in names:
        number += 1
        name = f"{plain[: 31 - len(str(number)) - 1]} {number}"
    names.add(name.casefold())
    return name or None


def one_table(sheets: list[Sheet]) -> tuple[list[str], list[list]]:
    """Several tables as one, for a CSV: a row for each cell, with its table, its row and its column.

    Table and row number together are the key by which a spreadsheet puts each row together again.
    """
    cells = [
        [table.title, number, row[0], column, cell]
        for table in sheets
        for number, row in enumerate(table.rows, 1)
        for column, cell in zip(table.columns[1:], row[1:], strict=True)
    ]
    return ["Table", "Row number", "Row", "Column", "Value"], cells


def json_text(about: dict, sheets: list[Sheet]) -> str:
    """The same tables with what they are about, each row under the names of its columns."""
    tables = [
        {"table": table.title, "rows": [dict(zip(table.columns, row, strict=True)) for row in table.rows]}
        for table in sheets
    ]
    return json.dumps(about | {"tables": tables}, default=_json_value, ensure_ascii=False, indent=1)


def _json_value(value):
    return float(value) if isinstance(value, Decimal) else _plain_text(value)


def _fitting(text):
    return text if len(text) <= LONGEST_XLSX_CELL else text[: LONGEST_XLSX_CELL - len(CUT)] + CUT


def _plain_text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "minutes")
    return str(value)
