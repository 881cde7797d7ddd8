"""Money that is asked back, as its school reads it: on its page, in its file and on its paper alike."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from funding.models import Recovery
from funding.printing.school import school_figures
from funding.services import recovering
from tests.factories import MembershipFactory
from tests.money.funded import approve, fold, hand_in, release_of
from tests.money.test_statements import words_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def asked(paid):
    """The first partnership has folded; its partner school, which has the second as well, is asked for 118.75 back."""
    first, second = paid.partnerships
    second.partner_school = first.partner_school
    second.save()
    fold(paid, first)
    paid.recovery = Recovery.objects.get(partnership=first, side="partner")
    paid.school = first.partner_school
    recovering.request(paid.Amira, paid.recovery)
    recovering.approve(paid.Tom, paid.recovery)
    paid.head = MembershipFactory(organisation=paid.organisation, role=Role.HEADTEACHER, school=paid.school).user
    return paid


def told(client, money):
    """What the head reads: the page, the rows of the file, and the paper."""
    client.force_login(money.head)
    page = text_of(client.get(reverse("funding:school", args=[money.school.urn])))
    file = client.get(reverse("funding:statement", args=[money.school.urn, "csv"])).content.decode("utf-8-sig")
    figures = school_figures(money.organisation, money.school)
    return page, list(csv.DictReader(io.StringIO(file))), words_of("school", figures)


def sum_of(rows):
    return sum((D(row["Amount"]) for row in rows if row["Amount"]), D(0))


@pytest.mark.parametrize("name", ["recovery_receive", "recovery_set_against", "recovery_drop"])
def test_what_is_wrong_in_a_form_stands_at_the_top_too(client, asked, name):
    client.force_login(asked.Ruth)

    page = client.post(reverse(f"funding:{name}", args=[asked.recovery.pk]), {"on": "01/01/2030"})

    assert page.status_code == 422
    assert "<title>Error: " in page.content.decode()
    assert "There is a problem" in text_of(page)


def test_what_the_school_is_to_pay_back_is_said_first(client, asked):
    page, rows, paper = told(client, asked)

    assert "£118.75 is asked back: the school pays it back. Of £" in page
    assert "Still to be paid back £118.75" in page
    assert "Waiting for the school to pay it back" in page
    assert "£118.75 is asked back: the school pays it back." in paper
    assert [row["How it stands"] for row in rows if "Asked back" in row["For"]] == [
        "Waiting for the school to pay it back"
    ]


def test_once_it_is_set_against_a_stage_nobody_is_told_to_pay_it_as_well(client, asked):
    december = release_of(asked.partnerships[1], asked.stages[1], "partner")
    recovering.set_against(asked.Ruth, asked.recovery, december)
    before = told(client, asked)
    hand_in(asked.partnerships[1], asked.points[1])
    approve(asked.Tom, asked.plan, [december])
    after = told(client, asked)

    words = "Set against the December stage of P002, which pays so much less. There is nothing to pay back"
    for (page, rows, paper), stands in ((before, words), (after, "Taken off the December stage of P002")):
        said = [row["How it stands"] for row in rows if "Asked back" in row["For"]]
        assert said == [stands]
        assert stands in page
        assert stands in " ".join(paper.split())
        assert "school to pay it back" not in page + paper + "".join(said)
        assert "Still to be paid back" not in page + paper
        assert "Paid back by the school" not in page
        assert "folded before its half-days were used: \u2212£118.75" in page  # beside the release that pays less


def test_what_was_paid_back_is_counted_in_one_way_everywhere(client, asked):
    """October of the first partnership was paid, and paid back. Of the second three of 118.75 are to come."""
    recovering.receive(asked.Ruth, asked.recovery, dt.date(2027, 1, 27))

    page, rows, paper = told(client, asked)

    assert sum_of(rows) == D("356.25")
    assert "Of £356.25 for this school in" in page
    assert "(£475.00 less £118.75 that was paid back)" in page
    for text in (page, paper):
        assert "Entitled £356.25" in text
        assert "Paid back by the school £118.75 Paid, less paid back £0.00" in text


def test_the_office_reads_the_same_of_a_recovery_that_is_set_against_a_stage(client, asked):
    recovering.set_against(asked.Ruth, asked.recovery, release_of(asked.partnerships[1], asked.stages[1], "partner"))
    client.force_login(asked.Ruth)

    many = text_of(client.get(reverse("funding:recoveries", args=[asked.programme.slug])))
    one = text_of(client.get(reverse("funding:recovery", args=[asked.recovery.pk])))

    assert "Set against the December stage of P002, which pays so much less." in many
    assert "Set against the December stage of P002, which pays so much less." in one


def test_whoever_sets_it_against_a_stage_reads_what_that_one_pays_less(client, asked):
    december = release_of(asked.partnerships[1], asked.stages[1], "partner")
    client.force_login(asked.Ruth)

    url = reverse("funding:recovery_set_against", args=[asked.recovery.pk])
    done = text_of(client.post(url, {"release": december.pk}, follow=True))

    assert "The December stage of P002 pays £118.75 less, and there is nothing to pay back." in done
