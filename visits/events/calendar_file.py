"""An event as an iCalendar file (RFC 5545), in the message that RFC 5546 wants: invitation, change, cancellation."""

import datetime as dt
from email.utils import parseaddr
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Timezone, vCalAddress
from icalendar import Event as CalendarEvent

REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
LONDON = "Europe/London"
PRODUCT = "-//Lesson Study//Events//EN"
ANSWERS = {"accepted": "ACCEPTED", "declined": "DECLINED"}


def calendar_file(event, method, person=None, answer="") -> str:
    """The event for one person's calendar, which names nobody but its reader: who else is invited stays with us."""
    entry = entry_of(event, out=method == CANCEL)
    if person is not None:
        entry.add(
            "ATTENDEE",
            vCalAddress.new(
                person.email,
                cn=str(person),
                role="REQ-PARTICIPANT",
                partstat=ANSWERS.get(answer, "NEEDS-ACTION"),
                rsvp=False,  # answers are given on the page: nobody reads the address that the mail comes from
            ),
        )
    return file_of([entry], method)


def calendar_of_many(entries) -> str:
    """Many events in one file, as (event, whether it is taken out).

    It is published, because an invitation holds one event only (RFC 5546).
    """
    return file_of([entry_of(event, out=out) for event, out in entries], PUBLISH)


def entry_of(event, *, out):
    """The same UID all its life, and a SEQUENCE that rises with each change."""
    entry = CalendarEvent.new(
        uid=f"{event.uid}@{urlsplit(settings.PUBLIC_URL).hostname}",
        sequence=event.sequence,
        stamp=timezone.now(),
        start=local(event.on, event.starts_at),
        end=local(event.on, event.ends_at),
        summary=event.title,
        description=description(event),
        location=event.where or None,
        url=settings.PUBLIC_URL + event.get_absolute_url(),
    )
    entry.add("STATUS", "CANCELLED" if out or not event.is_planned else "CONFIRMED")
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    entry.add("ORGANIZER", vCalAddress.new(address, cn=name or "Lesson Study"))
    return entry


def file_of(entries, method):
    calendar = Calendar.new(prodid=PRODUCT, method=method)
    calendar.add_component(london())
    for entry in entries:
        calendar.add_component(entry)
    return calendar.to_ical().decode()


def local(on, at):
    return dt.datetime.combine(on, at, ZoneInfo(LONDON))


def description(event):
    lines = [event.programme.title]
    if event.link:
        lines.append(f"Online: {event.link}")
    if event.is_planned:
        lines.append(f"Say whether you come: {settings.PUBLIC_URL}{event.get_absolute_url()}")
    return "\n".join(lines)


@cache
def london():
    return Timezone.from_tzid(LONDON, first_date=dt.date(2020, 1, 1))
