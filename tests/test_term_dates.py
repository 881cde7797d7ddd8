"""Term dates: typed in, pasted, uploaded; looked at before saving; and what is said when they are wrong."""

import datetime as dt
import itertools

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import AuditEvent
from accounts.roles import Role
from papers.sheets import xlsx_bytes
from papers.sheets.cells import write_a_date
from programmes import term_dates
from programmes.models import TermDate
from programmes.services import term_dates as services
from tests.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.reading import text_of
from tests.term_dates import ESSEX_2008, YEAR_2026, calendars, give_term_dates, hidden, lines
from tests.together import at_once

SEPTEMBER = dt.date(2026, 9, 1)
HEADER = "Half term\tFirst day\tLast day\n"


def read(text):
    reading = term_dates.read_pasted(text)
    return [(row.name, row.starts_on, row.ends_on) for row in reading.rows], reading.problems


def test_rows_without_names_are_called_by_their_place_in_the_year():
    days = [f"{first:%d/%m/%Y} {last:%d/%m/%Y}" for _, first, last in YEAR_2026]

    whole, _ = read("\n".join([*days[3:], *days[:3]]))
    part, _ = read("\n".join([days[1], f"Half term before, {days[0]}"]))

    assert sorted((first, name) for name, first, _ in whole) == [
        (first, f"{term} term, {half} half")
        for (_, first, _), (term, half) in zip(
            YEAR_2026, itertools.product(["Autumn", "Spring", "Summer"], ["first", "second"]), strict=True
        )
    ]
    assert [name for name, _, _ in part] == ["Half term 2", "Half term before"]


@pytest.mark.parametrize(
    "pattern",
    [
        "{name}, {first:%-d %B %Y}, {last:%-d %B %Y}",
        "{name}: {first:%-d %B %Y} to {last:%-d %B %Y}",
        "{name}: {first:%A %-d %B %Y} \N{EN DASH} {last:%A, %-d %B %Y}",
        "{name}\t{first:%d/%m/%Y}\t{last:%d/%m/%Y}",
        "{name}\t{first:%Y-%m-%d}\t{last:%Y-%m-%d}",
        "{name} - from {first:%a %-dst of %B, %Y} until {last:%a %-dth %b %Y}",
        "{name}\nStarts {first:%-d %B %Y}\nEnds {last:%-d %B %Y}\n",
        "* {name} |{first:%d.%m.%Y}|{last:%d.%m.%Y}|",
    ],
)
def test_pasted_rows_are_read_however_they_are_written(pattern):
    rows, problems = read(lines(ESSEX_2008, pattern))

    assert problems == []
    assert [(name.removeprefix("* "), first, last) for name, first, last in rows] == ESSEX_2008


@given(calendars(), st.sampled_from(["%-d %B %Y", "%d/%m/%Y", "%Y-%m-%d", "%a %-d %b %Y"]))
def test_whatever_is_written_is_read_back(made, day):
    _, rows = made

    found, problems = read(lines(rows, "{name}, {first:" + day + "} to {last:" + day + "}"))

    assert (found, problems) == (rows, [])


def test_whole_terms_with_their_half_term_holiday_become_two_halves_each():
    text = """Autumn term: 1 September 2026 to 18 December 2026
    Half term holiday: Monday 26 October 2026 to Friday 30 October 2026
    Spring term: 4 January 2027 to 25 March 2027
    Half term: 15 February 2027 to 19 February 2027
    Summer term: 12 April 2027 to 21 July 2027
    Half term: 31 May 2027 to 4 June 2027"""

    rows, problems = read(text)

    assert problems == []
    assert [(name, f"{first:%d/%m}", f"{last:%d/%m}") for name, first, last in rows] == [
        ("Autumn term, first half", "01/09", "23/10"),
        ("Autumn term, second half", "02/11", "18/12"),
        ("Spring term, first half", "04/01", "12/02"),
        ("Spring term, second half", "22/02", "25/03"),
        ("Summer term, first half", "12/04", "28/05"),
        ("Summer term, second half", "07/06", "21/07"),
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Autumn, 1/9/26, 22/10/26", "Row 1: “1/9/26” has a year of two digits."),
        ("Autumn, 1 September 26 to 22 October 2026", "Row 1: “1 September 26” has a year of two digits."),
        ("Autumn, 1 September to 22 October 2026", "Row 1: “1 September” has no year."),
        ("Autumn, 31/9/2026, 22/10/2026", "Row 1: “31/9/2026” is not in the calendar."),
        ("Autumn, 1 September 2026", "Row 1: only 1 September 2026 can be read in “Autumn, 1 September 2026”."),
        (
            "Autumn, 1 September 2026 to 22 Otober 2026",
            "Row 1: only 1 September 2026 can be read in “Autumn, 1 September 2026 to 22 Otober 2026”. Give the first "
            "and the last day of the half term. Write each day with its month and year, such as 1 September 2026.",
        ),
        (
            "Autumn 1: 2nd Setember to 23rd Otober",
            "Row 1: no day can be read in “Autumn 1: 2nd Setember 23rd Otober”. Write each day with its month and "
            "year, such as 1 September 2026, or delete the row.",
        ),
        ("1/9/2026 22/10/2026 2/11/2026", "Row 1: there are 3 days in “1/9/2026 22/10/2026 2/11/2026”."),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line, sentence):
    rows, problems = read(line)

    assert rows == []
    assert len(problems) == 1
    assert problems[0].startswith(sentence)


