"""Attendance over the year: every person by every event whose register is closed."""

from collections import Counter
from dataclasses import dataclass

from accounts.models import School, User
from programmes.models import Partnership
from visits.events.audience import ONE_OF
from visits.models import Attendance, Event


@dataclass(frozen=True)
class Person:
    """One row of the table: a mark for each event, True, False, or None where the person was not expected."""

    person: User
    role_label: str
    school: School | None
    marks: list

    @property
    def present(self):
        return sum(mark is True for mark in self.marks)

    @property
    def expected(self):
        """At how many the person was expected, or came."""
        return sum(mark is not None for mark in self.marks)


def year_of(user, programme) -> dict:
    """The events, the people in sight of the reader, and what is still open; the same few queries for any number."""
    events = Event.objects.allowed(user, "attendance.view").filter(programme=programme).standing().order_by("on", "pk")
    closed = list(events.exclude(register_closed_at=None).select_related("area"))
    rows = Attendance.objects.filter(event__in=closed, present__isnull=False).order_by("event__on", "pk")
    marks, last, guests = {}, {}, Counter()
    for row in rows:
        if row.person_id is None:
            guests[row.event_id] += 1
        else:
            marks[row.person_id, row.event_id] = row.present
            last[row.person_id] = row
    sees = sight(user, programme)
    seen = [row for row in last.values() if sees(row.person_id, row.school_id)]
    people = User.objects.in_bulk([row.person_id for row in seen])
    schools = School.objects.in_bulk({row.school_id for row in seen if row.school_id})
    table = [
        Person(
            people[row.person_id],
            ONE_OF.get(row.role, ""),
            schools.get(row.school_id),
            [marks.get((row.person_id, event.pk)) for event in closed],
        )
        for row in seen
    ]
    table.sort(key=lambda one: (one.person.last_name.lower(), one.person.first_name.lower(), one.person.pk))
    return {"events": closed, "people": table, "guests": guests.total(), "totals": totals(closed, table)}


def totals(events, table):
    """For each event how many of those in the table were there, of how many."""
    by_event = [[one.marks[place] for one in table] for place in range(len(events))]
    return [(marks.count(True), len(marks) - marks.count(None)) for marks in by_event]


def sight(user, programme):
    """Whether the reader sees someone of a school: a coordinator everyone, a consultant the own area."""
    if any(m.organisation_id == programme.organisation_id for m in user.memberships_granting("events.manage")):
        return lambda person, school: True
    rows = Partnership.objects.allowed(user, "partnerships.view").filter(programme=programme)
    people, schools = {user.pk}, set()
    for specialist, home, partner_school, partner in rows.values_list(
        "specialist__user", "specialist__home_school", "partner_school", "partner_teachers__user"
    ):
        people |= {specialist, partner}
        schools |= {home, partner_school}
    return lambda person, school: person in people or school in schools


def table_of(year):
    """The columns and rows of the export."""
    columns = ["Name", "As", "School", *(f"{event.title}, {event.on:%d/%m/%Y}" for event in year["events"])]
    rows = [
        [
            str(one.person),
            one.role_label,
            str(one.school or ""),
            *({True: "present", False: "absent"}.get(mark, "") for mark in one.marks),
            one.present,
            one.expected,
        ]
        for one in year["people"]
    ]
    return [*columns, "Present", "Expected"], rows
