"""A draft that was made by mistake goes with everything in it; a programme that was started stays."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEvent
from accounts.roles import Role
from programmes.models import AgreementText, Partnership, Programme, SpecialistTeacher
from tests.factories import EventFactory, PartnershipFactory, ProgrammeFactory, SpecialistTeacherFactory
from tests.world import build_world


@pytest.fixture(autouse=True)
def autumn():
    with time_machine.travel(dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def ours(client, db):
    ours = build_world()[0]
    client.force_login(ours.people[Role.COORDINATOR])
    return ours


@pytest.fixture
def draft(ours):
    """A draft with an area, a specialist teacher, a partnership and a cancelled event."""
    draft = ProgrammeFactory(organisation=ours.organisation, name="By mistake", status=Programme.Status.DRAFT)
    area = draft.areas.create(name="North")
    teacher = SpecialistTeacherFactory(programme=draft)
    PartnershipFactory(programme=draft, specialist=teacher, area=area)
    EventFactory(programme=draft, area=area, status="cancelled", cancelled_because="A mistake")
    return draft


def words(answer):
    return " ".join(answer.content.decode().split())


def test_a_draft_goes_with_all_that_its_page_names(client, ours, draft):
    tasks = words(client.get(reverse("programmes:set_up", args=[draft.slug])))
    asked = words(client.get(reverse("programmes:delete", args=[draft.slug])))
    before = (Programme.objects.count(), Partnership.objects.count(), SpecialistTeacher.objects.count())

    answer = client.post(reverse("programmes:delete", args=[draft.slug]), follow=True)

    assert "Delete this draft" in tasks
    assert [what in asked for what in ("1 area", "1 specialist teacher", "1 partnership", "1 cancelled event")] == [
        True
    ] * 4
    assert f"The draft {draft.title} is deleted." in words(answer)
    after = (Programme.objects.count(), Partnership.objects.count(), SpecialistTeacher.objects.count())
    assert after == tuple(number - 1 for number in before)
    (line,) = AuditEvent.objects.filter(did="programme deleted")
    assert (line.who, line.row) == (ours.people[Role.COORDINATOR], draft.pk)
    assert client.post(reverse("programmes:delete", args=[draft.slug])).status_code == 404


def test_a_draft_with_a_planned_event_stays_and_says_why(client, draft):
    draft.events.update(status="planned", cancelled_because="")

    asked = words(client.get(reverse("programmes:delete", args=[draft.slug])))
    answer = client.post(reverse("programmes:delete", args=[draft.slug]), follow=True)

    assert "It cannot be deleted: 1 event stands in it." in asked
    assert "It cannot be deleted: 1 event stands in it." in words(answer)
    assert Programme.objects.filter(pk=draft.pk).exists()


def test_a_programme_that_was_started_cannot_be_deleted(client, ours):
    texts = AgreementText.objects.count()

    answer = client.post(reverse("programmes:delete", args=[ours.programme.slug]), follow=True)

    assert f"{ours.programme.title} was started, so it cannot be deleted." in words(answer)
    assert (Programme.objects.filter(pk=ours.programme.pk).exists(), AgreementText.objects.count()) == (True, texts)


def test_a_name_that_differs_in_capitals_only_is_refused_with_the_programme_that_has_it(client, ours, draft):
    sent = {"name": "BY  mistake", "subjects": "maths", "year_groups": ["5"], "funded": "yes"}

    refused = client.post(reverse("programmes:add"), sent | {"year": "2026-27"})
    taken = client.post(reverse("programmes:add"), sent | {"year": "2027-28"})

    assert "By mistake 2026-27 is there already, being set up." in words(refused)
    assert taken.status_code == 302
    assert list(Programme.objects.filter(name__iexact="by mistake").values_list("name", "starts_on__year")) == [
        ("BY mistake", 2027),
        ("By mistake", 2026),
    ]
