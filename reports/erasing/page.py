"""The page on which a coordinator looks at what would go, and sees what became of it."""

from django.utils import timezone

from papers.templatetags.plain import plural_count
from programmes.services.keeping import bounds
from pupils.models import Erasure
from pupils.retention.erasing import counted, parts_of, still_open
from pupils.retention.parts import Cleared, Kept

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
    ("The results", "frozen as they are now, with small numbers as protected as they are now"),
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
        "groups": grouped(counts),
        "rows": sum(of["rows"] for of in counts.values()),
        "files": sum(of["files"] for of in counts.values()),
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


def grouped(counts) -> list[dict]:
    """The kinds of row in groups that a person thinks in, the many before the few."""
    lines = {}
    for part, rows, files in parts_of(counts):
        line = {"what": part.one if rows == 1 else part.many, "rows": rows, "files": files, "after": after(part)}
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


def after(part):
    """What becomes of it where grades are kept without names."""
    return "Stays, without anything that tells whose it is" if isinstance(part, Kept) else "Goes as well"


def in_words(page) -> str:
    words = plural_count(page["rows"], "row")
    return f"{words} and {plural_count(page['files'], 'file')}" if page["files"] else words
