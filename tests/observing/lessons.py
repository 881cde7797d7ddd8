"""A research lesson about to be observed: Pat teaches it, Sara watches pupil A, and what a device sends of it."""

import datetime as dt
import uuid

from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from tests.factories import PlaceFactory
from tests.notebook import a_lesson, a_study
from tests.world import build_world


def planned_lesson(**fields):
    """Our corner with a lesson of today: `ours.today`, `ours.pat` (teaches), `ours.sara` (observes pupil A)."""
    ours, ours.next_door, ours.elsewhere = build_world()
    ours.sara, ours.pat = ours.people[Role.SPECIALIST], ours.people[Role.PARTNER]
    places = [ours.place, *(PlaceFactory(partnership=ours.partnership) for _ in range(2))]
    ours.today = a_lesson(a_study(ours.partnership, [ours.pat, ours.sara], places), **fields)
    return ours


def address(name, lesson):
    return reverse(f"lessons:{name}", args=[lesson.pk])


def item(kind="action", text="", pupil="A", **more):
    """One thing that a device kept."""
    at = timezone.now().isoformat()
    return {"client": str(uuid.uuid4()), "at": at, "pupil": pupil, "kind": kind, "grouping": "", "text": text} | more


def send(client, person, lesson, *items, now=None, **more):
    client.force_login(person)
    body = {"who": person.pk, "now": (now or timezone.now()).isoformat(), "items": list(items)} | more
    return client.post(address("observations", lesson), body, content_type="application/json")


def seen_of(lesson):
    """(whose letter, kind, text, why apart) of everything that was kept, in the order of its times."""
    rows = lesson.observations.select_related("case_pupil").order_by("at", "pk")
    return [(str(row.case_pupil or ""), row.kind, row.text, row.apart) for row in rows]


def minutes_ago(minutes):
    return timezone.now() - dt.timedelta(minutes=minutes)
