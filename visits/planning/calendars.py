"""The three layers of the calendar as the planner takes them: schools, people, and what is in the way already."""

import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass

from programmes.calendar import Calendars, calendars_of, days_between
from programmes.models import SchoolClosure, SchoolLimits
from programmes.models.week import HALF_DAYS
from visits.events.audience import audiences
from visits.models import Away, Booking, Event, Group, Visit
from visits.planner import Blocker, Rule, slot_of, week_of

HALVES = {"am": 0, "pm": 1}
SATURDAY = 5
RULES = {
    SchoolClosure.Kind.INSET: Rule.INSET,
    SchoolClosure.Kind.CLOSED: Rule.CLOSED,
    SchoolClosure.Kind.NO_GO: Rule.NO_GO,
}
ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Span:
    """Whose calendars are read, and from which to which day."""

    programme: object
    schools: frozenset[int]
    people: frozenset[int]
    first: dt.date
    last: dt.date

    def calendars(self) -> Calendars:
        return calendars_of([self.programme.organisation_id], self.schools)

    def slots_of(self, row) -> list[int]:
        """The half-days of days from `first_on` to `last_on`, as far as they are looked at."""
        days = days_between(max(row.first_on, self.first), min(row.last_on, self.last))
        return [slot_of(day, HALVES[half]) for day in days for half in row.halves]


def slot(row) -> int:
    """Of a visit or a booking."""
    return slot_of(row.on, HALVES[row.half])


# Schools --------------------------------------------------------------------------------------------------------------


def closed_schools(span, calendars):
    """School -> half-day -> why not, and the same by school and year group for what concerns only some."""
    holidays, closed, closed_to = {}, {}, defaultdict(dict)
    for school in sorted(span.schools):
        calendar = calendars.of(span.programme.organisation_id, school)
        if id(calendar) not in holidays:
            open_on = set(calendar.school_days(span.first, span.last))
            days = [
                day for day in days_between(span.first, span.last) if day.weekday() < SATURDAY and day not in open_on
            ]
            holidays[id(calendar)] = [slot_of(day, half) for day in days for half in (0, 1)]
        closed[school] = dict.fromkeys(holidays[id(calendar)], Blocker(Rule.HOLIDAY, school))
    for row in SchoolClosure.objects.filter(school__in=span.schools).between(span.first, span.last):
        blocker = Blocker(RULES[row.kind], row.school_id, "" if row.kind == SchoolClosure.Kind.INSET else row.words)
        places = [closed_to[row.school_id, year] for year in row.year_groups] or [closed[row.school_id]]
        for place in places:
            for at in span.slots_of(row):
                place.setdefault(at, blocker)
    return closed, dict(closed_to)


def limits_of(span) -> dict[int, SchoolLimits]:
    return {row.school_id: row for row in SchoolLimits.objects.filter(school__in=span.schools)}


def near_schools(pairs, schools, kilometres) -> frozenset[frozenset[int]]:
    """Those of the pairs of schools that lie so close; a school without a place on the map is near none."""

    def far(one, other):
        if None in (one.easting, one.northing, other.easting, other.northing):
            return math.inf
        return math.hypot(one.easting - other.easting, one.northing - other.northing)

    return frozenset(pair for pair in pairs if far(*(schools[key] for key in pair)) <= kilometres * 1000)


# The year -------------------------------------------------------------------------------------------------------------


def terms_of(calendar, day) -> tuple[tuple[dt.date, dt.date], ...]:
    """The three terms of the year, each of two half terms; none where the term dates are not all entered."""
    half_terms = calendar.half_terms(day)
    if len(half_terms) != 6:
        return ()
    return tuple((half_terms[n].starts_on, half_terms[n + 1].ends_on) for n in (0, 2, 4))


def edge_weeks(calendar, day) -> frozenset[int]:
    """The first and the last week of each term, and the week after each break."""
    begins = [half_term.starts_on for half_term in calendar.half_terms(day)]
    ends = [last for _, last in terms_of(calendar, day)]
    return frozenset(week_of(slot_of(day, 0)) for day in [*begins, *ends])


# People ---------------------------------------------------------------------------------------------------------------


def codes_as_numbers(codes) -> frozenset[int]:
    """ "tue-am" -> 2"""
    return frozenset(number for number, code in enumerate(HALF_DAYS) if code in codes)


def patterns(rows):
    """Person -> half-days of the week: released, preferred, PPA. Of someone with several, what any of them says."""
    released, preferred, ppa = defaultdict(set), defaultdict(set), defaultdict(set)
    for row in rows:
        released[row.user_id] |= codes_as_numbers(row.release_half_days)
        preferred[row.user_id] |= codes_as_numbers(row.preferred_half_days)
        ppa[row.user_id] |= codes_as_numbers([row.ppa])
    return [{who: frozenset(at) for who, at in found.items() if at} for found in (released, preferred, ppa)]


def add_days_away(busy, span):
    for row in Away.objects.filter(person__in=span.people).between(span.first, span.last):
        for at in span.slots_of(row):
            busy[row.person_id].setdefault(at, Blocker(Rule.AWAY, row.person_id))


def other_bookings(span, in_plan) -> list[Booking]:
    """What visits of partnerships that are not in the plan take of these people, or of the cover of these schools."""
    rows = Booking.objects.filter(on__range=(span.first, span.last)).exclude(visit__partnership__in=in_plan)
    theirs = rows.filter(person__in=span.people) | rows.filter(school__in=span.schools, is_out=True)
    return list(theirs.select_related("visit__host"))


def readable(visits, reader) -> set[int]:
    """Of these visits those that the reader may know."""
    rows = Visit.objects.allowed(reader, "visits.view")
    return set(rows.filter(pk__in=visits).values_list("pk", flat=True)) if visits else set()


def words_of(visit) -> str:
    return f"{visit.get_kind_display().lower()} at {visit.host}"


def event_places(span) -> list[tuple[Event, int, int, int | None]]:
    """(event, half-day, person, school): whom events of the organisation take out of class; a twilight takes nobody."""
    events = Event.objects.filter(programme__organisation=span.programme.organisation_id)
    found = places_of_events(events.filter(on__range=(span.first, span.last)), span.people)
    return [(event, slot_of(event.on, HALVES[half]), person, school) for event, half, person, school in found]


def places_of_events(events, people=None) -> list[tuple[Event, str, int, int | None]]:
    """(event, half, person, school): the teachers that these events take out of class, and who else of `people`, or
    everybody else where it is None."""
    events = list(events.standing().exclude(takes=Event.Takes.NOTHING).with_places())
    lists = audiences(events) if events else {}
    teachers = {Group.SPECIALIST, Group.PARTNER}
    return [
        (event, half, one.person.pk, one.school.pk if one.school else None)
        for event in events
        for half in (HALVES if event.takes == Event.Takes.DAY else [event.takes])
        for one in lists[event.pk]
        if one.person and (people is None or one.role in teachers or one.person.pk in people)
    ]