def test_rows_that_say_no_day_are_names_of_the_next_days_or_left_out_and_said_so():
    text = "\n".join(
        [
            "Term dates 2026-27",
            "Half term\tFirst day\tLast day",
            "Autumn term 1",
            "1 September 2026 to 22 October 2026",
            "See also our other page",
            "Autumn term 2, 2/11/2026, 18/12/2026",
            "Published in week 3",
        ]
    )

    reading = term_dates.read_pasted(text)

    assert [(row.row, row.name) for row in reading.rows] == [(4, "Autumn term 1"), (6, "Autumn term 2")]
    assert reading.left_out == [
        (1, "Term dates 2026-27"),
        (5, "See also our other page"),
        (7, "Published in week 3"),
    ]
    assert reading.problems == []


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return client


def enter(ours, year=SEPTEMBER):
    return reverse("programmes:term_dates_enter", args=[ours.organisation.pk, year])


def saved(organisation, school=None):
    rows = TermDate.objects.filter(organisation=organisation, school=school).order_by("starts_on")
    return list(rows.values_list("name", "starts_on", "ends_on"))


@pytest.fixture
def empty(coordinator, ours):
    TermDate.objects.all().delete()
    return coordinator


def test_pasted_dates_are_looked_at_and_then_saved(empty, ours):
    address = f"{enter(ours)}?way=paste"  # the page of the text stays in the address while one looks
    look = empty.post(address, {"way": "paste", "pasted": lines(YEAR_2026)})
    before = saved(ours.organisation)

    response = empty.post(address, hidden(look) | {"save": ""}, follow=True)

    assert before == []
    assert "Wednesday 2 September 2026" in look.content.decode()
    assert saved(ours.organisation) == YEAR_2026
    assert "The term dates of 2026-27 are saved." in response.content.decode()
    assert AuditEvent.objects.filter(did="term dates saved", row=ours.organisation.pk).count() == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_uploaded_file_is_looked_at_and_then_saved(empty, ours, kind):
    table = [("Half term", "First day", "Last day"), *((n, f"{a:%d/%m/%Y}", f"{b:%d/%m/%Y}") for n, a, b in YEAR_2026)]
    content = (
        xlsx_bytes(table[0], table[1:], "Term dates")
        if kind == "xlsx"
        else "\n".join(f'"{n}",{a},{b}' for n, a, b in table).encode()
    )
    file = SimpleUploadedFile(f"dates.{kind}", content)

    look = empty.post(enter(ours), {"way": "upload", "file": file})
    empty.post(enter(ours), hidden(look) | {"save": ""})

    assert saved(ours.organisation) == YEAR_2026


def test_typed_dates_are_shown_again_to_be_changed(empty, ours):
    typed = {"seen": services.fingerprint([])}
    for n, (name, first, last) in enumerate(YEAR_2026, 1):
        typed |= {f"name_{n}": name, f"starts_on_{n}": f"{first:%-d/%-m/%Y}", f"ends_on_{n}": f"{last:%-d %B %Y}"}

    look = empty.post(enter(ours), typed)
    again = empty.post(enter(ours), hidden(look) | {"change": ""})

    assert look.templates[0].name == "programmes/term_dates_look.html"
    assert again.templates[0].name == "programmes/term_dates_hand.html"
    assert 'value="2/9/2026"' in again.content.decode()
    assert saved(ours.organisation) == []


