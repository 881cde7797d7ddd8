"""Results by group of pupils, for those who know the pupils anyway.

Each of these groups is a further margin of the same places: who reads the protected table by subject and year could
take one from another. So they are shown exact or not at all.
"""

from urllib.parse import urlencode

from papers.templatetags.plain import year_words
from pupils.figures import PlaceFacts, block, split
from pupils.models import TargetPupil

BANDS = [
    ("below", "Below the level for their year at first"),
    ("at", "At that level at first"),
    ("above", "Above that level at first"),
    ("", "No first grade, or no level is set"),
]
YES_NO = {"Y": "{}", "N": "Not {}", "U": "Not known"}
# The name in a query is the name of the fact. Values stand in this order.
GROUPS = [
    ("band", "By where they began", BANDS),
    ("sex", "By sex", [("F", "Girls"), ("M", "Boys"), ("", "Not recorded")]),
    ("pupil_premium", "By pupil premium", [(v, w.format("pupil premium")) for v, w in YES_NO.items()]),
    ("sen", "By special educational needs", [("N", "No SEN"), *TargetPupil.Sen.choices[1:]]),
    (
        "eal",
        "By English as an additional language",
        [(value, words.format("EAL")) for value, words in YES_NO.items()],
    ),
]


def group_parts(facts: list[PlaceFacts]) -> list[tuple]:
    """(title, [(name, query, block)]) of each way to group, in the order of its values; no row without a place."""
    parts = []
    for fact, title, values in GROUPS:
        found = split(facts, lambda place, fact=fact: getattr(place, fact))
        rows = [(sentence(words), {fact: value}, found[value]) for value, words in values if value in found]
        parts.append((title, rows))
    return parts


def plain_parts(facts: list[PlaceFacts]) -> list[tuple]:
    """The same by subject, year group and area, each only where there is more than one."""
    ways = [
        ("By subject", "subject", str.capitalize),
        ("By year group", "year_group", year_words),
        ("By area", "area", lambda name: name or "No area"),
    ]
    parts = []
    for title, fact, name in ways:
        found = split(facts, lambda place, fact=fact: getattr(place, fact))
        asked = {"year_group": "year"}.get(fact, fact)
        if len(found) > 1:
            parts.append((title, [(name(value), {asked: value}, b) for value, b in found.items()]))
    return parts


def sections_of(facts: list[PlaceFacts]) -> list[dict]:
    """All of them under each other, as the table of results takes them; the first is the total."""
    parts = [("", [("All target pupils", {}, block(facts))]), *plain_parts(facts), *group_parts(facts)]
    return [
        {"title": title, "rows": [{"name": name, "query": urlencode(query), "b": b} for name, query, b in rows]}
        for title, rows in parts
    ]


def narrowed_to_group(facts, asked, words):
    """The facts of the groups that a query names; what they are called is added to `words`."""
    for fact, _, values in GROUPS:
        if asked.get(fact) in dict(values):
            facts = [place for place in facts if getattr(place, fact) == asked[fact]]
            words.append(sentence(dict(values)[asked[fact]]))
    return facts


def sentence(words):
    return words[:1].upper() + words[1:]
