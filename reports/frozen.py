"""The results page of a programme whose pupils are erased, as JSON holds it and as a reader reads it again."""

from pupils.retention.freezing import read_block, write_block


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

    def shown(self, by):
        return read_shown(self.page["shown"][by])
