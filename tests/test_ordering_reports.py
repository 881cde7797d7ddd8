"""Who may have which report made, and what comes of it: a page, a paper and tables of the same figures."""

import csv
import io
import json

import pytest
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from jobs.work import work_on
from papers.sheets import defuse, one_table
from reports.build import build
from reports.kinds import KINDS
from reports.models import Report
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def asked(kind, corner):
    about = {"school": corner.school.pk} if kind == Report.Kind.SCHOOL else {}
    return {"kind": kind, "programme": corner.programme.pk, **about}


def press(client, person, what):
    client.force_login(person)
    return client.post(reverse("reports:order"), what)


def made(client, person, what):
    Report.objects.all().delete()
    press(client, person, what)
    report = Report.objects.get()
    work_on(Report, report.pk, build)
    report.refresh_from_db()
    assert report.is_done, report.failure
    return report


@pytest.mark.parametrize(
    ("kind", "role"), [(Report.Kind.SCHOOL, Role.HEADTEACHER), (Report.Kind.PROGRAMME, Role.COORDINATOR)]
)
def test_a_report_is_for_whoever_holds_its_role_in_its_place(client, world, kind, role):
    ours, _, elsewhere = world
    may = {who for who, person in ours.people.items() if press(client, person, asked(kind, ours)).status_code == 302}

    assert may == {role}
    assert press(client, ours.people[role], asked(kind, elsewhere)).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"kind": "poem"},
        {"kind": "school impact"},
        {"kind": "school impact", "programme": "one", "school": "1"},
        {"kind": "school impact", "programme": 1, "school": 10**12},
        {"kind": "programme results", "programme": 1, "school": 1},
    ],
)
def test_what_no_page_offers_cannot_be_asked_for(client, world, wrong):
    assert press(client, world[0].people[Role.HEADTEACHER], wrong).status_code == 404


@pytest.mark.parametrize("kind", [Report.Kind.SCHOOL, Report.Kind.PROGRAMME])
def test_page_tables_and_figures_are_the_same(client, world, kind):
    ours = world[0]
    role = Role.HEADTEACHER if kind == Report.Kind.SCHOOL else Role.COORDINATOR
    report = made(client, ours.people[role], asked(kind, ours))

    page = client.get(report.get_absolute_url())
    given = json.loads(client.get(reverse("reports:figures", args=[report.pk, "json"])).content)
    rows = list(
        csv.reader(
            io.StringIO(client.get(reverse("reports:figures", args=[report.pk, "csv"])).content.decode("utf-8-sig"))
        )
    )

    tables = KINDS[kind].tables(report.figures)
    _, cells = one_table(tables)
    assert rows == [["Table", "Row number", "Row", "Column", "Value"], *([defuse(v) for v in row] for row in cells)]
    assert [table["table"] for table in given["tables"]] == [table.title for table in tables]
    assert put_together(rows[1:], tables) == [
        [{column: in_csv(value) for column, value in row.items()} for row in table["rows"]] for table in given["tables"]
    ]
    assert (given["report"], given["programme"]) == (report.get_kind_display(), ours.programme.name)
    assert "What changed for" in text_of(page)
    whole = report.figures["ours" if kind == Report.Kind.SCHOOL else "everyone"]
    assert f"{whole['name']} {whole['places']} {whole['missing']} {whole['n']}" in text_of(page)
    assert client.get(reverse("reports:figures", args=[report.pk, "xlsx"])).status_code == 200
    assert client.get(reverse("reports:figures", args=[report.pk, "docx"])).status_code == 404


def put_together(lines, tables):
    """The tables again, by the key of each line and nothing else."""
    found = {(table.title, number): {} for table in tables for number, _ in enumerate(table.rows, 1)}
    first = {table.title: table.columns[0] for table in tables}
    for title, number, name, column, value in lines:
        found[title, int(number)] |= {first[title]: name, column: value}
    return [[row for (title, _), row in found.items() if title == table.title] for table in tables]


def in_csv(value):
    return str(value) if isinstance(value, float) else defuse(value)


def test_reading_and_downloading_are_written_down(client, world):
    ours = world[0]
    head = ours.people[Role.HEADTEACHER]
    report = made(client, head, asked(Report.Kind.SCHOOL, ours))
    client.get(report.get_absolute_url())
    client.get(reverse("reports:figures", args=[report.pk, "csv"]))

    doings = AuditEvent.objects.filter(who=head, row=report.pk, model="reports.report").order_by("pk")
    assert list(doings.values_list("did", "about")) == [
        ("reports.ordered", ""),
        ("reports.read", ""),
        ("reports.downloaded", "csv"),
    ]
