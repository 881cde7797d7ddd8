"""The pages on which a coordinator says which school follows another, and what is then to be read."""

import pytest
from django.urls import reverse

from accounts.models import AuditEvent, School, SchoolLink
from accounts.register import succession
from accounts.roles import Role
from reports.models import Report
from tests.factories import MembershipFactory, PartnershipFactory, ReportFactory, SchoolFactory, VisitFactory
from tests.succession.succeeding import TODAY, address, confirm, words
from tests.together import at_once

pytestmark = pytest.mark.django_db


def test_the_answers_are_checked_before_anything_moves(client, amira, programme, old, new):
    partnership = PartnershipFactory(programme=programme, partner_school=old)
    VisitFactory(partnership=partnership, on=TODAY, host=old)

    first = client.get(address(old))
    check = client.post(address(old), {"successor": "140001"})

    partnership.refresh_from_db()
    assert "Which school takes its place?" in words(first)
    assert "Check what moves" in words(check)
    assert "<dd>1 partnership</dd>" in words(check)
    assert "<dd>1 visit to come</dd>" in words(check)
    assert partnership.partner_school == old
    assert not SchoolLink.objects.exists()


def test_the_successor_that_the_register_names_is_offered(client, amira, programme, old, new):
    PartnershipFactory(programme=programme, partner_school=old)
    SchoolLink.objects.create(predecessor=old, successor=new)

    page = words(client.get(address(old)))

    assert "The register says Oak Academy." in page
    assert 'value="Oak Academy"' in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Choose the school that takes its place."),
        ("123456", "No school here fits “123456”."),
        ("Elm Closed", "No school here fits “Elm Closed”."),
        ("nowhere", "No school here fits “nowhere”."),
    ],
)
def test_a_successor_must_be_another_school_that_has_not_closed(client, amira, programme, old, new, typed, sentence):
    PartnershipFactory(programme=programme, partner_school=old)
    SchoolFactory(name="Elm Closed", status="closed")

    answer = client.post(address(old), {"successor": typed, "confirmed": "yes"})

    assert sentence in words(answer)
    assert not SchoolLink.objects.exists()


def test_a_school_that_is_open_keeps_what_it_has(client, amira, programme, old, new):
    School.objects.filter(pk=old.pk).update(status="closing")
    partnership = PartnershipFactory(programme=programme, partner_school=old)

    page = words(client.get(address(old)))
    answer = confirm(client, old, new)

    partnership.refresh_from_db()
    assert "This school has not closed" in page
    assert "Oak School is not closed, so nothing moves." in words(answer)
    assert partnership.partner_school == old


def test_the_second_who_confirms_is_told(client, amira, programme, old, new):
    PartnershipFactory(programme=programme, partner_school=old)

    confirm(client, old, new)
    again = confirm(client, old, new)

    assert "Nothing hangs on Oak School any more: everything has moved already." in words(again)
    assert AuditEvent.objects.filter(did="schools.succeeded").count() == 1


def test_today_and_the_school_say_what_is_left_until_it_has_moved(client, amira, programme, old, new):
    PartnershipFactory(programme=programme, partner_school=old, specialist__home_school=new)
    school_page = reverse("accounts:school", args=[old.urn])

    before = [words(client.get(url)) for url in (reverse("today"), school_page)]
    confirm(client, old, new)
    after = [words(client.get(url)) for url in (reverse("today"), school_page)]

    assert "Oak School has closed and is still in 1 partnership" in before[0]
    assert "This school has closed and things still hang on it:</b> 1 partnership." in before[1]
    assert "has closed and is still in" not in after[0]
    assert "still hang on it" not in after[1]
    assert "Followed by Oak Academy" in after[1]


def test_a_head_sees_reports_and_partnerships_at_the_new_school(client, amira, essex, programme, old, new):
    PartnershipFactory(programme=programme, partner_school=old)
    head = MembershipFactory(role=Role.HEADTEACHER, organisation=essex, school=old).user
    ReportFactory(kind="school impact", programme=programme, school=old, state="done", file="x.pdf")

    confirm(client, old, new)
    client.force_login(head)
    pages = [client.get(reverse(name)) for name in ("programmes:partnerships", "reports:list")]

    assert ["Oak Academy" in words(page) for page in pages] == [True, True]
    assert Report.objects.allowed(head, "reports.view").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_moves_and_the_other_is_told(essex, programme, amira, old, new):
    PartnershipFactory(programme=programme, partner_school=old)

    found = at_once(
        *[lambda: succession.succeed(amira, essex, old, new)] * 2,
        expecting=(succession.CannotSucceed,),
    )

    told = [str(answer) for answer in found if isinstance(answer, succession.CannotSucceed)]
    assert told == ["Nothing hangs on Oak School any more: everything has moved already."]
    assert SchoolLink.objects.count() == 1
