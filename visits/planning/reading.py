"""The rows of a programme as the planner's Problem, with the names for its words; a constant number of queries."""

import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import Q
from django.utils import timezone

from accounts.models import School
from programmes.models import Partnership, PartnerTeacher, Programme, academic_year
from visits.models import Booking, Plan, PlannerSettings, Visit
from visits.planner import Allowance, Blocker, Need, Problem, Rule, Weights, slot_of
from visits.planner.candidates import blockers
from visits.planner.why import WEEKS
from visits.planner.words import Names
from visits.planning import calendars
from visits.planning.asked import Asked, needs_of
from visits.planning.calendars import Span
from visits.planning.checking import as_it_stands, is_gone
from visits.services.history import NOTICE
from visits.services.out import places_of

__all__ = ["Asked", "Read", "needs_of", "read", "settings_of"]

STAYS = 10_000  # what each move costs where as few as possible are wanted: more than all wishes of a visit together
SHARES = {0: 0, 1: 1, 2: 2, 3: 6}  # of a weight, in halves: not at all, a little, as usual, a lot


@dataclass(frozen=True)
class Read:
    """A programme read: what the planner knows, what its people and schools are called, and the rows by need.

    `open_to_plan` are the needs that may get a half-day, or another one; the rest stays where it is.
    """

    problem: Problem
    names: Names
    asked: Mapping[int, Asked]

    @property
    def open_to_plan(self) -> list[Need]:
        return [need for need in self.problem.needs if not need.is_locked]

    def need(self, slug: str) -> Need | None:
        return next((need for need in self.problem.needs if self.asked[need.key].slug == slug), None)


def settings_of(programme) -> PlannerSettings:
    """How the programme wants to be planned; as usual where nobody has said."""
    return PlannerSettings.objects.filter(programme=programme).first() or PlannerSettings(programme=programme)


def weights_of(settings, moves=Plan.Moves.NOTHING) -> Weights:
    """The weights in words as the planner's numbers. Where only what must may move, each move outweighs all else."""
    usual = Weights()
    names = ["preferred", "spread", "edges", "together", "weekday", "changes"]
    # All are doubled, so that a little of the smallest is not nothing.
    found = {name: getattr(usual, name) * SHARES[getattr(settings, name)] for name in names}
    return Weights(**found | ({"changes": STAYS} if moves == Plan.Moves.WHAT_MUST else {}))


def read(
    programme,
    *,
    partnerships=None,
    moves=Plan.Moves.NOTHING,
    free=(),
    only_standing=False,
    only_required=False,
    reader=None,
    today=None,
    around=None,
) -> Read:
    """Everything that bears on the visits of a programme.

    `partnerships` are the ids of those to plan, all that are open to visits where it is None; what stands of the others
    is there as well, and stays. `moves` says what may move besides what has no half-day; `free` names further visits by
    their slug. `only_standing` leaves out what has no half-day, `only_required` what has none and is optional; of what
    stands only what lost its half-day, and what makes room for it, may move where as little as possible does. With a
    `reader` only visits within their reach are named where they are in the way; without one, those of the programme.
    `around` are ids of partnerships: then only those are read, with all that share a person or a school with them.
    """
    today, settings = today or timezone.localdate(), settings_of(programme)
    everything = programme.partnerships.exclude(status__in=[Partnership.Status.ENQUIRY, Partnership.Status.FOLDED])
    if around is not None:
        everything = everything.filter(pk__in=neighbours(everything, around))
    chosen = None if partnerships is None else set(partnerships)

    def is_planned(asked):
        there = asked.partnership.status in OPEN and programme.status != Programme.Status.CLOSED
        return there and (chosen is None or asked.partnership.pk in chosen)

    def is_wanted(asked):
        return is_planned(asked) and not only_standing and not (only_required and asked.is_optional)

    rows = [asked for asked in needs_of(programme, everything) if asked.visit or is_wanted(asked)]
    needs, places = [], {}
    for asked in rows:
        stays = asked.visit is not None and (
            not is_planned(asked)
            or is_settled(asked, today)
            or (moves == Plan.Moves.NOTHING and asked.slug not in free)
            or (asked.step is None and asked.slug not in free)
        )
        needs.append(need_of(asked, settings.host_is_out, stays, places))
    problem, names = Reader(programme, settings, moves, rows, needs, reader, today).read()
    problem = leave_what_is_soon(problem, today)
    if moves == Plan.Moves.WHAT_MUST:
        problem = leave_what_was_agreed(problem, {asked.key: asked.slug for asked in rows})
    return Read(problem, names, {asked.key: asked for asked in rows})


