"""Every visit of a partnership with what its record says: for its two teachers, and signed ones for who follows it."""

from django.utils import timezone

from lessons.models import VisitRecord
from lessons.pages.records import as_read, by_name, by_reference
from papers.sheets import Sheet
from papers.templatetags.plain import longdate
from programmes.models import Partnership
from pupils.models import Place
from reports.figures.words import list_words
from reports.kinds.kind import Kind
from reports.models import Report
from visits.models import Visit


def figures(report) -> dict:
    """As the two teachers read them today; else signed ones only, with pupils by reference."""
    signed_only = report.kind == Report.Kind.SIGNED
    partnership = (
        Partnership.objects.with_people().select_related("programme__organisation").get(pk=report.partnership_id)
    )
    words = by_reference if signed_only else by_name
    places = Place.objects.filter(partnership=partnership, partnership__programme__erased_at=None)
    pupils = [(place, words(place)) for place in places.select_related("pupil", "former").order_by("pupil__ref")]
    found = VisitRecord.objects.filter(visit__partnership=partnership).with_visit()
    if signed_only:
        found = found.filter(status=VisitRecord.Status.SIGNED_OFF)
    records = {record.visit_id: record for record in found}
    visits = partnership.visits.select_related("host").order_by("on", "half", "pk")
    rows = [visit_words(visit, records.get(visit.pk), pupils, signed_only) for visit in visits]
    return {
        "subject": f"{partnership.label}, {partnership.partner_school}",
        "programme": partnership.programme.title,
        "organiser": partnership.programme.organisation.name,
        "ref": partnership.ref,
        "year": partnership.programme.academic_year,
        "teachers": list_words(str(person) for person in partnership.teachers),
        "signed_only": signed_only,
        "visits": rows,
        "total": len(rows),
        "cancelled": sum(row["cancelled"] for row in rows),
        "took_place": sum(row["took_place"] for row in rows),
        "to_come": sum(row["to_come"] for row in rows),
        "with_record": sum(row["record"] is not None for row in rows),
        "signed": sum(bool(row["record"] and row["record"]["is_signed"]) for row in rows),
        "accurate": sum(bool(row["record"] and row["record"]["accurate"]) for row in rows),
        "not_accurate": sum(bool(row["record"] and row["record"]["not_accurate"]) for row in rows),
    }


def visit_words(visit, record, pupils, signed_only) -> dict:
    cancelled = visit.status == Visit.Status.CANCELLED
    to_come = visit.status == Visit.Status.PLANNED and visit.on >= timezone.localdate()
    if cancelled:
        state = f"Cancelled: {visit.cancelled_because}"
    elif record is not None:
        state = as_read(record, None).state
    elif to_come:
        state = "To come"
    else:
        state = "No record signed by both yet" if signed_only else "No record yet"
    return {
        "kind": visit.get_kind_display(),
        "on": visit.on.isoformat(),
        "day": longdate(visit.on),
        "half": visit.get_half_display(),
        "host": visit.host.name,
        "cancelled": cancelled,
        "took_place": visit.status == Visit.Status.TOOK_PLACE,
        "to_come": to_come,
        "state": state,
        "record": None if record is None else record_words(record, pupils),
    }


def record_words(record, pupils) -> dict:
    r = as_read(record, pupils)
    replies = [(reply, "accurate" if reply.is_accurate else "not accurate") for reply in r.replies]
    return {
        "is_signed": record.is_signed_off,
        "teachers": list_words(str(person) for person in r.head.teachers),
        "out": [
            f"{booking.person}{f', {booking.school}' if booking.school else ''}, covered by: "
            f"{booking.get_covered_by_display().lower() or 'not said'}"
            for booking in r.head.out
        ],
        "pupils": [{"said": said, "who": who} for said, who in r.pupils_by_presence],
        "parts": [{"title": title, "text": text} for title, text in r.parts],
        "actions": [
            {"what": task.what, "who": str(task.owner or "Nobody yet"), "when": when, "done": task.is_done}
            for task, when in r.actions
        ],
        "gap_tasks": [
            {"who": whose, "what": task.what, "when": when, "done": task.is_done}
            for whose, task, when in r.gap_tasks
            if task
        ],
        "reached": [{"label": label, "text": text} for label, text in r.reached],
        "signed": [f"{row.person}, {row.get_side_display().lower()}, {moment(row.at)}" for row in r.signatures],
        "corrections": [{"text": row.text, "by": f"{row.by}, {moment(row.at)}"} for row in r.corrections],
        "replies": [
            {"said": f"{reply.by} calls it {said}, {longdate(timezone.localtime(reply.at))}", "comment": reply.comment}
            for reply, said in replies
        ],
        "accurate": any(reply.is_accurate for reply in r.replies),
        "not_accurate": any(not reply.is_accurate for reply in r.replies),
    }


def moment(at) -> str:
    return f"{timezone.localtime(at):%-d %B %Y, %H:%M}"


def tables(f) -> list[Sheet]:
    of = [(row["day"], row["record"]) for row in f["visits"] if row["record"]]
    return [
        Sheet(
            "Visits",
            ["Day", "Half-day", "Visit", "Where", "How it stands"],
            [[row[name] for name in ("day", "half", "kind", "host", "state")] for row in f["visits"]],
        ),
        Sheet(
            "Records",
            ["Day", "Part", "What it says"],
            [[day, part["title"], part["text"]] for day, record in of for part in record["parts"]],
        ),
        Sheet(
            "Actions and tasks",
            ["Day", "What", "Who", "By when", "Done"],
            [
                [day, task["what"], task["who"], task["when"], "yes" if task["done"] else "no"]
                for day, record in of
                for task in (*record["actions"], *record["gap_tasks"])
            ],
        ),
    ]


def may_order(action):
    def may(person, report) -> bool:
        own = Partnership.objects.allowed(person, action).filter(programme=report.programme_id)
        return own.filter(pk=report.partnership_id, programme__erased_at=None).exists()

    return may


MAY_ORDER = {Report.Kind.RECORDS: may_order("reports.partnership"), Report.Kind.SIGNED: may_order("reports.signed")}


def offers(person) -> list[Report]:
    """To the teachers; who follows many partnerships asks on the page of one."""
    rows = Partnership.objects.allowed(person, "reports.partnership").filter(programme__erased_at=None)
    rows = rows.filter(pk__in=VisitRecord.objects.values("visit__partnership"))
    return [
        Report(kind=Report.Kind.RECORDS, programme=row.programme, partnership=row)
        for row in rows.select_related("programme", "partner_school")
    ]


def of_partnership(person, partnership) -> list[Report]:
    asked = [Report(kind=kind, programme=partnership.programme, partnership=partnership) for kind in MAY_ORDER]
    return [report for report in asked if MAY_ORDER[report.kind](person, report)]


KINDS = [
    Kind(
        value=Report.Kind.RECORDS,
        template="reports/pdf/records.html",
        figures=figures,
        tables=tables,
        may_order=MAY_ORDER[Report.Kind.RECORDS],
        offers=offers,
        whose="The teachers of the partnership. It names pupils and holds what is still being written.",
        names_pupils=True,
    ),
    Kind(
        value=Report.Kind.SIGNED,
        template="reports/pdf/records.html",
        figures=figures,
        tables=tables,
        may_order=MAY_ORDER[Report.Kind.SIGNED],
        whose="The coordinator and the consultant of the partnership: what both teachers have signed.",
        names_pupils=True,  # by reference only, but what people typed goes with the pupils
    ),
]