def swapped(rows, place, name=None, first=None, last=None):
    rows = list(rows)
    was = rows[place]
    rows[place] = (name or was[0], first or was[1], last or was[2])
    return rows


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            swapped(YEAR_2026, 1, first=dt.date(2026, 10, 20)),
            "Autumn term, second half (row 2) begins on 20 October 2026, before Autumn term, first half (row 1) has "
            "ended on 23 October 2026: two half terms cannot overlap.",
        ),
        (
            swapped(YEAR_2026, 0, last=dt.date(2026, 9, 1)),
            "Autumn term, first half (row 1): the last day, 1 September 2026, is not after the first day",
        ),
        (
            swapped(YEAR_2026, 5, last=dt.date(2027, 9, 3)),
            "Summer term, second half (row 6): 3 September 2027 is outside the year, 1 September 2026 to 31 August",
        ),
        (YEAR_2026[:5], "There are 5 half terms in it. A year has 6"),
    ],
)
def test_wrong_dates_are_named_and_nothing_is_saved_and_the_text_is_still_there(empty, ours, rows, sentence):
    text = lines(rows)

    response = empty.post(enter(ours), {"way": "paste", "pasted": text})

    page = response.content.decode()
    assert sentence in page
    assert text.splitlines()[0] in page
    assert saved(ours.organisation) == []


def test_typed_dates_that_are_wrong_are_named_beside_their_cell(empty, ours):
    typed = {f"name_{n}": name for n, (name, _, _) in enumerate(YEAR_2026, 1)}
    for n, (_, first, last) in enumerate(YEAR_2026, 1):
        typed |= {f"starts_on_{n}": f"{first:%d/%m/%Y}", f"ends_on_{n}": f"{last:%d/%m/%Y}"}

    form = empty.post(enter(ours), typed | {"starts_on_3": "4/1/27", "ends_on_4": ""}).context["form"]

    assert list(form.errors) == ["starts_on_3", "ends_on_4"]
    assert form.errors["starts_on_3"][0].startswith("“4/1/27” has a year of two digits.")
    assert form.errors["ends_on_4"] == ["Half term 4: enter the last day."]
    assert form["starts_on_3"].value() == "4/1/27"


def test_a_file_of_another_kind_is_refused_in_a_sentence(empty, ours):
    wrong = [
        SimpleUploadedFile("dates.pdf", b"%PDF-1.7"),
        SimpleUploadedFile("dates.csv", b"when,who\n1,2\n"),
        SimpleUploadedFile("dates.xlsx", b"not a workbook"),
        SimpleUploadedFile("dates.csv", b"name,first day,last day\nAutumn,1/9/26,22/10/2026\n"),
    ]

    forms = [empty.post(enter(ours), {"way": "upload", "file": file}).context["form"] for file in wrong]
    said = [next(iter(form.errors.values()))[0] for form in forms]

    assert said[0] == "Choose a CSV file (.csv) or an Excel workbook (.xlsx)."
    assert said[1].startswith("Row 2: no day can be read in “1, 2”.")
    assert said[2].startswith("dates.xlsx: The file is not an Excel workbook")
    assert said[3].startswith("Row 2: “1/9/26” has a year of two digits.")


