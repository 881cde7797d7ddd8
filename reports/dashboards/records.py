"""The lines about visit records: to write, to sign, to read and answer, to look into; and what was agreed in them.

What a record says is in Today alone: `in_mail` has the words for the weekly mail.
"""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import GRANTS, Role
from lessons.models import GapTask, RecordAction, Side, VisitRecord
from programmes.calendar import calendars_of
from programmes.models import Programme
from reports.dashboards.rows import mine
from reports.dashboards.to_do import day_of
from visits.models import Visit

WRITE_WITHIN = 2  # school days
RUNNING = {"visit__partnership__programme__status": Programme.Status.ACTIVE}


def unrecorded(user, acting, today):
    """Visits whose day is past and that have no record."""
    rows = mine(Visit, user, acting, "visits.view").waiting_for_a_record(today)
    return rows.filter(partnership__programme__status=Programme.Status.ACTIVE)


def unrecorded_items(user, acting, today):
    """A line for each visit of which either teacher writes the record; after two school days it is overdue."""
    rows = unrecorded(user, acting, today).select_related("record", "host", "partnership__programme")
    visits = list(rows.order_by("on", "half", "pk")[:10])
    places = {(visit.partnership.programme.organisation_id, visit.host_id) for visit in visits}
    calendars = calendars_of([one for one, _ in places], {host for _, host in places})
    return [
        {
            "title": f"{to_do_with(visit)} the record of {called(visit, today)}",
            "text": f"{visit.partnership.label} at {visit.host}. Either of you writes it, both sign it.",
            "url": reverse("lessons:write", args=[visit.pk]),
            "when": f"Since {day_of(visit.on, today)}",
            "late": calendars.of(visit.partnership.programme.organisation_id, visit.host_id).school_days_late(
                visit.on, today
            )
            > WRITE_WITHIN,
            "also": {"url": reverse("visits:cancel", args=[visit.pk]), "words": "It did not take place"}
            if visit.is_planned
            else None,
        }
        for visit in visits
    ]


def to_do_with(visit):
    return "Finish and sign" if hasattr(visit, "record") else "Write"


def called(visit, today):
    return f"the {visit.get_kind_display().lower()} of {day_of(visit.on, today)}"


def record_items(user, acting, today):
    if acting.role in GRANTS["records.write"]:
        return unsigned_items(user, acting, today) + task_items(user, acting, today)
    if acting.role in GRANTS["records.answer"]:
        return unanswered_items(user, acting, today)
    if acting.role in GRANTS["records.follow_up"]:
        return disputed_items(user, acting)
    return []


def side_of(acting):
    return Side.SPECIALIST if acting.role == Role.SPECIALIST else Side.PARTNER


def unsigned_items(user, acting, today):
    """A line for each record that the other side has signed and this one has not."""
    rows = mine(VisitRecord, user, acting, "records.write").filter(status=VisitRecord.Status.PART_SIGNED, **RUNNING)
    rows = rows.exclude(signatures__side=side_of(acting)).select_related("visit")
    rows = rows.prefetch_related("signatures__person").order_by("visit__on", "pk")
    return [
        {
            "title": f"Sign the record of {called(row.visit, today)}",
            "text": f"{row.signatures.all()[0].person} has signed it. Read it, then sign.",
            "url": row.get_absolute_url(),
            "when": f"Waits for you since {day_of(timezone.localdate(row.signatures.all()[0].at), today)}",
        }
        for row in rows[:10]
    ]


def task_items(user, acting, today):
    """A line for each action and gap task of one's own that is not done, with the button that says it is."""
    running = {f"record__{path}": value for path, value in RUNNING.items()}
    of_record = ["record__visit__partnership__partner_school"]
    actions = mine(RecordAction, user, acting, "records.write").open().filter(owner=user, **running)
    tasks = mine(GapTask, user, acting, "records.write").open().filter(side=side_of(acting), **running)
    rows = [(row, "action_done") for row in actions.select_related(*of_record).order_by("due_on", "pk")[:10]]
    rows += [(row, "gap_task_done") for row in tasks.select_related(*of_record).order_by("due_on", "pk")[:10]]
    return [task_item(row, done, today) for row, done in rows]


def task_item(row, done, today):
    visit = row.record.visit
    what = "An action" if done == "action_done" else "Something to do before the next visit"
    late = row.due_on is not None and row.due_on < today
    when = row.due_on and (
        f"Overdue since {day_of(row.due_on, today)}" if late else f"By {row.due_on:%A} {day_of(row.due_on, today)}"
    )
    return {
        "title": row.what if len(row.what) <= 120 else f"{row.what[:117]}...",
        "in_mail": f"{what} from the record of {day_of(visit.on, today)} is yours",
        "text": f"From {called(visit, today)}, {visit.partnership.partner_school}.",
        "url": row.record.get_absolute_url(),
        "when": when or "",
        "late": late,
        "done": reverse(f"lessons:{done}", args=[row.pk]),
    }


def unanswered_items(user, acting, today):
    """A line for each record that no head of the host school has answered yet."""
    rows = mine(VisitRecord, user, acting, "records.answer").filter(Q(replies=None), **RUNNING)
    return [
        {
            "title": f"Read the record of {called(row.visit, today)}",
            "text": f"{row.visit.partnership.label}. Say whether it is accurate; nothing waits for it.",
            "url": row.get_absolute_url(),
            "when": f"Signed on {day_of(timezone.localdate(row.visit.signed_off_at), today)}"
            if row.visit.signed_off_at
            else "",
        }
        for row in rows.select_related("visit__partnership").order_by("visit__on", "pk")[:10]
    ]


def disputed_items(user, acting):
    rows = mine(VisitRecord, user, acting, "records.follow_up").disputed().filter(**RUNNING)
    rows = list(rows.select_related("visit__host").order_by("visit__on", "pk"))
    if not rows:
        return []
    one = len(rows) == 1
    return [
        {
            "title": f"{len(rows)} visit record{' is' if one else 's are'} called not accurate",
            "text": f"By the head of {rows[0].visit.host}." if one else "By the heads of several schools.",
            "url": rows[0].get_absolute_url() if one else f"{reverse('lessons:list')}?show=not-accurate",
            "act": "Read the answer" if one else "Read the answers",
        }
    ]
