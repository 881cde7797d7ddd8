"""A programme that is being set up, or copied, reaches nobody at the schools before it is started."""

import pytest

from accounts.roles import Role
from programmes.models import (
    ActionItem,
    Agreement,
    Area,
    DataReturn,
    HeadsLetter,
    PartnerSchool,
    Partnership,
    Programme,
)
from programmes.services.agreements import makeable
from pupils.models import Place, TargetPupil
from reports.services import orderable
from tests.factories import PartnershipFactory
from visits.models import Event, Visit

pytestmark = pytest.mark.django_db

# What belongs to a programme, and an action by which the schools and the office reach it.
OF_A_PROGRAMME = [
    (Programme, "programmes.view"),
    (Area, "programmes.view"),
    (Partnership, "partnerships.view"),
    (DataReturn, "returns.owed"),
    (Agreement, "agreements.view"),
    (ActionItem, "actions.view"),
    (HeadsLetter, "offer.view"),
    (PartnerSchool, "offer.view"),
    (Visit, "visits.view"),
    (Event, "events.view"),
    (Place, "pupils.view"),
    (TargetPupil, "pupils.view"),
]
AT_SCHOOLS = [Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER, Role.OFFICE]
IN_THE_OFFICE = [Role.COORDINATOR, Role.BUDGET_HOLDER, Role.CONSULTANT, Role.FINANCE]


def reached(ours, roles):
    found = {
        (role.value, model.__name__): model.objects.allowed(ours.people[role], action).count()
        for role in roles
        for model, action in OF_A_PROGRAMME
    }
    return {key: number for key, number in found.items() if number}


def test_nobody_at_a_school_reaches_a_draft_and_the_office_does(ours):
    schools, office = reached(ours, AT_SCHOOLS), reached(ours, IN_THE_OFFICE)
    Programme.objects.update(status="draft")

    assert {model for _, model in schools} == {model.__name__ for model, _ in OF_A_PROGRAMME}
    assert reached(ours, AT_SCHOOLS) == {}
    assert reached(ours, IN_THE_OFFICE) == office


def test_no_report_of_a_draft_is_offered_to_the_head(client, ours):
    head = ours.people[Role.HEADTEACHER]
    client.force_login(head)

    def offered():
        today = {offer["programme"] for offer in client.get("/").context["impact"]}
        return today, {offer.programme for offer in orderable(head)}

    running = offered()
    Programme.objects.update(status="draft")

    assert running == ({ours.programme}, {ours.programme})
    assert offered() == (set(), set())


def test_agreements_are_made_once_the_programme_runs(ours):
    partnership = PartnershipFactory(programme=ours.programme)
    runs = makeable(Partnership.objects.all())
    before = partnership in runs
    Programme.objects.update(status="draft")

    assert before
    assert list(makeable(Partnership.objects.all())) == []
