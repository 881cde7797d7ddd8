"""How long after the visit before it a step of a timetable takes place."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from tests.world import build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours(client):
    ours = build_world()[0]
    client.force_login(ours.people[Role.COORDINATOR])
    return ours


STEP = {
    "type": "visit",
    "name": "Second visit",
    "window_start": "5/10/2026",
    "window_end": "16/10/2026",
    "half_term": "1",
    "first_week": "6",
    "last_week": "7",
    "half_days": "1",
    "host": "",
    "funded_specialist_half_days": "1",
    "funded_partner_half_days": "1",
    "required": "on",
}


def pages(ours):
    in_template = ours.template.steps.get()
    return [
        (reverse("programmes:step_change", args=[ours.programme.slug, ours.step.pk]), ours.step),
        (reverse("programmes:template_step", args=[ours.template.pk, in_template.pk]), in_template),
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, (1, None)),
        ({"least_gap": "14", "greatest_gap": "35"}, (14, 35)),
        ({"least_gap": "0", "greatest_gap": ""}, (0, None)),
    ],
)
def test_both_gaps_are_kept_in_timetables_and_templates(client, ours, given, kept):
    for page, step in pages(ours):
        answer = client.post(page, STEP | given)

        step.refresh_from_db()
        assert answer.status_code == 302
        assert (step.least_gap, step.greatest_gap) == kept


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"least_gap": "14", "greatest_gap": "7"}, "greatest_gap", "at least 14 days after the one before"),
        ({"least_gap": "soon"}, "least_gap", "enter a whole number from 0 to 200."),
        ({"greatest_gap": "0"}, "greatest_gap", "enter a whole number from 1 to 200."),
    ],
)
def test_gaps_that_leave_no_room_are_refused(client, ours, given, field, sentence):
    for page, step in pages(ours):
        answer = client.post(page, STEP | given)

        step.refresh_from_db()
        assert sentence in " ".join(answer.context["form"].errors[field])
        assert (step.least_gap, step.greatest_gap) == (1, None)


def test_the_timetable_says_the_gaps(client, ours):
    client.post(pages(ours)[0][0], STEP | {"least_gap": "14", "greatest_gap": "35"})

    page = client.get(reverse("programmes:timetable", args=[ours.programme.slug])).content.decode()

    assert "at least 14 and at most 35 days after the visit before" in page
