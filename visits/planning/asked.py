"""What the timetable of a programme asks of each partnership, and which visit fills it."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Prefetch

from accounts.models import School
from programmes.models import Partnership, PastSpecialist, TimetableStep
from visits.models import Booking, Visit
from visits.planning.steps import LETTERS, codes_of, host_of, is_with_class, kind_of


@dataclass(frozen=True, eq=False)
class Asked:
    """One visit: visit `nth` of a step that the timetable asks of a partnership, and the one that fills it, or None.

    A visit besides the timetable is one without a step. `key` is the place in the list of its programme.
    """

    key: int
    partnership: Partnership
    step: TimetableStep | None
    nth: int
    visit: Visit | None
    code: str
    booked: list[Booking] = field(default_factory=list)

    @cached_property
    def slug(self) -> str:
        """How pages and proposals name it: partnership, step and number; of one besides the timetable the visit."""
        return f"{self.partnership.pk}-{self.step.pk}-{self.nth}" if self.step else f"v{self.visit.pk}"

    @property
    def kind(self):
        return Visit.Kind(self.visit.kind if self.visit else kind_of(self.step))

    @cached_property
    def title(self) -> str:
        """Lesson study 2, or Planning together (1 of 2)"""
        if self.step is None:
            return self.kind.label
        return self.step.name + (f" ({self.nth} of {self.step.half_days})" if self.step.half_days > 1 else "")

    @property
    def is_optional(self) -> bool:
        return self.step is not None and not self.step.required

    @cached_property
    def host(self):
        return self.visit.host if self.visit else host_of(self.step, self.partnership)

    @property
    def is_with_class(self) -> bool:
        """The partner teacher must have the class: not where the visit takes place elsewhere."""
        return self.step is not None and is_with_class(self.step) and self.host == self.partnership.partner_school

    @cached_property
    def people(self) -> list:
        """Who comes: those booked, and both sides once somebody booked has left the partnership."""
        teachers, booked = self.partnership.teachers, [booking.person for booking in self.booked]
        gone = gone_from(self.partnership)
        if not booked or any(someone.pk in gone for someone in booked):
            stay = [someone for someone in booked if someone.pk not in gone]
            return list(dict.fromkeys([*teachers, *stay]))
        return booked


def gone_from(partnership) -> set[int]:
    """Its teachers of earlier, by id."""
    left = {teacher.user_id for teacher in partnership.partner_teachers.all() if teacher.until is not None}
    left |= {past.specialist.user_id for past in partnership.past_specialists.all()}
    return left - {someone.pk for someone in partnership.teachers}


def needs_of(programme, partnerships=None) -> list[Asked]:
    """Every visit that the timetable asks of each partnership, in its order, then those besides it.

    `partnerships` are those open to visits unless others are given. A visit fills the step it was planned for; one
    without a step fills the step of its kind in whose window it lies, where nothing else does. The same number of
    queries for one partnership and for all.
    """
    rows = programme.partnerships.open_to_visits() if partnerships is None else partnerships
    bookings = Prefetch("bookings", Booking.objects.order_by("person_id").prefetch_related("person"))
    visits = Visit.objects.standing().prefetch_related(bookings)
    past = PastSpecialist.objects.select_related("specialist")
    rows = rows.with_people().prefetch_related(Prefetch("visits", visits), Prefetch("past_specialists", past))
    steps = [step for step in programme.timetable.all() if step.type == TimetableStep.Type.VISIT]
    codes, found = codes_of(steps), []
    rows = list(rows.order_by("pk"))
    give_schools(rows)
    for partnership in rows:
        for step, nth, visit in filled(steps, partnership.visits.all()):
            booked = list(visit.bookings.all()) if visit else []
            code = codes[step.pk, nth] if step else LETTERS[visit.kind]
            found.append(Asked(len(found), partnership, step, nth, visit, code, booked))
    return found


def give_schools(partnerships):
    """Give every visit its host, and every booking its school. They are few, and joined to thousands of rows they would
    be most of the work; a school that is neither side's any more is read with the others like it."""
    known = {school.pk: school for partnership in partnerships for school in partnership.schools}
    visits = [visit for partnership in partnerships for visit in partnership.visits.all()]
    bookings = [booking for visit in visits for booking in visit.bookings.all()]
    wanted = {visit.host_id for visit in visits} | {booking.school_id for booking in bookings} - {None}
    if missing := wanted - known.keys():
        known |= School.objects.in_bulk(missing)
    for visit in visits:
        visit.host = known[visit.host_id]
    for booking in bookings:
        booking.school = known.get(booking.school_id)


def filled(steps, visits) -> list[tuple[TimetableStep | None, int, Visit | None]]:
    """Each step and number with the visit that fills it, then those that fill none."""
    theirs, loose = defaultdict(list), []
    known = {step.pk for step in steps}
    for visit in sorted(visits, key=lambda visit: (visit.on, visit.half, visit.pk)):
        (theirs[visit.step_id] if visit.step_id in known else loose).append(visit)
    rows = []
    for step in steps:
        there, over = theirs[step.pk][: step.half_days], theirs[step.pk][step.half_days :]
        loose += over
        for visit in list(loose):
            if len(there) < step.half_days and visit.step_id is None and suits(visit, step):
                there.append(visit)
                loose.remove(visit)
        there.sort(key=lambda visit: (visit.on, visit.half, visit.pk))
        places = [*there, *[None] * (step.half_days - len(there))]
        rows += [(step, nth, visit) for nth, visit in enumerate(places, 1)]
    return rows + [(None, 1, visit) for visit in loose]


def suits(visit, step) -> bool:
    return visit.kind == kind_of(step) and step.window_start <= visit.on <= step.window_end
