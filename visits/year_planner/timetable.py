"""What the programme asks for, above the rows of the planner: windows of visits as bands, events and grade dates."""

import datetime as dt
from dataclasses import dataclass

from visits.models import Event

LETTERS_A_COLUMN = 4  # so many fit beside each other in the width of a week of the year
LABELS = {  # of events: the one word that tells a kind from the others
    Event.Kind.TRAINING: "Training",
    Event.Kind.LAUNCH: "Launch",
    Event.Kind.TWILIGHT: "Twilight",
    Event.Kind.MODERATION: "Moderation",
    Event.Kind.NETWORK: "Network",
    Event.Kind.INSET: "INSET",
    Event.Kind.SHOWCASE: "Showcase",
    Event.Kind.FEEDBACK: "Feedback",
}
A_TERM = 20  # no term has more columns, and each of them is twice as wide


@dataclass(frozen=True)
class Item:
    """Something from one column to another, with `room` columns for its words; `ends` where they stand before it."""

    first: int
    last: int
    code: str
    words: str
    said: str
    is_round: bool = False
    kind: str = "band"
    url: str = ""


@dataclass(frozen=True)
class Cell:
    """Columns of one row: an item, or nothing; `column` where it is a single one (a break, this week)."""

    width: int
    item: Item | None = None
    column: object = None


@dataclass(frozen=True)
class Lane:
    label: str
    cells: tuple[Cell, ...]
    goes_on: bool = False  # a further row of the same label


def bands(columns, steps) -> list[Item]:
    """The window of each step, as (code, name, first day, last day, whether it is at the specialist teacher's)."""
    found = []
    for code, name, first, last, at_specialist in steps:
        if last < columns.first or first > columns.last:
            continue
        a, b = columns.nearest(first), columns.nearest(last)
        said = f"{name}: {first:%A %-d %B} to {last:%A %-d %B}"
        words = f"to {last:%-d}" if b - a > 1 else f"{last:%-d}" if b > a else ""
        found.append(Item(a, b, code, words, said, at_specialist))
    return found


def marks(columns, days) -> list[Item]:
    """What is on one day, as (day, words, what it says to whoever listens, address); alike ones of a week are one."""
    found, together = [], {}
    for on, words, said, url in days:
        if (at := columns.at(on)) is not None:
            together.setdefault((at, words), []).append((said, url))
    for (at, word), those in together.items():
        several = len(those) > 1
        words = f"{word} ({len(those)})" if several else word
        said = "; ".join(said for said, _ in those)
        url = "" if several else those[0][1]
        is_year = len(columns) > A_TERM
        letters = len(words) + (3 if is_year else 2)  # with the stroke before them
        room = max(1, -(-letters // (LETTERS_A_COLUMN if is_year else 2 * LETTERS_A_COLUMN)))
        ends = at + room > len(columns)  # its words stand before its week where there is no room behind
        first = max(0, at - room + 1) if ends else at
        found.append(
            Item(first, first + room - 1 if not ends else at, "", words, said, kind="end" if ends else "mark", url=url)
        )
    return found


def lanes(label: str, columns, items: list[Item]) -> list[Lane]:
    """The items in as few rows as they need, so that none covers another."""
    rows = []
    for item in sorted(items, key=lambda item: (item.first, item.last)):
        row = next((row for row in rows if row[-1].last < item.first), None)
        if row is None:
            rows.append([item])
        else:
            row.append(item)
    return [Lane(label, tuple(cells(columns, row)), n > 0) for n, row in enumerate(rows or [[]])]


def cells(columns, row):
    items = {item.first: item for item in row}
    at = 0
    while at < len(columns):
        if at in items:
            item = items[at]
            yield Cell(item.last - at + 1, item)
            at = item.last + 1
            continue
        yield Cell(1, column=columns.all[at])
        at += 1


def day(on: dt.date) -> str:
    """Thursday 25th"""
    return f"{on:%A} {on.day}{ordinal(on.day)}"


def ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
