"""The lines about lesson studies, for their members: what is today, what waits for one's word, what is to be planned.

They say nothing of what is written in a study.
"""

import datetime as dt

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from lessons.models import CasePupil, DiscussionAgreement, Note, ResearchLesson
from papers.templatetags.plain import clock
from reports.dashboards.rows import mine
from reports.dashboards.to_do import day_of

SOON = dt.timedelta(days=14)


def study_lines(user, acting, today, partnerships):
    """(a line for each study that goes on; the partnerships that could begin one, where none goes on), in one query."""
    rows = mine(ResearchLesson, user, acting, "studies.write").select_related(
        "visit", "study__begun_by", "study__partnership__partner_school", "study__partnership__programme"
    )
    study = OuterRef("study")
    written = Note.objects.filter(sheet__study=study, field="question").exclude(text="")
    agreed = DiscussionAgreement.objects.filter(
        lesson=OuterRef("pk"), person=user, version__gte=Coalesce(OuterRef("talked"), 0)
    )
    rows = rows.with_version_talked().annotate(
        has_question=Exists(written),
        has_pupils=Exists(CasePupil.objects.filter(study=study)),
        is_agreed=Exists(agreed),
    )
    lessons = list(rows.order_by("study", "number"))
    studies = {}
    for lesson in lessons:
        studies.setdefault(lesson.study, []).append(lesson)
    going = [(study, found) for study, found in studies.items() if goes_on(study)]
    items = [item for study, found in going for item in items_of(study, found, today) or new_to(user, study, today)]
    begun = {study.partnership_id for study, _ in going}
    return items, [one for one in partnerships if one.pk not in begun and may_begin(one)]


def goes_on(study):
    return not study.is_finished and study.partnership.programme.status == "active"


def may_begin(partnership):
    return partnership.status in {"active", "embedding"} and partnership.programme.status == "active"


def new_to(user, study, today):
    """A line about a study that somebody else has begun with this person, and of which nothing is to be done yet."""
    if study.begun_by_id == user.pk or timezone.localdate(study.begun_at) + SOON < today:
        return []
    text = f"{study.label}. {study.begun_by} began it on {day_of(timezone.localdate(study.begun_at), today)}."
    return [{"title": "You are in a new lesson study", "text": text, "url": study.get_absolute_url()}]


def items_of(study, lessons, today):
    """At most two lines: what is to be done of the study, and a discussion that one has not agreed to."""
    return list(lines_of(study, lessons, today))


def lines_of(study, lessons, today):
    label = study.label
    standing = [lesson for lesson in lessons if not lesson.why_cancelled]
    talk = next((lesson for lesson in standing if lesson.is_ended and not lesson.is_agreed), None)
    if talk:
        yield {
            "title": f"Discuss research lesson {talk.number}, and agree how it is written down",
            "text": f"{label}. It was held on {day_of(talk.day, today)}.",
            "url": reverse("lessons:discussion", args=[talk.pk]),
        }
    if not lessons[0].has_question or not lessons[0].has_pupils:
        what, name = ("Write the question", "study_write") if not lessons[0].has_question else CHOOSE
        yield {
            "title": f"{what} of your lesson study",
            "text": f"{label}. Any of you does it.",
            "url": reverse(f"lessons:{name}", args=[study.pk]),
        }
        return
    if lesson := next((lesson for lesson in standing if not lesson.is_ended), None):
        yield from lesson_items(lesson, label, today)


CHOOSE = ("Choose the case pupils", "case_pupils")


def lesson_items(lesson, label, today):
    named = f"Research lesson {lesson.number}"
    observe, sheet = (reverse(f"lessons:{name}", args=[lesson.pk]) for name in ("observe", "sheet"))
    if lesson.is_started:
        yield {"title": f"{named} is under way: observe it", "text": label, "url": observe}
    elif lesson.day == today:
        at = f" at {clock(lesson.at)}" if lesson.at else ""
        yield {"title": f"{named} is today{at}", "text": f"{label}. Start and observe it here.", "url": observe}
    elif lesson.day is None:
        yield {
            "title": f"Choose the day of research lesson {lesson.number}",
            "text": f"{label}. Or observe it at any time: you start it in the classroom.",
            "url": reverse("lessons:plan", args=[lesson.pk]),
        }
    elif lesson.day < today:
        yield {
            "title": f"{named} was to be on {day_of(lesson.day, today)}",
            "text": f"{label}. Start it, give it another day, or say that it was cancelled.",
            "url": sheet,
            "late": True,
        }
    elif lesson.day <= today + SOON:
        yield {
            "title": f"Plan research lesson {lesson.number}",
            "text": label,
            "url": sheet,
            "when": f"It is on {lesson.day:%A} {day_of(lesson.day, today)}",
        }
