"""The sheet of a research lesson for those who observe on paper: one A3 or two A4, with room to write."""

import math
from dataclasses import dataclass
from itertools import pairwise

from django.utils import timezone

from lessons.boxes import MET
from lessons.pages.sheet import USUAL_PUPILS, USUAL_STAGES, sheet_page
from papers.pdf import page_count, render_pdf

TYPE = ["usual", "small", "smaller", "smallest"]  # classes of the stylesheet
LINE = 6.5  # mm, to write on by hand
MOST_LINES = 12
LONG_ROW, NOTE = 900, 60  # characters: of a row that a page may not hold; of who wrote a note, and when


@dataclass(frozen=True)
class Paper:
    """A size of paper, and what a usual lesson takes of it. Lengths in mm."""

    label: str
    pages: int
    stages: int  # at most, on one page that is written on by hand
    pupils: int  # at most, side by side
    height: int  # for stages, beside the heads and the end of the lesson
    width: int
    letter: float  # width of a usual one


PAPERS = {
    "a3": Paper("A3", pages=1, stages=USUAL_STAGES, pupils=6, height=168, width=396, letter=1.6),
    "a4": Paper("A4", pages=2, stages=USUAL_STAGES // 2, pupils=USUAL_PUPILS, height=112, width=277, letter=1.5),
}


@dataclass
class Part:
    """What stands in one table: some of the pupils, some of the stages."""

    columns: list
    rows: list  # (row, cells of these pupils, whether it may run over the end of a page)
    lines: int  # to write on, in each cell
    is_first: bool  # of all
    is_last: bool  # of these pupils

    @property
    def wide(self):
        return 2 * len(self.columns) + 1


def sheet_pdf(reader, lesson, size) -> bytes:
    """The sheet as this reader may see it, by letters only, on as few pages as can be read."""
    page, paper = sheet_page(reader, lesson), PAPERS[size]
    made_at = timezone.localtime()
    styles = ("pdf/report.css", "pdf/grid.css", "pdf/sheet.css", f"pdf/{size}.css")
    wanted, tried, left = pages_of(page, paper), [], attempts(page)
    while left:
        type_size, less = left.pop(0)
        context = {
            "page": page,
            "lesson": lesson,
            "study": lesson.study,
            "parts": parts_of(page, paper, less),
            "type_size": type_size,
            "met": [label for _, label in MET],
            "made_at": made_at,
        }
        pdf = render_pdf("lessons/pdf/sheet.html", context, made_at, styles)
        tried.append((page_count(pdf), len(tried), pdf))
        if tried[-1][0] <= wanted:
            break
        if tried[-1][0] > 2 * wanted:
            left = left[-1:]  # nothing makes it fit, so the smallest type is for the fewest pages
    return min(tried)[2]


def attempts(page):
    """The largest type first, and before it gets smaller less room to write: (class, lines less)."""
    first = 2 if len(page.columns) > USUAL_PUPILS else 0
    if page.lesson.is_ended:
        return [(name, 0) for name in ("large", *TYPE)[first:]]
    return [(TYPE[first], 0), (TYPE[first], 1), *[(name, 3) for name in TYPE[first:]]]


def pages_of(page, paper):
    """On how many pages the sheet is to stand."""
    groups = max(1, math.ceil(len(page.columns) / paper.pupils))
    return groups * (paper.pages if page.lesson.is_ended else pages_of_stages(page, paper))


def pages_of_stages(page, paper):
    return max(min(paper.pages, len(page.rows)), math.ceil(len(page.rows) / paper.stages), 1)


def parts_of(page, paper, less=0, to_write=True):
    """The tables: a page each where there is something to write by hand, else one for all stages."""
    to_write = to_write and not page.lesson.is_ended
    parts = []
    for columns in shared_out(page.columns, math.ceil(len(page.columns) / paper.pupils)):
        letters = {column.letter for column in columns}
        chunks = shared_out(page.rows, pages_of_stages(page, paper) if to_write else 1)
        for number, chunk in enumerate(chunks, start=1):
            rows = [row_of(row, letters) for row in chunk]
            lines = max(lines_for(rows, paper, len(columns)) - less, 2) if to_write else 0
            parts.append(Part(columns, rows, lines, is_first=not parts, is_last=number == len(chunks)))
    return parts


def row_of(row, letters):
    cells = [cell for cell in row.cells if cell.letter in letters]
    texts = [cell.predicted.text + "".join(late.text for late in cell.late) for cell in cells] + [row.pattern.text]
    most = max(map(len, texts)) + max([sum(NOTE + len(one.row.text) for one in cell.seen) for cell in cells] or [0])
    return row, cells, most > LONG_ROW


def shared_out(items, number):
    """In so many lists, each as long as the next or one longer."""
    number = max(1, number)
    least, more = divmod(len(items), number)
    ends = [least * place + min(place, more) for place in range(number + 1)]
    return [items[start:end] for start, end in pairwise(ends)]


def lines_for(rows, paper, pupils):
    """As many lines in each cell as the page has room for, by how long the predictions are."""
    letters = paper.width * 0.86 / max(pupils, 1) * 0.4 / paper.letter  # in a line of a prediction
    text = [max([math.ceil(len(cell.predicted.text) / letters) for cell in cells] or [0]) * 4.1 for _, cells, _ in rows]
    for lines in range(MOST_LINES, 2, -1):
        if sum(max(lines * LINE, height) + 8 for height in text) <= paper.height:
            return lines
    return 2
