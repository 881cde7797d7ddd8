"""Settings files."""

import re
import tomllib
from pathlib import Path

from .files import file_bytes
from .problems import Problems, quote


def read_toml(source, problems: Problems, name: str | None = None, max_bytes: int = 1_000_000) -> dict | None:
    """The settings in a TOML file, or None and a problem said why."""
    name = name or Path(source).name
    problems.begin(name)
    data = file_bytes(source, name, problems, max_bytes)
    if data is None:
        return None
    if b"\0" in data:
        problems.add(name, "The file is not plain text.", "Save it as plain text in UTF-8.")
        return None
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add(name, f"Line {line} is not in UTF-8.", "Save the file as plain text in UTF-8.", row=line)
    except RecursionError:
        problems.add(name, "Brackets are nested too deeply.", "Compare the file with the example in the documentation.")
    except ValueError as error:
        reason, line, column = _toml_error(str(error))
        where = f"Line {line}, column {column}" if line else "The file"
        lines = data.decode("utf-8-sig").splitlines()
        reads = f" It reads: {quote(lines[line - 1])}" if line and line <= len(lines) else ""
        problems.add(
            name,
            f"{where} cannot be understood: {reason}.{reads}",
            "Compare it with the example in the documentation.",
            row=line,
        )
    return None


def _toml_error(text):
    """`Invalid value (at line 3, column 5)`, in parts."""
    found = re.fullmatch(r"(?s)(.*?)\s*\((?:at line (\d+), column (\d+)|at end of document)\)", text)
    if found is None:
        return quote(text, marks="", longest=120), None, None
    reason, line, column = found.groups()
    reason = quote(reason, marks="", longest=120)
    if line is None:
        return f"{reason}, at its end", None, None
    return reason, int(line), int(column)
