"""A list of pupils, pasted or as a file: looked at, corrected in its cells, and added once."""

import datetime as dt
import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from xlsxwriter import Workbook

from accounts.models import AuditEvent
from accounts.roles import Role
from papers.sheets import xlsx_bytes
from programmes.models import DataReturn, Programme
from pupils.choosing.services import forget_lists, next_refs
from pupils.models import Place, PlaceChange, PupilList, TargetPupil
from tests.choosing.lists import problems, text
from tests.factories import PartnershipFactory, PlaceFactory
from tests.world import upn_of

pytestmark = pytest.mark.django_db

THREE = "Forename\tSurname\tYear\nUna\tByrne\t5\nLeo\tMbeki\tYear 5\nNed\tPatel\tY5\n"


def test_a_pasted_list_is_looked_at_then_added_and_nothing_is_written_before(choosing):
    look = text(choosing.paste(THREE))
    before = choosing.added()

    added = text(choosing.take())

    assert "Check 3 rows before adding 3 target pupils" in look
    assert before == []
    assert "3 target pupils are added." in added
    assert choosing.added() == [
        ("Una", "Byrne", 5, "", "U", "N", "U"),
        ("Leo", "Mbeki", 5, "", "U", "N", "U"),
        ("Ned", "Patel", 5, "", "U", "N", "U"),
    ]
    assert (
        DataReturn.objects.filter(partnership=choosing.partnership).values_list("expected", flat=True).distinct().get()
        == 4
    )
    assert PlaceChange.objects.filter(what="chosen", on=dt.date(2026, 11, 27)).count() == 3


def test_what_is_wrong_stands_in_its_cell_and_is_mended_there(choosing):
    look = choosing.paste(
        "Forename,Surname,Year group,SEN,UPN\nUna,Byrne,fifth,K,\nLeo,Mbeki,5,maybe,A12\nNed,P4tel,5,,\n"
    )

    first = problems(look)
    again = problems(choosing.check(**{"r2-year_group": "5", "r3-sen": "E", "r3-upn": "", "r4-last_name": "P4tel"}))
    choosing.take(**{"r4-last_name": "Patel"})

    assert first == [
        ("Row 2, U.B., Year group", "“fifth” is not a year group. Enter its number, such as 5, or R for Reception."),
        ("Row 3, L.M., SEN", "“maybe” can mean several things, or nothing. Choose none, SEN support or a plan."),
        (
            "Row 3, L.M., UPN",
            "A UPN is a letter and 12 digits, or a letter, 11 digits and a letter. "
            "Copy it again from your management system, or leave it blank.",
        ),
        ("Row 4, N.P., Surname", "“P4tel” is no name. Enter the name in letters, or an initial."),
    ]
    assert [where for where, _ in again] == ["Row 4, N.P., Surname"]
    assert choosing.added("first_name", "last_name", "sen") == [
        ("Una", "Byrne", "K"),
        ("Leo", "Mbeki", "E"),
        ("Ned", "Patel", "N"),
    ]


def test_a_list_with_something_wrong_is_not_added_even_when_it_is_asked_for(choosing):
    choosing.paste("Forename,Surname,Year\nUna,Byrne,5\nLeo,Mbeki,x\n")

    answer = text(choosing.take())

    assert "Some cells are to be mended first" in answer
    assert choosing.added() == []


def test_rows_can_be_left_out_and_taken_again(choosing):
    choosing.paste(THREE)
    choosing.check(**{"r3-out": "on"})

    page = text(choosing.client.get(choosing.waiting.get_absolute_url()))
    choosing.client.post(f"{choosing.waiting.get_absolute_url()}rows/", {"take": ["3", "4"]})
    choosing.take()

    assert "1 row is left out." in page
    assert choosing.added("first_name") == [("Leo",), ("Ned",)]


