"""Visits and events as iCalendar files (RFC 5545), in the messages of RFC 5546: invitation, change, cancellation.

No word about a pupil stands in any of them.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from email.utils import parseaddr
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Timezone, vCalAddress
from icalendar import Event as CalendarEvent

from papers.templatetags.plain import listed
from visits.models import HOURS, Visit

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
LONDON = "Europe/London"
PRODUCT = "-//Lesson Study//Calendar//EN"
ANSWERS = {"accepted": "ACCEPTED", "declined": "DECLINED"}


@dataclass(frozen=True)
class Entry:
    """One entry of a calendar: the same `uid` all its life, and a `sequence` that rises with each change.

    `out` takes it out of the reader's calendar: it is cancelled, or they are not expected any more.
    """

    uid: str
    sequence: int
    on: dt.date
    starts_at: dt.time
    ends_at: dt.time
    summary: str
    description: str = ""
    location: str = ""
    address: str = ""
    out: bool = False


def entry_of_event(event, *, out=False) -> Entry:
    lines = [event.programme.title]
    if event.link:
        lines.append(f"Online: {event.link}")
    if event.is_planned:
        asks = event.on >= timezone.localdate()
        lines.append(
            f"{'Say whether you come' if asks else 'Its page'}: {settings.PUBLIC_URL}{event.get_absolute_url()}"
        )
    return Entry(
        uid=f"{event.uid}@{host()}",
        sequence=event.sequence,
        on=event.on,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        summary=event.title,
        description="\n".join(lines),
        location=event.where,
        address=event.get_absolute_url(),
        out=out or not event.is_planned,
    )


def entry_of_visit(visit, people=(), *, out=False) -> Entry:
    """A half-day, for one of those who are there: `people` are the names of all of them."""
    starts_at, ends_at = HOURS[visit.half]
    lines = [f"{visit.partnership.label}, {visit.partnership.programme.title}"]
    if people:
        lines.append(f"Who is there: {listed(people)}")
    lines.append(f"{settings.PUBLIC_URL}{visit.get_absolute_url()}")
    return Entry(
        uid=f"{visit.uid}@{host()}",
        sequence=visit.sequence,
        on=visit.on,
        starts_at=starts_at,
        ends_at=ends_at,
        summary=f"{visit.get_kind_display()} at {visit.host}",
        description="\n".join(lines),
        location=", ".join(part for part in (visit.host.name, visit.host.postcode) if part),
        address=visit.get_absolute_url(),
        out=out or visit.status == Visit.Status.CANCELLED,
    )


def entry_of_cover(booking) -> Entry:
    """A half-day on which a teacher is out of class, for the school that finds the cover: each person by itself."""
    visit = booking.visit
    entry = entry_of_visit(visit)
    where = "here, with a visitor" if visit.host_id == booking.school_id else f"at {visit.host}"
    return replace(
        entry,
        uid=f"{visit.uid}-{booking.person_id}@{host()}",
        summary=f"{booking.person} is out of class",
        description=f"{visit.get_kind_display()}, {where}\n{settings.PUBLIC_URL}{visit.get_absolute_url()}",
    )


def one_entry_file(entry: Entry, method: str, person=None, answer="") -> str:
    """The entry for one person's calendar, in which only its reader is invited: who else is stays with us."""
    component = component_of(entry)
    if person is not None:
        component.add(
            "ATTENDEE",
            vCalAddress.new(
                person.email,
                cn=str(person),
                role="REQ-PARTICIPANT",
                partstat=ANSWERS.get(answer, "NEEDS-ACTION"),
                rsvp=False,  # answers are given on the page: nobody reads the address that the mail comes from
            ),
        )
    return file_of([component], method)


def many_entries_file(entries: Iterable[Entry], name="") -> str:
    """Many entries in one file. It is published, because an invitation holds one entry only (RFC 5546)."""
    return file_of([component_of(entry) for entry in entries], PUBLISH, name)


def component_of(entry: Entry) -> CalendarEvent:
    component = CalendarEvent.new(
        uid=entry.uid,
        sequence=entry.sequence,
        stamp=timezone.now(),
        start=local(entry.on, entry.starts_at),
        end=local(entry.on, entry.ends_at),
        summary=entry.summary,
        description=entry.description or None,
        location=entry.location or None,
        url=settings.PUBLIC_URL + entry.address,
    )
    component.add("STATUS", "CANCELLED" if entry.out else "CONFIRMED")
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    component.add("ORGANIZER", vCalAddress.new(address, cn=name or "Lesson Study"))
    return component


def file_of(components, method, name="") -> str:
    calendar = Calendar.new(prodid=PRODUCT, method=method)
    if name:
        calendar.add("NAME", name)
        calendar.add("X-WR-CALNAME", name)  # what most programs read
    calendar.add_component(london())
    for component in components:
        calendar.add_component(component)
    return calendar.to_ical().decode()


def local(on, at):
    return dt.datetime.combine(on, at, ZoneInfo(LONDON))


def host():
    return urlsplit(settings.PUBLIC_URL).hostname


@cache
def london():
    return Timezone.from_tzid(LONDON, first_date=dt.date(2020, 1, 1))
