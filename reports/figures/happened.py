"""What happened in some partnerships, when, and what comes next: visits, studied lessons, grades, actions."""

from collections import Counter

from django.utils import timezone

from lessons.models import ResearchLesson
from programmes.models import ActionItem, DataReturn
from reports.figures.words import day_words
from visits.models import Visit, VisitChange

NEXT = 6


def happened_words(programme, partnerships, names, points) -> dict:
    """Visits and studied lessons of these partnerships in the year; `names` says how each is called in it."""
    visits = list(Visit.objects.filter(partnership__in=partnerships).order_by("on", "half", "pk"))
    standing = [visit for visit in visits if visit.status != Visit.Status.CANCELLED]
    lessons = list(
        ResearchLesson.objects.filter(study__partnership__in=partnerships, started_at__isnull=False, cancelled_at=None)
        .select_related("visit", "study")
        .order_by("started_at", "pk")
    )
    of_visit = {lesson.visit_id for lesson in lessons}
    marks = [mark(visit.partnership_id, visit.on, visit.pk in of_visit, not visit.is_planned) for visit in standing]
    marks += [
        mark(lesson.study.partnership_id, timezone.localdate(lesson.started_at), True, True)
        for lesson in lessons
        if lesson.visit_id is None
    ]
    moved = VisitChange.objects.filter(visit__in=standing, what=VisitChange.What.MOVED)
    return {
        "starts": programme.starts_on.isoformat(),
        "ends": programme.ends_on.isoformat(),
        "rows": [
            {
                "name": names[p.pk],
                "marks": sorted((m for of, m in marks if of == p.pk), key=lambda m: (m["on"], m["lesson"])),
            }
            for p in partnerships
        ],
        "points": [{"name": point.name, "on": point.due_on.isoformat()} for point in points],
        "visits": len(standing),
        "held": sum(not visit.is_planned for visit in standing),
        "lessons": len(lessons),
        "moved": moved.values("visit").distinct().count(),
        "cancelled": [
            {"reason": reason, "n": n}
            for reason, n in sorted(
                Counter(v.cancelled_because.rstrip(".") for v in visits if v.status == Visit.Status.CANCELLED).items(),
                key=lambda pair: (-pair[1], pair[0]),
            )
        ],
    }


def mark(partnership, on, lesson, held):
    return partnership, {"on": on.isoformat(), "lesson": lesson, "held": held}


def next_words(programme, partnerships, names, points, people=()) -> dict:
    """What is booked and due from today on, and the open actions of these partnerships that one of `people` owns."""
    today = timezone.localdate()
    running = [p for p in partnerships if p.is_asked]
    booked = Visit.objects.filter(partnership__in=running, status=Visit.Status.PLANNED, on__gte=today)
    booked = list(booked.select_related("host").order_by("on", "half", "pk"))
    asked = DataReturn.objects.filter(partnership__in=partnerships, expected__gt=0)
    given = set(asked.values_list("data_point", flat=True)) - set(
        asked.unfinished().values_list("data_point", flat=True)
    )
    actions = ActionItem.objects.open().filter(partnership__in=partnerships, owner__in=people)
    return {
        "visits": [
            {
                "on": day_words(visit.on),
                "half": visit.get_half_display(),
                "what": visit.get_kind_display(),
                "where": visit.host.name,
                "of": names[visit.partnership_id],
            }
            for visit in booked[:NEXT]
        ],
        "more": max(0, len(booked) - NEXT),
        "grades": [
            {"name": point.name, "on": day_words(point.due_on)}
            for point in points
            if running and point.due_on >= today and point.pk not in given
        ],
        "actions": [
            {"what": action.what, "who": str(action.owner), "by": day_words(action.due_on)}
            for action in actions.select_related("owner").order_by("due_on", "pk")
        ],
    }
