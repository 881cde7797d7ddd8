"""The ledger of a programme in numbers: by area, and by partnership and side, with no person in it."""

from dataclasses import dataclass

from django.core.paginator import Paginator

from visits.ledger.figures import NOT_SAID, Account, Side, total
from visits.ledger.reading import lines_of
from visits.models import Booking

A_PAGE = 100  # partnerships
COVERS = {**dict(Booking.Cover.choices), NOT_SAID: "Not said"}
COLUMNS = [
    "Partnership",
    "Subject and year",
    "Area",
    "Status",
    "Side",
    "School",
    "URN",
    "Half-days promised",
    "Used",
    "Used hosting, not from the promise",
    "Cancelled late",
    "Left",
    *(f"Covered: {words.lower()}" for words in COVERS.values()),
]


@dataclass(frozen=True)
class Sum:
    """One row of the table of areas: both sides, and both together."""

    name: str
    area: int | None
    sides: list[Account]
    both: Account
    is_total: bool = False


class Ledger:
    """What the page and the files show of these partnerships; `asked` chooses one area."""

    def __init__(self, programme, partnerships, asked):
        self.programme = programme
        self.lines = lines_of(partnerships.filter(programme=programme).order_by("area__name", "ref"))
        self.areas = {line.partnership.area_id: line.partnership.area for line in self.lines}
        chosen = asked.get("area", "")
        self.area = next((area for pk, area in self.areas.items() if pk and str(pk) == chosen), None)
        self.shown = [line for line in self.lines if self.area is None or line.partnership.area_id == self.area.pk]
        self.page_asked = asked.get("page", 1)

    def page(self) -> dict:
        shown = list(zip(self.shown[::2], self.shown[1::2], strict=True))
        found = Paginator(shown, A_PAGE).get_page(self.page_asked)
        whole = total(line.account for line in self.shown)
        return {
            "programme": self.programme,
            "area": self.area,
            "whole": whole,
            "sums": self.sums(),
            "covers": [(COVERS[key], whole.covers[key]) for key in COVERS if whole.covers[key]],
            "page_obj": found,
            "rows": [line for pair in found.object_list for line in pair],
            "query": f"area={self.area.pk}" if self.area else "",
        }

    def sums(self) -> list[Sum]:
        """A row for each area where there are several, and one for all."""
        found = []
        if len(self.areas) > 1:
            for pk in sorted(self.areas, key=lambda pk: (pk is None, str(self.areas[pk]))):
                name = str(self.areas[pk]) if pk else "No area"
                found.append(sum_of(name, pk, [line for line in self.lines if line.partnership.area_id == pk]))
        return [*found, sum_of("All", None, self.lines, is_total=True)]

    def table(self) -> tuple[list, list]:
        """The columns and rows of the files: those of the area that is chosen, or all."""
        return COLUMNS, [row_of(line) for line in self.shown]


def sum_of(name, area, lines, is_total=False) -> Sum:
    sides = [total(line.account for line in lines if line.side == side) for side in Side]
    return Sum(name, area, sides, total(sides), is_total)


def row_of(line):
    p, account = line.partnership, line.account
    return [
        p.ref,
        p.label,
        str(p.area or ""),
        p.get_status_display(),
        line.side.value,
        str(line.school),
        line.school.urn,
        account.promised,
        account.used,
        account.unfunded,
        account.late,
        account.left,
        *(account.covers[key] for key in COVERS),
    ]
