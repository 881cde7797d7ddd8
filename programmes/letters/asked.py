"""What a letter asks one school for: since when its year counts, and which teachers it releases for it."""

from dataclasses import dataclass, field

from django.utils import timezone

from programmes.beginning import begun, is_left
from programmes.models import PartnerSchool, Partnership, TimetableStep

# Who hosts a step, as it is said to the head of the partner school.
HOSTS = {
    "partner school": "Your school",
    "specialist school": "The specialist teacher's school",
    "authority": "A venue of the organiser",
    "cluster venue": "A venue in your area",
}
# To a school that is both: "your school" would be right in one partnership and wrong in another.
ELSEWHERE = {"partner school": "The partner school", "specialist school": "The specialist teacher's school"}


@dataclass(frozen=True)
class Released:
    """A teacher of this school in one partnership, on its side of it, from the day on which that began."""

    side: str  # "specialist" or "partner"
    teacher: object  # the same for the same teacher in several partnerships
    since: object


@dataclass
class Asked:
    """One partner school: the partnerships in it, those of its own specialist teachers elsewhere, who is released."""

    row: PartnerSchool
    own: list[Partnership]
    away: list[Partnership] = field(default_factory=list)
    completed: list[Partnership] = field(default_factory=list)
    begun: dict = field(default_factory=dict)  # of all partnerships of the programme, as `days_begun` knows them

    def __post_init__(self):
        # Of a school whose partnerships are completed the year is what it was; without any it counts from today on.
        self.without = self.earliest(self.completed, timezone.localdate())
        self.since = self.earliest([*self.own, *self.away], self.without)
        self.due_since = self.earliest(self.own, self.without)  # grades are asked of the partner school
        self.released = [self.of("partner", p) for p in self.own]
        self.released += [self.of("specialist", p) for p in (*self.own, *self.away) if self.is_home_of(p)]
        if not self.own:  # the letter says what the partner teacher who is still to be named would take
            self.released.append(Released("partner", None, self.without))

    def earliest(self, partnerships, without):
        """Since when the year counts for the first of them, and `without` any."""
        days = [begun(self.begun, p) for p in partnerships] or [without]
        return None if None in days else min(days)

    def is_home_of(self, p):
        return p.specialist.home_school_id == self.row.school_id

    def of(self, side, p):
        teachers = [p.specialist.user] if side == "specialist" else p.current_partner_teachers
        return Released(side, tuple(user.pk for user in teachers) or f"of {p.pk}", begun(self.begun, p))

    def visits(self, steps) -> list[int]:
        """How many there still are in each partnership of this school, without those that are only if they wish."""
        needed = [step for step in steps if step.type == TimetableStep.Type.VISIT and step.required]
        days = [begun(self.begun, p) for p in self.own] or [self.without]
        return [sum(is_left(step.window_end, since) for step in needed) for since in days]

    def half_days(self, last_day, specialist, partner, *, together) -> int:
        """What the school's teachers are out of class for one thing that ends on this day, as far as it is funded.

        What all go to together counts once for each teacher; a visit counts in each partnership.
        """
        there = [seat for seat in self.released if is_left(last_day, seat.since)]
        if together:
            there = {(seat.side, seat.teacher): seat for seat in there}.values()
        return sum(specialist if seat.side == "specialist" else partner for seat in there)

    def of_step(self, step) -> int:
        return self.half_days(
            step.window_end,
            step.funded_specialist_half_days,
            step.funded_partner_half_days,
            together=step.type == TimetableStep.Type.EVENT,
        )

    def host(self, host) -> str:
        """Where a step is, as it is said to the head of this school."""
        known = host.casefold()
        if self.away and known in ELSEWHERE:
            return ELSEWHERE[known]
        if known == "specialist school" and self.own and all(self.is_home_of(p) for p in self.own):
            return HOSTS["partner school"]
        return HOSTS.get(known, host)


def asked_of(programme, rows, days) -> list[Asked]:
    """For each of these partner schools of a programme, with two queries for all; `days` are its `days_begun`."""
    schools = {row.school_id for row in rows}
    standing = Partnership.objects.filter(programme=programme).exclude(status=Partnership.Status.FOLDED)
    found = standing.filter(partner_school__in=schools) | standing.filter(specialist__home_school__in=schools)
    found = list(found.with_people().order_by("subject", "year_group", "ref"))
    completed = [p for p in found if p.status == Partnership.Status.COMPLETED]
    found = [p for p in found if p not in completed]
    return [
        Asked(
            row,
            [p for p in found if p.partner_school_id == row.school_id],
            [p for p in found if p.specialist.home_school_id == row.school_id != p.partner_school_id],
            [p for p in completed if p.partner_school_id == row.school_id],
            days,
        )
        for row in rows
    ]
