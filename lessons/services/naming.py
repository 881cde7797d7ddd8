"""Names of target pupils in the words of a visit record: who wrote them is asked, before others read them.

The head of the host school, the coordinator and the consultant read a record, and of these only a pupil's own head may
read the name. Initials are what the boxes ask for, and are no name.
"""

from django.utils.crypto import salted_hmac

from lessons.library.names import is_a_word, names_in, names_of, names_of_pupils
from lessons.sections import sections_of
from pupils.models import TargetPupil

NAMED = {"action": "Actions", "gap": "Before the next visit", "reached": "Reached in this year"}


class NamesStand(Exception):
    """Words that may name a pupil stand in it, and nobody has said that they are to stay."""


def names_in_record(record) -> list:
    """Each word in which a name of the partnership's target pupils is suspected, with the parts in which it stands."""
    texts = {field: text for field, text in record.sheet.texts.items() if text.strip()}
    titles = {row.field: row.title for row in sections_of(record.visit, list(texts))}
    rows = [(titles.get(field, NAMED.get(field.split("-")[0])), text) for field, text in sorted(texts.items())]
    return names_in_texts(record.visit.partnership, [(title, text) for title, text in rows if title])


def names_in_texts(partnership, rows) -> list:
    found = names_in(rows, names_of_pupils(partnership))
    return [row for row in found if row.kind in {"pupil", "number"} and not is_a_word(row)]


def words_naming(programme, text) -> set[str]:
    """The words in which a name of one of the programme's target pupils is suspected, or a pupil number."""
    found = names_in([("", text)], names_of(TargetPupil.objects.filter(programme=programme)))
    return {row.key for row in found if row.kind in {"pupil", "number"} and not is_a_word(row)}


def digest_of(found) -> str:
    """Which words these are and where they stand, without holding any of them; empty where there are none."""
    places = sorted([row.kind, row.key, *sorted(row.boxes)] for row in found)
    return salted_hmac("names in a record", repr(places), algorithm="sha256").hexdigest() if found else ""
