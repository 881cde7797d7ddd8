"""The ledger of one school in one school year, for its headteacher: the own side, with the names of its teachers."""

import datetime as dt

from programmes.models import academic_year
from programmes.years import written
from visits.ledger.figures import total
from visits.ledger.numbers import COVERS
from visits.ledger.reading import lines_of, losses_of, took_place

COLUMNS = ["Day", "Half-day", "Who was out of class", "Visit", "Where", "Partnership", "Who covered"]
FIRST_YEAR, LAST_YEAR = 2000, 2100


class SchoolLedger:
    """What the head of a school reads. `place` is the membership that opens it."""

    def __init__(self, place, partnerships, bookings, asked, today):
        self.place, self.school, self.organisation, self.today = place, place.school, place.organisation, today
        self.first, self.last = academic_year(year_asked(asked.get("year", "")) or today)
        here = {"programme__starts_on__range": (self.first, self.last), "programme__organisation": self.organisation}
        self.partnerships = partnerships.filter(**here).order_by("programme__name", "ref")
        rows = took_place(bookings).filter(school=self.school, on__range=(self.first, self.last))
        rows = rows.filter(visit__partnership__programme__organisation=self.organisation)
        self.bookings = rows.select_related("person", "visit__host", "visit__partnership").order_by(
            "-on", "-half", "person__last_name", "person__first_name", "pk"
        )

    def page(self) -> dict:
        lines = self.own_lines()
        losses = losses_of(self.school, self.organisation, self.first, self.last)
        return {
            "place": self.place,
            "school": self.school,
            "year": written(self.first),
            "is_now": self.first <= self.today <= self.last,
            "earlier": self.first.year - 1,
            "later": self.first.year + 1,
            "asked": self.first.year,
            "lines": lines,
            "whole": total(line.account for line in lines),
            "losses": losses,
            "has_ceiling": any(row.loss.ceiling for row in losses),
            "half_days": [(booking, COVERS[booking.covered_by]) for booking in self.bookings],
        }

    def own_lines(self):
        """One side of each partnership; both where they are of one school."""
        return [line for line in lines_of(self.partnerships) if line.school == self.school]

    def table(self) -> tuple[list, list]:
        return COLUMNS, [row_of(booking) for booking in self.bookings]


def row_of(booking):
    visit = booking.visit
    return [
        booking.on,
        booking.get_half_display(),
        str(booking.person),
        visit.get_kind_display(),
        str(visit.host),
        visit.partnership.ref,
        COVERS[booking.covered_by],
    ]


def year_asked(given) -> dt.date | None:
    """The first day of the school year that begins in the year of the address; None where it names none."""
    if not (given.isascii() and given.isdecimal() and FIRST_YEAR <= int(given) <= LAST_YEAR):
        return None
    return dt.date(int(given), 9, 1)
