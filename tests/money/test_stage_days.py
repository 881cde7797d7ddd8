"""The day of a stage: it cannot pay for grades before they are due."""

import pytest
from django.urls import reverse

from tests.reading import text_of

pytestmark = pytest.mark.django_db
WORDS = "The stage waits for the grades of December, which are due on 11/12/2026. Enter that day or a later one"


def typed(stage, **fields):
    sent = {"name": stage.name, "due_on": f"{stage.due_on:%-d/%-m/%Y}", "evidence": "", "why": "So"}
    return sent | {"data_point": stage.data_point_id, "conditions": ["data"]} | fields


def send(client, money, stage, **fields):
    client.force_login(money.Amira)
    url = reverse("funding:stage_change", args=[money.programme.slug, stage.pk])
    return client.post(url, typed(stage, **fields))


def test_a_stage_that_is_due_before_the_grades_it_waits_for_is_refused(client, money):
    december = money.stages[1]

    page = send(client, money, december, due_on="27/11/2026")

    december.refresh_from_db()
    assert (page.status_code, WORDS in text_of(page)) == (422, True)
    assert f"{december.due_on:%-d/%-m/%Y}" == "11/12/2026"


def test_a_stage_that_waits_for_no_grades_is_due_when_it_is_wanted(client, money):
    page = send(client, money, money.stages[1], due_on="27/11/2026", conditions=["agreement"])

    assert page.status_code == 200
    assert "Yes, change the plan" in page.content.decode()


def test_a_stage_whose_data_point_was_moved_meanwhile_can_be_given_another_name(client, money):
    december = money.stages[1]
    december.data_point.due_on = "2027-01-15"
    december.data_point.save()

    page = send(client, money, december, name="Christmas")

    assert page.status_code == 200
    assert "Yes, change the plan" in page.content.decode()
