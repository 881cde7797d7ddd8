"""The impact reports of a school: with the names of its pupils for its headteacher, and without any for outsiders."""

from papers import charts, year_chart
from papers.charts import dumbbell
from papers.sheets import Sheet
from papers.year_chart import year_chart as year_of
from reports.figures.headlines import headline_sheets
from reports.figures.outside import governors_figures, home_figures
from reports.figures.school import school_figures
from reports.figures.words import BLOCK_COLUMNS, NOT_AVAILABLE, block_cells
from reports.kinds.kind import Kind
from reports.kinds.whose import coordinates, heads_of, lent_to, told_to
from reports.models import Report


def drawn(f, on_paper) -> dict:
    """The charts of its pupils and of its year; for a page also those for a telephone."""
    told = (f["scale"], f["groups"], f["expected"], f["first"], f["last"])
    made = {"charts": dumbbell(*told)} | year_drawn(f, on_paper)
    return made if on_paper else made | {"narrow": dumbbell(*told, layout=charts.NARROW)}


def year_drawn(f, on_paper) -> dict:
    if "happened" not in f:
        return {}
    made = {"year": year_of(f["happened"])}
    return made if on_paper else made | {"narrow_year": year_of(f["happened"], year_chart.NARROW)}


def tables(f) -> list[Sheet]:
    pupils = [
        [row["label"], group["name"], *(cell["grade"] or cell["reason"] for cell in row["grades"]), row["gain"]]
        for group in f["groups"]
        for row in group["rows"]
    ]
    return [
        results_table(f),
        Sheet("Target pupils", ["Pupil", "Group", *f["points"], "Points gained"], pupils),
        *headline_sheets(f.get("headlines")),
        *year_tables(f),
    ]


def results_table(f) -> Sheet:
    blocks = [group["block"] for group in f["groups"]] if len(f["groups"]) > 1 else []
    return Sheet("Results", BLOCK_COLUMNS, [block_cells(b) for b in (*blocks, f["ours"], f["everyone"]) if b])


def outside_tables(f) -> list[Sheet]:
    return [results_table(f), *headline_sheets(f.get("headlines")), *year_tables(f)]


def year_tables(f) -> list[Sheet]:
    """Visits and lessons, half-days, and money by stage: what stands in the report besides its results. Of a year that
    is not on record nothing is known, and not that there was none."""
    happened, spent = f["happened"], f["spent"]
    money = spent["money"]
    counted = [
        ["Visits that took place", happened["held"]],
        ["Visits in all", happened["visits"]],
        ["Lessons studied", happened["lessons"]],
        ["Visits moved", happened["moved"]],
        ["Visits cancelled", sum(row["n"] for row in happened["cancelled"])],
        ["Half-days out of class", spent["out"]],
        ["Half-days promised", spent["promised"]],
        ["Half-days of visiting teachers", spent["time_in"]],
    ]
    if f["closed"] and not any((happened["visits"], happened["lessons"], f["found"]["studies"], money)):
        return [Sheet("Year", ["What", "Number"], [[what, NOT_AVAILABLE] for what, _ in counted])]
    sheets = [
        Sheet("Year", ["What", "Number"], counted),
        Sheet(
            "Days",
            ["Partnership", "Day", "What", "Took place"],
            [
                [row["name"], m["on"], "studied lesson" if m["lesson"] else "visit", m["held"]]
                for row in happened["rows"]
                for m in row["marks"]
            ],
        ),
    ]
    if money:
        rows = [[row["stage"], row["of"], row["amount"], row["state"]] for row in money["stages"]]
        sheets.append(Sheet("Money", ["Stage", "For", "Amount, £", "State"], rows))
    return sheets


# Who may have it made ---------------------------------------------------------------------------------------------


def may_order(person, report) -> bool:
    """One role must open both: head of this school elsewhere and of another school here do not add up."""
    programmes = told_to(report.programme.organisation_id, report.school_id)
    return heads_of(person, report) and programmes.filter(pk=report.programme_id).exists()


def offered(kind, programmes_of):
    """The reports of this kind that a head may order: one for each of these programmes of each of their schools."""
    return lambda person: [
        Report(kind=kind, school=m.school, programme=programme)
        for m in person.memberships_granting("reports.school")
        for programme in programmes_of(m.organisation_id, m.school_id)
    ]


def may_order_for_governors(person, report) -> bool:
    takes_part = told_to(report.programme.organisation_id, report.school_id).filter(pk=report.programme_id).exists()
    return takes_part and (heads_of(person, report) or coordinates(person, report))


def may_order_of_home(person, report) -> bool:
    lent = lent_to(report.programme.organisation_id, report.school_id)
    return heads_of(person, report) and lent.filter(pk=report.programme_id).exists()


KINDS = [
    Kind(
        value=Report.Kind.SCHOOL,
        template="reports/pdf/school.html",
        figures=lambda report: school_figures(report.programme, report.school),
        tables=tables,
        drawn=drawn,
        may_order=may_order,
        offers=offered(Report.Kind.SCHOOL, told_to),
        whose="The headteacher. It names pupils: share it as your school shares pupil data.",
        names_pupils=True,
    ),
    Kind(
        value=Report.Kind.GOVERNORS,
        template="reports/pdf/governors.html",
        figures=lambda report: governors_figures(report.programme, report.school),
        tables=outside_tables,
        drawn=year_drawn,
        may_order=may_order_for_governors,
        offers=offered(Report.Kind.GOVERNORS, told_to),
        whose="The governors of the school. It names nobody, and figures that could tell of single pupils are hidden.",
    ),
    Kind(
        value=Report.Kind.HOME,
        template="reports/pdf/home.html",
        figures=lambda report: home_figures(report.programme, report.school),
        tables=outside_tables,
        drawn=year_drawn,
        may_order=may_order_of_home,
        offers=offered(Report.Kind.HOME, lent_to),
        whose="The headteacher of the specialist teachers. It names no pupil, and small numbers are hidden.",
    ),
]
