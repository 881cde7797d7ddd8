"""Schools that are known here and are not in a file of the register: kept, and asked about if many."""

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, RegisterUpdate, School
from tests.factories import PartnershipFactory, ProgrammeFactory
from tests.registers import bring_up_to_date, confirm, elm, kinds_by_urn, oak, page_of, preview, register_of

pytestmark = pytest.mark.django_db


def test_a_school_that_is_not_in_the_file_stays_as_it_is(client, amira, tmp_path):
    bring_up_to_date(client, tmp_path, register_of(oak(), elm()))
    used = School.objects.get(urn="123457")
    partnership = PartnershipFactory(partner_school=used, specialist__home_school=used)

    file = bring_up_to_date(client, tmp_path, register_of(oak(name="Oak Hill")))
    page = page_of(client, file, "?kind=absent")

    partnership.refresh_from_db()
    assert partnership.partner_school == used
    assert kinds_by_urn(file) == {123456: ["renamed"], 123457: ["absent"]}
    assert file.changes_count == 1
    assert "They stay as they are." in page


def many(count, first=200000, **fields):
    return [oak(urn=urn, name=f"School {urn}", **fields) for urn in range(first, first + count)]


def test_a_file_without_many_schools_that_are_known_is_asked_about_and_needs_a_tick(client, amira, essex, tmp_path):
    closed = many(3, first=300000, status="Closed")
    bring_up_to_date(client, tmp_path, register_of(*many(20), *closed))
    PartnershipFactory(
        programme=ProgrammeFactory(organisation=essex),
        partner_school=School.objects.get(urn="200019"),
        specialist__home_school=School.objects.get(urn="200000"),
    )
    file = preview(client, tmp_path, register_of(*many(10, pupils="7")))

    asked = page_of(client, file)
    refused = client.post(reverse("accounts:register_confirm", args=[file.pk]), follow=True).content.decode()
    written_without_the_tick = RegisterUpdate.objects.filter(register_file=file).count()
    confirm(client, file, as_it_is="on")

    assert "10 of 20 schools that are known here and have not closed are not in it." in asked
    assert "1 of them takes part in your programmes." in asked
    assert "There is a problem" not in asked
    assert "There is a problem" in refused
    assert refused.count("Tick that you have checked it, or set the file aside and send the whole one.") == 2
    assert written_without_the_tick == 0
    assert School.objects.filter(number_of_pupils=7).count() == 10
    assert School.objects.count() == 23
    assert AuditEvent.objects.filter(did="register.confirmed").order_by("pk").last().about == "without 10 schools"


def test_a_file_without_more_than_half_of_the_schools_is_never_the_whole_and_can_be_written_as_a_part(
    client, amira, tmp_path
):
    bring_up_to_date(client, tmp_path, register_of(*many(20)))
    file = preview(client, tmp_path, register_of(*many(9, pupils="7")))
    confirm_page = reverse("accounts:register_confirm", args=[file.pk])

    asked = page_of(client, file)
    refused = client.post(confirm_page, {"as_it_is": "on"}, follow=True).content.decode()
    written_as_the_whole = RegisterUpdate.objects.filter(register_file=file).count()
    confirm(client, file, as_a_part="on")

    assert "This is not the whole register" in asked
    assert "I have checked that the file is whole" not in asked
    assert "This cannot be the whole register: more than half of the schools are not in it." in refused
    assert written_as_the_whole == 0
    assert School.objects.filter(number_of_pupils=7).count() == 9
    assert School.objects.exclude(status="closed").count() == 20
    last = AuditEvent.objects.filter(did="register.confirmed").order_by("pk").last()
    assert last.about == "a part, without 11 schools"


def test_a_few_schools_that_are_not_in_the_file_are_asked_about_by_nobody(client, amira, tmp_path):
    closed = many(30, first=300000, status="Closed")
    bring_up_to_date(client, tmp_path, register_of(*many(20), *closed))

    file = preview(client, tmp_path, register_of(*many(11, pupils="7")))
    page = page_of(client, file)
    update = confirm(client, file)

    assert file.missing_count == 9
    assert "known here and have not closed are not in it" not in page
    assert update.state == "done"
