"""Why a school's money has not been released, through its pages."""

import csv
import io

import pytest
from django.urls import reverse

from programmes.models import DataReturn
from tests.money.funded import approve, as_, authorise, payees, release_of, teachers_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_from_today_a_head_is_one_click_from_the_reason_and_what_to_do(client, money, head):
    first = money.partnerships[0]
    DataReturn.objects.filter(partnership=first, data_point=money.points[0]).update(assessed=3)

    today = text_of(as_(client, head).get(reverse("today")))
    page = text_of(client.get(reverse("funding:school", args=[first.partner_school.urn])))

    assert "2 releases for your school are not paid yet Stage October and December. See why" in today
    assert "Of £475.00 for this school" in page
    assert "£237.50 is held back" in page
    assert f"1 of 4 grades is missing for October, with no reason given. {teachers_of(first)} can mend it" in page


def test_the_page_of_a_school_says_who_has_to_act_at_each_stage(client, handed_in, head):
    first = handed_in.partnerships[0]
    mine = release_of(first, handed_in.stages[0], "partner")
    url = reverse("funding:school", args=[first.partner_school.urn])

    ready = text_of(as_(client, head).get(url))
    payees(handed_in)
    approve(handed_in.Tom, handed_in.plan, [mine])
    approved = text_of(client.get(url))
    authorise(handed_in)
    sent = text_of(client.get(url))

    assert (
        f"Nothing is missing. Tom {handed_in.Tom.last_name} or Martin {handed_in.Martin.last_name} approves it."
        in ready
    )
    assert f"Approved on 27 January 2027 by Tom {handed_in.Tom.last_name}. Finance pays it next." in approved
    assert "With the finance system" in sent


def test_a_release_says_how_many_half_days_its_share_is(client, handed_in):
    first = handed_in.partnerships[0]
    mine, other = (release_of(first, handed_in.stages[0], side) for side in ("partner", "specialist"))
    as_(client, handed_in.Ruth)

    waiting = text_of(client.get(mine.get_absolute_url()))
    approve(handed_in.Tom, handed_in.plan, [mine, other])

    assert "25% of 5 half-days at £95.00 1.25 £118.75" in waiting
    assert "25% of 5 half-days at £95.00 1.25 £118.75" in text_of(client.get(mine.get_absolute_url()))
    assert "25% of 8 half-days at £95.00 2 £190.00" in text_of(client.get(other.get_absolute_url()))


def test_a_head_of_another_school_finds_nothing(client, handed_in, head):
    other = handed_in.partnerships[1]
    as_(client, head)

    assert client.get(reverse("funding:school", args=[other.partner_school.urn])).status_code == 404
    assert client.get(release_of(other, handed_in.stages[0], "partner").get_absolute_url()).status_code == 404


def test_the_statement_of_a_school_comes_to_the_penny_of_its_page(client, handed_in, head):
    first = handed_in.partnerships[0]
    payees(handed_in)
    approve(handed_in.Tom, handed_in.plan, [release_of(first, handed_in.stages[0], "partner")])

    file = as_(client, head).get(reverse("funding:statement", args=[first.partner_school.urn, "csv"]))

    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    told = [(row["Stage"], row["Amount"], row["How it stands"], row["Financial year"]) for row in rows]
    assert told == [
        ("October", "118.75", "Waiting for finance to pay", "2026-27"),
        ("December", "118.75", "Waiting for the two teachers", "2026-27"),
        ("March", "118.75", "Not due yet", "2026-27"),
        ("Summer", "118.75", "Not due yet", "2027-28"),
    ]
    assert [row["Half-days"] for row in rows] == ["1.25"] * 4
    assert rows[1]["What is missing"] == "4 of 4 grades are missing for December, with no reason given."
