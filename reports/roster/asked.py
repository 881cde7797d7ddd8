"""What the address of the roster asks for: filters with their counts, a search and an order; all of it by GET."""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from funding.briefly import LABELS
from reports.roster.rows import Group, Status, next_visit_first, waits_label
from reports.roster.slips import SLIPS, Waits

LONGEST = 100


def plain(text):
    """Lower case without accents, so that Zoe finds Zoë."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    count: int
    is_asked: bool


@dataclass
class Facet:
    """One filter: what may be chosen, and which of it a row has."""

    name: str
    label: str
    choices: list  # (value, label)
    of: object  # row -> the values that it has
    is_list: bool = False  # one of a drop-down list, instead of several with a tick
    asked: frozenset = frozenset()
    options: tuple = ()

    def fits(self, row):
        return not self.asked or bool(self.asked & self.of(row))


def facets_of(facts, rows):
    """The filters, with only what stands in the rows."""
    areas = {str(r.partnership.area_id): r.partnership.area.name for r in rows if r.partnership.area_id}
    subjects = sorted({row.partnership.subject for row in rows})
    statuses = [(status, Status(status).label) for status in dict.fromkeys(row.partnership.status for row in rows)]
    points = [point for found in facts.points.values() for point in found]
    money = {pk: {brief.part} for pk, brief in facts.money.items()}
    return [
        Facet("slips", "What slips", [(kind.key, kind.label) for kind in SLIPS], lambda row: row.kinds),
        Facet(
            "waits",
            "Waits for",
            [(each.value, waits_label(each, facts.reader_acts)) for each in Waits],
            lambda row: {each.value for each in row.waits},
        ),
        Facet(
            "area",
            "Area",
            sorted(areas.items(), key=lambda area: plain(area[1])),
            lambda row: {str(row.partnership.area_id)},
        ),
        Facet(
            "subject", "Subject", [(each, each.capitalize()) for each in subjects], lambda r: {r.partnership.subject}
        ),
        Facet("status", "Status", statuses, lambda row: {row.partnership.status}),
        Facet(
            "owes",
            "Grades missing",
            [(str(point.pk), point.name) for point in points],
            lambda row: {str(found.data_point_id) for found in facts.returns.get(row.pk, []) if owes(row, found)},
            is_list=True,
        ),
        Facet("money", "Money", [*LABELS.items()] if money else [], lambda row: money.get(row.pk, set())),
    ]


def owes(row, found):
    """As elsewhere: a partnership that is paused or has folded owes nothing."""
    return found.is_owed and row.group not in {Group.PAUSED, Group.FOLDED}


def by_school(row):
    return (plain(row.partnership.partner_school.name), row.partnership.ref)


def by_specialist(row):
    user = row.partnership.specialist.user
    return (plain(user.last_name), plain(user.first_name), *by_school(row))


def by_area(row):
    area = row.partnership.area
    return (area is None, plain(area.name) if area else "", list(Group).index(row.group), *by_school(row))


def by_next_visit(row):
    return (*next_visit_first(row), *by_school(row))


# The value in the address, its words, and the key; the first is the order of the radar itself.
ORDERS = {
    "": ("Most overdue first", None),
    "school": ("By school", by_school),
    "specialist": ("By specialist teacher", by_specialist),
    "area": ("By area", by_area),
    "visit": ("Next visit first", by_next_visit),
}


class Asked:
    """The address, understood: a value that is not offered asks for nothing."""

    def __init__(self, query, facts, rows):
        self.q = query.get("q", "").replace("\0", "").strip()[:LONGEST]
        sort = query.get("sort", "")
        self.sort = sort if sort in ORDERS else ""
        self.facets = facets_of(facts, rows)
        for facet in self.facets:
            offered = {value for value, _ in facet.choices}
            facet.asked = frozenset(query.getlist(facet.name)) & offered
        searched = [row for row in rows if self.finds(row)]
        self.rows = [row for row in searched if all(facet.fits(row) for facet in self.facets)]
        for facet in self.facets:
            facet.options = tuple(self.options(facet, searched))
        if key := ORDERS[self.sort][1]:
            self.rows.sort(key=key)

    def options(self, facet, searched):
        """What can be chosen, with how many rows that would show under the other filters."""
        others = [other for other in self.facets if other is not facet and other.asked]
        rows = (facet.of(row) for row in searched if all(other.fits(row) for other in others))
        numbers = Counter(value for values in rows for value in values)
        for value, label in facet.choices:
            number = numbers[value]
            if number or value in facet.asked:
                yield Option(value, label, number, value in facet.asked)

    def finds(self, row):
        """Each word stands in the name of a school or a teacher, or is a reference or a URN."""
        p = row.partnership
        if not self.q:
            return True
        names = [p.partner_school, p.specialist.home_school, *row.facts.teachers[row.pk], p.ref, p.partner_school.urn]
        text = plain(" ".join(str(name) for name in names))
        return all(word in text for word in plain(self.q).split())

    @property
    def is_narrowing(self):
        return bool(self.q or any(facet.asked for facet in self.facets))

    @property
    def words(self):
        """What is filtered, in words: “Grades late”, North East."""
        said = [f"“{self.q}”"] if self.q else []
        return said + [option.label for facet in self.facets for option in facet.options if option.is_asked]

    @property
    def sorting(self):
        return urlencode({"sort": self.sort}) if self.sort else ""

    @property
    def order_words(self):
        return ORDERS[self.sort][0]

    @property
    def query(self):
        """The address again, the same for the same question, without the programme: what a saved view keeps."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [(facet.name, value) for facet in self.facets for value in sorted(facet.asked)]
        pairs += [("sort", self.sort)] if self.sort else []
        return urlencode(pairs)
