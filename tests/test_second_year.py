"""A partnership carried into the next programme as embedding: it is under way there like any other, to its own end."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from programmes.models import Partnership, SpecialistTeacher
from programmes.services import life, programmes
from programmes.services.copying import Carry
from reports.roster.facts import Facts
from reports.roster.rows import Group, rows_of
from tests.copies import copied, whole_programme
from tests.factories import (
    EventFactory,
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    UserFactory,
    VisitFactory,
)
from tests.rosters import coordinator_of
from tests.term_dates import YEAR_2026, YEAR_2027, give_term_dates
from visits.events.audience import audience

NOVEMBER = dt.date(2027, 11, 10)
TASKS = ["areas", "timetable", "data_points", "assessment", "criteria", "staff"]


@pytest.fixture
def organisation(db):
    organisation = OrganisationFactory()
    give_term_dates(organisation, YEAR_2026)
    give_term_dates(organisation, YEAR_2027)
    return organisation


@pytest.fixture
def coordinator(organisation):
    return coordinator_of(organisation)


@pytest.fixture
def second_year(organisation, coordinator):
    """The partnership in the programme of the next year, which has begun: the day is 10 November 2027."""
    programme = whole_programme(organisation, UserFactory())
    first = PartnershipFactory(programme=programme, ref="GOES", subject="maths", year_group=5)
    MembershipFactory(user=first.specialist.user, role=Role.SPECIALIST, organisation=organisation)
    copy, _ = copied(coordinator, programme, GOES=Carry.EMBEDDING)
    copy.tasks_done = TASKS
    copy.save()
    with time_machine.travel(dt.datetime(2027, 11, 10, 9, tzinfo=dt.UTC), tick=False):
        programmes.activate(coordinator, copy)
        yield copy.partnerships.with_people().get()


def row_of(reader, partnership):
    found = Partnership.objects.filter(pk=partnership.pk).with_people()
    (row,) = rows_of(Facts(reader, partnership.programme.organisation, found, NOVEMBER))
    return row


def test_its_visits_are_planned_and_their_half_days_booked(client, coordinator, second_year):
    client.force_login(coordinator)
    people = [someone.pk for someone in second_year.teachers]
    typed = {"kind": "observation", "on": "17/11/2027", "half": "am", "host": second_year.partner_school_id}

    offered = client.get(reverse("visits:choose"))
    client.post(reverse("visits:create", args=[second_year.pk]), typed | {"people": people})

    assert second_year.partner_school.name in offered.content.decode()
    visit = second_year.visits.get()
    assert (visit.on, visit.status, set(visit.people.all())) == (
        dt.date(2027, 11, 17),
        "planned",
        set(second_year.teachers),
    )


def test_the_roster_says_what_it_lacks(coordinator, second_year):
    row = row_of(coordinator, second_year)

    assert row.group == Group.SLIPPING
    assert {"No target pupils yet", "No agreement to sign"} <= {slip.what for slip in row.slips}
    assert [slip.kind for slip in row.slips].count("plan") > 0


def test_it_rests_goes_on_and_folds_as_what_it_is(coordinator, second_year):
    VisitFactory(partnership=second_year, on=dt.date(2027, 11, 17))

    life.move(coordinator, second_year, "paused", on=NOVEMBER, reason="Staff change")
    rests = row_of(coordinator, second_year).group
    acts = life.acts_of(second_year)
    life.move(coordinator, second_year, "embedding", on=NOVEMBER)
    goes_on = (second_year.status, second_year.is_open_to_visits)
    life.move(coordinator, second_year, "folded", on=NOVEMBER, reason="Staff change")

    assert (rests, goes_on) == (Group.PAUSED, ("embedding", True))
    assert acts == [("embedding", "End the pause"), ("folded", "Fold this partnership")]
    assert second_year.visits.get().status == "cancelled"
    assert life.acts_of(second_year) == [("embedding", "Take the fold back")]


def test_its_specialist_teacher_has_as_much_less_room(second_year):
    (row,) = SpecialistTeacher.objects.filter(pk=second_year.specialist_id).with_taken()

    assert (row.taken, row.partnerships_wanted, row.free_places) == (1, 1, 0)


def test_its_teachers_are_invited_to_the_events_of_the_year(second_year):
    event = EventFactory(programme=second_year.programme, on=dt.date(2027, 11, 24), audience=["specialist", "partner"])

    assert {expected.person for expected in audience(event)} == set(second_year.teachers)
