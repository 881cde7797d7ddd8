"""The pages of returns cost as many queries for forty pupils as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pupils.returns.counting import count_returns
from tests.factories import AssessmentFactory, PartnershipFactory, PlaceFactory
from tests.returns.entering import address, autosave, cell, enter, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def cost(client, where):
    client.get(where)  # what is cached for good
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(where)
    assert answer.status_code == 200
    return len(queries)


def costs(client, at):
    enter(client, at.hannah, at.december, at.places[:1], ["3a"])
    found = {}
    for name, row in [("return", at.december), ("return_check", at.december), ("return", at.october)]:
        found[name, row.pk] = cost(client, address(name, row))
    found["save"] = saving(client, at)
    for user in (at.amira, at.head):
        client.force_login(user)
        found[user.pk] = cost(client, address("return", at.october))
    return found


def saving(client, at):
    with CaptureQueriesContext(connection) as queries:
        autosave(client, at.hannah, at.december, cell("grade", at.places[0], f"{len(at.places)}"[:1] + "a", 9, 1))
    return len(queries)


def test_a_return_of_forty_pupils_costs_as_many_queries_as_one_of_six(client, at):
    few = costs(client, at)
    at.december.sheet.delete()
    at.december.entries.all().delete()
    for _ in range(34):
        at.places.append(PlaceFactory(partnership=at.partnership))
        AssessmentFactory(place=at.places[-1], data_point=at.points[0], grade=at.grades["3b"])
    count_returns(at.programme)
    at.december.refresh_from_db()

    many = costs(client, at)

    assert many == few
    assert max(number for what, number in many.items() if what != "save") <= 25
    assert many["save"] <= 50  # of which signing in takes some


def test_the_list_of_returns_is_flat(client, at):
    client.force_login(at.hannah)
    one = cost(client, reverse("pupils:returns"))
    for number in range(6):
        PartnershipFactory(programme=at.programme, specialist=at.partnership.specialist, ref=f"R{number}")
    count_returns(at.programme)

    assert cost(client, reverse("pupils:returns")) == one


def test_counting_a_whole_programme_is_flat(client, at, django_assert_num_queries):
    with CaptureQueriesContext(connection) as few:
        count_returns(at.programme)
    enter(client, at.hannah, at.december, at.places, ["3a"] * 6)
    submit(client, at.hannah, at.december)
    for number in range(6):
        PlaceFactory(partnership=PartnershipFactory(programme=at.programme, ref=f"R{number}"))
    count_returns(at.programme)

    with CaptureQueriesContext(connection) as many:
        count_returns(at.programme)
    assert len(many) == len(few)
