"""The parts of a steering-group pack besides the results: counts by month, stage and kind, and findings that are
shared. Of a day: what is past and what is to come moves with it."""

import datetime as dt
from collections import Counter
from functools import cached_property

from django.db.models import Count, Q
from django.utils import timezone

from funding.models import FundingPlan, Stage
from funding.printing import programme as money
from lessons.models import Finding, VisitRecord
from papers.templatetags.plain import year_words
from programmes.models import ActionItem, Programme
from reports.figures.words import day_words
from reports.roster.facts import Facts
from reports.roster.rows import count, rows_of
from reports.roster.slips import LABELS
from visits.models import Event, Visit

QUARTER = dt.timedelta(days=91)
MOST_NAMED, MOST_FINDINGS, MOST_DAYS = 10, 8, 20
SHARED = [Finding.Audience.PROGRAMME, Finding.Audience.PUBLIC]


def visits_words(programme: Programme) -> dict:
    """Half-days by month, as they stand."""
    visits = Visit.objects.filter(partnership__programme=programme)
    today = timezone.localdate()
    months = {}
    for on, status in visits.values_list("on", "status"):
        months.setdefault((on.year, on.month), Counter())[status] += 1
    most = max((counts[S.TOOK_PLACE] + counts[S.PLANNED] for counts in months.values()), default=0)
    took = visits.filter(status=S.TOOK_PLACE)
    return {
        "months": [
            {
                "month": f"{dt.date(*month, 1):%B %Y}",
                "held": counts[S.TOOK_PLACE],
                "planned": counts[S.PLANNED],
                "cancelled": counts[S.CANCELLED],
                "held_width": 100 * counts[S.TOOK_PLACE] // most if most else 0,
                "planned_width": 100 * counts[S.PLANNED] // most if most else 0,
            }
            for month, counts in sorted(months.items())
        ],
        "held": took.count(),
        "recorded": took.filter(record__status=VisitRecord.Status.SIGNED_OFF).count(),
        "to_come": visits.filter(status=S.PLANNED, on__gte=today).count(),
        "unconfirmed": visits.filter(status=S.PLANNED, on__lt=today).count(),
        "cancelled": visits.filter(status=S.CANCELLED).count(),
    }


S = Visit.Status


def events_words(programme: Programme) -> dict:
    """Events up to today that were not cancelled, with how many were invited, how many of them came, and others."""
    today = timezone.localdate()
    invited = Count("attendances", filter=Q(attendances__invited_at__isnull=False))
    came = Count("attendances", filter=Q(attendances__present=True, attendances__invited_at__isnull=False))
    others = Count("attendances", filter=Q(attendances__present=True, attendances__invited_at=None))
    rows = Event.objects.standing().filter(programme=programme, on__lte=today).select_related("area")
    rows = list(rows.annotate(invited=invited, came=came, others=others).order_by("on", "starts_at", "pk"))
    closed = [row for row in rows if row.register_closed_at]
    return {
        "rows": [
            {
                "title": row.title,
                "on": day_words(row.on),
                "area": str(row.area or ""),
                "invited": row.invited,
                "came": row.came if row.register_closed_at else None,
                "others": row.others if row.register_closed_at else None,
            }
            for row in rows
        ],
        "closed": len(closed),
        "invited": sum(row.invited for row in closed),
        "came": sum(row.came for row in closed),
        "to_come": Event.objects.standing().filter(programme=programme, on__gt=today).count(),
    }


def money_words(programme: Programme) -> dict | None:
    """None where no plan is in force."""
    plan = FundingPlan.objects.in_force().filter(programme=programme).select_related("programme__organisation").first()
    if plan is None:
        return None
    known = money.programme_figures(plan)
    return {name: known[name] for name in ("entitled", "sums", "schools", "budget", "stages")}


def findings_words(programme: Programme) -> dict:
    """The newest findings that their authors share with the programme or with anyone; `of` says which they are."""
    rows = Finding.objects.published().filter(study__partnership__programme=programme, audience__in=SHARED)
    found = list(rows.order_by("-published_at", "-pk"))
    shown = found[:MOST_FINDINGS]
    return {
        "rows": [
            {
                "headline": row.headline,
                "technique": row.technique,
                "know": row.words.get("know", ""),
                "about": f"{row.subject.capitalize()}, {year_words(row.year_group)}",
                "on": day_words(timezone.localdate(row.published_at)),
            }
            for row in shown
        ],
        "number": len(found),
        "more": len(found) - len(shown),
        "of": [[row.pk, row.version, row.audience] for row in shown],
    }


class ForAll(Facts):
    """The partnerships of a programme as the radar sees them for no one reader: nothing in it is anybody's own."""

    def __init__(self, programme, today):
        partnerships = programme.partnerships.with_people().select_related("programme").order_by("ref")
        super().__init__(None, programme.organisation, partnerships, today)

    @cached_property
    def overdue_actions(self):
        rows = ActionItem.objects.filter(partnership__in=self.by_pk)
        return list(rows.overdue(self.today).select_related("owner"))


def risks_words(programme: Programme) -> dict:
    """What slips, by kind, and the partnerships where it has for longest: schools and references, no person."""
    rows = rows_of(ForAll(programme, timezone.localdate()))
    slips = [(row, slip) for row in rows for slip in row.slips]
    kinds = []
    for kind, label in LABELS.items():
        of_kind = [(row, slip) for row, slip in slips if slip.kind == kind]
        if of_kind:
            late = [slip.age for _, slip in of_kind if slip.is_due]
            kinds.append(
                {
                    "label": label,
                    "partnerships": len({row.pk for row, _ in of_kind}),
                    "late": len(late),
                    "oldest": max(late, default=None),
                }
            )
    counted = count(rows)
    late = sorted((row for row in rows if row.overdue is not None), key=lambda row: (-row.overdue, row.partnership.ref))
    return {
        "words": counted.words,
        "under_way": counted.under_way,
        "slipping": counted.slipping,
        "kinds": kinds,
        "longest": [
            {
                "ref": row.partnership.ref,
                "school": row.partnership.partner_school.name,
                "what": [LABELS[slip.kind] for slip in row.slips if slip.is_due],
                "days": row.overdue,
            }
            for row in late[:MOST_NAMED]
        ],
        "more": max(0, len(late) - MOST_NAMED),
    }


def next_words(programme: Programme) -> dict:
    """What the next three months hold: half-days by month, and the days that are fixed, in their order."""
    today = timezone.localdate()
    until = today + QUARTER
    visits = Visit.objects.filter(partnership__programme=programme, status=S.PLANNED, on__range=(today, until))
    months = Counter((on.year, on.month) for on in visits.values_list("on", flat=True))
    events = Event.objects.standing().filter(programme=programme, on__range=(today, until)).select_related("area")
    days = [(event.on, event.title, str(event.area or "")) for event in events]
    days += [
        (point.due_on, f"{point.name} grades are due", "")
        for point in programme.data_points.filter(due_on__range=(today, until))
    ]
    days += [
        (stage.due_on, f"Stage {stage.name} of the funding is due", "")
        for stage in Stage.objects.filter(plan__programme=programme, due_on__range=(today, until))
        if stage.plan.is_in_force
    ]
    days.sort(key=lambda row: row[:2])
    return {
        "until": day_words(until),
        "visits": sum(months.values()),
        "months": [{"month": f"{dt.date(*month, 1):%B %Y}", "n": n} for month, n in sorted(months.items())],
        "days": [{"on": day_words(on), "what": what, "area": area} for on, what, area in days[:MOST_DAYS]],
        "more": max(0, len(days) - MOST_DAYS),
    }
