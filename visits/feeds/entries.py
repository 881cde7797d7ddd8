"""What a feed holds: from half a year ago on, and for thirty days after their day also what was cancelled."""

import datetime as dt
from dataclasses import replace

from django.db.models import Q

from accounts.models import User
from accounts.roles import Role
from visits.calendar_file import Entry, entry_of_cover, entry_of_event, entry_of_visit, many_entries_file
from visits.models import Attendance, Booking, Event, Visit, VisitChange

BACK = dt.timedelta(days=183)
CANCELLED_FOR = dt.timedelta(days=30)
BY_RULE = [Role.SPECIALIST, Role.PARTNER, Role.HEADTEACHER]  # whoever coordinates is not expected at every event


def file_of_feed(feed, today) -> str:
    if feed.school_id:
        return many_entries_file(school_entries(feed, today), f"Out of class, {feed.school}")
    return many_entries_file(own_entries(feed.person, today), "Lesson Study")


def own_entries(person, today) -> list[Entry]:
    """The visits for which the person is booked, and the events at which they are expected."""
    reach = Visit.objects.allowed(person, "visits.view")
    booked = Booking.objects.filter(person=person, on__gte=today - BACK)
    visits = reach.standing().filter(pk__in=booked.values("visit")).with_people()
    entries = [entry_of_visit(visit, visit.people.all()) for visit in visits]
    gone = given_up(reach, today, [{"person": person.pk}], exclude=booked.values("visit"))
    entries += [entry_of_visit(visit, out=True) for visit, _ in gone]
    return in_order([*entries, *map(entry_of_event, events_of(person, today))])


def events_of(person, today):
    mine = Attendance.objects.filter(person=person)
    expected = Q(pk__in=mine.exclude(by_hand="removed").values("event")) | Q(chair=person) | Q(minute_taker=person)
    rules, started = Event.objects.all().reach, Event.objects.all().started
    for m in person.live_memberships:
        if m.role in BY_RULE:
            expected |= rules[m.role](m) & started
    reach = Event.objects.allowed(person, "events.view").filter(expected).filter(on__gte=today - BACK)
    reach = reach.exclude(pk__in=mine.filter(answer="declined").values("event")).select_related("programme", "place")
    return reach.filter(Q(status=Event.Status.PLANNED) | Q(on__gte=today - CANCELLED_FOR))


def school_entries(feed, today) -> list[Entry]:
    """A school's teachers who are out of class, in the reach of whoever made the address."""
    rows = Booking.objects.allowed(feed.made_by, "cover.view").filter(school=feed.school, on__gte=today - BACK)
    bookings = list(rows.needing_cover())
    there = {(booking.visit_id, booking.person_id) for booking in bookings}
    reach = Visit.objects.allowed(feed.made_by, "visits.view")
    entries = [entry_of_cover(booking) for booking in bookings]
    gone = given_up(reach, today, [{"school": feed.school_id, "is_out": True}])
    people = User.objects.in_bulk({one["person"] for _, line in gone for one in line.given_up})
    for visit, line in gone:
        for one in line.given_up:
            key = visit.pk, one["person"]
            if one["school"] == feed.school_id and one["is_out"] and key not in there:
                there.add(key)
                was = Booking(visit=visit, person=people[one["person"]], school=feed.school)
                entries.append(replace(entry_of_cover(was), out=True))
    return in_order(entries)


def given_up(reach, today, holds, exclude=None) -> list[tuple[Visit, VisitChange]]:
    """Half-days that were given up: each visit as it stood before the latest line of its history that says so."""
    lines = VisitChange.objects.filter(
        given_up__contains=holds, before_on__gte=today - CANCELLED_FOR, visit__in=reach.values("pk")
    )
    if exclude is not None:
        lines = lines.exclude(visit__in=exclude)
    latest = {line.visit_id: line for line in lines.select_related("before_host").order_by("at", "pk")}
    visits = list(Visit.objects.filter(pk__in=latest).with_people())
    for visit in visits:
        line = latest[visit.pk]
        visit.on, visit.half, visit.host = line.before_on, line.before_half, line.before_host
    return [(visit, latest[visit.pk]) for visit in visits]


def in_order(entries):
    return sorted(entries, key=lambda entry: (entry.on, entry.starts_at, entry.uid))
