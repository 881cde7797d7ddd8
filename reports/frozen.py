"""The results page of a programme whose pupils are erased, as JSON holds it and as a reader reads it again."""

from collections import Counter

from pupils.figures import Block, Share, block, mean_of
from pupils.retention.freezing import SHARES, read_block, write_block


def write_shown(found: dict) -> dict:
    return found | {
        "sections": [
            section | {"rows": [row | {"b": write_block(row["b"])} for row in section["rows"]]}
            for section in found["sections"]
        ]
    }


def read_shown(given: dict) -> dict:
    return given | {
        "sections": [
            section | {"rows": [row | {"b": read_block(row["b"])} for row in section["rows"]]}
            for section in given["sections"]
        ]
    }


def write_cells(facts) -> list[dict]:
    """The block of each subject and year group, with the points that its places have gained together."""
    groups = {}
    for place in facts:
        groups.setdefault((place.subject, place.year_group), []).append(place)
    return [
        {"subject": subject, "year": year, "points": points_of(rows), "b": write_block(block(rows))}
        for (subject, year), rows in sorted(groups.items())
    ]


def points_of(facts) -> int | None:
    gains = [place.gain for place in facts if place.matched]
    return None if None in gains else sum(gains)


def together(cells: list[dict]) -> Block:
    """The block of all these cells. A pupil who stands in two of them is counted in both: comparisons count places."""
    blocks = [read_block(cell["b"]) for cell in cells]
    n = sum(b.n for b in blocks)
    counted = [(b, cell["points"]) for b, cell in zip(blocks, cells, strict=True) if b.n or not n]
    points = [points for _, points in counted]

    def share(name):
        answers = [getattr(b, name).of for b, _ in counted]
        return Share(None if None in answers else sum(answers), n)

    return Block(
        **{
            name: sum(getattr(b, name) for b in blocks)
            for name in ("places", "pupils", "missing_first", "missing_final")
        },
        n=n,
        first_reasons=sum((b.first_reasons for b in blocks), Counter()),
        final_reasons=sum((b.final_reasons for b in blocks), Counter()),
        **{name: share(name) for name in SHARES},
        mean_points=None if None in points or not n else mean_of(sum(points), n),
    )


class FrozenReader:
    """What of the frozen results this person may see: exactly what somebody of the same reach saw before.

    Who reached a part of the pupils then has a page of their own. Who has other roles now than then, or came later and
    would see a part only, sees none: nobody can tell any more which pupils were whose.
    """

    leads_to_places = False
    facts = None  # they are erased

    def __init__(self, programme, whole, exact, person, figures):
        self.programme, self.person = programme, person
        pages = figures["pages"]
        own = pages["people"].get(str(person.pk))
        self.whole, self.exact = whole, exact
        if whole and exact:
            page = pages["exact"]
        elif own and (own["whole"], own["exact"]) == (whole, exact):
            page = own
        else:
            page = pages["protected"] if whole and not own else pages["none"]
        self.page = page
        self.tabs = [(value, label) for value, label in page["tabs"]]

    @property
    def cells(self):
        """The smallest parts of the table; None for who sees it protected, and where they were not written down yet."""
        return self.page.get("cells")

    def shown(self, by):
        return read_shown(self.page["shown"][by])
