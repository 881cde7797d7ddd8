"""The rows of the roster, in groups: who slips, who is on course, who is paused and whose partnership is over."""

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from accounts.addresses import address_of
from programmes.models import Partnership
from reports.roster.facts import UNDER_WAY
from reports.roster.nudges import nudges_of
from reports.roster.slips import Waits, find_slips, urgency

Status = Partnership.Status


class Group(StrEnum):
    SLIPPING = "slipping"
    ON_COURSE = "on course"
    PAUSED = "paused"
    COMPLETED = "completed"
    FOLDED = "folded"


OVER = {
    Status.PAUSED: Group.PAUSED,
    Status.COMPLETED: Group.COMPLETED,
    Status.FOLDED: Group.FOLDED,
}


@dataclass
class Row:
    """One partnership: what slips there and, by the key of a column, what stands in its cells."""

    facts: object
    partnership: Partnership
    slips: list
    cells: dict = field(default_factory=dict)
    shown: list = field(default_factory=list)  # (column, cell) in order

    @property
    def pk(self):
        return self.partnership.pk

    @cached_property
    def group(self):
        if self.partnership.status in UNDER_WAY:
            return Group.SLIPPING if self.slips else Group.ON_COURSE
        return OVER[self.partnership.status]

    @property
    def overdue(self):
        """Of the oldest thing whose day is past, how many school days; None where nothing is."""
        return max((slip.age for slip in self.slips if slip.is_due), default=None)

    @cached_property
    def said(self):
        """What a button says to whoever does not see its row."""
        return f"{self.partnership.partner_school}, {self.partnership.label}"

    @property
    def nudge_url(self):
        return address_of("reports:roster_nudge", self.pk)

    @cached_property
    def nudges(self):
        return nudges_of(self.facts, self.partnership, self.slips)

    @property
    def may_be_sent(self):
        return [nudge for nudge in self.nudges if not nudge.rests]

    @property
    def acts(self):
        """What the coordinator does here, each once."""
        return list(dict.fromkeys(slip.act for slip in self.slips if slip.act))

    @cached_property
    def waits(self):
        return frozenset().union(*(slip.waits for slip in self.slips))

    @property
    def waits_words(self):
        return [waits_label(each, self.facts.reader_acts) for each in Waits if each in self.waits]

    @property
    def kinds(self):
        return {slip.kind for slip in self.slips}

    @cached_property
    def next_visit(self):
        visits = self.facts.visits.get(self.pk, [])
        return next((visit for visit in visits if visit.is_planned and visit.on >= self.facts.today), None)

    @property
    def last_visit(self):
        visits = [v for v in self.facts.visits.get(self.pk, []) if v.on < self.facts.today or not v.is_planned]
        return visits[-1] if visits else None


def rows_of(facts) -> list[Row]:
    """Every partnership of the facts, the one that slips most first."""
    slips = find_slips(facts)
    rows = [Row(facts, p, slips.get(p.pk, [])) for p in facts.partnerships]
    return sorted(rows, key=by_urgency)


def by_urgency(row):
    """Slipping, most overdue first; then on course, next visit first; then those that are paused or over."""
    place = list(Group).index(row.group)
    worst = urgency(row.slips[0]) if row.group == Group.SLIPPING else next_visit_first(row)
    return (place, worst, row.partnership.partner_school.name.lower(), row.partnership.ref)


def next_visit_first(row):
    visit = row.next_visit
    return (visit is None, (visit.on.toordinal(), visit.half) if visit else ())


@dataclass(frozen=True)
class Count:
    """How many there are of each group; it adds up to the partnerships."""

    total: int
    slipping: int
    on_course: int
    paused: int
    completed: int
    folded: int
    active: int  # of those under way, which may be agreed or proposed as well; in its second year one is active too

    @property
    def under_way(self):
        return self.slipping + self.on_course

    @property
    def words(self):
        """50 partnerships: 7 slip, 41 are on course, 1 is paused, 1 has folded."""
        parts = [
            (self.slipping, "slips", "slip"),
            (self.on_course, "is on course", "are on course"),
            (self.paused, "is paused", "are paused"),
            (self.completed, "has completed", "have completed"),
            (self.folded, "has folded", "have folded"),
        ]
        said = ", ".join(f"{n} {one if n == 1 else many}" for n, one, many in parts if n)
        return f"{self.total} partnership{'' if self.total == 1 else 's'}: {said}." if self.total else ""

    @property
    def course_words(self):
        """41 of the 48 are on course, 7 are slipping."""
        if not self.under_way:
            return ""
        if self.active == self.under_way:
            those = f"the {self.active}"
        else:
            those = f"the {self.under_way} that are active, agreed or proposed"
        if not self.slipping:
            return f"All of {those} are on course." if self.under_way > 1 else "It is on course."
        if self.under_way == 1:
            return "It is slipping."
        course, slip = ("is" if n == 1 else "are" for n in (self.on_course, self.slipping))
        return f"{self.on_course} of {those} {course} on course, {self.slipping} {slip} slipping."


def count(rows) -> Count:
    groups = [row.group for row in rows]
    return Count(
        total=len(rows),
        active=sum(row.partnership.status in {Status.ACTIVE, Status.EMBEDDING} for row in rows),
        **{group.name.lower(): groups.count(group) for group in Group},
    )


def waits_label(waits, reader_acts):
    """Whom a row waits for, as its reader says it."""
    return {
        Waits.COORDINATOR: "Me" if reader_acts else "The coordinator",
        Waits.TEACHER: "A teacher",
        Waits.HEAD: "A headteacher",
        Waits.OTHER: "Someone else",
    }[waits]
