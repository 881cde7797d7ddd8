"""What took the half-day of a planned visit: the one rule by which every page says that a visit must move.

The planner's own rules for it are those of `candidates.GONE`. Here they are asked of visits of any programme, without
reading all of it.
"""

import itertools
from collections import defaultdict

from programmes.calendar import calendars_of
from programmes.models import SchoolClosure
from visits.models import Away, Booking, Event
from visits.planner import Blocker, Rule
from visits.planner.words import Names, cause
from visits.planning.calendars import ELSEWHERE, RULES, SATURDAY, places_of_events


def may_have_lost(visit, today) -> bool:
    """It is planned and to come, and its partnership is not paused: then it matters whether its half-day is gone."""
    return visit.is_planned and visit.on > today and not visit.is_resting


def what_took(visits, today) -> dict[int, str]:
    """Visit -> why its half-day is gone, in words; nothing of one that keeps it.

    The visits come with their schools. It takes the same number of queries for one and for many.
    """
    visits = [visit for visit in visits if may_have_lost(visit, today)]
    if not visits:
        return {}
    known = Known(visits)
    found = {visit.pk: taken for visit in visits if (taken := known.blocker(visit))}
    words = {taken: cause(taken, known.names) for taken in set(found.values())}
    return {pk: words[taken] for pk, taken in found.items()}


def schools_of(visit) -> list:
    partnership = visit.partnership
    schools = [partnership.specialist.home_school, partnership.partner_school, visit.host]
    return list({school.pk: school for school in schools}.values())


def organisation_of(visit) -> int:
    return visit.partnership.programme.organisation_id


class Known:
    """The calendars of the schools and people of some visits, as far as these visits ask for them.

    A county has a thousand visits to come: what is the same for many of them is looked up once.
    """

    def __init__(self, visits):
        days = {visit.on for visit in visits}
        self.schools = {visit.pk: schools_of(visit) for visit in visits}
        schools = {school.pk: school for theirs in self.schools.values() for school in theirs}
        organisations = {organisation_of(visit) for visit in visits}
        self.calendars, self.school_days = calendars_of(organisations, schools), {}
        self.closures = defaultdict(list)
        for closure in SchoolClosure.objects.filter(school__among=schools).between(min(days), max(days)):
            self.closures[closure.school_id].append(closure)
        self.people, people = who_comes(visits)
        self.away = defaultdict(list)
        for row in Away.objects.filter(person__among=people).between(min(days), max(days)):
            self.away[row.person_id].append(row)
        self.events = {}
        events = Event.objects.filter(programme__organisation__in=organisations, on__in=days)
        for event, half, person, _ in places_of_events(events, people):
            self.events.setdefault((event.programme.organisation_id, person, event.on, half), event)
        self.names = Names(people, {pk: str(school) for pk, school in schools.items()}, {})

    def blocker(self, visit) -> Blocker | None:
        organisation, schools = organisation_of(visit), [school.pk for school in self.schools[visit.pk]]
        for school in schools:
            if self.is_holiday(organisation, school, visit.on):
                return Blocker(Rule.HOLIDAY, school)
            if found := self.closed(visit, school, for_all=True):
                return found
        closed = (self.closed(visit, school, for_all=False) for school in schools)
        busy = (self.busy(visit, organisation, person) for person in self.people.get(visit.pk, ()))
        return next(filter(None, itertools.chain(closed, busy)), None)

    def is_holiday(self, organisation, school, on) -> bool:
        calendar = self.calendars.of(organisation, school)
        key = id(calendar), on
        if key not in self.school_days:
            self.school_days[key] = on.weekday() < SATURDAY and not calendar.is_school_day(on)
        return self.school_days[key]

    def closed(self, visit, school, for_all) -> Blocker | None:
        """A closure of the whole school, or one of some year groups."""
        for closure in self.closures.get(school, ()):
            about = not closure.year_groups if for_all else visit.partnership.year_group in closure.year_groups
            if about and falls(closure, visit):
                words = "" if closure.kind == SchoolClosure.Kind.INSET else closure.words
                return Blocker(RULES[closure.kind], school, words)
        return None

    def busy(self, visit, organisation, person) -> Blocker | None:
        if any(falls(away, visit) for away in self.away.get(person, ())):
            return Blocker(Rule.AWAY, person)
        event = self.events.get((organisation, person, visit.on, visit.half))
        if event is None:
            return None
        own = event.programme_id == visit.partnership.programme_id
        return Blocker(Rule.BUSY, person, event.title if own else ELSEWHERE)


def who_comes(visits) -> tuple[dict[int, list[int]], dict[int, str]]:
    """Visit -> whoever is booked, without those who have left: they keep nobody from anything. And their names.

    As values: of a county's visits the rows alone would take longer than the whole question.
    """
    bookings = Booking.objects.filter(visit__among=[visit.pk for visit in visits]).of_who_is_there()
    found, names = defaultdict(list), {}
    columns = ("visit", "person", "person__first_name", "person__last_name")
    for visit, person, *name in bookings.order_by("person").values_list(*columns):
        found[visit].append(person)
        names[person] = name
    return found, {person: " ".join(name).strip() for person, name in names.items()}


def falls(days, visit) -> bool:
    return days.first_on <= visit.on <= days.last_on and visit.half in days.halves
