"""Schools' own headline percentages, as values for a report: beside its results, and never counted with them."""

from itertools import groupby

from papers.sheets import Sheet
from programmes.models import Programme
from reports.figures.words import HIDDEN
from reports.models.headlines import YEARS_SHOWN, HeadlinePercentage, academic_year_of


def headline_words(programme: Programme, schools, *, hide_up_to=0, by_school=True) -> dict | None:
    """Of the year of the programme and those before it, as far as one of these schools has entered any; None where none
    has. A table for each measure with the schools down, or of one school a table with its measures down.

    The percentage of a year group of up to `hide_up_to` pupils is not said.
    """
    rows = headlines_of(programme, schools).select_related("school")
    rows = list(rows.order_by("school__name", "school", "year"))
    if not rows:
        return None
    years = sorted({row.year for row in rows})
    found = by_measure(rows)
    if by_school:
        tables = [
            {
                "caption": name,
                "of": "School",
                "rows": [
                    {"name": str(school), "cells": cells_of(theirs, years, hide_up_to)}
                    for school, theirs in groupby(of_measure, key=lambda row: row.school)
                ],
            }
            for name, of_measure in found
        ]
    else:
        lines = [{"name": name, "cells": cells_of(of_measure, years, hide_up_to)} for name, of_measure in found]
        tables = [{"caption": "Whole year groups of our school", "of": "Measure", "rows": lines}]
    return {"years": [academic_year_of(year) for year in years], "tables": tables}


def headlines_of(programme, schools):
    last = programme.starts_on.year
    return HeadlinePercentage.objects.filter(school__in=schools, year__range=(last - YEARS_SHOWN + 1, last))


def by_measure(rows) -> list[tuple[str, list]]:
    """The measures that have rows, in their own order."""
    found = [(measure, [row for row in rows if row.measure == measure]) for measure in HeadlinePercentage.Measure]
    return [(measure.label, of_measure) for measure, of_measure in found if of_measure]


def cells_of(rows, years, hide_up_to=0) -> list[dict | None]:
    """For each year what was entered; None where nothing was."""
    entered = {row.year: row for row in rows}
    return [cell_of(entered[year], hide_up_to) if year in entered else None for year in years]


def cell_of(row, hide_up_to) -> dict:
    hidden = row.pupils <= hide_up_to
    return {"n": row.pupils, "hidden": hidden, "pct": None if hidden else f"{row.percentage:.1f}"}


def headline_sheets(found) -> list[Sheet]:
    """One table of all, or none: what, of which school, and for each year the pupils and the percentage."""
    if not found:
        return []
    lines = [
        [*whose(table, row), year, cell["n"], HIDDEN if cell["hidden"] else cell["pct"]]
        for table in found["tables"]
        for row in table["rows"]
        for year, cell in zip(found["years"], row["cells"], strict=True)
        if cell
    ]
    columns = ["Measure", "School", "Year", "Pupils of the year group (n)", "Percentage as the school published it"]
    return [Sheet("Headline percentages", columns, lines)]


def whose(table, row) -> tuple[str, str]:
    """Measure and school of a row, whichever of the two the table is about."""
    return (table["caption"], row["name"]) if table["of"] == "School" else (row["name"], "Our school")
