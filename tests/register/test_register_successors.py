"""Which school followed which, as the links of the register say it."""

import datetime as dt

import pytest

from accounts.models import SchoolLink
from bench.registers import Establishment
from tests.registers import GONE, bring_up_to_date, confirm, elm, kinds_by_urn, oak, preview, register_of

pytestmark = pytest.mark.django_db


def academy(**fields):
    return Establishment(
        **{"urn": 140001, "la": 881, "name": "Oak Academy", "number": "2000", "type": "Academy converter"} | fields
    )


def test_a_school_that_became_an_academy_is_told_with_its_successor(client, amira, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak(), elm()))
    register = register_of(oak(**GONE), elm(), academy())
    register.follow(123456, 140001)

    file = preview(client, tmp_path, register)
    confirm(client, file)

    assert kinds_by_urn(file) == {123456: ["academy", "closed"], 140001: ["new"]}
    assert file.changes.get(urn="123456").fields["successor"] == [None, "Oak Academy (140001)"]
    link = SchoolLink.objects.get()
    assert (link.predecessor.urn, link.successor.urn, link.kind) == ("123456", "140001", "succeeded")
    assert link.established_on == dt.date(2026, 9, 1)


def test_two_schools_that_merged_are_told_whatever_the_links_call_it(client, amira, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak(), elm()))
    both = Establishment(urn=140002, la=881, name="Oak and Elm", number="2003")
    register = register_of(oak(**GONE), elm(**GONE), both)
    register.follow(123456, 140002)
    register.follow(123457, 140002, "Successor - amalgamated")

    file = preview(client, tmp_path, register)
    confirm(client, file)

    assert kinds_by_urn(file) == {123456: ["closed", "merged"], 123457: ["closed", "merged"], 140002: ["new"]}
    assert dict(SchoolLink.objects.values_list("predecessor__urn", "kind")) == {
        "123456": "succeeded",
        "123457": "merged",
    }


def test_a_successor_that_becomes_known_later_is_told_then(client, amira, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak(), elm()))
    bring_up_to_date(client, tmp_path, register_of(oak(**GONE), elm()))
    register = register_of(oak(**GONE), elm())
    register.follow(123456, 123457)

    file = bring_up_to_date(client, tmp_path, register)
    again = preview(client, tmp_path, register)

    assert kinds_by_urn(file) == {123456: ["succeeded"]}
    assert (again.changes_nothing, again.links_count) == (True, 0)


def test_links_that_are_not_ours_or_lead_nowhere_are_left_out(client, amira, tmp_path):
    register = register_of(oak(), elm())
    register.links = [
        (123456, 999999, "Far School", "Successor", ""),
        (123456, 123457, "Elm School", "Sixth Form Centre Link", ""),
        (123456, 123456, "Oak School", "Successor", ""),
        ("x", 123457, "Elm School", "Predecessor", "31-02-2020"),
    ]

    bring_up_to_date(client, tmp_path, register)

    assert not SchoolLink.objects.exists()
