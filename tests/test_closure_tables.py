"""Many closures at once: pasted or uploaded, every cell checked, looked at before they are saved, never twice."""

import datetime as dt
import io

import pytest
from django.urls import reverse

from accounts.roles import Role
from papers.sheets import xlsx_bytes
from programmes.models import SchoolClosure
from tests.factories import SpecialistTeacherFactory
from tests.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_a_day(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC))


@pytest.fixture
def ours(client):
    ours = build_world()[0]
    client.force_login(ours.people[Role.COORDINATOR])
    SchoolClosure.objects.all().delete()
    return ours


def text(response):
    return " ".join(response.content.decode().split()).replace("&#x27;", "'")


def send(client, ours, rows, **button):
    address = reverse("programmes:calendars_enter", args=[ours.programme.slug])
    return client.post(address, {"pasted": rows} | (button or {"look": ""}), follow=True)


def kept():
    values = SchoolClosure.objects.order_by("first_on", "school__name", "half")
    return [
        (row.school.name, row.kind, row.first_on, row.last_on, row.half, row.words, row.year_groups) for row in values
    ]


def test_a_pasted_table_is_looked_at_then_saved_and_a_second_time_adds_nothing(client, ours):
    rows = (
        "School URN\tType\tFrom\tTo\tHalf day\tDescription\tYear group\tCost\n"
        f"{ours.school.urn}\tINSET day\t12/3/2027\t\t\tPhonics\t\t9\n"
        "\n"
        "nextdoor partner school\tno go\t2027-03-02\t\tMorning\tFarm\tYears 3 and R\n"
        f"URN {ours.school.urn}\tCLOSED\t6 May 2027\t7 May 2027\n"
    )

    look = text(send(client, ours, rows))
    nothing_yet = kept()
    saved = text(send(client, ours, rows, save="on"))
    again = text(send(client, ours, rows, save="on"))

    assert "Check 3 entries before saving" in look
    assert "They are of 2 schools. Columns not used: Cost." in look
    assert nothing_yet == []
    assert "3 entries of 2 schools saved." in saved
    assert "All of it is there already" in again
    assert kept() == [
        ("Nextdoor Partner School", "no-go", dt.date(2027, 3, 2), dt.date(2027, 3, 2), "am", "Farm", [0, 3]),
        ("Ourside Partner School", "inset", dt.date(2027, 3, 12), dt.date(2027, 3, 12), "", "Phonics", []),
        ("Ourside Partner School", "closed", dt.date(2027, 5, 6), dt.date(2027, 5, 7), "", "", []),
    ]
    assert set(SchoolClosure.objects.values_list("entered_by", flat=True)) == {ours.people[Role.COORDINATOR].pk}


def test_every_wrong_cell_is_named_by_row_and_column_and_nothing_is_saved(client, ours):
    urn = ours.school.urn
    rows = (
        "School,Kind,First day,Last day,Half,What,Year groups\n"
        f"{urn},INSET,12/3/2027,,,,\n"
        "Ourside Partnr School,INSET,12/3/2027,,,,\n"
        "Elsewhere Partner School,INSET,12/3/2027,,,,\n"
        f"{urn},Holiday,31/2/2027,,evening,,Y99\n"
        f"{urn},INSET,13/3/2027,,,,\n"
        f"{urn},INSET,28/10/2026,,am,,5\n"
        f"{urn},INSET,11/3/2027,12/3/2027,,,\n"
        f"{urn},No-go,,,,,\n"
        f"{urn},INSET,12/3/2027,,,Twice in the table,\n"
    )

    answer = send(client, ours, rows, save="on")

    assert [(p.row, p.column, f"{p.what} {p.mend}".strip()) for p in answer.context["reading"].problems] == [
        (3, "School", "“Ourside Partnr School” is none of the schools in your programmes. Did you mean Ourside Partner "
         "School? Write its name in full, or its URN."),
        (4, "School", "“Elsewhere Partner School” is none of the schools in your programmes. "
         "Write its name in full, or its URN."),
        (5, "Kind", "“Holiday” is not known here. Use one of: INSET, Closed, No-go."),
        (5, "First day", "“31/2/2027” is not in the calendar. "
         "Write the date with the day first and the year in full, such as 17/10/2026."),
        (5, "Half", "“evening” is not known here. Use one of: am, pm, whole day."),
        (5, "Year groups", "“Y99” is not a list of year groups. "
         "Write their numbers, such as 5; 6, or R for Reception."),
        (6, "First day", "Saturday 13 March 2027 is at a weekend, when schools are closed anyway. "
         "Choose a day from Monday to Friday."),
        (7, "Half", "An INSET day is a whole day. Choose the whole day, or enter a no-go for the half-day."),
        (7, "Year groups", "An INSET day is for the whole school. Leave the year groups out, or choose no-go."),
        (7, "First day", "Wednesday 28 October 2026 is in the holidays: an INSET day is a day of term on which pupils "
         "stay at home. The nearest school day is Friday 23 October 2026."),
        (8, "First day", "INSET day of Friday 12 March 2027 is there already and overlaps with this. "
         "Change that one, or choose other days."),
        (9, "First day", "The cell is empty. Fill it in."),
    ]  # fmt: skip
    assert answer.context["form"]["pasted"].value() == rows
    assert answer.context["reading"].there == 1
    assert kept() == []


