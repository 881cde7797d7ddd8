"""Rounds made without a worker, one part after the other, as the tasks do it."""

from reports.models import ReportRound, RoundReport
from reports.tasks import end_round, make_round_report


def make_parts(found):
    for pk in RoundReport.objects.filter(round=found).in_hand().values_list("pk", flat=True):
        make_round_report(pk)


def make_all(found):
    make_parts(found)
    end_round(found.pk)
    found.refresh_from_db()
    return found


def states_of(found):
    """The school of each part, in what state it and its report are, and whether that report has its file."""
    rows = found.parts.order_by("school__name").select_related("school", "report")
    return {
        part.school.name: (
            part.state,
            part.report.state if part.report else None,
            bool(part.report and part.report.file),
        )
        for part in rows
    }


def only_round():
    return ReportRound.objects.get()
