"""A partnership neither ends nor rests, and nobody leaves it, before a visit that took place."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import Role
from programmes.models import Partnership
from programmes.services import held, life, people
from tests.factories import BookingFactory, SpecialistTeacherFactory, UserFactory, VisitFactory
from visits.services import last_visit_held

pytestmark = pytest.mark.usefixtures("one_day")


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return client


def visit_of(ours, on, *who, status="took place"):
    because = "Illness" if status == "cancelled" else ""
    visit = VisitFactory(partnership=ours.partnership, on=on, status=status, cancelled_because=because)
    for person in who:
        BookingFactory(visit=visit, person=person)


def test_the_list_of_those_who_are_asked_for_the_last_day_that_took_place():
    assert [last_visit_held] == held.LAST_HELD


@pytest.mark.parametrize(
    ("status", "on", "says"),
    [
        ("folded", "13/1/2027", "A visit took place on Thursday 14 January: give that day or a later one."),
        ("completed", "13/1/2027", "A visit took place on Thursday 14 January: give that day or a later one."),
        ("paused", "14/1/2027", "A visit took place on Thursday 14 January: give a later day."),
        ("folded", "14/1/2027", ""),
        ("completed", "14/1/2027", ""),
        ("paused", "15/1/2027", ""),
    ],
)
def test_a_partnership_ends_on_the_last_visit_at_the_earliest_and_rests_after_it(coordinator, ours, status, on, says):
    visit_of(ours, dt.date(2026, 11, 5))
    visit_of(ours, dt.date(2027, 1, 14))
    visit_of(ours, dt.date(2027, 1, 20), status="cancelled")
    visit_of(ours, dt.date(2027, 1, 21), status="planned")
    seen = ours.partnership.steps.last().pk
    given = {"on": on, "reason": "Illness or long absence", "note": "", "seen": seen, "checked": "yes"}

    page = coordinator.post(reverse("programmes:move", args=[ours.partnership.pk, status]), given)

    now = Partnership.objects.get(pk=ours.partnership.pk).status
    said = page.context["form"].errors.get("on", []) if page.status_code == 200 else []
    assert (said, now) == (([says], "active") if says else ([], status))


def test_the_service_refuses_as_the_page_does(ours):
    visit_of(ours, dt.date(2027, 1, 14))

    with pytest.raises(life.WrongDay, match=r"A visit took place on Thursday 14 January: give a later day\."):
        life.move(
            ours.people[Role.COORDINATOR], ours.partnership, "paused", on=dt.date(2027, 1, 14), reason="Staff change"
        )


def test_the_page_says_from_which_day_on(coordinator, ours):
    visit_of(ours, dt.date(2027, 1, 14))
    urls = {status: reverse("programmes:move", args=[ours.partnership.pk, status]) for status in ("folded", "paused")}

    told = [coordinator.get(url).context["form"].fields["on"].help_text for url in urls.values()]
    visit_of(ours, dt.date(2027, 1, 27))
    told.append(coordinator.get(urls["paused"]).context["form"].fields["on"].help_text)

    assert told == [
        "From 14/1/2027, the day of the last visit that took place, to 27/1/2027.",
        "From 15/1/2027, the day after the last visit that took place, to 27/1/2027.",
        "A visit took place today: come back tomorrow, and give a day after it.",
    ]


def replace(client, ours, side, on):
    if side == Role.SPECIALIST:
        follower = SpecialistTeacherFactory(programme=ours.programme, status="active", partnerships_wanted=2)
        url, given = reverse("programmes:specialist_replace", args=[ours.partnership.pk]), {"successor": follower.pk}
    else:
        row = ours.partnership.partner_teachers.get()
        url = reverse("programmes:partner_teacher_replace", args=[ours.partnership.pk, row.pk])
        given = {"who": "nobody"}
    return client.post(url, given | {"on": on, "because": people.BECAUSE[0]})


@pytest.mark.parametrize("side", [Role.SPECIALIST, Role.PARTNER])
def test_whoever_was_there_leaves_on_a_later_day(coordinator, ours, side):
    visit_of(ours, dt.date(2027, 1, 14), ours.people[side])
    visit_of(ours, dt.date(2027, 1, 20), UserFactory())

    refused = replace(coordinator, ours, side, "14/1/2027")
    taken = replace(coordinator, ours, side, "15/1/2027")

    assert refused.context["form"].errors == {"on": ["A visit took place on Thursday 14 January: give a later day."]}
    assert taken.status_code == 302


def test_the_service_that_replaces_refuses_as_the_page_does(ours):
    visit_of(ours, dt.date(2027, 1, 14), ours.people[Role.PARTNER])
    row = ours.partnership.partner_teachers.get()

    with pytest.raises(people.CannotChange, match=r"A visit took place on Thursday 14 January: give a later day\."):
        people.replace_partner_teacher(
            ours.people[Role.COORDINATOR], row, on=dt.date(2027, 1, 14), because=people.BECAUSE[0]
        )
