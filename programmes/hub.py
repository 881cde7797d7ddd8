"""Where one goes from the page of a programme: groups of links, of which each reader is shown those that open."""

from typing import NamedTuple

from django.urls import reverse

from programmes.models import Programme

DRAFT, ACTIVE, CLOSED = Programme.Status.DRAFT, Programme.Status.ACTIVE, Programme.Status.CLOSED


class Way(NamedTuple):
    label: str
    page: str
    action: str  # whoever may do this about the programme may open the page
    statuses: tuple = (DRAFT, ACTIVE, CLOSED)
    of: str = "slug"  # how the page knows the programme: "slug", "query" or "year"; "none" where it is about all


GROUPS = [
    (
        "Who takes part",
        [
            Way("Specialist teachers", "programmes:specialists", "specialists.view"),
            Way("Partner schools", "programmes:schools", "recruiting.manage"),
            Way("Pairing", "programmes:pairing", "pairing.manage"),
            Way("Heads\u2019 letter", "programmes:letters", "recruiting.manage"),
            Way("Invite people to sign in", "programmes:invite_many", "recruiting.manage", (ACTIVE,), "none"),
        ],
    ),
    (
        "What is agreed",
        [
            Way("Agreement text", "programmes:agreement_text", "agreements.manage"),
            Way("Who has signed", "programmes:agreements", "agreements.view", (ACTIVE, CLOSED), "query"),
            Way("Action plan", "programmes:actions", "actions.view"),
        ],
    ),
    (
        "The year",
        [
            Way("Change the timetable", "programmes:timetable", "programmes.set_up", (DRAFT, ACTIVE)),
            Way("School calendars", "programmes:calendars", "calendars.manage"),
            Way("Uncommon INSET days", "programmes:inset", "inset.compare"),
            Way("Term dates", "programmes:term_dates_year", "programmes.set_up", of="year"),
            Way("Plan the visits", "visits:plans", "plans.manage", (ACTIVE, CLOSED)),
            Way("Release time", "visits:ledger", "ledger.numbers", (ACTIVE, CLOSED)),
            Way("Events", "events:list", "events.view", (ACTIVE, CLOSED), "query"),
            Way("Attendance over the year", "events:year", "attendance.view", (ACTIVE, CLOSED)),
        ],
    ),
    (
        "Grades and progress",
        [
            Way("Progress of each pupil", "reports:followed", "progress.view", (ACTIVE, CLOSED)),
            Way("Which grades are in", "reports:completeness", "returns.view", (ACTIVE, CLOSED)),
            Way("Reports of all schools", "reports:rounds", "reports.rounds", (ACTIVE, CLOSED)),
            Way("Collect grades in one file", "pupils:collect", "returns.collect", (ACTIVE,)),
        ],
    ),
    (
        "This programme",
        [
            Way("Change the settings", "programmes:set_up", "programmes.set_up", (ACTIVE,)),
            Way("How long pupil data is kept", "programmes:keeping", "programmes.set_up"),
            Way("What would be erased of its pupils", "reports:erasing", "pupils.erase", (ACTIVE, CLOSED)),
            Way("Take it away as a folder", "reports:exports", "reports.programme", (ACTIVE, CLOSED), of="none"),
            Way("Copy to another year", "programmes:copy", "programmes.set_up"),
        ],
    ),
]


def ways(person, programme) -> list[tuple]:
    """(heading, [(label, address)]) of what this person can open, without empty groups. A query for each role."""
    opens = doors(person, programme)
    found = [
        (
            heading,
            [
                (way.label, address(way, programme))
                for way in group
                if programme.status in way.statuses and opens(way.action)
            ],
        )
        for heading, group in GROUPS
    ]
    return [(heading, links) for heading, links in found if links]


def doors(person, programme):
    """Whether the person may do something about this programme; roles that may do two things are asked about once."""
    known = {}

    def opens(action):
        key = frozenset(m.pk for m in person.memberships_granting(action))
        if key not in known:
            known[key] = Programme.objects.allowed(person, action).filter(pk=programme.pk).exists()
        return known[key]

    return opens


def address(way, programme):
    if way.of == "year":
        return reverse(way.page, args=[programme.organisation_id, programme.starts_on])
    if way.of == "query":
        return f"{reverse(way.page)}?programme={programme.pk}"
    return reverse(way.page, args=[programme.slug] if way.of == "slug" else [])
