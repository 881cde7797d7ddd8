"""The tables of a page as files: `?table=csv` or `?table=xlsx` gives what the page shows, all rows of it.

One mechanism for every list, so that a file never says anything else than its page, to anybody. A page offers its
tables by `components/_download.html`; where it does so in several places, each has a name, which the address repeats as
`of`, and offers the tables between itself and the one before.
"""

import re
from itertools import groupby

from lxml import html

from papers.sheets import Sheet

ENDINGS = ("csv", "xlsx")
OFFER = "ls-download"  # the class of what offers a file
MOST_ROWS = 10_000
CUT = f"Only the first {MOST_ROWS:,} rows are in this file. Narrow the list to have the others."
# What is there to be pressed or only to be heard: no part of a cell.
LEFT_OUT = (
    "@data-act or self::script or self::svg or self::button or self::form or self::input or self::select"
    " or self::textarea or contains(concat(' ', @class, ' '), ' govuk-visually-hidden ')"
)
ACTIONS = {"What you can do", "Change it"}
NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})")


def asked_for(request) -> str:
    """The ending of the file that this request asks for, or nothing."""
    ending = request.GET.get("table", "")
    return ending if request.method == "GET" and ending in ENDINGS else ""


def on_a_page(asked, usual: int | None) -> int | None:
    """How many rows a list shows at once, by what its address asks for: in a file all of them."""
    return MOST_ROWS if usual and asked.get("table") in ENDINGS else usual


def tables_of(page: str, of: str = "") -> list[Sheet]:
    """The tables that a page offers in one place; those that follow each other with the same columns are one, with
    their captions in its first column."""
    main = html.document_fromstring(page).find(".//main")
    if main is None:
        return []
    found, offers = [], {}
    for node in main.iter("table", "p"):
        if node.tag == "table":
            found.append(node)
        elif OFFER in node.get("class", "").split():
            offers[node.get("data-of", "")] = found
            found = []
    sheets = [sheet for table in offers.get(of, found) if (sheet := sheet_of(table))]
    found = [together(list(alike)) for _, alike in groupby(sheets, key=lambda sheet: sheet.columns)]
    if found and main.find_class("govuk-pagination"):
        last = found[-1]
        last.rows.append([CUT, *[""] * (len(last.columns) - 1)])
    return found


def together(alike: list[Sheet]) -> Sheet:
    if len(alike) == 1:
        return alike[0]
    rows = [[sheet.title, *row] for sheet in alike for row in sheet.rows]
    return Sheet(alike[0].title, ["Part", *alike[0].columns], rows)


def sheet_of(table) -> Sheet | None:
    """A table as its columns and rows. Columns of what can be done are left out; a row that is a heading of those below
    it stands in a column of its own."""
    caption = table.find("caption")
    title = text_of(caption, heard=True) if caption is not None else ""
    lines = [line for line in table.iter("tr") if next(line.iterancestors("table")) is table]
    heads = [line for line in lines if line.getparent().tag == "thead"] or lines[:1]
    top = grid(heads, heard=True)
    if not top:
        return None
    columns = [" ".join(dict.fromkeys(filter(None, parts))) for parts in zip(*top, strict=True)]
    shown = [any(parts) for parts in zip(*grid(heads), strict=True)]
    body, groups, group = [], [], ""
    for line, cells in zip(lines[len(heads) :], grid(lines[len(heads) :], len(columns)), strict=True):
        own = [cell for cell in line if cell.tag in {"th", "td"}]
        if len(own) == 1 and int(own[0].get("colspan", 1)) >= len(columns) > 1:
            group = text_of(own[0])
            continue
        body.append(cells)
        groups.append(group)
    keep = [
        place
        for place, name in enumerate(columns)
        if name not in ACTIONS and (shown[place] or not name) and (name or any(row[place] for row in body))
    ]
    rows = [[number_of(row[place]) for place in keep] for row in body]
    columns = [columns[place] or "Of what" for place in keep]
    if any(groups):
        return Sheet(title, ["Group", *columns], [[group, *row] for group, row in zip(groups, rows, strict=True)])
    return Sheet(title, columns, rows)


def grid(lines, width=0, heard=False) -> list[list[str]]:
    """The words of each line cell by cell, as wide as the widest: a cell over several lines stands in each of them,
    over several columns in the first."""
    rows, below = [], {}
    for line in lines:
        row = []
        for cell in (cell for cell in line if cell.tag in {"th", "td"}):
            while below.get(len(row), (0, ""))[0]:
                row.append(carried(below, len(row)))
            words, tall, wide = text_of(cell, heard), int(cell.get("rowspan", 1)), int(cell.get("colspan", 1))
            for number in range(wide):
                if tall > 1:
                    below[len(row)] = (tall - 1, words)
                row.append(words if not number or heard else "")
        while below.get(len(row), (0, ""))[0]:
            row.append(carried(below, len(row)))
        rows.append(row)
    width = max([width, *(len(row) for row in rows)])
    return [row + [""] * (width - len(row)) for row in rows]


def carried(below, place) -> str:
    left, words = below[place]
    below[place] = (left - 1, words)
    return words


def text_of(cell, heard=False) -> str:
    """What a reader sees in a cell, its lines parted by semicolons; where there is nothing to see, what is heard."""
    seen = "; ".join(part for part in parts_of(cell, LEFT_OUT) if part)
    return seen or ("; ".join(parts_of(cell, "false()")) if heard else "")


def parts_of(cell, left_out) -> list[str]:
    """The lines of a cell: blocks and small lines under the first one."""
    lines = [[]]

    def walk(node):
        if not isinstance(node.tag, str) or node.xpath(left_out):
            return
        breaks = node is not cell and (node.tag in {"p", "div", "li", "br", "dd", "dt"} or is_small_line(node))
        if breaks:
            lines.append([])
        lines[-1].append(node.text or "")
        for child in node:
            walk(child)
            lines[-1].append(child.tail or "")
        if breaks:
            lines.append([])

    walk(cell)
    return [words for line in lines if (words := " ".join("".join(line).split()))]


def is_small_line(node) -> bool:
    return "ls-table__sub" in node.get("class", "").split()


def number_of(words: str):
    return int(words) if NUMBER.fullmatch(words) else words
