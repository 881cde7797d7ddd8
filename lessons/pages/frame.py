"""What every page of a research lesson has around it: its name, the way to the others, and who can read it."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from accounts.models import Membership
from desks.boxes import SAFEGUARDING
from lessons.pages.interviews import interviews_held

# label, URL name, who opens it beside the members
PAGES = [
    ("Sheet", "lessons:sheet", "guests"),
    ("Observe", "lessons:observe", "guests"),
    ("What was seen", "lessons:timeline", "readers"),
    ("Interviews", "lessons:interviews", "readers"),
    ("Discussion", "lessons:discussion", "readers"),
    ("Private notes", "lessons:private", "members"),
    ("Guests", "lessons:guests", "members"),
]


def guests_of(lesson):
    """Those who can read the sheet now: who has not accepted yet is nobody here, and is not named."""
    there = Membership.objects.live().filter(
        user=OuterRef("person"), user__is_active=True, organisation=lesson.study.partnership.programme.organisation_id
    )
    return list(lesson.guests.current().filter(Exists(there)).select_related("person"))


def frame_of(me, lesson, current):
    """The context for `lessons/_lesson_head.html` and `lessons/_who_sees.html`."""
    opens = {"guests": True, "readers": me.reads, "members": me.is_member}
    held = interviews_held(lesson) if me.reads else ""
    return {
        "lesson": lesson,
        "study": lesson.study,
        "entries": [
            {
                "label": f"{label}{held}" if name == "lessons:interviews" else label,
                "url": reverse(name, args=[lesson.pk]),
                "current": name == current,
            }
            for label, name, who in PAGES
            if opens[who]
        ],
        "guests": guests_of(lesson),
        "readers": [row for row in lesson.study.readers.select_related("person") if row.is_current],
        "safeguarding": SAFEGUARDING,
    }
