"""How a list of pupils is read, whatever program wrote it: its columns, its header, its sheets and its days."""

import datetime as dt
import io

import pytest
from xlsxwriter import Workbook

from papers.sheets import xlsx_bytes
from pupils.models import PupilList, TargetPupil
from tests.choosing.lists import text
from tests.world import upn_of

pytestmark = pytest.mark.django_db


def test_columns_that_are_not_needed_are_named_and_never_kept(choosing):
    look = text(
        choosing.paste(
            "Legal Forename;Legal Surname;Year Group;DOB;Ethnicity;Address;Religion;Mother's phone;Allergies;KS1 level;"
            "House\n"
            "Una;Byrne;5;01/02/2016;WBRI;1 Mill Lane;None;07700900000;Nuts;2b;Red\n"
        )
    )

    kept = str(choosing.waiting.content)
    assert "Not kept: " in look
    for said in (
        "an address (Address and House)",
        "contacts (Mother's phone)",
        "ethnicity (Ethnicity)",
        "the date of birth (DOB)",
    ):
        assert said in look
    assert "grades, which are entered in the data return (KS1 level)" in look
    assert [word for word in ("2016", "WBRI", "Mill", "07700", "Nuts", "2b", "Red") if word in kept] == []


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Surname,Forename,Reg,Year,Gender,PP Indicator,SEN Status,EAL,UPN", "Byrne,Una,5B,Year  5,F,T,K,F,{upn}"),
        (
            "First name,Last name,Registration form,Year Group,Sex,Is pupil premium recipient,SEN provision,Is EAL,"
            "Unique Pupil Number (UPN)",
            "Una,Byrne,5B,5,Female,Yes,SEN support,No,{upn}",
        ),
        (
            "Preferred First Name,Legal First Name,Preferred Last Name,Tutor Group,Year Group,Gender,"
            "Pupil Premium Indicator,SEN Code,EAL,UPN",
            "Una,Unaline,Byrne,5B,Y5,Female,True,K,False,{upn}",
        ),
        ("Forename,Surname,Class,Year,Gender,Pupil Premium,SEN,EAL,UPN", "Una,Byrne,5B,5,F,Y,K,N,{upn}"),
        (
            "Pupil Name,Class,Year Group,Gender,Pupil Premium,SEN Status,EAL,UPN",
            '"Byrne, Una",5B,5,Girl,1,SEN Support,0,{upn}',
        ),
    ],
    ids=["SIMS", "Arbor", "Bromcom", "ScholarPack", "Insight"],
)
def test_the_columns_of_the_usual_systems_are_known(choosing, header, row):
    choosing.send(f"{header}\n{row.format(upn=upn_of(4000))}\n")

    choosing.take()

    assert choosing.added() == [("Una", "Byrne", 5, "F", "Y", "K", "N")]
    assert TargetPupil.objects.get(last_name="Byrne").upn == upn_of(4000)
    assert choosing.places()[-1][1] == "5B"


def test_without_a_row_of_names_columns_are_guessed_shown_and_corrected(choosing):
    page = text(choosing.paste(f"Byrne\tUna\t5\tF\t{upn_of(4000)}\nMbeki\tLeo\t5\tM\t\n"))
    columns = f"{choosing.waiting.get_absolute_url()}columns/"

    choosing.client.post(columns, {"c0": "last_name", "c1": "first_name"})
    twice = choosing.client.post(columns, {"c0": "first_name"}, follow=True)
    choosing.take()

    assert "the columns are guessed" in page
    assert "Two columns cannot both be “Forename”." in text(twice)
    assert choosing.added("first_name", "last_name", "sex") == [("Una", "Byrne", "F"), ("Leo", "Mbeki", "M")]


def test_the_header_may_stand_in_row_three_under_a_title(choosing):
    page = text(choosing.paste("Class list 5B\n\nSurname, Forename ,  NC Year\n Byrne ,Una,5\n"))

    choosing.take()

    assert "The names of the columns stand in row 3." in page
    assert choosing.added("first_name", "last_name") == [("Una", "Byrne")]


def test_a_workbook_is_read_as_well(choosing):
    data = xlsx_bytes(["Forename", "Surname", "Year", "Joined"], [["Una", "Byrne", 5, dt.date(2026, 11, 2)]], "Class")

    choosing.send(data, "Class 5B.xlsx")
    choosing.take()

    assert choosing.places()[-1] == ("Una Byrne", "", dt.date(2026, 11, 2))


def workbook(**sheets):
    file = io.BytesIO()
    with Workbook(file) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return file.getvalue()


