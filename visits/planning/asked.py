"""What the timetable of a programme asks of each partnership, and which visit fills it."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Prefetch

from accounts.models import School, User
from programmes.models import Partnership, PastSpecialist, TimetableStep
from visits.models import Booking, Visit
from visits.planning.steps import LETTERS, codes_of, host_of, is_with_class, kind_of


@dataclass(frozen=True, eq=False)
class Sides:
    """The teachers of a partnership, worked out once for all of its visits: of both sides, of the partner school alone,
    and by id those of earlier."""

    teachers: list[User]
    partners: list[User]
    gone: frozenset[int]

    @classmethod
    def of(cls, partnership):
        rows = list(partnership.partner_teachers.all())
        partners = [row.user for row in rows if row.until is None]
        teachers = list(dict.fromkeys([partnership.specialist.user, *partners]))
        gone = {row.user_id for row in rows if row.until is not None}
        gone |= {past.specialist.user_id for past in partnership.past_specialists.all()}
        return cls(teachers, partners, frozenset(gone - {someone.pk for someone in teachers}))


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
    sides: Sides
    booked: list[User] = field(default_factory=list)

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
        gone = self.sides.gone
        if not self.booked or any(someone.pk in gone for someone in self.booked):
            stay = [someone for someone in self.booked if someone.pk not in gone]
            return list(dict.fromkeys([*self.sides.teachers, *stay]))
        return self.booked


def needs_of(programme, partnerships=None) -> list[Asked]:
    """Every visit that the timetable asks of each partnership, in its order, then those besides it.

    `partnerships` are those open to visits unless others are given. A visit fills the step it was planned for; one
    without a step fills the step of its kind in whose window it lies, where nothing else does. The same number of
    queries for one partnership and for all.
    """
    rows = programme.partnerships.open_to_visits() if partnerships is None else partnerships
    past = PastSpecialist.objects.select_related("specialist")
    rows = list(rows.with_people().prefetch_related(Prefetch("past_specialists", past)).order_by("pk"))
    steps = [step for step in programme.timetable.all() if step.type == TimetableStep.Type.VISIT]
    codes, found = codes_of(steps), []
    sides = {partnership.pk: Sides.of(partnership) for partnership in rows}
    visits = visits_of(rows)
    booked = give_people(visits, sides)
    theirs = defaultdict(list)
    for visit in visits:
        theirs[visit.partnership_id].append(visit)
    for partnership in rows:
        for step, nth, visit in filled(steps, theirs[partnership.pk]):
            code = codes[step.pk, nth] if step else LETTERS[visit.kind]
            people = booked.get(visit.pk, []) if visit else []
            found.append(Asked(len(found), partnership, step, nth, visit, code, sides[partnership.pk], people))
    return found


def visits_of(partnerships) -> list[Visit]:
    """With their partnerships and hosts. The schools are few, and joined to thousands of rows they would be most of the
    work; one that is neither side's any more is read with the others like it."""
    known = {school.pk: school for partnership in partnerships for school in partnership.schools}
    by_pk = {partnership.pk: partnership for partnership in partnerships}
    visits = list(Visit.objects.standing().filter(partnership__among=by_pk))
    if missing := {visit.host_id for visit in visits} - known.keys():
        known |= School.objects.in_bulk(missing)
    for visit in visits:
        visit.partnership, visit.host = by_pk[visit.partnership_id], known[visit.host_id]
    return visits


def give_people(visits, sides) -> dict[int, list[User]]:
    """Visit -> who is booked; and every visit gets whom it waits for. Most of them are the teachers, whom we have."""
    rows = Booking.objects.filter(visit__among=[visit.pk for visit in visits]).order_by("person_id")
    rows = list(rows.values_list("visit_id", "person_id", "confirmed_at"))
    people = {someone.pk: someone for each in sides.values() for someone in each.teachers}
    if missing := {person for _, person, _ in rows} - people.keys():
        people |= User.objects.in_bulk(missing)
    booked, waiting = defaultdict(list), defaultdict(list)
    for visit, person, confirmed_at in rows:
        booked[visit].append(people[person])
        if confirmed_at is None:
            waiting[visit].append(people[person])
    for visit in visits:
        teachers = sides[visit.partnership_id].teachers
        visit.waiting = [someone for someone in waiting.get(visit.pk, ()) if someone in teachers]
    return booked


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
