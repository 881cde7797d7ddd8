"""What of a programme's results a person may see: its table, exact or with small numbers hidden."""

from urllib.parse import urlencode

from django.utils.functional import cached_property

from accounts.models import School
from papers.templatetags.plain import year_words
from programmes.models import Programme
from pupils import small_numbers
from pupils.figures import Block, block, set_apart, split
from pupils.models import Grade, Place
from pupils.results import place_facts
from pupils.retention.freezing import frozen_figures
from reports.figures.words import reason_words
from reports.frozen import FrozenReader
from reports.groups import group_parts

TABS = [("", "Subject and year group"), ("area", "Area"), ("school", "School"), ("group", "Group of pupils")]


class Reader:
    """What of a programme's results this person may see: all of it or an area, exact or with small numbers hidden."""

    def __init__(self, person, programme: Programme, to=None):
        reach = Place.objects.allowed(person, "pupils.reference").filter(partnership__programme=programme)
        self.person = person
        self.look(programme, *access_of(person, programme), reach, to)

    def look(self, programme, whole, exact, reach, to=None):
        self.programme, self.whole, self.exact, self.reach = programme, whole, exact, reach
        self.thresholds = (programme.hide_up_to, programme.hide_whole_up_to)
        self.facts, self.two_scales = set_apart(place_facts(programme, None if self.whole else self.reach, to))

    @cached_property
    def few_grades(self) -> bool:
        return Grade.objects.filter(scale__name=self.programme.scale).count() <= small_numbers.FEW_GRADES

    @property
    def tabs(self):
        return TABS if self.exact else TABS[:1]

    @property
    def leads_to_places(self):
        """Whether a figure leads to the pupils behind it."""
        return self.exact

    def shown(self, by) -> dict:
        """What stands in one tab, and what comes from the grades and stands on the page above it."""
        everyone = block(self.facts)
        return {
            "areas": [] if self.whole else sorted({place.area for place in self.facts if place.area}),
            "missing_because": reason_words(everyone.first_reasons, everyone.final_reasons),
            "two_scales": self.two_scales,
            "too_few": small_numbers.is_small(everyone, *self.thresholds),
            "unit": "target pupil" if len({place.pupil for place in self.facts}) == len(self.facts) else "place",
            "sections": sections_by(self, by),
        }


def access_of(person, programme) -> tuple[bool, bool]:
    """Whether the person sees the whole programme, and whether exactly."""

    def granting(action):
        found = person.memberships_granting(action)
        return {m.pk for m in found if m.organisation_id == programme.organisation_id}

    whole, known = granting("results.whole"), granting("pupils.reference")
    # Two roles do not add up: the whole table is exact only for one that grants both.
    return bool(whole), bool(whole & known) if whole else bool(known)


def reader_for(person, programme: Programme):
    """As the grades stand; of a programme whose pupils are erased, as its figures were frozen for this person."""
    figures = frozen_figures(programme)
    if figures is None:
        return Reader(person, programme)
    return FrozenReader(programme, *access_of(person, programme), person, figures)


def sections_by(reader: Reader, by: str) -> list[dict]:
    """The rows of a tab in titled parts; the first is always the total. Each row has the query of its places."""
    facts, everyone = reader.facts, ("All target pupils", {}, block(reader.facts))
    if by == "area":
        found = split(facts, lambda place: place.area)
        parts = [("By area", [(name or "No area", {"area": name}, b) for name, b in found.items()])]
    elif by == "group":
        parts = group_parts(facts)
    elif by == "school":
        found = split(facts, lambda place: place.school)
        names = dict(School.objects.filter(pk__in=found).values_list("pk", "name"))
        rows = [(names[pk], {"school": pk}, b) for pk, b in found.items()]
        parts = [("By partner school", sorted(rows, key=lambda row: row[0].casefold()))]
    else:
        subjects = split(facts, lambda place: place.subject)
        years = split(facts, lambda place: place.year_group)
        both = split(facts, lambda place: (place.subject, place.year_group))
        parts = [
            ("By subject", [(name.capitalize(), {"subject": name}, b) for name, b in subjects.items()]),
            ("By year group", [(year_words(year), {"year": year}, b) for year, b in years.items()]),
            (
                "By subject and year group",
                [
                    (f"{name.capitalize()}, {year_words(year)}", {"subject": name, "year": year}, b)
                    for (name, year), b in both.items()
                ],
            ),
        ]
    sections = [{"title": "", "rows": [everyone]}, *({"title": title, "rows": rows} for title, rows in parts)]
    if not reader.exact:
        sections = protected(reader, sections)
    return [
        {
            "title": section["title"],
            "rows": [{"name": name, "query": urlencode(query), "b": b} for name, query, b in section["rows"]],
        }
        for section in sections
    ]


def protected(reader, sections) -> list[dict]:
    """The table by subject and year as someone may see it who does not know the pupils."""
    atoms = {(place.subject, place.year_group) for place in reader.facts}
    rows = [(name, query, b) for section in sections for name, query, b in section["rows"]]
    made_of = {
        name: {
            atom for atom in atoms if query.get("subject", atom[0]) == atom[0] and query.get("year", atom[1]) == atom[1]
        }
        for name, query, _ in rows
    }
    shown = small_numbers.protect({name: b for name, _, b in rows}, made_of, *reader.thresholds, reader.few_grades)
    for name, b in unknown(reader, made_of).items():
        shown[name] = small_numbers.hide(shown[name], [q for q in small_numbers.QUESTIONS if is_hidden(b, q)])
    return [
        {"title": section["title"], "rows": [(name, query, shown[name]) for name, query, _ in section["rows"]]}
        for section in sections
    ]


def unknown(reader, made_of) -> dict[str, Block]:
    """The same table without the places that this reader knows by another role, who could subtract them."""
    own = set(reader.reach.values_list("pk", flat=True))
    if not own:
        return {}
    rest = [place for place in reader.facts if place.place not in own]
    blocks = {
        name: block(place for place in rest if (place.subject, place.year_group) in cells)
        for name, cells in made_of.items()
    }
    return small_numbers.protect(blocks, made_of, *reader.thresholds, reader.few_grades)


def is_hidden(b: Block, question: str) -> bool:
    return b.mean_hidden if question == "points" else getattr(b, question).hidden
