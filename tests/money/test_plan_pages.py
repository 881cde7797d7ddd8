"""The plan and what is paid beside it, through the pages: drawn up, changed, and what is refused in words."""

from decimal import Decimal

import pytest
from django.urls import reverse

from funding.models import PlanChange, Release
from tests.factories import ProgrammeFactory
from tests.money.funded import as_, funded_programme, release_of
from tests.reading import text_of

pytestmark = pytest.mark.django_db


def test_a_coordinator_draws_a_plan_up_and_puts_it_in_force(client):
    money = funded_programme(activate=False)
    slug = money.programme.slug
    money.plan.delete()
    as_(client, money.Amira)

    typed = {
        "funder": "National Challenge",
        "cost_centre": "E1",
        "account_code": "5012",
        "budget": "20000",
        "rate": "95",
    }
    page = client.post(reverse("funding:draw_up", args=[slug]), typed, follow=True)
    client.post(reverse("funding:activate", args=[slug]))

    assert "Put the plan in force" in text_of(page)
    assert Release.objects.filter(stage__plan__programme=money.programme).count() == 16


@pytest.mark.parametrize(("name", "acts"), [("Amira", True), ("Tom", False)])
def test_a_plan_that_would_begin_empty_says_what_is_missing_and_where_it_is_given(client, name, acts):
    money = funded_programme(activate=False)
    programme = ProgrammeFactory(organisation=money.organisation)
    as_(client, money.people[name])

    page = client.get(reverse("funding:draw_up", args=[programme.slug]))
    whole = text_of(client.get(reverse("funding:plan", args=[money.programme.slug])))

    assert "The programme has no data points, so the plan would begin without a stage." in text_of(page)
    assert "“Essex two-way 2009-10”" in text_of(page)
    linked = [reverse(f"programmes:{page}", args=[programme.slug]) for page in ("data_points", "timetable")]
    assert [f'href="{url}"' in page.content.decode() for url in linked] == [acts, acts]
    assert "What is missing for it" not in whole


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("budget", "-1", "Enter pounds and pence from 0.01 to 99,999,999.99"),
        ("budget", "0", "Enter pounds and pence from 0.01"),
        ("budget", "1e12", "Enter pounds and pence from 0.01"),
        ("rate", "95.005", "Enter pounds and pence from 0.01 to 9,999.99"),
        ("rate", "=95", "Enter pounds and pence from 0.01"),
        ("funder", "", "Enter who funds it."),
    ],
)
def test_amounts_that_are_none_are_refused_with_a_sentence(client, money, field, value, sentence):
    typed = {"funder": "NC", "cost_centre": "E1", "account_code": "5", "budget": "9000", "rate": "95", "why": "So"}

    page = as_(client, money.Amira).post(
        reverse("funding:settings", args=[money.programme.slug]), typed | {field: value}
    )

    money.plan.refresh_from_db()
    assert sentence in text_of(page)
    assert (page.status_code, money.plan.rate) == (422, 95)


def test_a_change_in_force_shows_every_school_first_and_is_kept_with_the_reason(client, money):
    url = reverse("funding:settings", args=[money.programme.slug])
    typed = {
        "funder": "NC",
        "cost_centre": "E1",
        "account_code": "5",
        "budget": "90000",
        "rate": "100",
        "why": "Pay rise",
    }
    as_(client, money.Amira)

    shown = client.post(url, typed)
    before = type(money.plan).objects.get(pk=money.plan.pk).rate
    client.post(url, typed | {"previewed": shown.context["form"]["previewed"].value()})

    assert "£475.00 £500.00 £25.00" in text_of(shown)
    assert "October: £118.75 now, £125.00 then" in text_of(shown)
    assert before == 95
    row = PlanChange.objects.get()
    assert (row.reason, row.difference) == ("Pay rise", Decimal("130.00"))


def test_shares_that_do_not_add_up_are_refused(client, money):
    shares = {f"share_{stage.pk}": "20" for stage in money.stages}

    page = as_(client, money.Amira).post(
        reverse("funding:shares", args=[money.programme.slug]), shares | {"why": "Try"}
    )

    assert "The shares add up to 80%. Make them 100%." in text_of(page)
    assert {stage.share for stage in money.plan.stages.all()} == {25}


def test_an_optional_item_is_recorded_once_and_paid_in_the_next_stage(client, money):
    first = money.partnerships[0]
    item = money.plan.items.get(name="Case study")
    typed = {"item": item.pk, "partnership": first.pk, "side": "partner", "on": "20/1/2027"}
    url = reverse("funding:records", args=[money.programme.slug])
    as_(client, money.Amira)

    client.post(url, typed)
    twice = text_of(client.post(url, typed))

    page = text_of(client.get(release_of(first, money.stages[2], "partner").get_absolute_url()))
    assert "It is recorded for this day already." in twice
    assert "£268.75 to" in page
    assert "Case study, 20 January 2027" in page


def test_no_plan_is_offered_for_a_programme_that_is_over(client, money):
    over = ProgrammeFactory(organisation=money.organisation, status="closed", funded=True)

    text = text_of(as_(client, money.Amira).get(reverse("funding:home")))

    assert over.title in text
    assert "None: it is over" in text
    assert f"Draw up a plan for {over.title}" not in text


def test_the_page_of_an_item_of_the_timetable_writes_no_warning(client, money, caplog):
    item = money.plan.items.filter(step__isnull=False).first()

    page = as_(client, money.Amira).get(reverse("funding:item_change", args=[money.programme.slug, item.pk]))

    assert page.status_code == 200
    assert [row for row in caplog.records if row.levelname in {"WARNING", "ERROR"}] == []
