"""Series of meetings for tests, in the school year 2026-27; it is Monday 9 November 2026."""

import datetime as dt
import re

from accounts.models import OutgoingMail
from programmes.models import TermDate
from tests.world import build_world
from visits.events import series
from visits.models import Event

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
HALF_TERMS = [  # Thursday 3 September to Wednesday 21 July
    ("Autumn 1", "2026-09-03", "2026-10-23"),
    ("Autumn 2", "2026-11-02", "2026-12-18"),
    ("Spring 1", "2027-01-04", "2027-02-12"),
    ("Spring 2", "2027-02-22", "2027-03-25"),
    ("Summer 1", "2027-04-12", "2027-05-28"),
    ("Summer 2", "2027-06-07", "2027-07-21"),
]


def corner():
    """Without the term dates and mails of the world: these tests enter their own, or none."""
    ours = build_world()[0]
    OutgoingMail.objects.all().delete()
    TermDate.objects.all().delete()
    return ours


def enter_terms(organisation):
    for name, first, last in HALF_TERMS:
        TermDate.objects.create(organisation=organisation, name=name, starts_on=first, ends_on=last)


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def day(text):
    return dt.date.fromisoformat(text)


def days_of(row):
    return [on.isoformat() for on in row.events.standing().values_list("on", flat=True)]


def a_series(ours, rhythm="fortnightly", first="2026-11-12", until="2027-03-25", *, rotates=False, **fields):
    """Network meetings of the area's teachers, online on Thursdays from 4pm to 5:30pm."""
    event = Event(
        programme=ours.programme,
        kind="network",
        name="Network",
        on=day(first),
        starts_at=dt.time(16),
        ends_at=dt.time(17, 30),
        audience=["specialist", "partner"],
        **{"area": ours.partnership.area, "link": "https://meet.example/n"} | fields,
    )
    return series.add_series(None, event, rhythm, day(until), rotates=rotates)
