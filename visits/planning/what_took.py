"""What took the half-day of a planned visit: the one rule by which every page says that a visit must move.

The planner's own rules for it are those of `candidates.GONE`. Here they are asked of visits of any programme, without
reading all of it.
"""

import itertools
from collections import defaultdict
from dataclasses import dataclass

from programmes.calendar import calendars_of
from programmes.models import SchoolClosure
from visits.models import Away, Booking, Event
from visits.planner import Blocker, Rule
from visits.planner.words import Names, cause
from visits.planning.calendars import ELSEWHERE, RULES, SATURDAY, places_of_events


def may_have_lost(visit, today) -> bool:
    """It is planned and to come, and its partnership is not paused: then it matters whether its half-day is gone."""
    return visit.on > today and visit.is_planned and not visit.partnership.is_paused


def what_took(visits, today) -> dict[int, str]:
    """Visit -> why its half-day is gone, in words; nothing of one that keeps it.

    The visits come with their schools. It takes the same number of queries for one and for many.
    """
    visits, places = [visit for visit in visits if may_have_lost(visit, today)], {}
    for visit in visits:
        if place_key(visit) not in places:
            places[place_key(visit)] = Place.of(visit.partnership, visit.host)
    return what_took_there(visits, places)


def what_took_there(visits, places, calendars=None) -> dict[int, str]:
    """The same of visits that may have lost their half-day, by whoever knows their places, and has the calendars of the
    schools there."""
    if not visits:
        return {}
    known = Known(visits, places, calendars)
    found = {visit.pk: taken for visit in visits if (taken := known.blocker(visit))}
    words = {taken: cause(taken, known.names) for taken in set(found.values())}
    return {pk: words[taken] for pk, taken in found.items()}


def place_key(visit) -> tuple[int, int]:
    return visit.partnership_id, visit.host_id


@dataclass(frozen=True)
class Place:
    """What all visits of a partnership at one host have in common."""

    organisation: int
    programme: int
    year_group: int
    schools: dict[int, str]

    @classmethod
    def of(cls, p, host):
        schools = {school.pk: str(school) for school in (p.specialist.home_school, p.partner_school, host)}
        return cls(p.programme.organisation_id, p.programme_id, p.year_group, schools)


class Known:
    """The calendars of the schools and people of some visits, as far as these visits ask for them.

    A county has a thousand visits to come: what is the same for many of them is looked up once.
    """

    def __init__(self, visits, places, calendars):
        self.places, days = places, {visit.on for visit in visits}
        schools = {pk: name for place in places.values() for pk, name in place.schools.items()}
        organisations = {place.organisation for place in places.values()}
        self.calendars, self.holidays = calendars or calendars_of(organisations, schools), {}
        self.closures = defaultdict(list)
        for closure in SchoolClosure.objects.filter(school__among=schools).between(min(days), max(days)):
            self.closures[closure.school_id].append(closure)
        self.away = defaultdict(list)
        booked = Booking.objects.filter(visit__among=[visit.pk for visit in visits])
        for row in Away.objects.filter(person__in=booked.values("person")).between(min(days), max(days)):
            self.away[row.person_id].append(row)
        self.events = {}
        events = Event.objects.filter(programme__organisation__in=organisations, on__in=days)
        for event, half, person, _ in places_of_events(events):
            self.events.setdefault((event.programme.organisation_id, person, event.on, half), event)
        elsewhere = self.away.keys() | {person for _, person, *_ in self.events}
        self.people, people = who_comes(booked, elsewhere) if elsewhere else ({}, {})
        self.names = Names(people, schools, {})

    def blocker(self, visit) -> Blocker | None:
        place = self.places[place_key(visit)]
        for school in place.schools:
            if self.is_holiday(place.organisation, school, visit.on):
                return Blocker(Rule.HOLIDAY, school)
            if school in self.closures and (found := self.closed(visit, school)):
                return found
        closed = (self.closed(visit, school, place.year_group) for school in place.schools if school in self.closures)
        busy = (self.busy(visit, place, person) for person in self.people.get(visit.pk, ()))
        return next(filter(None, itertools.chain(closed, busy)), None)

    def is_holiday(self, organisation, school, on) -> bool:
        calendar = self.calendars.of(organisation, school)
        key = id(calendar), on
        if key not in self.holidays:
            self.holidays[key] = on.weekday() < SATURDAY and not calendar.is_school_day(on)
        return self.holidays[key]

    def closed(self, visit, school, year_group=None) -> Blocker | None:
        """A closure of the whole school, or one of some year groups with this one among them."""
        for closure in self.closures.get(school, ()):
            about = not closure.year_groups if year_group is None else year_group in closure.year_groups
            if about and falls(closure, visit):
                words = "" if closure.kind == SchoolClosure.Kind.INSET else closure.words
                return Blocker(RULES[closure.kind], school, words)
        return None

    def busy(self, visit, place, person) -> Blocker | None:
        if any(falls(away, visit) for away in self.away.get(person, ())):
            return Blocker(Rule.AWAY, person)
        event = self.events.get((place.organisation, person, visit.on, visit.half))
        if event is None:
            return None
        return Blocker(Rule.BUSY, person, event.title if event.programme_id == place.programme else ELSEWHERE)


def who_comes(bookings, people) -> tuple[dict[int, list[int]], dict[int, str]]:
    """Visit -> whoever of these people is booked, without those who have left: they keep nobody from anything. And
    their names.

    As values: of a county's visits the rows alone would take longer than the whole question.
    """
    found, names = defaultdict(list), {}
    columns = ("visit", "person", "person__first_name", "person__last_name")
    bookings = bookings.filter(person__among=people).of_who_is_there()
    for visit, person, *name in bookings.order_by("person").values_list(*columns):
        found[visit].append(person)
        names[person] = " ".join(name).strip()
    return found, names


def falls(days, visit) -> bool:
    return days.first_on <= visit.on <= days.last_on and visit.half in days.halves
