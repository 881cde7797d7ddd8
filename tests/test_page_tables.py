"""Every table as a file: what its page shows, all rows of it, to whoever may read the page and to nobody else."""

import csv
import io

from django.urls import reverse
from python_calamine import CalamineWorkbook

from accounts.models import AuditEvent
from accounts.roles import Role
from papers.page_tables import tables_of
from papers.sheets import Sheet
from tests.factories import MembershipFactory


def read(response):
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


# From a page to its tables ----------------------------------------------------------------------------------------


def page(body):
    return f"<!doctype html><html><body><main>{body}</main></body></html>"


def test_a_cell_is_what_is_seen_and_what_can_be_pressed_is_left_out():
    body = """<table><caption>People</caption>
      <thead><tr><th>Person</th><th>Visits</th><th>What you can do</th>
        <th><span class="govuk-visually-hidden">Change</span></th></tr></thead>
      <tbody><tr><th><a href="/">Ada  Lamb</a><span class="govuk-visually-hidden">, the head</span>
          <span class="ls-table__sub">ada@x.example</span></th>
        <td>12</td><td><a href="/end">End</a></td><td><a href="/change">Change</a></td></tr>
      <tr><th>=1+1<form><button>Go</button></form></th><td>007</td><td></td><td></td></tr></tbody></table>"""

    assert tables_of(page(body)) == [
        Sheet("People", ["Person", "Visits"], [["Ada Lamb; ada@x.example", 12], ["=1+1", "007"]])
    ]


def test_rows_that_head_others_and_captions_of_like_tables_stand_in_a_column():
    heads = "<thead><tr><th>Day</th><th>What</th></tr></thead>"
    body = f"""<table><caption>Maths</caption>{heads}
      <tbody><tr><th colspan="2">May</th></tr><tr><td>4 May</td><td>Visit</td></tr></tbody></table>
      <table><caption>Writing</caption>{heads}
      <tbody><tr><th colspan="2">June</th></tr><tr><td>1 June</td><td>Event</td></tr></tbody></table>
      <table><caption>Sums</caption><thead><tr><th>Of</th></tr></thead>
      <tbody><tr><td>3 of 4</td></tr></tbody></table>"""

    assert tables_of(page(body)) == [
        Sheet(
            "Maths",
            ["Part", "Group", "Day", "What"],
            [["Maths", "May", "4 May", "Visit"], ["Writing", "June", "1 June", "Event"]],
        ),
        Sheet("Sums", ["Of"], [["3 of 4"]]),
    ]


def test_cells_over_several_lines_or_columns_stay_in_their_columns():
    body = """<table><thead><tr><th rowspan="2">Area</th><th colspan="2">Grades</th></tr>
      <tr><th>In</th><th>Owed</th></tr></thead>
      <tbody><tr><th rowspan="2">North</th><td>1</td><td>2</td></tr>
      <tr><td colspan="2">none</td></tr></tbody></table>"""

    assert tables_of(page(body)) == [
        Sheet("", ["Area", "Grades In", "Grades Owed"], [["North", 1, 2], ["North", "none", ""]])
    ]


def test_a_page_without_tables_has_none_and_one_that_goes_on_says_so():
    table = "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    [sheet] = tables_of(page(f'{table}<nav class="govuk-pagination"></nav>'))

    assert tables_of(page("<p>Nothing</p>")) == []
    assert sheet.rows == [
        [1, 2],
        ["Only the first 10,000 rows are in this file. Narrow the list to have the others.", ""],
    ]


# As a download ----------------------------------------------------------------------------------------------------


def test_a_list_of_several_pages_is_one_file_and_it_is_written_down(client, ours):
    for _ in range(60):
        MembershipFactory(organisation=ours.organisation, role=Role.HEADTEACHER, school=ours.school)
    client.force_login(ours.people[Role.COORDINATOR])
    address = reverse("accounts:people")
    shown = client.get(address, {"page": "2"})

    response = client.get(address, {"table": "csv", "of": "roles"})
    book = client.get(address, {"table": "xlsx", "of": "roles"})

    columns, *rows = read(response)
    assert 'href="?table=csv&amp;of=roles"' in shown.content.decode()
    assert columns == ["Person", "Role", "How they get in"]
    assert len(rows) == shown.context["paginator"].count > 60
    assert response["Content-Disposition"] == 'attachment; filename="accounts-people.csv"'
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0)
    assert sheet.to_python() == [columns, *rows]
    did = AuditEvent.objects.filter(did="table.downloaded", who=ours.people[Role.COORDINATOR])
    assert set(did.values_list("about", flat=True)) == {"accounts:people csv", "accounts:people xlsx"}


def test_a_search_is_kept_and_another_ending_is_the_page(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    name = ours.people[Role.SPECIALIST].last_name

    narrowed = client.get(reverse("accounts:people"), {"q": name, "table": "csv", "of": "roles"})
    other = client.get(reverse("accounts:people"), {"table": "exe"})

    assert all(name in row[0] for row in read(narrowed)[1:])
    assert 1 <= len(read(narrowed)[1:]) < 6
    assert other["Content-Type"].startswith("text/html")


def test_nobody_gets_in_a_file_what_the_page_refuses(client, ours):
    address = reverse("accounts:people")
    anonymous = client.get(address, {"table": "csv"})
    client.force_login(ours.people[Role.PARTNER])
    teacher = client.get(address, {"table": "csv"})

    assert anonymous.status_code == 302
    assert teacher.status_code == 403
    assert not AuditEvent.objects.filter(did="table.downloaded").exists()
