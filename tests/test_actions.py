"""The action plan: one owner, one day, notes that stay, and a line on the owner's first page when it is due."""

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from programmes.models import ActionItem
from tests.factories import (
    ActionItemFactory,
    MembershipFactory,
    ProgrammeFactory,
    SpecialistTeacherFactory,
    UserFactory,
)
from tests.world import build_world

pytestmark = pytest.mark.django_db

TODAY = dt.date(2027, 2, 10)


@pytest.fixture
def ours():
    with time_machine.travel(dt.datetime(2027, 2, 10, 9, tzinfo=dt.UTC), tick=False):
        yield build_world()[0]


@pytest.fixture
def coordinator(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    return client


def answers(ours, **changed):
    return {
        "what": "Ring every head",
        "owner": ours.people[Role.CONSULTANT].pk,
        "due_on": "12/3/2027",
        "success_measure": "All 12 rung",
        "partnership": "",
    } | changed


def errors_of(response):
    return {name: list(errors) for name, errors in response.context["form"].errors.items()}


def test_a_coordinator_adds_an_action_with_its_owner_and_day(coordinator, ours):
    coordinator.post(reverse("programmes:action_add", args=[ours.programme.slug]), answers(ours))

    row = ActionItem.objects.get(what="Ring every head")
    assert (row.what, row.owner, row.due_on, row.made_by) == (
        "Ring every head",
        ours.people[Role.CONSULTANT],
        dt.date(2027, 3, 12),
        ours.people[Role.COORDINATOR],
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"what": ""}, {"what": ["Say what is to be done."]}),
        ({"owner": ""}, {"owner": ["Choose who does it."]}),
        ({"due_on": ""}, {"due_on": ["Give the day by which it is done."]}),
        (
            {"due_on": "12/3/2028"},
            {"due_on": ["This day is outside the programme's year: give one from 1 September 2026 to 31 August 2027."]},
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_the_rest_stays_typed(coordinator, ours, changed, said):
    before = ActionItem.objects.count()

    response = coordinator.post(reverse("programmes:action_add", args=[ours.programme.slug]), answers(ours, **changed))

    assert errors_of(response) == said
    assert "All 12 rung" in response.content.decode()
    assert ActionItem.objects.count() == before


def test_two_of_one_name_are_told_apart_by_what_they_do(coordinator, ours):
    head = MembershipFactory(organisation=ours.organisation, school=ours.school, role=Role.HEADTEACHER).user
    consultant = MembershipFactory(organisation=ours.organisation, role=Role.CONSULTANT).user
    User.objects.filter(pk__in=[head.pk, consultant.pk]).update(first_name="Juno", last_name="Reed")
    MembershipFactory(user=head, organisation=ours.organisation, school=ours.school, role=Role.PARTNER)

    page = coordinator.get(reverse("programmes:action_add", args=[ours.programme.slug]))

    offered = dict(person for _, people in page.context["form"].fields["owner"].choices[1:] for person in people)
    assert [offered[pk] for pk in (head.pk, consultant.pk)] == [
        f"Juno Reed (Headteacher, {ours.school}; Partner teacher, {ours.school})",
        "Juno Reed (Area consultant)",
    ]


def offered_to(client, url):
    """Group -> the last names of those who are offered in it."""
    groups = client.get(url).context["form"].fields["owner"].choices[1:]
    return {label: [User.objects.get(pk=pk).last_name for pk, _ in people] for label, people in groups}


def test_owners_are_offered_in_groups_each_once(coordinator, ours):
    url = reverse("programmes:action_add", args=[ours.programme.slug])
    MembershipFactory(user=ours.people[Role.SPECIALIST], organisation=ours.organisation, role=Role.CONSULTANT)

    offered, page = offered_to(coordinator, url), coordinator.get(url).content.decode()

    assert {label: [name for name in names if name.startswith("Ourside")] for label, names in offered.items()} == {
        "Coordinators and other staff": ["OursideBudgetHolder", "OursideCoordinator", "OursideFinance"],
        "Headteachers": ["OursideHeadteacher"],
        "Area consultants": ["OursideConsultant", "OursideSpecialist"],
        "Teachers": ["OursidePartner"],
        "School offices": ["OursideOffice"],
    }
    assert page.count("<optgroup") == 5
    assert '<option value="" selected>Choose a person</option>' in page


def test_whoever_took_part_in_earlier_programmes_alone_and_cannot_sign_in_is_not_offered(coordinator, ours):
    closed = ProgrammeFactory(organisation=ours.organisation, status="closed")
    names = [("Gone", False, closed), ("Stayed", True, closed), ("Here", False, ours.programme)]
    for name, is_active, programme in names:
        user = UserFactory(last_name=name, is_active=is_active)
        MembershipFactory(user=user, organisation=ours.organisation, role=Role.SPECIALIST)
        SpecialistTeacherFactory(programme=programme, user=user)
    gone = User.objects.get(last_name="Gone")
    own = ActionItemFactory(programme=ours.programme, owner=gone)
    add = reverse("programmes:action_add", args=[ours.programme.slug])

    new = offered_to(coordinator, add)["Teachers"]
    refused = coordinator.post(add, answers(ours, owner=gone.pk))
    standing = offered_to(coordinator, reverse("programmes:action_change", args=[own.pk]))["Teachers"]

    found = [[name for name, *_ in names if name in offered] for offered in (new, standing)]
    assert found == [["Stayed", "Here"], ["Gone", "Stayed", "Here"]]
    assert errors_of(refused) == {"owner": ["Choose from what is offered here."]}


def test_nobody_of_another_organisation_can_be_made_the_owner(coordinator, ours):
    stranger = MembershipFactory().user

    response = coordinator.post(
        reverse("programmes:action_add", args=[ours.programme.slug]), answers(ours, owner=stranger.pk)
    )

    assert errors_of(response) == {"owner": ["Choose from what is offered here."]}


def test_the_owner_notes_how_it_goes_and_says_when_it_is_done(client, ours):
    client.force_login(ours.people[Role.PARTNER])
    page = reverse("programmes:action", args=[ours.action.pk])

    client.post(reverse("programmes:action_note", args=[ours.action.pk]), {"text": "Rang, <b>no</b> answer"})
    client.post(reverse("programmes:action_done", args=[ours.action.pk]))
    second = client.post(reverse("programmes:action_done", args=[ours.action.pk]), follow=True)

    ours.action.refresh_from_db()
    assert ours.action.done_on == TODAY
    assert "Rang, &lt;b&gt;no&lt;/b&gt; answer" in client.get(page).content.decode()
    assert "This action was done already." in second.content.decode()


def test_a_note_without_words_is_asked_for(client, ours):
    client.force_login(ours.people[Role.PARTNER])

    response = client.post(reverse("programmes:action_note", args=[ours.action.pk]), {"text": " "})

    assert errors_of(response) == {"text": ["Write the note first."]}


@pytest.mark.parametrize(
    ("due_on", "said"),
    [
        (dt.date(2027, 2, 9), ("Overdue since 9 February", True)),
        (dt.date(2027, 2, 10), ("Due on Wednesday 10 February", False)),
        (dt.date(2027, 2, 17), ("Due on Wednesday 17 February", False)),
        (dt.date(2027, 2, 18), None),
    ],
)
def test_the_owner_is_reminded_from_a_week_before_on(client, ours, due_on, said):
    ActionItem.objects.filter(pk=ours.action.pk).update(due_on=due_on)
    client.force_login(ours.people[Role.PARTNER])

    page = reverse("programmes:action", args=[ours.action.pk])
    lines = client.get(reverse("today")).context["to_do"]

    found = [(line["when"], line["late"]) for line in lines if line["url"] == page]
    assert found == ([said] if said else [])


def test_the_table_for_the_steering_group_is_what_the_page_shows(coordinator, ours):
    late = ActionItemFactory(
        programme=ours.programme, what="=SUM(1)", due_on=dt.date(2027, 1, 8), owner=ours.people[Role.CONSULTANT]
    )
    late.notes.create(text="First", by=late.owner)
    late.notes.create(text="Second", by=late.owner)
    url = reverse("programmes:actions_table", args=[ours.programme.slug, "csv"])

    rows = list(csv.reader(io.StringIO(coordinator.get(url, {"show": "overdue"}).content.decode("utf-8-sig"))))

    assert rows[1:] == [["'=SUM(1)", str(late.owner), "2027-01-08", "", "", "", "Second", "2027-02-10"]]
    assert coordinator.get(reverse("programmes:actions_table", args=[ours.programme.slug, "pdf"])).status_code == 404
