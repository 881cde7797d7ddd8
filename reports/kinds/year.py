"""A specialist teacher's own year, for their own records: what was done, no word about how well, none of a pupil."""

from collections import Counter

from django.utils import timezone

from lessons.models import Finding, FindingConsent, ResearchLesson, StudyMember
from papers.sheets import Sheet
from papers.templatetags.plain import longdate
from programmes.models import Partnership, PastSpecialist, SpecialistTeacher
from reports.figures.words import list_words
from reports.kinds.kind import Kind
from reports.models import Report
from visits.models import Attendance, Booking, Event, Visit, VisitChange

MOVES = [VisitChange.What.MOVED, VisitChange.What.SWAPPED]
HELD, CANCELLED, TO_COME, OPEN = "took place", "cancelled", "to come", "no record says so yet"


def figures(report) -> dict:
    specialist = report.specialist
    visits, lessons, events = visits_of(specialist), lessons_of(specialist), events_of(specialist)
    stands = Counter(row["stands"] for row in visits)
    return {
        "subject": str(specialist),
        "programme": report.programme.title,
        "year": report.programme.academic_year,
        "organiser": report.programme.organisation.name,
        "school": specialist.home_school.name,
        "closed": report.programme.status == report.programme.Status.CLOSED,
        "partnerships": partnerships_of(specialist),
        "visits": visits,
        "visit_total": len(visits),
        "held": stands[HELD],
        "cancelled": stands[CANCELLED],
        "to_come": stands[TO_COME],
        "open": stands[OPEN],
        "moved": sum(bool(row["moved"]) for row in visits),
        "visit_half_days": sum(row["half_days"] for row in visits),
        "lessons": lessons,
        "lesson_total": len(lessons),
        "lessons_held": sum(row["stands"] == HELD for row in lessons),
        "found": findings_of(specialist),
        "events": events,
        "event_half_days": sum(row["half_days"] for row in events),
    }


def partnerships_of(specialist) -> list[dict]:
    """Those they have, and those in which somebody followed them."""
    past = {row.partnership_id: row for row in PastSpecialist.objects.filter(specialist=specialist)}
    rows = Partnership.objects.filter(specialist=specialist) | Partnership.objects.filter(pk__in=past)
    made = []
    for row in rows.with_people().order_by("ref"):
        left = past.get(row.pk) if row.specialist_id != specialist.pk else None
        ended = f" on {longdate(row.ended_on)}" if row.ended_on else ""
        because = f": {row.reason}" if row.reason else ""
        made.append(
            {
                "label": row.label,
                "ref": row.ref,
                "school": row.partner_school.name,
                "teachers": list_words(str(person) for person in row.current_partner_teachers),
                "status": f"Until {longdate(left.until)}, then with somebody else"
                if left
                else f"{row.get_status_display()}{ended}{because}",
            }
        )
    return made


def visits_of(specialist) -> list[dict]:
    """Of the own partnerships, and whatever else they were booked for in the programme."""
    booked = Booking.objects.filter(person=specialist.user)
    of_programme = Visit.objects.filter(partnership__programme=specialist.programme_id)
    rows = of_programme.filter(partnership__specialist=specialist) | of_programme.filter(pk__in=booked.values("visit"))
    rows = list(rows.select_related("host", "partnership").order_by("on", "half", "pk"))
    out = set(booked.filter(is_out=True, visit__in=rows).values_list("visit", flat=True))
    moved = {}
    changes = VisitChange.objects.filter(visit__in=rows, what__in=MOVES).exclude(before_on=None)
    for change in changes.order_by("at", "pk"):
        moved.setdefault(change.visit_id, []).append(longdate(change.before_on))
    today = timezone.localdate()
    return [
        {
            "day": longdate(row.on),
            "half": row.get_half_display(),
            "kind": row.get_kind_display(),
            "label": row.partnership.label,
            "host": row.host.name,
            "stands": (stands := stands_of(row, today)),
            "because": row.cancelled_because,
            "moved": moved.get(row.pk, []),
            "half_days": int(stands == HELD and row.pk in out),
        }
        for row in rows
    ]


def stands_of(visit, today) -> str:
    if visit.status == Visit.Status.CANCELLED:
        return CANCELLED
    if visit.status == Visit.Status.TOOK_PLACE:
        return HELD
    return TO_COME if visit.on >= today else OPEN