def test_of_a_class_list_the_target_pupils_are_ticked(choosing):
    names = [f"Pupil{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(30)]
    page = choosing.paste(
        "Forename,Surname,Year,Class\n" + "".join(f"{name},Shaw,{4 + n % 2},5B\n" for n, name in enumerate(names))
    )
    nobody = choosing.client.post(f"{choosing.waiting.get_absolute_url()}rows/", {})

    choosing.client.post(f"{choosing.waiting.get_absolute_url()}rows/", {"take": ["3", "5"]})
    choosing.take()

    assert "Which of the 30 are target pupils?" in text(page)
    assert "Tick the pupils whom you want to add." in text(nobody)
    assert choosing.places()[1:] == [("Pupilab Shaw", "5B", None), ("Pupilad Shaw", "5B", None)]


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


@pytest.mark.usefixtures("submitted")
def test_who_joined_late_is_not_enrolled_at_the_data_points_before(choosing, ours):
    choosing.paste("Forename,Surname,Year,Joined\nUna,Byrne,5,2/11/2026\nLeo,Mbeki,5,1/9/2019\n")
    choosing.take()

    una, leo = (Place.objects.get(pupil__last_name=name) for name in ("Byrne", "Mbeki"))
    october = DataReturn.objects.get(partnership=ours.partnership, data_point__name="October")
    assert (leo.since, list(leo.assessments.all())) == (None, [])
    assert [(row.data_point.name, row.reason) for row in una.assessments.all()] == [("October", "not enrolled yet")]
    assert (october.expected, october.assessed, october.excused) == (3, 1, 1)


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


def test_a_pupil_who_is_there_already_is_not_doubled(choosing, ours):
    page = text(
        choosing.paste(
            f"Forename,Surname,Year,UPN\nSomeone,Else,5,{ours.upn}\nOURSIDEFORENAME,oursidefamily,5,\nUna,Byrne,5,\n"
        )
    )

    choosing.take()

    assert page.count("Already a target pupil here") == 2
    assert choosing.added("first_name") == [("Una",)]


def test_another_pupil_of_the_same_name_is_one_when_somebody_says_so(choosing):
    choosing.paste("Forename,Surname,Year\nOursideForename,OursideFamily,5\nUna,Byrne,5\nUna,Byrne,5\n")
    look = text(choosing.client.get(choosing.waiting.get_absolute_url()))

    choosing.take(**{"r2-as": "another", "r4-as": "another"})

    assert "The same as row 3" in look
    assert choosing.added("first_name") == [("OursideForename",), ("Una",), ("Una",)]


def test_a_pupil_of_another_partnership_gets_a_second_place(choosing, ours):
    other = PartnershipFactory(programme=ours.programme, partner_school=ours.school, subject="writing")
    pupil = PlaceFactory(
        partnership=other, pupil__first_name="Una", pupil__last_name="Byrne", pupil__year_group=5
    ).pupil
    choosing.before.add(pupil.pk)

    page = text(choosing.paste("Forename,Surname,Year\nUna,Byrne,5\n"))
    choosing.take()

    assert "Same pupil: second place" in page
    assert "Has a place in writing" in page
    assert choosing.added() == []
    assert pupil.places.count() == 2


def test_a_pupil_has_one_place_in_a_subject(choosing, ours):
    other = PartnershipFactory(programme=ours.programme, partner_school=ours.school, subject="maths")
    PlaceFactory(partnership=other, pupil__first_name="Una", pupil__last_name="Byrne", pupil__year_group=5)

    page = text(choosing.paste("Forename,Surname,Year\nUna,Byrne,5\n"))
    answer = text(choosing.take())

    assert f"Has a place in maths already, with {other.specialist.user}" in page
    assert "No pupil would be added" in answer


def test_the_number_of_another_schools_pupil_is_refused_in_words(choosing, world):
    next_door = world[1]

    page = choosing.paste(f"Forename,Surname,Year,UPN\nUna,Byrne,5,{next_door.upn}\n")

    assert problems(page)[0][1].startswith("This UPN cannot be entered for this pupil.")
    assert "Nextdoor" not in page.content.decode()


def test_the_same_list_twice_is_known(choosing, ours):
    choosing.paste(THREE)
    first = choosing.waiting
    choosing.paste(THREE)
    one = PupilList.objects.waiting().get()
    choosing.take()
    choosing.client.force_login(ours.people[Role.SPECIALIST])

    page = text(choosing.paste(THREE))

    assert one == first
    assert (
        f"The same list was read before, on 27 November 2026 by {ours.people[Role.PARTNER]}: 3 pupils were added."
        in page
    )
    assert page.count("Already a target pupil here") == 3


def test_a_list_is_encrypted_while_it_waits_and_gone_when_it_ended(choosing):
    choosing.paste(THREE)

    stored = [row_in_database()]
    choosing.take()
    stored += [row_in_database()]

    assert [("Mbeki" in row, len(row) > 1000) for row in stored] == [(False, True), (False, False)]


def test_a_list_that_waits_is_encrypted_anew_with_a_new_key(choosing, settings):
    choosing.paste(THREE)
    settings.UPN_KEYS = [Fernet.generate_key().decode(), *settings.UPN_KEYS]

    call_command("rotate_keys", stdout=io.StringIO())
    settings.UPN_KEYS = settings.UPN_KEYS[:1]

    assert "Mbeki" in str(choosing.waiting.content)


def row_in_database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text, content FROM pupils_pupillist AS t ORDER BY id DESC LIMIT 1")
        row, content = cursor.fetchone()
        return row + bytes(content).decode("latin-1")


def test_a_paste_that_is_too_long_is_refused_in_words(choosing):
    long = text(choosing.paste("Una\tByrne\t5\n" * 40_000))
    longer = choosing.paste("Una\tByrne\t5\n" * 300_000)

    assert "That is too much at once: paste the rows of one class or year group." in long
    assert longer.status_code == 400
    assert "If you pasted very much at once, paste less of it, or send it as a file." in text(longer)
    assert not PupilList.objects.exists()


def test_a_list_is_set_aside_or_forgotten_after_a_week(choosing, time_machine):
    choosing.paste(THREE)
    choosing.client.post(f"{choosing.waiting.get_absolute_url()}set-aside/")
    choosing.paste(THREE)

    time_machine.move_to(dt.datetime(2026, 12, 4, 8, 59, tzinfo=dt.UTC))
    early = forget_lists()
    time_machine.move_to(dt.datetime(2026, 12, 4, 9, 1, tzinfo=dt.UTC))
    late = forget_lists()

    assert (early, late) == (0, 1)
    assert list(PupilList.objects.values_list("state", "content")) == [("forgotten", None), ("set aside", None)]
    assert choosing.added() == []


def test_names_are_cut_to_initials_before_anything_is_stored(choosing, ours):
    Programme.objects.filter(pk=ours.programme.pk).update(initials_only=True)

    page = text(choosing.paste('Name,Year\nUna Byrne,5\n"Mbeki, Leo",5\n'))
    kept = str(choosing.waiting.content)
    choosing.take()

    assert "names were cut to initials" in page
    assert "yrne" not in kept
    assert "beki" not in kept
    assert choosing.added("first_name", "last_name") == [("U", "B"), ("L", "M")]


def test_more_than_six_and_another_year_group_are_said_and_in_nobodys_way(choosing):
    rows = "".join(f"Una{name},Byrne,6\n" for name in "abcdefg")

    page = text(choosing.paste(f"Forename,Surname,Year\n{rows}"))
    choosing.take()

    assert "With these there would be 8 target pupils." in page
    assert page.count("Not Year 5") == 7
    assert len(choosing.added()) == 7


@pytest.mark.parametrize(
    ("status", "words"),
    [("paused", "The partnership is paused"), ("folded", "has folded"), ("completed", "is completed")],
)
def test_where_nothing_is_entered_the_page_says_why(choosing, status, words):
    choosing.paste(THREE)
    ended = dt.date(2026, 11, 1) if status != "paused" else None
    type(choosing.partnership).objects.filter(pk=choosing.partnership.pk).update(status=status, ended_on=ended)

    answers = [text(choosing.take()), text(choosing.paste(THREE)), text(choosing.by_hand())]

    assert ["No pupil can be added." in answer and words in answer for answer in answers] == [True] * 3
    assert choosing.added() == []


def test_a_closed_programme_takes_nobody(choosing, ours):
    Programme.objects.filter(pk=ours.programme.pk).update(status="closed")

    assert "The programme is closed" in text(choosing.paste(THREE))


def test_references_go_on_where_those_of_the_programme_end(ours):
    PlaceFactory(partnership=ours.partnership, pupil__ref="C068")

    assert next_refs(ours.programme, 2) == ["C069", "C070"]


def test_what_somebody_did_is_recorded_in_ids(choosing, ours):
    choosing.paste(THREE)
    choosing.take()

    did = AuditEvent.objects.filter(who=ours.people[Role.PARTNER], did__startswith="pupils.").order_by("pk")
    assert list(did.values_list("did", flat=True)) == [
        "pupils.sent",
        "pupils.list_viewed",
        "pupils.chosen",
        "pupils.chosen",
        "pupils.chosen",
        "pupils.list_taken",
        "pupils.listed",
    ]


def test_somebody_of_nearly_this_name_is_named(choosing):
    choosing.by_hand(first_name="Zo\xeb", last_name="O\u2019Brien-\u0141uk")

    page = choosing.paste("Forename\tSurname\tYear\nZoe\tO'Brien Luk\t5")

    assert "Somebody of nearly this name is there: Zo\xeb O\u2019Brien-\u0141uk, Year 5" in text(page)


def test_what_is_taken_for_something_else_is_said_in_its_cell(choosing):
    page = text(choosing.paste("Forename\tSurname\tYear\tSex\tSEN\nZoe\tLuk\t5\tX\t\nAnn\tLee\t5\tF\tK"))

    assert "\u201cX\u201d is kept as not recorded" in page
    assert page.count("Blank is taken as none") == 1


def test_what_cannot_be_read_is_refused_in_words_that_fit(choosing):
    row = "Forename\tSurname\tYear\n"

    assert "Make the transfer file anew" not in text(choosing.paste("<b>Name</b>\tx\nAnn\tLee"))
    assert "Null characters" not in text(choosing.paste(row + "A\0nn\tLee\t5"))
    assert "There are more than 1,000 pupils in it" in text(choosing.paste(row + "Ann\tLee\t5\n" * 1200))


def test_reception_is_r_in_the_form_too(choosing):
    choosing.by_hand(year_group="R", meant="on")

    assert choosing.added("year_group") == [(0,)]
