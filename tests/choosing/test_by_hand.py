"""Target pupils typed one after another."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from accounts.roles import Role
from programmes.models import Programme
from pupils.choosing.forms import AddPupilForm
from pupils.choosing.services import NotNow, add
from pupils.models import TargetPupil
from tests.choosing.lists import text
from tests.factories import PartnershipFactory, PlaceFactory
from tests.world import upn_of

pytestmark = pytest.mark.django_db


def test_pupils_are_added_one_after_another(choosing):
    first = choosing.by_hand(another="on", class_name="5B", upn=upn_of(4000), sex="F")
    second = choosing.by_hand(first_name="Leo", last_name="Mbeki", since="2/11/2026")

    assert "Una Byrne is a target pupil now, with the reference C" in text(first)
    assert first.redirect_chain[-1][0].endswith("/add/")
    assert "3 target pupils" in text(second)
    assert choosing.places()[1:] == [("Una Byrne", "5B", None), ("Leo Mbeki", "", dt.date(2026, 11, 2))]
    assert TargetPupil.objects.get(last_name="Byrne").upn == upn_of(4000)


def test_the_year_group_of_the_partnership_stands_in_its_box(choosing):
    page = choosing.client.get(reverse("pupils:add", args=[choosing.partnership.pk])).content.decode()

    assert re.search(r'<input[^>]*name="year_group"[^>]*value="5"', page)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"first_name": "", "last_name": ""}, "Enter the forename or its initial."),
        ({"year_group": "x"}, "Enter the year group as a number up to 13, or R for Reception."),
        ({"upn": "A12"}, "A UPN is a letter and 12 digits"),
        ({"since": "2/11/2027"}, "Enter a day up to 31/8/2027, the end of the programme."),
        ({"last_name": "=1+1"}, "Enter the name in letters, or an initial."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_added(choosing, typed, sentence):
    assert sentence in text(choosing.by_hand(**typed))
    assert choosing.added() == []


def test_somebody_who_is_there_is_asked_about(choosing):
    named = {"first_name": "OursideForename", "last_name": "OursideFamily"}

    asked = text(choosing.by_hand(**named))
    choosing.by_hand(**named, known="another")

    assert "Already a target pupil here. Say so if it is another pupil of the same name." in asked
    assert choosing.added("first_name") == [("OursideForename",)]


def test_somebody_of_this_name_in_another_year_group_is_asked_about_too(choosing):
    named = {"first_name": "OursideForename", "last_name": "OursideFamily", "year_group": 4}

    page = choosing.by_hand(**named)
    asked, before = text(page), choosing.added()
    choosing.by_hand(**named, known="another")

    assert re.search(r'<input[^>]*name="known"[^>]*value="another"', page.content.decode())
    assert "Somebody of nearly this name is there: OursideForename OursideFamily, Year 5. Say so if" in asked
    assert before == []
    assert choosing.added("first_name", "year_group") == [("OursideForename", 4)]


def test_a_year_group_far_from_that_of_the_partnership_is_asked_about(choosing):
    page = choosing.by_hand(year_group=11)
    asked, before = text(page), choosing.added()
    choosing.by_hand(year_group=11, meant="on")
    choosing.by_hand(first_name="Leo", year_group=6)

    assert re.search(r'<input[^>]*name="meant"', page.content.decode())
    assert "The partnership is for Year 5. Tick this if Year 11 is meant." in asked
    assert before == []
    assert choosing.added("first_name", "year_group") == [("Una", 11), ("Leo", 6)]


def test_the_number_of_somebody_who_is_there_is_not_taken_twice(choosing, ours, world):
    here = text(choosing.by_hand(upn=ours.upn))
    elsewhere = text(choosing.by_hand(upn=world[1].upn))

    assert "Already a target pupil here. Nobody is added twice." in here
    assert "This UPN cannot be entered for this pupil." in elsewhere
    assert choosing.added() == []


def test_a_pupil_of_another_subject_gets_a_second_place(choosing, ours):
    other = PartnershipFactory(programme=ours.programme, partner_school=ours.school, subject="writing")
    pupil = PlaceFactory(
        partnership=other, pupil__first_name="Una", pupil__last_name="Byrne", pupil__year_group=5
    ).pupil
    choosing.before.add(pupil.pk)

    asked = text(choosing.by_hand())
    choosing.by_hand(known="same")

    assert "Has a place in writing. Say whom you mean." in asked
    assert choosing.added() == []
    assert pupil.places.count() == 2


def test_a_picture_is_no_name(choosing):
    assert "Enter the name in letters, or an initial." in text(
        choosing.by_hand(first_name="\N{SMILING FACE WITH HALO}")
    )
    assert choosing.added() == []


def test_of_two_who_add_the_same_pupil_at_one_moment_the_second_is_told(ours, choosing):
    forms = [form_of(ours) for _ in range(2)]
    assert [form.is_valid() for form in forms] == [True, True]
    first, second = forms
    person = ours.people[Role.PARTNER]

    add(person, ours.partnership, first.pupil, line=first.line)
    with pytest.raises(NotNow, match="Somebody changed the target pupils at the same moment"):
        add(person, ours.partnership, second.pupil, line=second.line)

    assert choosing.added("first_name") == [("Una",)]


def form_of(ours):
    typed = {"first_name": "Una", "last_name": "Byrne", "year_group": "5"}
    typed |= {"pupil_premium": "U", "sen": "N", "eal": "U", "joined": "beginning"}
    return AddPupilForm(typed, instance=TargetPupil(programme=ours.programme), partnership=ours.partnership)


def test_where_initials_are_kept_no_name_is(choosing, ours):
    Programme.objects.filter(pk=ours.programme.pk).update(initials_only=True)

    refused = text(choosing.by_hand())
    choosing.by_hand(first_name="U.", last_name="B")

    assert "This programme keeps initials only: give one letter." in refused
    assert choosing.added("first_name", "last_name") == [("U", "B")]