def lesson_stands(lesson, today) -> str:
    if lesson.started_at:
        return HELD
    if lesson.cancelled_at:
        return CANCELLED
    return OPEN if lesson.day and lesson.day < today else TO_COME


def lessons_of(specialist) -> list[dict]:
    """The research lessons of studies in which they were a member: dates and how they stand."""
    studies = StudyMember.objects.filter(
        person=specialist.user, study__partnership__programme=specialist.programme_id
    ).values("study")
    rows = ResearchLesson.objects.filter(study__in=studies).select_related(
        "visit", "study__partnership__partner_school"
    )
    today = timezone.localdate()
    made = [
        {
            "day": longdate(row.day) if row.day else "",
            "number": row.number,
            "label": row.study.label,
            "stands": lesson_stands(row, today),
            "on": row.day.isoformat() if row.day else "9999",
        }
        for row in rows
    ]
    return sorted(made, key=lambda row: (row["on"], row["label"], row["number"]))


def findings_of(specialist) -> dict:
    """What they have agreed to show, to whom; `of` says which publications are quoted."""
    agreed = FindingConsent.objects.filter(person=specialist.user, withdrawn_at=None).values("finding")
    rows = (
        Finding.objects.published()
        .filter(pk__in=agreed, study__partnership__programme=specialist.programme_id)
        .order_by("published_at", "pk")
    )
    return {
        "of": [[row.pk, row.version, row.audience] for row in rows],
        "rows": [
            {
                "headline": row.headline,
                "audience": row.get_audience_display(),
                "day": longdate(timezone.localtime(row.published_at)),
            }
            for row in rows
        ],
    }


def events_of(specialist) -> list[dict]:
    there = Attendance.objects.filter(person=specialist.user, present=True, event__programme=specialist.programme_id)
    rows = Event.objects.filter(pk__in=there.values("event")).select_related("area").order_by("on", "starts_at", "pk")
    return [
        {
            "day": longdate(row.on),
            "title": row.title,
            "kind": row.get_kind_display(),
            "half_days": Event.HALF_DAYS[row.takes],
        }
        for row in rows
    ]


def tables(f) -> list[Sheet]:
    def cells(rows, *names):
        return [[", ".join(row[n]) if isinstance(row[n], list) else row[n] for n in names] for row in rows]

    visits = ["Day", "Half-day", "Visit", "Partnership", "Where", "How it stands", "Why cancelled", "Moved from"]
    return [
        Sheet(
            "Visits",
            [*visits, "Half-days out of class"],
            cells(f["visits"], "day", "half", "kind", "label", "host", "stands", "because", "moved", "half_days"),
        ),
        Sheet(
            "Research lessons",
            ["Day", "Study", "Lesson", "How it stands"],
            cells(f["lessons"], "day", "label", "number", "stands"),
        ),
        Sheet(
            "Findings shared",
            ["Day", "Headline", "Shown to"],
            cells(f["found"]["rows"], "day", "headline", "audience"),
        ),
        Sheet(
            "Events attended",
            ["Day", "Event", "Kind", "Half-days out of class"],
            cells(f["events"], "day", "title", "kind", "half_days"),
        ),
        Sheet(
            "Partnerships",
            ["Partnership", "Reference", "Partner school", "Partner teachers", "How it stands"],
            cells(f["partnerships"], "label", "ref", "school", "teachers", "status"),
        ),
    ]


def own(person):
    return SpecialistTeacher.objects.allowed(person, "reports.year").filter(programme__erased_at=None)


def may_order(person, report) -> bool:
    return own(person).filter(pk=report.specialist_id, programme=report.programme_id).exists()


def offers(person) -> list[Report]:
    return [
        Report(kind=Report.Kind.YEAR, programme=row.programme, specialist=row)
        for row in own(person).select_related("programme", "user")
    ]


KINDS = [
    Kind(
        value=Report.Kind.YEAR,
        template="reports/pdf/year.html",
        figures=figures,
        tables=tables,
        may_order=may_order,
        offers=offers,
        whose="You alone, for your own records. No pupil and no judgement stands in it; you choose what to pass on.",
        names_pupils=True,  # it names none; but it quotes findings and reasons that people typed, which go with them
    )
]
