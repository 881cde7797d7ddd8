"""Visits by month and as an agenda: of everyone within reach, of one person, of one school."""

import datetime as dt

import pytest
from django.urls import reverse

from programmes.models import SchoolClosure
from tests.factories import EventFactory, MembershipFactory
from tests.years import MONDAY, coordinator_of, partnership_of, programme_of, stand

pytestmark = [pytest.mark.usefixtures("in_january"), pytest.mark.django_db]


@pytest.fixture
def programme():
    return programme_of("First visit")


@pytest.fixture
def browser(client, programme):
    client.force_login(coordinator_of(programme))
    return client


def on_days(context):
    days = context["days"] if "days" in context else [day for week, _ in context["weeks"] for day in week]
    return {day.on: [entry.title for entry in day.entries] for day in days if day.entries}


def test_a_month_has_every_visit_and_event_on_its_day(browser, programme):
    partnership = partnership_of(programme)
    stand(partnership, 0)
    stand(partnership, 0, half="pm", kind="research lesson")
    stand(partnership, 40)
    EventFactory(programme=programme, on=MONDAY + dt.timedelta(days=2), name="Twilight")

    context = browser.get(reverse("visits:month"), {"month": "2027-01"}).context

    assert on_days(context) == {
        MONDAY: ["Observation", "Research lesson"],
        MONDAY + dt.timedelta(days=2): ["Twilight"],
    }
    assert context["number"] == 3
    assert [len(week) for week, _ in context["weeks"]] == [5] * 5
    assert (context["earlier"], context["later"]) == (dt.date(2026, 12, 1), dt.date(2027, 2, 1))


def test_a_day_at_the_weekend_has_a_column_only_where_something_is_on_it(browser, programme):
    partnership_of(programme)
    EventFactory(programme=programme, on=dt.date(2027, 1, 16), name="Saturday")

    context = browser.get(reverse("visits:month"), {"month": "2027-01"}).context

    assert [len(week) for week, _ in context["weeks"]] == [7] * 5


def test_holidays_and_the_closures_of_a_chosen_school_are_named(browser, programme):
    partnership = partnership_of(programme)
    school = partnership.partner_school
    stand(partnership, 0)
    days = {"first_on": dt.date(2027, 1, 5), "last_on": dt.date(2027, 1, 5)}
    SchoolClosure.objects.create(school=school, kind="inset", **days)

    context = browser.get(reverse("visits:month"), {"month": "2027-01", "school": school.pk}).context

    closed = {day.on: day.closed for week, _ in context["weeks"] for day in week if day.closed}
    assert closed == {
        dt.date(2026, 12, 28): "Bank holiday",
        dt.date(2026, 12, 29): "Holiday",
        dt.date(2026, 12, 30): "Holiday",
        dt.date(2026, 12, 31): "Holiday",
        dt.date(2027, 1, 1): "Bank holiday",
        dt.date(2027, 1, 5): "INSET day",
    }


def test_one_person_or_school_has_only_its_own_visits(browser, programme):
    mine, other = partnership_of(programme), partnership_of(programme)
    stand(mine, 0)
    stand(other, 1)

    of_person = browser.get(reverse("visits:agenda"), {"person": mine.specialist.user_id}).context
    of_school = browser.get(reverse("visits:agenda"), {"school": other.specialist.home_school_id}).context
    of_all = browser.get(reverse("visits:agenda"), {"person": "nobody", "from": "soon"}).context

    assert list(on_days(of_person)) == [MONDAY]
    assert list(on_days(of_school)) == [MONDAY + dt.timedelta(days=1)]
    assert list(on_days(of_all)) == [MONDAY, MONDAY + dt.timedelta(days=1)]


def test_a_teacher_sees_and_is_offered_only_what_is_within_reach(client, programme):
    mine, other = partnership_of(programme), partnership_of(programme)
    stand(mine, 0)
    stand(other, 1)
    teacher = mine.specialist.user
    MembershipFactory(user=teacher, role="specialist", organisation=programme.organisation)
    client.force_login(teacher)

    context = client.get(reverse("visits:agenda"), {"school": other.partner_school_id}).context

    assert list(on_days(context)) == [MONDAY]
    assert set(context["whose"].fields["school"].queryset) == {mine.partner_school, mine.specialist.home_school}
    assert set(context["whose"].fields["person"].queryset) == set(mine.teachers)


@pytest.mark.parametrize("name", ["month", "agenda"])
def test_from_here_it_is_one_step_to_read_it_in_an_own_calendar(browser, programme, name):
    partnership_of(programme)

    page = browser.get(reverse(f"visits:{name}"))

    assert f'href="{reverse("calendars:own")}">Read these in your own calendar</a>' in page.content.decode()