def neighbours(partnerships, around) -> set[int]:
    """Of these partnerships those around which one looks, and whatever may be in their way or take their cover: a
    partnership with one of their teachers, or with somebody booked for their visits, or at one of their schools."""
    rows = partnerships.filter(pk__in=around).values_list(
        "specialist__user", "specialist__home_school", "partner_school", "partner_teachers__user"
    )
    rows = list(rows)
    people = {person for specialist, _, _, partner in rows for person in (specialist, partner)} - {None}
    people |= set(Booking.objects.filter(visit__partnership__in=around).values_list("person", flat=True))
    schools = {school for _, home, partner, _ in rows for school in (home, partner)}
    theirs = Q(specialist__home_school__in=schools) | Q(partner_school__in=schools) | Q(specialist__user__in=people)
    theirs |= Q(pk__in=PartnerTeacher.objects.filter(user__in=people).values("partnership"))
    theirs |= Q(pk__in=Booking.objects.filter(person__in=people).values("visit__partnership"))
    return set(partnerships.filter(theirs).values_list("pk", flat=True))


OPEN = {Partnership.Status.AGREED, Partnership.Status.ACTIVE, Partnership.Status.EMBEDDING}


def is_settled(asked, today) -> bool:
    """It has taken place or its day has come, somebody has written about it, or it is locked by hand."""
    visit = asked.visit
    return visit.is_locked or visit.on <= today or visit.recorded_at is not None or not visit.is_planned


def need_of(asked, host_out, stays, known) -> Need:
    """`known` keeps who is out of class: it is the same for most visits of a partnership."""
    partnership, step, visit = asked.partnership, asked.step, asked.visit
    people, kind, host = asked.people, asked.kind, asked.host
    alike = (partnership.pk, kind, host.pk, *(someone.pk for someone in people))
    if alike not in known:
        places = places_of(Visit(partnership=partnership, kind=kind, host=host), people, host_out)
        known[alike] = tuple((someone.pk, school.pk) for someone, (school, is_out) in places.items() if is_out)
    out = known[alike]
    partners = {someone.pk for someone in asked.sides.partners} if asked.is_with_class else set()
    schools = [partnership.specialist.home_school_id, partnership.partner_school_id, host.pk]
    return Need(
        key=asked.key,
        # One besides the timetable keeps no order with the others.
        partnership=partnership.pk if step else -visit.pk,
        order=asked.key,
        first=step.window_start if step else visit.on,
        last=step.window_end if step else visit.on,
        people=tuple(someone.pk for someone in people),
        schools=tuple(dict.fromkeys(schools)),
        host=host.pk,
        out=out,
        classes=tuple(someone for someone, _ in out),
        with_class=tuple(someone.pk for someone in people if someone.pk in partners),
        year_group=partnership.year_group,
        least_gap=step.least_gap if step else 0,
        greatest_gap=step.greatest_gap if step else None,
        stands=calendars.slot(visit) if visit else None,
        is_locked=stays,
    )


def leave_what_is_soon(problem, today) -> Problem:
    """A visit of the next days can no longer move without late notice: it stays, unless it cannot be anyway."""
    needs = []
    for need in problem.needs:
        if not need.is_locked and need.stands is not None and need.stands < problem.earliest:
            others = [found for found in blockers(problem, need, need.stands) if found.rule != Rule.SOON]
            need = replace(need, is_locked=not others)
        needs.append(need)
    return replace(problem, needs=tuple(needs))


def leave_what_was_agreed(problem, slugs) -> Problem:
    """People put a visit against a usual week, a number or an order: it stays until its half-day is gone."""
    may_move = [need.key for need in problem.needs if not need.is_locked and need.stands is not None]
    against = as_it_stands(problem, slugs, may_move)
    agreed = {key for key, found in against.items() if not is_gone(found)}
    needs = [replace(need, is_locked=need.is_locked or need.key in agreed) for need in problem.needs]
    return replace(problem, needs=tuple(needs))


