"""What the pages of rounds show, in words."""

from django.db.models import Count, Q
from django.utils import timezone

from jobs.models import LONG
from programmes.models import Programme
from reports.kinds.progress import newest_points
from reports.models import Report, ReportRound, ReportSchedule, RoundReport
from reports.models.reports import OF_A_PROGRAMME
from reports.rounds import services
from reports.rounds.services import OF_EVERY_SCHOOL, may_have_file, readable, schools_of
from reports.rounds.standing import changed_since

READY, FAILED, GONE = "ready", "failed", "gone"


def of_programme(programme) -> dict:
    """What can be ordered for all schools, what is scheduled, and what was made before."""
    schedules = {schedule.kind: schedule for schedule in ReportSchedule.objects.filter(programme=programme)}
    rounds = ReportRound.objects.filter(programme=programme, same_as=None).select_related("ordered_by", "data_point")
    return {
        "programme": programme,
        "schools": schools_of(programme).count(),
        "offers": [
            {"kind": kind.value, "slug": slug_of(kind), "label": kind.label, "schedule": schedules.get(kind)}
            | {"point": point}
            for kind, point in offered(programme)
        ],
        "rounds": summed_up(rounds[:50]),
        "days": ReportRound.kept().days,
    }


def offered(programme) -> list[tuple]:
    """Each kind with the data point that it is about; progress is told where a second data point has been."""
    newest = newest_points([programme.pk]).get(programme.pk)
    points = {kind: newest if kind == services.PROGRESS else None for kind in OF_EVERY_SCHOOL}
    return [(kind, point) for kind, point in points.items() if point or kind != services.PROGRESS]


def programmes_of(person):
    """The programmes of which this person orders the reports of all schools, newest first."""
    rows = Programme.objects.allowed(person, "reports.rounds").exclude(status=Programme.Status.DRAFT)
    return rows.filter(erased_at=None).order_by("-starts_on", "name")


def one_by_one(reports, person):
    """Without those of every school, which whoever orders them has on the pages of rounds. The own school's stay."""
    if not person.may("reports.rounds"):
        return reports
    own = [m.school_id for m in person.memberships_granting("reports.school")]
    return reports.filter(~Q(kind__in=[Report.Kind.SCHOOL, Report.Kind.GOVERNORS]) | Q(school__in=own))


def slug_of(kind) -> str:
    return kind.value.replace(" ", "-")


def kind_of(slug) -> Report.Kind | None:
    return next((kind for kind in OF_EVERY_SCHOOL if slug_of(kind) == slug), None)


def of_round(found, person) -> dict:
    """Every school of a round with what became of its report; the files where this person may read them."""
    shown = progress_of(found) | {"programme": found.programme}
    theirs = {report.pk for report in readable(found, person)}
    for line in shown["parts"]:
        line["may_read"] = line["report"] is not None and line["report"].pk in theirs
    shown["names_pupils"] = found.kind not in OF_A_PROGRAMME
    shown["has_file"] = found.is_done and bool(found.file) and may_have_file(found, person)
    return shown


def news_of(found) -> dict:
    """What has changed since a round was made, in a sentence and school by school. Progress is told anew of the newest
    data point alone."""
    is_newest = (Report.Kind(found.kind), found.data_point) in offered(found.programme)
    return {
        "changed": changed_since(found) if found.is_done and not found.programme.erased_at else [],
        "slug": slug_of(Report.Kind(found.kind)) if found.kind != services.PROGRESS or is_newest else "",
        "kept_until": timezone.localdate(found.finished_at) + ReportRound.kept() if found.finished_at else None,
    }


def progress_of(found) -> dict:
    parts = list(found.parts.select_related("school", "report").defer("report__figures", "stood"))
    lines = [line_of(part) for part in parts]
    ready = sum(line["state"] == READY for line in lines)
    failed = [line for line in lines if line["state"] == FAILED]
    last = max([found.queued_at, *(part.finished_at for part in parts if part.finished_at)])
    late = found.in_hand and timezone.now() - last > LONG
    return {
        "round": found,
        "parts": lines,
        "ready": ready,
        "failed": failed,
        "total": len(lines),
        "late": late,
        "how_far": f"{found.state}-{ready}-{len(failed)}-{'late' if late else 'early'}",
    }


def summed_up(rounds) -> list[dict]:
    """The rounds with how many of their reports are ready and which failed, in one query more."""
    rounds = list(rounds)
    counted = {
        row["round"]: row
        for row in RoundReport.objects.filter(round__in=rounds)
        .order_by()
        .values("round")
        .annotate(
            total=Count("pk"),
            ready=Count("pk", filter=services.IS_READY),
            failed=Count("pk", filter=services.HAS_FAILED),
        )
    }
    none = {"total": 0, "ready": 0, "failed": 0}
    return [{**none, **counted.get(found.pk, {}), "round": found} for found in rounds]


def line_of(part) -> dict:
    """One school: ready, failed with its reason, gone with the pupils' data, being made, or waiting."""
    report, why = part.report, ""
    if part.has_failed or (part.is_done and report and report.has_failed):
        state, why = FAILED, part.failure or report.failure
    elif part.is_done and report is None:
        state = GONE
    elif part.is_done and report.is_done:
        state = READY
    else:
        state = "running" if part.state == part.State.RUNNING or part.is_done else "queued"
    return {"part": part, "school": part.school, "report": report, "state": state, "why": why}
