"""What is sent from the pages of a sheet, read. Words for its boxes are never refused."""

import json
import uuid

from desks.services import Cell

BIGGEST = 2**31 - 1


class NotOurs(ValueError):
    """What came is not what our pages send."""


def clean(text):
    """The words as PostgreSQL can keep them: without NUL, and half of a pair of characters becomes a question mark."""
    return text.replace("\r\n", "\n").replace("\0", "").encode("utf-8", "replace").decode()


def number(value):
    """A whole number that a column holds; 0 for anything else."""
    digits = str(value)
    found = int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= len(str(BIGGEST)) else 0
    return found if found <= BIGGEST else 0


def client_of(value):
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return uuid.uuid4()


def boxes_of(data) -> list[str]:
    """The names of the boxes that stood on a posted page, whether or not the browser sent what was in them."""
    return [name.removeprefix("base-") for name in data if name.startswith("base-")]


def cells_of_form(data, known, ticks) -> tuple[uuid.UUID, list[Cell]]:
    """The boxes of a posted page (`known` matches their names), each with the version that the page began from.

    `ticks` matches those that a browser leaves out where nothing is ticked.
    """
    first = number(data.get("seq"))
    taken_away = [name for name in boxes_of(data) if ticks.fullmatch(name)]
    data = dict.fromkeys(taken_away, "") | {name: data[name] for name in data}
    fields = [name for name in data if known.fullmatch(name)]
    cells = [
        Cell(name, clean(data[name]), number(data.get(f"base-{name}")), first + place)
        for place, name in enumerate(fields, start=1)
    ]
    return client_of(data.get("client")), cells


def settled_cells(data, known) -> tuple[uuid.UUID, list[Cell]]:
    """What somebody chose where two had written: mine, theirs, or both below each other."""
    cells = []
    for name in [name.removeprefix("mine-") for name in data if name.startswith("mine-")]:
        choice, mine, theirs = (clean(data.get(f"{what}-{name}", "")) for what in ("choice", "mine", "theirs"))
        if known.fullmatch(name) and choice in {"mine", "both"}:
            text = mine if choice == "mine" else f"{theirs}\n\n{mine}".strip()
            cells.append(Cell(name, text, number(data.get(f"base-{name}")), len(cells) + 1))
    return uuid.uuid4(), cells


def cells_of_json(body, known) -> tuple[int, uuid.UUID, list[Cell], int | None]:
    """What a page saves by itself: who it was opened by, its client, the boxes that changed, and the version of the
    sheet that it knows."""
    try:
        sent = json.loads(body)
        cells = [
            Cell(cell["field"], clean(cell["text"]), number(cell["base"]), number(cell["seq"]))
            for cell in sent["cells"]
        ]
        who, client = number(sent["who"]), uuid.UUID(sent["client"])
        since = None if sent.get("since") is None else number(sent["since"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NotOurs from error
    if not all(isinstance(cell.field, str) and known.fullmatch(cell.field) and cell.seq for cell in cells):
        raise NotOurs
    return who, client, cells, since