TITLED = [
    ["Quiet Council", "", "", ""],
    [],
    ["INSET", "Term", "Start date", "End date"],
    *(["7/9/2026", n, f"{a:%d/%m/%Y}", f"{b:%d/%m/%Y}"] for n, a, b in YEAR_2026),
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_unreadable_in_a_file_is_named_by_its_row_and_all_rows_stand_in_the_box(empty, ours, kind):
    table = [list(row) for row in TITLED]
    table[4][2], table[6][3] = "2/11/26", "Octobr, half"
    content = (
        xlsx_bytes(table[0], table[1:], "Term dates")
        if kind == "xlsx"
        else "\n".join(",".join(f'"{cell}"' for cell in row) for row in table).encode()
    )

    page = empty.post(enter(ours), {"way": "upload", "file": SimpleUploadedFile(f"dates.{kind}", content)})
    box = page.context["form"]["pasted"].value()
    mended = box.replace("2/11/26", "2/11/2026").replace("Octobr, half", "25/3/2027")
    look = empty.post(enter(ours), {"way": "paste", "pasted": mended.replace("\n", "\r\n")})
    empty.post(enter(ours), hidden(look) | {"save": ""})

    assert page.templates[0].name == "programmes/term_dates_paste.html"
    assert page.context["form"].errors == {
        "pasted": [
            f"Row 5: “2/11/26” has a year of two digits. {write_a_date()}",
            "Row 7: only 22 February 2027 can be read in “Spring term, second half, 22/02/2027, Octobr, half”. Give "
            "the first and the last day of the half term. Write each day with its month and year, such as 1 September "
            "2026.",
        ]
    }
    assert "4 half terms can be read already: Autumn term, first half (row 4)" in text_of(page)
    assert [line.split(",")[0] for line in box.split("\n")] == [
        "Quiet Council",
        "",
        "Term",
        *["Autumn term"] * 2,
        *["Spring term"] * 2,
        *["Summer term"] * 2,
    ]
    assert "they are left out: row 1, “Quiet Council”." in text_of(look)
    assert saved(ours.organisation) == YEAR_2026


def test_a_schools_own_dates_stand_beside_the_organisations_and_can_be_taken_back(empty, ours):
    give_term_dates(ours.organisation)
    own = swapped(YEAR_2026, 0, first=dt.date(2026, 9, 7))

    choose = reverse("programmes:own_dates", args=[ours.organisation.pk, SEPTEMBER])
    nobody = empty.post(choose, {"school": "Elsewhere"})
    chosen = empty.post(choose, {"school": ours.school.name})
    look = empty.post(chosen.url, {"way": "paste", "pasted": lines(own), "school": ours.school.pk})
    empty.post(enter(ours), hidden(look) | {"save": "", "school": ours.school.pk})
    both = saved(ours.organisation), saved(ours.organisation, ours.school)
    empty.post(reverse("programmes:own_dates_remove", args=[ours.organisation.pk, SEPTEMBER, ours.school.pk]))

    assert nobody.context["form"].errors["school"][0].startswith("No school here fits “Elsewhere”.")
    assert chosen.url == f"{enter(ours)}?school={ours.school.pk}"
    assert both == (YEAR_2026, own)
    assert (saved(ours.organisation), saved(ours.organisation, ours.school)) == (YEAR_2026, [])


def test_a_schools_own_dates_begin_as_those_of_the_organisation_and_only_there(empty, ours):
    give_term_dates(ours.organisation)
    address = f"{enter(ours)}?school={ours.school.pk}"

    first = empty.get(address)
    look = empty.post(address, hidden(first) | {"starts_on_1": "7/9/2026", "school": ours.school.pk})
    empty.post(address, hidden(look) | {"save": "", "school": ours.school.pk})
    again = empty.get(address)

    assert "The dates of" in text_of(first)
    assert "The dates of" not in text_of(again)
    assert saved(ours.organisation, ours.school) == swapped(YEAR_2026, 0, first=dt.date(2026, 9, 7))
    assert saved(ours.organisation) == YEAR_2026


def test_dates_that_someone_else_changed_meanwhile_are_not_overwritten_and_what_was_typed_is_kept(empty, ours):
    look = empty.post(enter(ours), {"way": "paste", "pasted": lines(YEAR_2026)})
    theirs = swapped(YEAR_2026, 0, first=dt.date(2026, 9, 7))
    give_term_dates(ours.organisation, theirs)

    response = empty.post(enter(ours), hidden(look) | {"save": ""})
    kept = saved(ours.organisation)
    empty.post(enter(ours), hidden(response) | {"save": ""})

    assert "Someone else saved other term dates" in response.content.decode()
    assert 'value="2/9/2026"' in response.content.decode()
    assert kept == theirs
    assert saved(ours.organisation) == YEAR_2026


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_wins_and_the_other_is_told():
    organisation, person = OrganisationFactory(), UserFactory()
    others = swapped(YEAR_2026, 0, first=dt.date(2026, 9, 7))
    seen = services.fingerprint([])

    def saving(rows):
        given = [term_dates.Given(n, *row) for n, row in enumerate(rows, 1)]
        return lambda: services.save_term_dates(person, organisation, None, SEPTEMBER, given, seen=seen)

    found = at_once(saving(YEAR_2026), saving(others), expecting=(services.ChangedMeanwhile,))

    assert sorted(isinstance(answer, services.ChangedMeanwhile) for answer in found) == [False, True]
    assert saved(organisation) in (YEAR_2026, others)


def test_saving_the_same_dates_twice_changes_nothing(db):
    organisation, person = OrganisationFactory(), MembershipFactory().user
    rows = [term_dates.Given(n, *row) for n, row in enumerate(YEAR_2026, 1)]

    for _ in range(2):
        services.save_term_dates(person, organisation, None, SEPTEMBER, rows, seen=services.fingerprint([]))

    assert saved(organisation) == YEAR_2026
    assert AuditEvent.objects.filter(did="term dates saved").count() == 1


def test_a_year_that_is_none_is_not_found(coordinator, ours):
    for year in ("2026-28", "2026-2027", "1999-00"):
        assert coordinator.get(f"/term-dates/{ours.organisation.pk}/{year}/").status_code == 404


def test_a_way_back_that_leads_elsewhere_is_not_taken(empty, ours):
    look = empty.post(enter(ours), {"way": "paste", "pasted": lines(YEAR_2026)})

    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"):
        response = empty.post(enter(ours), hidden(look) | {"save": "", "next": elsewhere})
        assert response.url == reverse("programmes:term_dates_year", args=[ours.organisation.pk, SEPTEMBER])