class Reader:
    """The rules around the needs, each from its rows."""

    def __init__(self, programme, settings, moves, rows, needs, reader, today):
        self.programme, self.settings, self.moves, self.rows, self.needs = programme, settings, moves, rows, needs
        self.reader, self.today = reader, today
        year = academic_year(programme.starts_on)
        weeks = dt.timedelta(weeks=WEEKS)
        self.span = Span(
            programme,
            frozenset(school for need in needs for school in need.schools),
            frozenset(person for need in needs for person in need.people),
            min([year[0], *(need.first - weeks for need in needs)]),
            max([year[1], *(need.last + weeks for need in needs)]),
        )

    def read(self) -> tuple[Problem, Names]:
        span = self.span
        known = span.calendars()
        calendar = known.of(self.programme.organisation_id)
        closed, closed_to = calendars.closed_schools(span, known)
        limits = calendars.limits_of(span)
        schools = School.objects.in_bulk(span.schools)
        bookings = calendars.other_bookings(span, {asked.partnership.pk for asked in self.rows if asked.visit})
        events = calendars.event_places(span)
        released, preferred, ppa = calendars.patterns(self.pattern_rows())
        allowance = Allowance(self.settings.a_week, self.settings.a_term)
        problem = Problem(
            needs=tuple(self.needs),
            today=self.today,
            earliest=slot_of(earliest_day(calendar, self.today), 0),
            closed=closed,
            closed_to=closed_to,
            busy=self.busy(bookings, events),
            released=released,
            preferred=preferred,
            ppa=ppa,
            teaches=self.teaches(),
            allowances={person: allowance for need in self.needs for person, _ in need.out},
            terms=calendars.terms_of(calendar, self.programme.starts_on),
            edge_weeks=calendars.edge_weeks(calendar, self.programme.starts_on),
            ceilings=self.ceilings(limits),
            lost=self.lost(bookings, events),
            cover={key: row.cover_capacity for key, row in limits.items() if row.cover_capacity is not None},
            out_already=self.out_already(bookings, events),
            near=calendars.near_schools(self.pairs_of_hosts(), schools, self.settings.near_km),
            weights=weights_of(self.settings, self.moves),
        )
        return problem, self.names(schools)

    def partnerships(self) -> list:
        return list({asked.partnership.pk: asked.partnership for asked in self.rows}.values())

    def pattern_rows(self):
        for partnership in self.partnerships():
            yield partnership.specialist
            yield from (teacher for teacher in partnership.partner_teachers.all() if teacher.until is None)

    def teaches(self):
        return {
            (teacher.user_id, partnership.pk): calendars.codes_as_numbers(teacher.teaches)
            for partnership in self.partnerships()
            for teacher in partnership.partner_teachers.all()
            if teacher.until is None and teacher.teaches
        }

    def busy(self, bookings, events) -> dict[int, dict[int, Blocker]]:
        busy = defaultdict(dict)
        calendars.add_days_away(busy, self.span)
        for event, at, person, _ in events:
            if person in self.span.people:
                own = event.programme_id == self.programme.pk
                words = event.title if own else calendars.ELSEWHERE
                busy[person].setdefault(at, Blocker(Rule.BUSY, person, words))
        stay = [(need, asked.visit) for asked, need in zip(self.rows, self.needs, strict=True) if need.is_locked]
        known = {visit.pk for _, visit in stay}
        if self.reader is not None:
            known = calendars.readable(known | {booking.visit_id for booking in bookings}, self.reader)

        def blocker(person, visit):
            return Blocker(Rule.BUSY, person, calendars.words_of(visit) if visit.pk in known else calendars.ELSEWHERE)

        for booking in bookings:
            if booking.person_id in self.span.people:
                found = blocker(booking.person_id, booking.visit)
                busy[booking.person_id].setdefault(calendars.slot(booking), found)
        for need, visit in stay:
            for person in need.people:
                busy[person].setdefault(need.stands, blocker(person, visit))
        return dict(busy)

    def ceilings(self, limits) -> dict[int, int]:
        """By class, which is its teacher: the least of what the teacher's schools say."""
        found = {}
        for need in self.needs:
            for person, school in need.out:
                if school in limits and (most := limits[school].class_ceiling) is not None:
                    found[person] = min(most, found.get(person, most))
        return found

    def lost(self, bookings, events) -> dict[int, int]:
        """Half-days that classes lose in the school year by what is not in the plan."""
        first, last = academic_year(self.programme.starts_on)
        lost = Counter()
        for booking in bookings:
            if booking.is_out and booking.person_id in self.span.people and first <= booking.on <= last:
                lost[booking.person_id] += 1
        for event, _, person, _ in events:
            if person in self.span.people and first <= event.on <= last:
                lost[person] += 1
        return dict(lost)

    def out_already(self, bookings, events) -> dict[tuple[int, int], int]:
        out = {(b.school_id, calendars.slot(b), b.person_id) for b in bookings if b.is_out and b.school_id is not None}
        out |= {(school, at, person) for _, at, person, school in events if school is not None}
        return dict(Counter((school, at) for school, at, _ in out if school in self.span.schools))

    def pairs_of_hosts(self):
        """Schools to which one person goes."""
        hosts = defaultdict(set)
        for need in self.needs:
            for person in need.people:
                hosts[person].add(need.host)
        return {frozenset(pair) for theirs in hosts.values() for pair in itertools.combinations(sorted(theirs), 2)}

    def names(self, schools) -> Names:
        people = {someone.pk: someone for asked in self.rows for someone in asked.sides.teachers}
        people |= {someone.pk: someone for asked in self.rows for someone in asked.booked}
        return Names(
            people={key: str(someone) for key, someone in people.items()},
            schools={key: str(school) for key, school in schools.items()},
            visits={asked.key: f"{asked.title}, {asked.partnership.ref}" for asked in self.rows},
        )


def earliest_day(calendar, today) -> dt.date:
    """The first school day that leaves a school time to find cover: a change of it is not late."""
    day = today
    for _ in range(NOTICE + 1):
        day = calendar.next_school_day(day) or day + dt.timedelta(days=1)
    return day
