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
    """The event for one person's calendar. The same UID all its life, and a SEQUENCE that rises with each change.

    It names nobody but its reader: who else is invited stays with us.
    """
    cancelled = method == CANCEL or not event.is_planned
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
    entry.add("STATUS", "CANCELLED" if cancelled else "CONFIRMED")
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    entry.add("ORGANIZER", vCalAddress.new(address, cn=name or "Lesson Study"))
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
    calendar = Calendar.new(prodid=PRODUCT, method=method)
    calendar.add_component(london())
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