def test_of_a_workbook_with_a_cover_the_sheet_of_the_pupils_is_read_and_named(choosing):
    cover = [["Ourside Primary School"], ["Printed on 27 November"]]
    pupils = [["Forename", "Surname", "Year"], ["Una", "Byrne", 5]]

    page = text(choosing.send(workbook(Cover=cover, Pupils=pupils), "Class 5B.xlsx"))
    choosing.take()

    assert "Of the workbook one sheet was read: “Pupils”. The others were not." in page
    assert choosing.added("first_name", "last_name") == [("Una", "Byrne")]


def test_where_no_sheet_has_pupils_it_is_said_which_was_read(choosing):
    page = text(choosing.send(workbook(Cover=[["1"], ["2"]], Rest=[["3"]]), "Class 5B.xlsx"))

    assert "Only its first sheet, “Cover”, was read." in page


@pytest.mark.parametrize(
    ("days", "order", "kept"),
    [
        (["07/10/2026", "05/11/2026"], "day, month, year: 07/10/2026 is Wednesday 7 October 2026", [(10, 7), (11, 5)]),
        (["10/13/2026", "11/05/2026"], "month, day, year: 10/13/2026 is Tuesday 13 October 2026", [(10, 13), (11, 5)]),
        (["46302", "2026-11-05"], "day, month, year: 46302 is Wednesday 7 October 2026", [(10, 7), (11, 5)]),
        (["7 Oct 2026", "5.11.26"], "day, month, year: 7 Oct 2026 is Wednesday 7 October 2026", [(10, 7), (11, 5)]),
    ],
)
def test_how_days_are_read_is_shown_before_anything_is_kept(choosing, days, order, kept):
    page = text(choosing.paste(f"Forename,Surname,Year,Date joined\nUna,Byrne,5,{days[0]}\nLeo,Mbeki,5,{days[1]}\n"))

    choosing.take()

    assert f"Days are read as {order}" in page
    assert [(since.month, since.day) for _, _, since in choosing.places()[1:]] == kept


def test_a_transfer_file_gives_six_things_of_each_pupil(choosing):
    page = text(choosing.send(transfer_file(), "1999999_CTF_1992000_001.xml"))

    kept = str(choosing.waiting.content)
    choosing.take()

    assert "the date of birth (DOB)" in page
    assert [word for word in ("2016", "WBRI", "Mill Lane", "Catholic") if word in kept] == []
    assert choosing.added() == [("Una", "Byrne", 5, "F", "U", "K", "U"), ("Leo", "Mbeki", 5, "M", "U", "N", "U")]
    assert TargetPupil.objects.get(last_name="Byrne").upn == upn_of(4000)


def transfer_file(before="", una="Una"):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<CTfile><Header><DocumentName>CTF</DocumentName></Header>'
        f"<CTFpupilData><Pupil><UPN>{upn_of(4000)}</UPN><Surname>Byrne</Surname><Forename>{una}</Forename>"
        "<DOB>2016-02-01</DOB>"
        "<Sex>F</Sex><BasicDetails><NCyearActual>5</NCyearActual><Ethnicity>WBRI</Ethnicity><Religion>Catholic</Religion>"
        "</BasicDetails><SENhistory><SEN><StartDate>2025-01-01</StartDate><SENprovision>K</SENprovision></SEN></SENhistory>"
        "<Address><Street>Mill Lane</Street></Address></Pupil>"
        "<Pupil><Surname>Mbeki</Surname><Forename>Leo</Forename><Gender>M</Gender><BasicDetails><NCyearActual>5</NCyearActual>"
        "</BasicDetails></Pupil></CTFpupilData></CTfile>"
    )


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE CTfile [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE CTfile SYSTEM "http://127.0.0.1:1/x.dtd">',
        "<!DOCTYPE CTfile ["
        + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(12))
        + "]>",
    ],
    ids=["a file", "an address", "a bomb"],
)
def test_a_transfer_file_that_reaches_outside_is_refused(choosing, before):
    answer = text(choosing.send(transfer_file(before, una="&x;"), "list.xml"))

    assert "The file has a DOCTYPE, which a transfer file never has" in answer
    assert not PupilList.objects.exists()


def test_what_is_taken_for_something_else_is_said_in_its_cell(choosing):
    page = text(choosing.paste("Forename\tSurname\tYear\tSex\tSEN\nZoe\tLuk\t5\tX\t\nAnn\tLee\t5\tF\tK"))

    assert "\u201cX\u201d is kept as not recorded" in page
    assert page.count("Blank is taken as none") == 1


def test_what_cannot_be_read_is_refused_in_words_that_fit(choosing):
    row = "Forename\tSurname\tYear\n"

    assert "Make the transfer file anew" not in text(choosing.paste("<b>Name</b>\tx\nAnn\tLee"))
    assert "Null characters" not in text(choosing.paste(row + "A\0nn\tLee\t5"))
    assert "There are more than 1,000 pupils in it" in text(choosing.paste(row + "Ann\tLee\t5\n" * 1200))
