"""The changes that a file of the register would make, shown before anything is written."""

import pytest

from accounts.models import School
from bench.registers import generate
from tests.factories import PartnershipFactory, ProgrammeFactory, SchoolFactory
from tests.registers import all_schools, bring_up_to_date, elm, kinds_by_urn, oak, page_of, preview, register_of

pytestmark = pytest.mark.django_db


def test_nothing_is_written_before_someone_confirms(client, amira, tmp_path):
    file = preview(client, tmp_path, register_of(oak(), elm()))

    page = page_of(client, file)

    assert not School.objects.exists()
    assert (file.schools, file.changes_count, file.counts) == (2, 2, {"new": 2})
    assert "2 schools would change" in page
    assert "Nothing is written yet." in page
    assert "New in the register 2" in page


CHANGES = {
    "renamed": ({}, {"name": "Oak Hill School"}, ["renamed"]),
    "closed": ({}, {"status": "Closed", "closed": "31-08-2026"}, ["closed"]),
    "proposed to close": ({}, {"status": "Open, but proposed to close"}, ["closing"]),
    "open again": ({"status": "Closed"}, {}, ["reopened"]),
    "opened": ({"status": "Proposed to open"}, {}, ["opened"]),
    "moved": ({}, {"la": 886}, ["moved"]),
    "other details": ({"pupils": "10"}, {"pupils": "11"}, ["details"]),
    "a new head": ({"head": "Mrs|Ada|Quell"}, {"head": "Mr|Ben|Orrick"}, ["details"]),
    "several at once": ({}, {"name": "Oak", "la": 886, "pupils": "9"}, ["details", "moved", "renamed"]),
    "nothing": ({}, {}, None),
}


@pytest.mark.parametrize(("before", "after", "kinds"), CHANGES.values(), ids=CHANGES)
def test_each_kind_of_change_is_told(client, amira, tmp_path, before, after, kinds):
    bring_up_to_date(client, tmp_path, register_of(oak(**before), elm()))

    file = preview(client, tmp_path, register_of(oak(**after), elm()))

    assert kinds_by_urn(file) == ({123456: kinds} if kinds else {})
    assert file.changes_nothing == (kinds is None)


def test_what_changes_is_shown_before_and_after(client, amira, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak()))

    file = preview(client, tmp_path, register_of(oak(name="Oak Hill", status="Closed", closed="31-08-2026")))
    page = page_of(client, file)

    assert file.changes.get().fields == {
        "name": ["Oak School", "Oak Hill"],
        "status": ["open", "closed"],
        "closed_on": [None, "2026-08-31"],
    }
    assert "<del>Oak School</del> <ins>Oak Hill</ins>" in page
    assert "<ins>Monday 31 August 2026</ins>" in page


def test_the_same_file_again_changes_nothing(client, amira, tmp_path):
    register = generate(40)
    bring_up_to_date(client, tmp_path, register)
    before = all_schools()

    file = preview(client, tmp_path, register)
    page = page_of(client, file)

    assert (file.changes_count, file.links_count, file.counts) == (0, 0, {})
    assert "Nothing changes" in page
    assert "bring the register up to date</button>" not in page
    assert all_schools() == before


def test_the_schools_that_take_part_come_first_and_can_be_shown_alone(client, amira, essex, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak(), elm(), elm(urn=123458, name="Ash School")))
    PartnershipFactory(
        programme=ProgrammeFactory(organisation=essex),
        partner_school=School.objects.get(urn="123456"),
        specialist__home_school=SchoolFactory(),
    )
    changed = register_of(oak(pupils="1"), elm(pupils="1"), elm(urn=123458, name="Ash School", pupils="1"))

    file = preview(client, tmp_path, changed)
    everything = client.get(file.get_absolute_url()).context["object_list"]
    own = client.get(file.get_absolute_url(), {"mine": "yes"}).context["object_list"]
    searched = client.get(file.get_absolute_url(), {"q": "elm"}).context["object_list"]
    page = page_of(client, file)

    assert [change.name for change in everything] == ["Oak School", "Ash School", "Elm School"]
    assert [change.name for change in own] == ["Oak School"]
    assert [change.name for change in searched] == ["Elm School"]
    assert "1 of them takes part in your programmes." in page
    assert "Other details 3 (1 of yours)" in page


@pytest.mark.parametrize("query", ["?kind=x", "?q=%00", "?q=%25", "?page=2", "?mine=x", "?kind=closed&q=zzz"])
def test_odd_questions_are_answered(client, amira, tmp_path, query):
    file = preview(client, tmp_path, register_of(oak()))

    assert client.get(file.get_absolute_url() + query).status_code in {200, 404}
