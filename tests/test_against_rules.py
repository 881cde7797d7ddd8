"""Visits to come that stand against a rule: the year planner says so, beside those that must move."""

import pytest
from django.urls import reverse

from programmes.models import SchoolClosure, SchoolLimits
from tests.years import (
    coordinator_of,
    partner_of,
    partnership_of,
    programme_of,
    release,
    stand,
    step,
)
from visits.models import PlannerSettings, Visit

pytestmark = [pytest.mark.usefixtures("in_january"), pytest.mark.django_db]


@pytest.fixture
def programme():
    return programme_of("Lesson study 1", "Lesson study 2")


def planner_of(client, programme):
    client.force_login(coordinator_of(programme))
    return client.get(reverse("planner:year")).context


def causes_of(context):
    """Partnership and code -> state, and the rule that the chip names."""
    found = {}
    for group in context["groups"]:
        for row in group.rows:
            for chip in (chip for cell in row.cells for chip in cell.chips if chip.visit):
                said = chip.words.partition(": against a rule: ")[2].partition(". Waiting")[0]
                found[row.partnership.pk, chip.code] = (str(chip.state), said)
    return found


def test_the_planner_names_the_rule_that_a_visit_stands_against(client, programme):
    one, two = programme.timetable.all()
    PlannerSettings.objects.create(programme=programme, a_week=1)
    unlike, resting, without, twice, turned, often, gone = (partnership_of(programme) for _ in range(7))
    release(unlike.specialist, "tue-am")
    release(resting.specialist, ppa="wed-am")
    partner_of(without, teaches=["mon-am"])
    SchoolLimits.objects.create(school=often.partner_school, class_ceiling=1)
    for partnership in (unlike, resting, without, often):
        stand(partnership, 2, step=one)  # a Wednesday morning
    stand(twice, 10, step=one)
    stand(twice, 11, step=two)
    stand(turned, 36, step=one)
    stand(turned, 22, step=two)
    stand(often, 16, step=two)
    lost = stand(gone, 2, step=one)
    SchoolClosure.objects.create(school=gone.partner_school, kind="closed", first_on=lost.on, last_on=lost.on)

    context = planner_of(client, programme)

    kofi = often.current_partner_teachers[0]
    week = f"{twice.specialist} is out more than 1 half-day in that week"
    assert causes_of(context) == {
        (unlike.pk, "L1"): ("against", f"{unlike.specialist} is not released"),
        (resting.pk, "L1"): ("against", f"{resting.specialist} has PPA"),
        (without.pk, "L1"): ("against", f"{partner_of(without)} does not teach the class the subject"),
        (twice.pk, "L1"): ("against", week),
        (twice.pk, "L2"): ("against", "it is outside the window of Lesson study 2"),
        (turned.pk, "L1"): ("against", "it is outside the window of Lesson study 1"),
        (turned.pk, "L2"): ("against", "Lesson study 2 comes before Lesson study 1"),
        (often.pk, "L1"): ("against", f"the class of {kofi} loses more than 1 half-day"),
        (often.pk, "L2"): ("against", f"the class of {kofi} loses more than 1 half-day"),
        (gone.pk, "L1"): ("move", ""),
    }
    assert [(state, number) for state, _, number in context["key"]] == [("move", 1), ("against", 9), ("none", 4)]
    assert context["lead"][1] == "1 must move and 9 stand against a rule."


def test_what_a_hand_keeps_against_a_rule_is_said_in_the_table_too(client, programme):
    partnership = partnership_of(programme)
    release(partnership.specialist, ppa="wed-am")
    visit = stand(partnership, 2, step=programme.timetable.first())
    Visit.objects.filter(pk=visit.pk).update(is_locked=True)
    client.force_login(coordinator_of(programme))

    table = client.get(reverse("planner:csv")).content.decode()
    page = client.get(reverse("planner:half_day", args=[visit.planner_slug]))

    said = f"gainst a rule: {partnership.specialist} has PPA"
    assert f"A{said}. Waiting for" in table
    assert f"a{said}." in page.content.decode()


def test_two_visits_of_one_step_and_one_besides_the_timetable_may_be_where_they_are(client, programme):
    both = step(programme, 9, "Planning together", 42, 53, half_days=2)
    partnership = partnership_of(programme)
    stand(partnership, 43, step=both)
    stand(partnership, 45, step=both)
    stand(partnership, 60, kind="showcase")

    assert {state for state, _ in causes_of(planner_of(client, programme)).values()} == {"wait"}
