"""A list of pupils, pasted or as a file: looked at, corrected in its cells, and added once."""

import datetime as dt
import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.models import DataReturn, Programme
from pupils.choosing.services import forget_lists, next_refs
from pupils.models import Place, PlaceChange, PupilList
from tests.choosing.lists import problems, text
from tests.factories import PartnershipFactory, PlaceFactory

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


@pytest.mark.usefixtures("submitted")
def test_who_joined_late_is_not_enrolled_at_the_data_points_before(choosing, ours):
    choosing.paste("Forename,Surname,Year,Joined\nUna,Byrne,5,2/11/2026\nLeo,Mbeki,5,1/9/2019\n")
    choosing.take()

    una, leo = (Place.objects.get(pupil__last_name=name) for name in ("Byrne", "Mbeki"))
    october = DataReturn.objects.get(partnership=ours.partnership, data_point__name="October")
    assert (leo.since, list(leo.assessments.all())) == (None, [])
    assert [(row.data_point.name, row.reason) for row in una.assessments.all()] == [("October", "not enrolled yet")]
    assert (october.expected, october.assessed, october.excused) == (3, 1, 1)


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


def test_what_a_row_says_otherwise_of_somebody_who_is_known_is_said_and_what_to_do(choosing, ours):
    other = PartnershipFactory(programme=ours.programme, partner_school=ours.school, subject="writing")
    pupil = PlaceFactory(
        partnership=other, pupil__first_name="Una", pupil__last_name="Byrne", pupil__year_group=5, pupil__sex="F"
    ).pupil

    page = text(choosing.paste("Forename,Surname,Year,Sex,SEN,EAL\nUna,Byrne,5,F,K,\n"))
    choosing.take()

    pupil.refresh_from_db()
    assert "Stays as it is: SEN (None, not SEN support). If the new details are right, change them afterwards" in page
    assert pupil.sen == "N"


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


def test_reception_is_r_in_the_form_too(choosing):
    choosing.by_hand(year_group="R", meant="on")

    assert choosing.added("year_group") == [(0,)]
