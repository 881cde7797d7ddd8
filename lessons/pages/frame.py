"""What every page of a research lesson has around it: its name, the way to the others, and who can read it."""

from django.urls import reverse

from lessons.pages.boxes import SAFEGUARDING

# label, URL name, whether guests open it too
PAGES = [
    ("Sheet", "lessons:sheet", True),
    ("Observe", "lessons:observe", True),
    ("What was seen", "lessons:timeline", False),
]


def frame_of(me, lesson, current):
    """The context for `lessons/_lesson_head.html` and `lessons/_who_sees.html`."""
    return {
        "lesson": lesson,
        "study": lesson.study,
        "entries": [
            {"label": label, "url": reverse(name, args=[lesson.pk]), "current": name == current}
            for label, name, for_guests in PAGES
            if me.reads or for_guests
        ],
        "readers": [row for row in lesson.study.readers.select_related("person") if row.is_current],
        "safeguarding": SAFEGUARDING,
    }
