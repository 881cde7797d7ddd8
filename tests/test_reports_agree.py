"""Page, paper and tables of the Essex reports say the same: each row of each file stands on both, digit for digit."""

import csv
import io
import json
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from papers.sheets import csv_bytes
from programmes.models import Programme
from pupils.loading import load_programme
from reports.build import PAGE, drawing, render
from reports.figures.words import BLOCK_COLUMNS
from reports.kinds import KINDS, figures_of
from reports.models import ABOUT, Report
from tests.pdfs import pages
from tests.report_figures import AFTER

ESSEX = Path(settings.BASE_DIR) / "data" / "essex-2008-09"
PARTNER = "P05"  # the partnership whose two schools are looked at
WITH_BLOCKS = [
    Report.Kind.SCHOOL,
    Report.Kind.GOVERNORS,
    Report.Kind.HOME,
    Report.Kind.PROGRAMME,
    Report.Kind.PUBLIC,
]


@pytest.fixture(scope="module")
def essex(django_db_setup, django_db_blocker):
    """kind -> (figures as JSON holds them, the words of its page, the words of its paper)."""
    made = {}
    with django_db_blocker.unblock(), transaction.atomic():
        load_programme(ESSEX)
        programme = Programme.objects.get(slug="essex-2008-09")
        partnership = programme.partnerships.select_related("specialist").get(ref=PARTNER)
        schools = dict.fromkeys(WITH_BLOCKS, partnership.partner_school)
        schools[Report.Kind.HOME] = partnership.specialist.home_school
        for kind in WITH_BLOCKS:
            about = {"school": schools[kind]} if "school" in ABOUT[kind] else {}
            report = Report(pk=1, kind=kind, programme=programme, size=1000, pages=2, queued_at=AFTER, **about)
            figures = json.loads(json.dumps(figures_of(report)))
            template, shown = drawing(kind, figures, AFTER, PAGE)
            page = words(re.sub(r"<[^>]+>", " ", render_to_string(template, shown | {"report": report})))
            made[kind] = figures, page, words(" ".join(pages(render(kind, figures, AFTER))))
        transaction.set_rollback(True)
    return made


def words(text):
    return " ".join(text.replace("&nbsp;", " ").replace("\u2212", "-").split())


def written(kind, figures) -> list[dict]:
    """The rows of its table of results, as they are read back from a file."""
    table = next(sheet for sheet in KINDS[kind].tables(figures) if sheet.title == "Results")
    text = csv_bytes(table.columns, table.rows).decode("utf-8-sig")
    return [row for row in csv.DictReader(io.StringIO(text)) if set(BLOCK_COLUMNS) <= row.keys()]


def said(row) -> str:
    """A row of the file as a reader sees it."""
    n = int(row["Both grades (n)"])
    counted = f"{n}" if row["Different pupils"] == row["Both grades (n)"] else f"{n} {row['Different pupils']} pupils"
    shares = [share(row[column], n) for column in BLOCK_COLUMNS if column in SHARES]
    mean = row["Mean gain, points"]
    mean = mean if mean == "c" else f"{Decimal(mean):+.1f}"
    missing = row["Missing first or last grade"]
    return " ".join([row["Group"], row["Target pupils (places)"], missing, counted, *shares, mean])


SHARES = {
    "At or above level, first",
    "At or above level, last",
    "Above level, last",
    "Gained more than expected",
}


def share(of, n) -> str:
    if of == "c":
        return "c"
    pct = (Decimal(100 * int(of)) / n).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{of} of {n} {pct}%"


@pytest.mark.parametrize("kind", WITH_BLOCKS)
def test_every_row_of_the_file_stands_on_the_page_and_on_paper(essex, kind):
    figures, page, paper = essex[kind]
    rows = written(kind, figures)
    drawn = KINDS[kind].drawn(figures, True).get("sections")  # the public summary has room for the first ones
    if drawn is not None:
        held = {b["name"] for section in drawn for b in section["rows"]} | {figures["everyone"]["name"]}
        rows = [row for row in rows if row["Group"] in held]

    missing = [
        (where, said(row))
        for row in rows
        for where, text in (("page", page), ("paper", paper))
        if said(row) not in text
    ]

    assert rows
    assert missing == []


def test_percentages_of_the_file_are_those_of_its_counts(essex):
    pairs = [("At or above level, last", "%"), ("Above level, last", "%"), ("Gained more than expected", "%")]
    for kind in WITH_BLOCKS:
        for row in written(kind, essex[kind][0]):
            for column, sign in pairs:
                if row[column] != "c":
                    assert share(row[column], int(row["Both grades (n)"])).endswith(f" {row[f'{column}, {sign}']}%")


def test_the_school_and_its_governors_differ_by_what_is_hidden(essex):
    exact, outside = (
        {row["Group"]: row for row in written(kind, essex[kind][0])}
        for kind in (Report.Kind.SCHOOL, Report.Kind.GOVERNORS)
    )
    for name, row in outside.items():
        told = {column: value for column, value in row.items() if value != "c"}
        assert told == {column: exact[name][column] for column in told}
