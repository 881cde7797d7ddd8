"""What took the half-day of a planned visit: the one rule by which every page says that a visit must move.

The planner's own rules for it are those of `candidates.GONE`. Here they are asked of visits of any programme, without
reading all of it.
"""

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
    found = {visit.pk: known.blocker(visit) for visit in visits}
    return {pk: cause(taken, known.names) for pk, taken in found.items() if taken}


def schools_of(visit) -> list:
    partnership = visit.partnership
    return list(dict.fromkeys([partnership.specialist.home_school, partnership.partner_school, visit.host]))


def organisation_of(visit) -> int:
    return visit.partnership.programme.organisation_id


class Known:
    """The calendars of the schools and people of some visits, as far as these visits ask for them."""

    def __init__(self, visits):
        days = [visit.on for visit in visits]
        schools = {school.pk: str(school) for visit in visits for school in schools_of(visit)}
        organisations = {organisation_of(visit) for visit in visits}
        self.calendars = calendars_of(organisations, schools)
        self.closures = defaultdict(list)
        for closure in SchoolClosure.objects.filter(school__in=schools).between(min(days), max(days)):
            self.closures[closure.school_id].append(closure)
        self.people, people = who_comes(visits)
        self.away = defaultdict(list)
        booked = Booking.objects.filter(visit__in=[visit.pk for visit in visits])
        for row in Away.objects.filter(person__in=booked.values("person")).between(min(days), max(days)):
            self.away[row.person_id].append(row)
        self.events = {}
        events = Event.objects.filter(programme__organisation__in=organisations, on__in=set(days))
        for event, half, person, _ in places_of_events(events, people):
            self.events.setdefault((event.programme.organisation_id, person, event.on, half), event)
        self.names = Names(people, schools, {})

    def blocker(self, visit) -> Blocker | None:
        schools = [school.pk for school in schools_of(visit)]
        closed = [self.closed(visit, school, for_all=True) for school in schools]
        closed += [self.closed(visit, school, for_all=False) for school in schools]
        busy = (self.busy(visit, person) for person in self.people[visit.pk])
        return next(filter(None, [*closed, *busy]), None)

    def closed(self, visit, school, for_all) -> Blocker | None:
        """A holiday or a closure of the whole school, or one of some year groups."""
        on, year_group = visit.on, visit.partnership.year_group
        calendar = self.calendars.of(organisation_of(visit), school)
        if for_all and on.weekday() < SATURDAY and not calendar.is_school_day(on):
            return Blocker(Rule.HOLIDAY, school)
        for closure in self.closures[school]:
            about = not closure.year_groups if for_all else year_group in closure.year_groups
            if about and falls(closure, visit):
                words = "" if closure.kind == SchoolClosure.Kind.INSET else closure.words
                return Blocker(RULES[closure.kind], school, words)
        return None

    def busy(self, visit, person) -> Blocker | None:
        if any(falls(away, visit) for away in self.away[person]):
            return Blocker(Rule.AWAY, person)
        event = self.events.get((organisation_of(visit), person, visit.on, visit.half))
        if event is None:
            return None
        own = event.programme_id == visit.partnership.programme_id
        return Blocker(Rule.BUSY, person, event.title if own else ELSEWHERE)


def who_comes(visits) -> tuple[dict[int, list[int]], dict[int, str]]:
    """Visit -> whoever is booked, without those who have left: they keep nobody from anything. And their names.

    As values: of a county's visits the rows alone would take longer than the whole question.
    """
    bookings = Booking.objects.filter(visit__in=[visit.pk for visit in visits])
    bookings = bookings.exclude(pk__in=bookings.of_who_has_left().values("pk"))
    found, names = defaultdict(list), {}
    columns = ("visit", "person", "person__first_name", "person__last_name")
    for visit, person, first_name, last_name in bookings.order_by("person").values_list(*columns):
        found[visit].append(person)
        names[person] = f"{first_name} {last_name}".strip()
    return found, names


def falls(days, visit) -> bool:
    return days.first_on <= visit.on <= days.last_on and visit.half in days.halves
