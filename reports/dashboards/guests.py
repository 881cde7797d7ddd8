"""What a guest observer has to do: the lessons to which they are invited, and until when."""

from django.urls import reverse
from django.utils import timezone

from lessons.models import LessonGuest, ResearchLesson
from papers.templatetags.plain import clock, longdate, longday


def guest_items(user, acting, today):
    lessons = ResearchLesson.objects.allowed(user, "lessons.see")
    lessons = lessons.filter(study__partnership__programme__organisation=acting.organisation)
    rows = LessonGuest.objects.current().filter(person=user, lesson__in=lessons)
    rows = rows.select_related("lesson__visit__host", "lesson__study__partnership__partner_school")
    return [item_of(row, today) for row in sorted(rows, key=lambda row: (row.lesson.day or row.until, row.pk))]


def item_of(row, today):
    lesson = row.lesson
    school = lesson.visit.host if lesson.visit else lesson.study.partnership.partner_school
    item = {
        "title": f"Research lesson {lesson.number} at {school}",
        "text": f"{when(lesson, today)} Your access ends by itself after {longdate(row.until)}.",
        "url": reverse("lessons:observe", args=[lesson.pk]),
        "act": "Observe",
        "also": {"url": reverse("lessons:sheet", args=[lesson.pk]), "words": "Read its plan"},
    }
    if why := lesson.why_cancelled:
        return item | {"text": f"It was cancelled: {why}", "act": "", "also": None}
    return item


def when(lesson, today):
    if lesson.is_ended:
        return f"It took place on {longday(timezone.localtime(lesson.started_at).date())}."
    if lesson.day is None:
        return "The group has not chosen the day yet."
    day = "Today" if lesson.day == today else longday(lesson.day)
    return f"{day}, {clock(lesson.at)}." if lesson.at else f"{day}."
