"""What changed in a whole programme: its published table, for the coordinator."""

from papers.sheets import Sheet
from pupils.retention.freezing import frozen_figures
from reports.figures.headlines import headline_sheets, headline_words
from reports.figures.programme import programme_figures
from reports.figures.words import BLOCK_COLUMNS, HIDDEN, NOT_APPLICABLE, block_cells, results_sheet, returns_sheet
from reports.kinds.kind import Kind
from reports.kinds.whose import coordinates, to_coordinators
from reports.models import Report
from reports.year_on_year import years_words

CRITERION_COLUMNS = [
    "Criterion",
    "Target, %",
    "Actual",
    "Of",
    "Actual, %",
    "Difference, percentage points",
    "Verdict",
]
REACHED = {
    "partnerships": "Partnerships that were active",
    "schools": "Schools in them",
    "partner_schools": "Partner schools",
    "teachers": "Teachers in them",
    "specialists": "Specialist teachers",
    "partners": "Partner teachers",
    "pupils": "Target pupils, each once",
    "visits": "Visits that took place",
    "recorded": "Visits with a record that both sides signed",
    "lessons": "Research lessons that took place",
}


def figures(report) -> dict:
    """With the year before beside it, which stands in counts also where its pupils are erased."""
    frozen = frozen_figures(report.programme)
    found = frozen["report"] if frozen else programme_figures(report.programme)
    schools = report.programme.partnerships.values("partner_school")
    return found | {"years": years_words(report.programme), "headlines": headline_words(report.programme, schools)}


def tables(f) -> list[Sheet]:
    partnerships = f["partnerships"]
    found = [
        results_sheet(f),
        Sheet(
            "Success criteria",
            CRITERION_COLUMNS,
            [criterion_cells(criterion) for criterion in f["criteria"]],
        ),
        returns_sheet(f["returns"]),
        Sheet(
            "Partnerships",
            ["What", "Number"],
            [
                ["Partnerships", partnerships["total"]],
                ["Completed", partnerships["completed"]["of"]],
                ["Folded", partnerships["folded"]],
                *([outcome["outcome"], outcome["n"]] for outcome in f["outcomes"]),
            ],
        ),
    ]
    if reach := f.get("reach"):
        found.append(Sheet("Reach", ["What", "Number"], [[words, reach[name]] for name, words in REACHED.items()]))
    if years := f.get("years"):
        found.append(
            Sheet(
                "Year on year",
                ["Compared", *BLOCK_COLUMNS],
                [[row["name"], *block_cells(row[year])] for row in years["rows"] for year in ("now", "then")],
            )
        )
    return found + headline_sheets(f.get("headlines"))


def criterion_cells(criterion) -> list:
    actual = criterion["actual"] or {}
    of, n, pct = (actual.get(name, NOT_APPLICABLE) for name in ("of", "n", "pct"))
    if actual.get("hidden"):
        of = pct = HIDDEN
    return [criterion["label"], criterion["target"], of, n, pct, criterion["difference"], criterion["verdict"]]


KINDS = [
    Kind(
        value=Report.Kind.PROGRAMME,
        template="reports/pdf/programme.html",
        figures=figures,
        tables=tables,
        may_order=coordinates,
        offers=to_coordinators(Report.Kind.PROGRAMME),
        whose="The coordinator. It names no pupil, but small groups stand in full: do not publish it as it is.",
    )
]
