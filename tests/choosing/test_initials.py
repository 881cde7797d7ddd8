"""In a programme that keeps initials only nothing more of a name is kept, wherever and whenever it came."""

import pytest

from accounts.roles import Role
from programmes.models import Programme
from programmes.services.programmes import save_settings
from pupils.choosing import services
from pupils.choosing.reading import cut_to_initials
from pupils.models import PupilList, TargetPupil
from pupils.services import save_pupil
from tests.choosing.lists import text

pytestmark = pytest.mark.django_db

THREE = "Forename\tSurname\tYear\tRemark\nUna\tByrne\t5\tUnas\nLeo\tMbeki\t5\tLeos\n"


@pytest.fixture
def switch(ours):
    def to_initials():
        programme = Programme.objects.get(pk=ours.programme.pk)
        programme.initials_only = True
        save_settings(ours.people[Role.COORDINATOR], programme)

    return to_initials


def test_a_list_that_waits_when_a_programme_goes_over_to_initials_is_cut_at_once(choosing, switch):
    choosing.paste(THREE)
    number = choosing.waiting.content["rows"][0]["n"]
    choosing.check(**{f"r{number}-first_name": "Ursula"})

    switch()
    kept = str(choosing.waiting.content)
    page = text(choosing.check())
    choosing.take()

    assert [word for word in ("Una", "Ursula", "Byrne", "Leo", "Mbeki") if word in kept] == []
    assert "This programme keeps initials only: names were cut to initials." in page
    assert choosing.added("first_name", "last_name") == [("U", "B"), ("L", "M")]


def test_the_same_list_is_known_again_after_it_was_cut(choosing, switch):
    choosing.paste(THREE)
    switch()
    choosing.paste(THREE)

    assert PupilList.objects.waiting().count() == 1


def test_a_page_that_was_open_before_writes_no_name_back(choosing, switch):
    choosing.paste(THREE)
    open_page = choosing.waiting
    switch()
    services.keep_content(open_page, open_page.content)

    assert "Mbeki" not in str(choosing.waiting.content)


def test_what_is_read_before_the_change_and_kept_after_it_is_cut(choosing, ours, switch):
    choosing.paste(THREE)
    content = choosing.waiting.content
    PupilList.objects.all().delete()
    switch()

    services.keep_list(ours.people[Role.PARTNER], ours.partnership, content, pasted=True)

    assert "Mbeki" not in str(choosing.waiting.content)


def test_details_saved_by_whoever_still_has_the_old_page_are_cut(ours, switch):
    pupil = TargetPupil.objects.select_related("programme").get(pk=ours.place.pupil_id)
    switch()
    pupil.first_name, pupil.last_name = "Una", "byrne"

    save_pupil(ours.people[Role.PARTNER], pupil)

    assert TargetPupil.objects.filter(pk=pupil.pk).values_list("first_name", "last_name").get() == ("U", "B")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("AB", "A B"),
        ("C.D.", "C D"),
        ("c.d", "C D"),
        ("A B", "A B"),
        ("E. F.", "E F"),
        ("A.B.C.", "A C"),
        ("John Smith", "J S"),
        ("Smith, John", "J S"),
        ("J. Smith", "J S"),
        ("Jo", "J"),
        ("\xd3B", "\xd3 B"),
        ("A", "A"),
        ("", ""),
    ],
)
def test_two_initials_are_two_however_they_are_written(given, kept):
    assert cut_to_initials(given, True) == kept
    assert cut_to_initials(kept, True) == kept


def test_a_column_of_initials_is_known_by_its_name(choosing, switch):
    switch()
    choosing.paste("Initials\tYear\nAB\t5\nC.D.\t5\nE F\t5\n")
    choosing.take()

    assert choosing.added("first_name", "last_name") == [("A", "B"), ("C", "D"), ("E", "F")]


def test_initials_without_names_of_columns_are_read_too(choosing, switch):
    switch()
    choosing.paste("AB\t5\nC.D.\t5\nJohn Smith\t5\nE F\t5\n")
    choosing.take()

    assert choosing.added("first_name", "last_name") == [("A", "B"), ("C", "D"), ("J", "S"), ("E", "F")]


def test_initials_beside_a_surname_do_not_take_its_place(choosing):
    choosing.paste("Surname\tInitials\tYear\nByrne\tUV\t5\n")

    assert [(column["header"], column["field"]) for column in choosing.waiting.content["columns"]][:2] == [
        ("Surname", "last_name"),
        ("Initials", ""),
    ]


def test_the_page_asks_for_what_the_programme_keeps(choosing, switch):
    switch()
    page = text(choosing.client.get(choosing.page))
    refused = text(choosing.paste("Year\tSex\n5\tF\n"))

    assert "Initials and year group are enough" in page
    assert "Forename, surname" not in page
    assert "Initials and Year group" in refused
