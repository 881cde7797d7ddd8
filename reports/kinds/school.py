"""The impact report of a partner school, for its headteacher: with the names of its pupils."""

from papers.charts import NARROW, WIDE, dumbbell
from papers.sheets import Sheet
from reports.figures.school import school_figures
from reports.figures.words import BLOCK_COLUMNS, block_cells
from reports.kinds.kind import Kind
from reports.kinds.whose import heads_of, told_to
from reports.models import Report


def figures(report) -> dict:
    return school_figures(report.programme, report.school)


def drawn(f, on_paper) -> dict:
    """The charts of its pupils; for a page also those for a telephone."""
    layouts = {"charts": WIDE} if on_paper else {"charts": WIDE, "narrow": NARROW}
    told = (f["scale"], f["groups"], f["expected"], f["first"], f["last"])
    return {name: dumbbell(*told, layout=layout) for name, layout in layouts.items()}


def tables(f) -> list[Sheet]:
    blocks = [group["block"] for group in f["groups"]] if len(f["groups"]) > 1 else []
    rows = [block_cells(b) for b in (*blocks, f["ours"], f["everyone"]) if b]
    pupils = [
        [row["label"], group["name"], *(cell["grade"] or cell["reason"] for cell in row["grades"]), row["gain"]]
        for group in f["groups"]
        for row in group["rows"]
    ]
    return [
        Sheet("Results", BLOCK_COLUMNS, rows),
        Sheet("Target pupils", ["Pupil", "Group", *f["points"], "Points gained"], pupils),
    ]


def may_order(person, report) -> bool:
    """One role must open both: head of this school elsewhere and of another school here do not add up."""
    programmes = told_to(report.programme.organisation_id, report.school_id)
    return heads_of(person, report) and programmes.filter(pk=report.programme_id).exists()


def offers(person) -> list[Report]:
    return [
        Report(kind=Report.Kind.SCHOOL, school=m.school, programme=programme)
        for m in person.memberships_granting("reports.school")
        for programme in told_to(m.organisation_id, m.school_id)
    ]


KINDS = [
    Kind(
        value=Report.Kind.SCHOOL,
        template="reports/pdf/school.html",
        figures=figures,
        tables=tables,
        drawn=drawn,
        may_order=may_order,
        offers=offers,
        whose="The headteacher. It names pupils: share it as your school shares pupil data.",
        names_pupils=True,
    )
]