def test_rows_without_names_of_columns_are_in_the_usual_order_and_keep_their_numbers(client, ours):
    right = send(client, ours, f"{ours.school.urn}; Inset; 12.3.2027")
    wrong = send(client, ours, f"{ours.school.urn}; Inset; 12.3.2027\n{ours.school.urn}; Inset; 13.3.2027")

    assert "Check 1 entry before saving" in text(right)
    assert [problem.row for problem in wrong.context["reading"].problems] == [2]


def test_an_uploaded_workbook_is_read_like_pasted_rows(client, ours):
    sheet = [
        ["School", "Kind", "First day", "What"],
        [ours.school.name, "INSET", dt.date(2027, 3, 12), 'The "new" maths'],
    ]
    file = io.BytesIO(xlsx_bytes(sheet[0], sheet[1:], "Calendars"))
    file.name = "calendars.xlsx"
    address = reverse("programmes:calendars_enter", args=[ours.programme.slug])

    look = client.post(address, {"file": file, "look": ""})
    send(client, ours, look.context["text"], save="on")

    assert [row[:3] for row in kept()] == [("Ourside Partner School", "inset", dt.date(2027, 3, 12))]


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({}, "pasted", "Paste the rows, or choose a file."),
        ({"file": ("days.pdf", b"%PDF-1.7")}, "file", "Choose a CSV file (.csv) or an Excel workbook (.xlsx)."),
        ({"file": ("days.xlsx", b"not a workbook")}, "file", "The file is not an Excel workbook"),
        ({"file": ("days.csv", b",,\n,,\n")}, "file", "The file has no rows."),
    ],
)
def test_a_file_of_no_use_is_refused_in_a_sentence(client, ours, given, field, sentence):
    files = {}
    for name, (called, data) in given.items():
        files[name] = io.BytesIO(data)
        files[name].name = called

    answer = client.post(reverse("programmes:calendars_enter", args=[ours.programme.slug]), files)

    assert sentence in " ".join(answer.context["form"].errors[field])


def test_a_table_costs_the_same_queries_for_one_row_and_for_many(client, ours, django_assert_max_num_queries):
    days = [dt.date(2027, 3, day) for day in (1, 2, 3, 4, 5)]
    schools = [SpecialistTeacherFactory(programme=ours.programme).home_school for _ in range(40)]
    rows = "\n".join(f"{school.urn}\tINSET\t{day}" for school in schools for day in days)
    client.get(reverse("programmes:calendars_enter", args=[ours.programme.slug]))

    with django_assert_max_num_queries(10):
        answer = send(client, ours, rows)

    assert "Check 200 entries before saving" in text(answer)


def test_the_list_of_calendars_counts_what_each_school_has_entered_and_what_is_in_the_way(client, ours):
    days = {"first_on": dt.date(2027, 2, 8), "last_on": dt.date(2027, 2, 9)}
    SchoolClosure.objects.create(school=ours.school, kind="inset", **days)
    SchoolClosure.objects.create(school=ours.school, kind="no-go", **days)

    page = client.get(reverse("programmes:calendars", args=[ours.programme.slug]))

    rows = {
        row["school"].name: (row["inset"], row["closed"], row["no_go"], row["visits"]) for row in page.context["rows"]
    }
    assert rows == {
        "Nextdoor Home School": (0, 0, 0, 0),
        "Nextdoor Partner School": (0, 0, 0, 0),
        "Ourside Home School": (0, 0, 0, 0),
        "Ourside Partner School": (2, 0, 1, 1),
    }
    assert "1 of 4 schools has entered INSET days, closures or no-go dates for 2026-27." in text(page)
