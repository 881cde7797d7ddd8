"""The links of the page of a programme: each reader is led to what opens for them, and to nothing else."""

import re

import pytest

from accounts.roles import Role
from programmes.models import Programme
from tests.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db

LED_TO = {
    Role.COORDINATOR: [
        "Specialist teachers",
        "Partner schools",
        "Pairing",
        "Heads\u2019 letter",
        "Invite people to sign in",
        "Agreement text",
        "Who has signed",
        "Action plan",
        "Change the timetable",
        "School calendars",
        "Uncommon INSET days",
        "Term dates",
        "Plan the visits",
        "Release time",
        "Events",
        "Attendance over the year",
        "Progress of each pupil",
        "Which grades are in",
        "Reports of all schools",
        "Collect grades in one file",
        "Change the settings",
        "How long pupil data is kept",
        "What would be erased of its pupils",
        "Take it away as a folder",
        "Copy to another year",
    ],
    Role.BUDGET_HOLDER: ["Action plan", "Release time", "Which grades are in"],
    Role.CONSULTANT: [
        "Specialist teachers",
        "Who has signed",
        "Action plan",
        "Release time",
        "Events",
        "Attendance over the year",
        "Progress of each pupil",
        "Which grades are in",
    ],
    Role.FINANCE: ["Release time", "Which grades are in"],
    Role.SPECIALIST: ["Who has signed", "Action plan", "Events", "Progress of each pupil"],
    Role.PARTNER: ["Who has signed", "Action plan", "Events", "Progress of each pupil"],
    Role.HEADTEACHER: ["Who has signed", "Action plan", "Uncommon INSET days", "Events", "Progress of each pupil"],
}


def links(page):
    hub = page.partition('<nav class="ls-hub"')[2].partition("</nav>")[0]
    return re.findall(r'<a class="govuk-link" href="([^"]+)">([^<]+)</a>', hub)


@pytest.mark.parametrize("role", LED_TO)
def test_each_role_is_led_to_what_opens_for_it(client, ours, role):
    client.force_login(ours.people[role])

    found = links(client.get(ours.programme.get_absolute_url()).content.decode())

    assert [label for _, label in found] == LED_TO[role]
    assert {url: client.get(url).status_code for url, _ in found} == {url: 200 for url, _ in found}


def test_what_makes_no_sense_yet_or_any_more_is_not_offered(client, ours):
    client.force_login(ours.people[Role.COORDINATOR])
    offered = {}

    for status in Programme.Status.values:
        Programme.objects.filter(pk=ours.programme.pk).update(status=status)
        page = client.get(ours.programme.get_absolute_url()).content.decode()
        offered[status] = [label for _, label in links(page)]

    everything = LED_TO[Role.COORDINATOR]
    not_yet = {
        "Invite people to sign in",
        "Who has signed",
        "Plan the visits",
        "Release time",
        "Events",
        "Attendance over the year",
        "Progress of each pupil",
        "Which grades are in",
        "Reports of all schools",
        "Collect grades in one file",
        "Change the settings",
        "What would be erased of its pupils",
        "Take it away as a folder",
    }
    over = {"Invite people to sign in", "Change the timetable", "Collect grades in one file", "Change the settings"}
    assert offered == {
        "draft": [label for label in everything if label not in not_yet],
        "active": everything,
        "closed": [label for label in everything if label not in over],
    }


def test_two_roles_in_two_places_do_not_add_up(client, ours):
    """A consultant of another organisation who heads a school here is led where heads are."""
    head = ours.people[Role.HEADTEACHER]
    MembershipFactory(user=head, role=Role.CONSULTANT, organisation=OrganisationFactory())
    client.force_login(head)

    found = links(client.get(ours.programme.get_absolute_url()).content.decode())

    assert [label for _, label in found] == LED_TO[Role.HEADTEACHER]
