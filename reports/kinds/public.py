"""What a programme may say to anybody, on two pages."""

from papers.sheets import Sheet
from reports.figures.public import public_figures
from reports.figures.words import results_sheet
from reports.kinds.kind import Kind
from reports.kinds.programme import CRITERION_COLUMNS, REACHED, criterion_cells
from reports.kinds.whose import coordinates, to_coordinators
from reports.models import Report

MOST_ROWS = 11  # beside the total, on the second page
MOST_DRAWN = 4  # beside the total, on the first page


def figures(report) -> dict:
    return public_figures(report.programme)


def drawn(f, on_paper) -> dict:
    """The parts of the table that two pages hold, the first ones first; the files have all of them."""
    held, rows = [], 0
    for section in f["sections"]:
        rows += len(section["rows"])
        if rows <= MOST_ROWS:
            held.append(section)
    first = [section for section in f["sections"][:1] if len(section["rows"]) <= MOST_DRAWN]
    return {"sections": held, "change": {**f, "sections": first}}


def tables(f) -> list[Sheet]:
    return [
        results_sheet(f),
        Sheet("Success criteria", CRITERION_COLUMNS, [criterion_cells(criterion) for criterion in f["criteria"]]),
        Sheet("Reach", ["What", "Number"], [[words, f["reach"].get(name)] for name, words in REACHED.items()]),
    ]


KINDS = [
    Kind(
        value=Report.Kind.PUBLIC,
        template="reports/pdf/public.html",
        figures=figures,
        tables=tables,
        drawn=drawn,
        may_order=coordinates,
        offers=to_coordinators(Report.Kind.PUBLIC),
        whose="Anybody: it holds counts of groups, and small numbers are hidden. Whether it is published is the "
        "organiser\u2019s choice.",
    )
]
