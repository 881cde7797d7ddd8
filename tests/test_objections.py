"""What is refused, and what is asked about first, where somebody puts a visit on another half-day."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from programmes.models import SchoolClosure, SchoolLimits
from tests.years import MONDAY, TODAY, coordinator_of, partner_of, partnership_of, programme_of, release, stand
from visits.models import Away, ProposedTime, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_january():
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(9), dt.UTC), tick=False):
        yield


@pytest.fixture
def programme():
    return programme_of("First visit", "Lesson study 1")


@pytest.fixture
def visit(programme):
    """Of the first step, on its Monday, with Lesson study 1 two weeks later."""
    partnership = partnership_of(programme)
    first, second = programme.timetable.all()
    stand(partnership, 15, step=second)
    return stand(partnership, 0, step=first)


@pytest.fixture
def coordinator(client, programme):
    client.force_login(coordinator_of(programme))
    return client


def day(days):
    return MONDAY + dt.timedelta(days=days)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'").split())


def put(client, visit, days, half="am", name="move", **more):
    form = {"on": f"{day(days):%d/%m/%Y}", "half": half, "seen": visit.sequence, "reason": "Trip"} | more
    return client.post(reverse(f"visits:{name}", args=[visit.pk]), form, follow=True)


def close(visit, **fields):
    SchoolClosure.objects.create(first_on=day(1), last_on=day(1), **fields)


@pytest.mark.parametrize("name", ["move", "propose"])
@pytest.mark.parametrize("reason", ["ppa", "inset", "closed", "no-go", "away"])
def test_what_cannot_be_is_refused_with_its_reason_whoever_it_is_about(coordinator, visit, name, reason):
    partner, home = partner_of(visit.partnership), visit.partnership.specialist.home_school
    if reason == "ppa":
        partner_of(visit.partnership, ppa="tue-am")
    elif reason == "away":
        Away.objects.create(person=partner, first_on=day(1), last_on=day(1), entered_by=partner)
    else:
        close(visit, school=home, kind=reason, words="" if reason == "inset" else "Trip")

    answer = put(coordinator, visit, 1, name=name, sure=f"{day(1)}-am")

    said = {
        "ppa": f"{partner} has PPA.",
        "inset": f"{home} has an INSET day.",
        "closed": f"{home} is closed (Trip).",
        "no-go": f"{home} lets nobody go (Trip).",
        "away": f"{partner} is away.",
    }[reason]
    assert f"{said} Choose another half-day." in text(answer)
    assert 'value="Trip"' in answer.content.decode()
    assert (Visit.objects.get(pk=visit.pk).on, ProposedTime.objects.count()) == (MONDAY, 0)


def test_what_else_speaks_against_it_is_asked_about_once_and_again_for_another_day(coordinator, visit):
    release(visit.partnership.specialist, "mon-am")
    SchoolLimits.objects.create(school=visit.partnership.partner_school, cover_capacity=0)
    specialist, partner_school = visit.partnership.specialist, visit.partnership.partner_school

    asked = put(coordinator, visit, 17)
    stands = Visit.objects.get(pk=visit.pk).on
    sure = re.search(r'name="sure" value="([^"]+)"', asked.content.decode())[1]
    other = put(coordinator, visit, 18, sure=sure)
    moved = put(coordinator, visit, 17, sure=sure)

    assert f"{specialist} is not released." in text(asked)
    assert "It is outside the window of First visit, 18 January to 29 January." in text(asked)
    assert "Lesson study 1 would come before First visit." in text(asked)
    assert f"{partner_school} has nobody left to cover." in text(asked)
    assert "Move it all the same" in asked.content.decode()
    assert 'value="Trip"' in asked.content.decode()
    assert stands == MONDAY
    assert "Move it all the same" in other.content.decode()
    assert "The visit is now on Thursday 4 February, morning." in text(moved)


def test_a_half_day_that_nothing_speaks_against_is_taken_without_a_question(coordinator, visit):
    answer = put(coordinator, visit, 1)

    assert "The visit is now on Tuesday 19 January, morning." in text(answer)


def test_a_visit_to_come_does_not_move_to_a_day_that_is_over(coordinator, visit):
    answer = put(coordinator, visit, -13)

    assert "This day is past. Give one from today on." in text(answer)
    assert Visit.objects.get(pk=visit.pk).on == MONDAY
