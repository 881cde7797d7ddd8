"""The page on which a coordinator looks at what would go, and sees what became of it."""

from django.utils import timezone

from papers.templatetags.plain import listed, plural_count
from programmes.services.keeping import bounds
from pupils.models import Erasure
from pupils.retention.erasing import counted, parts_of, still_open
from pupils.retention.parts import Cleared, Kept

How = Erasure.How
PUPILS, RECORDS, STUDIES = "Pupils and their grades", "Records of visits", "Lesson studies and findings"
PAPERS, WORDS = "Papers and mails", "Words in the calendar and about partnerships"
GROUPS = [PUPILS, RECORDS, STUDIES, PAPERS, WORDS]
OF_A_RECORD = {
    "visitrecord",
    "presence",
    "recordaction",
    "gaptask",
    "recordcorrection",
    "headreply",
    "recordsignature",
}
# What stands afterwards as before, each with the reason.
STAYS = [
    (
        "The results of the programme, its areas and its schools",
        "frozen as they are now, with small numbers as protected as they are now; those of single partnerships go",
    ),
    ("Money, and which data returns were complete", "it is kept for seven years"),
    ("Visits and events with their dates, and who took part", "they hold no pupil"),
    ("Partnerships, agreements, schools and the names of teachers", "they hold no pupil"),
    ("Programme reports (PDF)", "they hold figures and no name"),
    ("Who looked at which pupil\u2019s page, and when", "it is recorded by numbers, without a name"),
]


def page(programme) -> dict:
    """What would go now; while it goes and afterwards what a person confirmed."""
    erasure = programme.erasures.select_related("asked_by").first()
    begun = erasure and (erasure.in_hand or erasure.begun_at)
    counts = erasure.counted if begun else counted(programme)
    return {
        "programme": programme,
        "erasure": erasure,
        "copy": None if begun else programme.copies.first(),
        "begun": begun,
        "counts": counts,
        "groups": grouped(counts, erasure.how if begun else None),
        "kept": kept_words(counts) if begun and erasure.is_done and erasure.how == How.ANONYMISE else "",
        "rows": goes(counts, How.DELETE)[0],
        "lead": lead(counts),
        "still_open": [] if begun else still_open(programme),
        "stays": STAYS,
        "can_be_later": not begun and later(programme),
        "ways": Erasure.How.choices,
    }


def later(programme):
    """Whether the day until which it is kept can still be moved."""
    first, last = bounds(programme, timezone.localdate())
    return first <= last


def copied(programme) -> str:
    """Whether somebody has taken a copy, in a sentence."""
    taken = programme.copies.filter(state="done").order_by("-pk").first()
    if taken is None:
        return "None was made. Go back to take one first"
    return f"Made on {timezone.localtime(taken.finished_at or taken.queued_at):%-d %B %Y}"


def kept(counts) -> list[tuple]:
    """(part, rows) of what stays without a name where grades are kept."""
    return [(part, rows) for part, rows, _ in parts_of(counts) if isinstance(part, Kept)]


def emptied(counts) -> int:
    """Of how many rows only the words go."""
    return sum(rows for part, rows, _ in parts_of(counts) if isinstance(part, Cleared))


def goes(counts, how) -> tuple[int, int]:
    """How many rows go this way, and how many files."""
    stays = (Cleared, Kept) if how == How.ANONYMISE else (Cleared,)
    found = [(rows, files) for part, rows, files in parts_of(counts) if not isinstance(part, stays)]
    return sum(rows for rows, _ in found), sum(files for _, files in found)


def goes_words(counts, how) -> str:
    rows, files = goes(counts, how)
    words = plural_count(rows, "row") if rows else "nothing"
    return f"{words} and {plural_count(files, 'file')}" if files else words


def kept_words(counts) -> str:
    return listed([plural_count(rows, f"{part.one},{part.many}") for part, rows in kept(counts)])


def answers(programme, counts, how) -> list[dict]:
    """What a person confirms: what goes, what stays without a name, and what stays without its words, each counted."""
    nameless, empty = sum(rows for _, rows in kept(counts)), emptied(counts)
    found = [
        ("Programme", programme.title),
        ("What happens to the pupils", How(how).label),
        ("What goes", goes_words(counts, how).capitalize()),
        ("What stays without a name", f"{plural_count(nameless, 'row')}: {kept_words(counts)}")
        if how == How.ANONYMISE and nameless
        else None,
        ("What stays without its words", f"{plural_count(empty, 'row')}: reasons, notes and minutes go")
        if empty
        else None,
        ("A copy", copied(programme)),
        ("What stays as it is", "The results, money, dates of visits, names of teachers"),
    ]
    return [{"key": line[0], "value": line[1]} for line in found if line]


def lead(counts) -> str:
    """What is counted now, in sentences."""
    nameless, empty = sum(rows for _, rows in kept(counts)), emptied(counts)
    said = [f"This is counted now: {goes_words(counts, How.DELETE)} can go."]
    if nameless:
        many = "all" if nameless == goes(counts, How.DELETE)[0] else f"{nameless:,}"
        said.append(f"Where grades are kept, {many} of them stay without a name.")
    if empty:
        said.append(f"{plural_count(empty, 'more row loses,more rows lose')} only the words that people typed.")
    return " ".join(said)


def grouped(counts, how) -> list[dict]:
    """The kinds of row in groups that a person thinks in, the many before the few."""
    lines = {}
    for part, rows, files in parts_of(counts):
        line = {"what": part.one if rows == 1 else part.many, "rows": rows, "files": files, "after": after(part, how)}
        lines.setdefault(group_of(part), []).append(line)
    return [
        {
            "title": title,
            "lines": sorted(lines[title], key=lambda line: -line["rows"]),
            "files": any(line["files"] for line in lines[title]),
        }
        for title in GROUPS
        if title in lines
    ]


def group_of(part):
    app, _, model = part.model._meta.label_lower.partition(".")
    if app == "pupils":
        return PUPILS
    if app == "lessons":
        return RECORDS if model in OF_A_RECORD else STUDIES
    return WORDS if isinstance(part, Cleared) else PAPERS


def after(part, how):
    """What becomes of it, the one way or the other, or the way that was confirmed."""
    if isinstance(part, Cleared):
        return "Stays, without what people typed"
    if isinstance(part, Kept) and how != How.DELETE:
        return "Stays without a name" if how else "Goes, or stays without a name where grades are kept"
    return "Goes"
