"""One step for many specialist teachers or schools at once: checked, then written whole, or nothing at all."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.models import PartnerSchool, SpecialistStep, SpecialistTeacher
from programmes.services import several
from programmes.services.specialists import move_specialist
from tests.factories import (
    MembershipFactory,
    PartnerSchoolFactory,
    PartnershipFactory,
    ProgrammeFactory,
    SchoolFactory,
    SpecialistTeacherFactory,
)
from tests.together import at_once
from tests.world import person

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 27)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(dt.datetime(2026, 11, 27, 10, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def programme(client):
    programme = ProgrammeFactory()
    programme.coordinator = person("Ourside", Role.COORDINATOR)
    MembershipFactory(user=programme.coordinator, role=Role.COORDINATOR, organisation=programme.organisation)
    client.force_login(programme.coordinator)
    return programme


def teacher(programme, first, status="nominated", since=dt.date(2026, 6, 1)):
    row = SpecialistTeacherFactory(programme=programme, user__first_name=first, user__last_name="Reed", status=status)
    SpecialistStep.objects.create(specialist=row, status=status, on=since)
    return row


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def address(programme, what="specialists"):
    return reverse(f"programmes:{what}_move", args=[programme.slug])


def asked(*rows, **given):
    return {"who": [row.pk for row in rows], "status": "recruited", "on": "1/9/2026", "reason": ""} | given


def statuses(programme):
    return dict(programme.specialists.order_by("pk").values_list("user__first_name", "status"))


def test_those_who_can_take_the_step_take_it_and_the_others_are_named_with_the_reason(client, programme):
    ann, ben = teacher(programme, "Ann"), teacher(programme, "Ben")
    cy = teacher(programme, "Cy", since=dt.date(2026, 10, 5))
    dot, eve = teacher(programme, "Dot", status="active"), teacher(programme, "Eve", status="recruited")
    given = asked(ann, ben, cy, dot, eve)

    check = client.post(address(programme), given)
    before = statuses(programme)
    able = [row.pk for row in check.context["look"].able]
    done = client.post(address(programme), given | {"step": "confirm", "able": able}, follow=True)

    page = words(check)
    assert "Check before you move 2 specialist teachers" in page
    assert "Recruited on 1 September 2026" in page
    assert "3 cannot take it and are left out" in page
    assert "Cy Reed Nominated since 5 October 2026: give that day or a later one." in page
    assert "Dot Reed Someone who is active cannot become recruited." in page
    assert "Eve Reed Eve Reed is recruited already." in page
    assert set(before.values()) == {"nominated", "active", "recruited"}
    assert "2 specialist teachers are moved: recruited on 1 September 2026." in words(done)
    assert statuses(programme) == {
        "Ann": "recruited",
        "Ben": "recruited",
        "Cy": "nominated",
        "Dot": "active",
        "Eve": "recruited",
    }
    steps = SpecialistStep.objects.filter(on=dt.date(2026, 9, 1)).values_list("specialist", "status", "by")
    assert sorted(steps) == [(row.pk, "recruited", programme.coordinator.pk) for row in (ann, ben)]
    assert list(AuditEvent.objects.filter(did="specialist moved").order_by("row").values_list("row", "about")) == [
        (row.pk, "nominated to recruited") for row in (ann, ben)
    ]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"who": []}, "Tick at least one specialist teacher."),
        ({"who": ["x"]}, "Tick some of those that are listed here."),
        ({"who": [999_999]}, "Tick some of those that are listed here."),
        ({"status": ""}, "Choose what happens."),
        ({"status": "nominated"}, "Choose from what is offered here."),
        ({"on": ""}, "Enter the day."),
        ({"on": "28/11/2026"}, "This day is still to come. Give today or an earlier day."),
        ({"status": "withdrawn", "reason": " "}, "Say why they withdraw."),
        ({"reason": "x" * 201}, "Keep it to 200 characters."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(client, programme, given, sentence):
    ann, ben = teacher(programme, "Ann"), teacher(programme, "Ben")

    page = client.post(address(programme), asked(ann, on="2/9/2026") | given)

    body = page.content.decode()
    assert sentence in words(page)
    assert f'value="{ben.pk}" checked' not in body
    assert (f'value="{ann.pk}" checked' in body) == ("who" not in given)
    assert ('value="2/9/2026"' in body) == ("on" not in given)
    assert set(statuses(programme).values()) == {"nominated"}


def test_whoever_changes_the_answers_finds_them_as_they_were(client, programme):
    ann, ben = teacher(programme, "Ann"), teacher(programme, "Ben")
    given = asked(ann, status="withdrawn", reason="Moved away")
    check = client.post(address(programme), given)

    page = client.post(address(programme), given | {"step": "edit"}).content.decode()

    assert 'name="reason" value="Moved away"' in check.content.decode()
    assert f'value="{ann.pk}" checked' in page
    assert f'value="{ben.pk}" checked' not in page
    assert 'value="Moved away"' in page
    assert 'value="1/9/2026"' in page
    assert re.search(r'value="withdrawn"[^>]*checked|checked[^>]*value="withdrawn"', page)


def test_one_status_is_listed_and_all_of_it_ticked_in_one_click(client, programme):
    ann, ben = teacher(programme, "Ann"), teacher(programme, "Ben", status="active")

    def boxes(**asked):
        return client.get(address(programme), asked).context["form"].boxes

    assert boxes(status="nominated", all="on") == [(ann, True)]
    assert boxes(status="asleep") == [(ann, False), (ben, False)]


def test_somebody_moved_meanwhile_and_nothing_is_written(client, programme):
    ann, ben = teacher(programme, "Ann"), teacher(programme, "Ben")
    given = asked(ann, ben)
    able = [row.pk for row in client.post(address(programme), given).context["look"].able]
    move_specialist(programme.coordinator, ann, "withdrawn", on=TODAY, reason="Ill")

    page = client.post(address(programme), given | {"step": "confirm", "able": able})
    again = [row.pk for row in page.context["look"].able]
    client.post(address(programme), given | {"step": "confirm", "able": again})

    assert "Nothing was written this time: somebody else, or your own first click, was here before" in words(page)
    assert "Ann Reed Withdrawn since 27 November 2026: give that day or a later one." in words(page)
    assert again == [ben.pk]
    assert statuses(programme) == {"Ann": "withdrawn", "Ben": "recruited"}


def test_whoever_confirms_nobody_checks_again(client, programme):
    ann = teacher(programme, "Ann")

    page = client.post(address(programme), asked(ann) | {"step": "confirm", "able": ["x"]})

    assert "Check before you move 1 specialist teacher" in words(page)
    assert statuses(programme) == {"Ann": "nominated"}


def test_of_another_programme_nobody_is_moved(client, programme):
    ann, stranger = teacher(programme, "Ann"), teacher(ProgrammeFactory(organisation=programme.organisation), "Zoe")

    page = client.post(address(programme), asked(ann, stranger) | {"step": "confirm", "able": [ann.pk, stranger.pk]})

    assert "Tick some of those that are listed here." in words(page)
    assert {ann.status, stranger.status} == {"nominated"}


def test_moving_many_costs_as_many_queries_as_moving_one(client, programme, django_assert_num_queries):
    one, many = [teacher(programme, "Ann")], [teacher(programme, f"Ben{n}") for n in range(12)]

    with django_assert_num_queries(7):
        several.move_specialists(programme.coordinator, programme, [row.pk for row in one], "recruited", on=TODAY)
    with django_assert_num_queries(7):
        several.move_specialists(programme.coordinator, programme, [row.pk for row in many], "recruited", on=TODAY)

    assert set(statuses(programme).values()) == {"recruited"}


def test_schools_are_moved_together_and_one_with_a_running_partnership_stays(client, programme):
    names = ["Ash", "Beech", "Cedar", "Dell"]
    stages = ["enquiry", "in talks", "joined", "next year"]
    rows = [
        PartnerSchoolFactory(programme=programme, school=SchoolFactory(name=name), stage=stage)
        for name, stage in zip(names, stages, strict=True)
    ]
    PartnershipFactory(programme=programme, partner_school=rows[2].school)
    given = {"who": [row.pk for row in rows], "stage": "next year", "because": "No money"}

    check = client.post(address(programme, "schools"), given)
    able = [row.pk for row in check.context["look"].able]
    done = client.post(address(programme, "schools"), given | {"step": "confirm", "able": able}, follow=True)

    page = words(check)
    assert "Check before you move 2 schools" in page
    assert "Cedar This school takes part: it has a running partnership. Complete or fold that first." in page
    assert "Dell This school stands there already: asks again next year." in page
    assert "2 schools are moved: asks again next year, from today." in words(done)
    found = PartnerSchool.objects.order_by("school__name").values_list(
        "school__name", "stage", "stage_because", "stage_since"
    )
    assert [row[:3] for row in found] == [
        ("Ash", "next year", "No money"),
        ("Beech", "next year", "No money"),
        ("Cedar", "joined", ""),
        ("Dell", "next year", ""),
    ]
    assert [row[3] for row in found][:2] == [TODAY, TODAY]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_the_same_people_at_once_one_is_told(programme):
    rows = [teacher(programme, f"Ann{n}") for n in range(3)]
    pks = [row.pk for row in rows]

    found = at_once(
        *[
            lambda pks=pks: several.move_specialists(programme.coordinator, programme, pks, "recruited", on=TODAY)
            for pks in (pks, pks[::-1])
        ],
        expecting=(several.Overtaken,),
    )

    assert sorted(isinstance(answer, several.Overtaken) for answer in found) == [False, True]
    assert set(SpecialistTeacher.objects.values_list("status", flat=True)) == {"recruited"}
    assert SpecialistStep.objects.filter(status="recruited").count() == 3
