"""Of a Common Transfer File only the pupil's own elements are read: it is full of other people's."""

import pytest

from tests.choosing.lists import text
from tests.world import upn_of

pytestmark = pytest.mark.django_db

CONTACT = (
    "<Contacts><Contact><Surname>Contactman</Surname><Forename>Gordon</Forename><Gender>M</Gender>"
    "<UPN>{upn}</UPN></Contact></Contacts>"
)
K_NOW = "<SEN><StartDate>2024-09-01</StartDate><SENprovision>K</SENprovision></SEN>"
N_BEFORE = "<SEN><StartDate>2021-09-01</StartDate><EndDate>2024-08-31</EndDate><SENprovision>N</SENprovision></SEN>"
E_NEXT_YEAR = "<SEN><StartDate>2027-01-04</StartDate><SENprovision>E</SENprovision></SEN>"


def file(after="", before="", sen="", own="<Surname>Ashdown</Surname><Forename>Mabel</Forename><Sex>F</Sex>"):
    history = f"<SENhistory>{sen}</SENhistory>" if sen else ""
    return (
        f"<?xml version='1.0'?><CTfile><CTFpupilData><Pupil>{before}<UPN>{upn_of(4000)}</UPN>{own}"
        f"<BasicDetails><NCyearActual>5</NCyearActual></BasicDetails>{history}{after}</Pupil></CTFpupilData></CTfile>"
    )


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_contact_is_never_taken_for_the_pupil(choosing, where):
    page = text(choosing.send(file(**{where: CONTACT.format(upn=upn_of(4001))}), "list.xml"))

    kept = str(choosing.waiting.content)
    choosing.take()

    assert [word for word in ("Contactman", "Gordon", upn_of(4001)) if word in page + kept] == []
    assert "Not kept: contacts (Contacts and Contact)." in page
    assert choosing.added() == [("Mabel", "Ashdown", 5, "F", "U", "N", "U")]


def test_where_the_pupil_has_no_name_no_other_is_taken_in_its_stead(choosing):
    page = text(choosing.send(file(after=CONTACT.format(upn=""), own=""), "list.xml"))

    assert "Contactman" not in page + str(choosing.waiting.content)
    assert "There is no name" in page


@pytest.mark.parametrize(
    ("entries", "sen"),
    [
        (K_NOW + N_BEFORE, "K"),
        (N_BEFORE + K_NOW, "K"),
        (N_BEFORE.replace(">N<", ">E<"), "N"),  # ended, and nothing since
        (K_NOW + E_NEXT_YEAR, "K"),
        (K_NOW.replace("2024", "2022") + K_NOW.replace(">K<", ">E<"), "E"),  # nobody has ended the older one
        ("<SEN><SENprovision>E</SENprovision></SEN>", "E"),
    ],
)
def test_of_several_entries_of_sen_the_one_of_today_counts(choosing, entries, sen):
    choosing.send(file(sen=entries), "list.xml")
    choosing.take()

    assert choosing.added() == [("Mabel", "Ashdown", 5, "F", "U", sen, "U")]


def test_in_a_programme_of_initials_they_are_the_pupils_own(choosing, ours):
    ours.programme.initials_only = True
    ours.programme.save()

    choosing.send(file(after=CONTACT.format(upn="")), "list.xml")
    choosing.take()

    assert choosing.added() == [("M", "A", 5, "F", "U", "N", "U")]
