"""Figures in, PDF out: what the worker does for one report or pack."""

from django.utils import timezone

from papers.charts import dumbbell
from papers.pdf import page_count, render_pdf
from reports.models import Report

TEMPLATES = {
    Report.Kind.SCHOOL: "reports/pdf/school.html",
    Report.Kind.PROGRAMME: "reports/pdf/programme.html",
}
STEPS = 3  # figures are there, the pages are laid out, the file is kept


def build(report):
    """Write the PDF of a claimed report from its frozen figures; the file and "done" become true together."""
    report.progress(1, STEPS)
    pdf = render(report.kind, report.figures, timezone.localtime(report.queued_at))
    keep(report, pdf)


def keep(paper, pdf, **fields):
    """The file and "done" become true together."""
    paper.progress(2, STEPS)
    paper.keep(pdf, page_count(pdf), done=STEPS, total=STEPS, **fields)


def render(kind, figures, made_at) -> bytes:
    """The PDF of these figures. Asks the database nothing."""
    context = {"f": figures, "made_at": made_at}
    if kind == Report.Kind.SCHOOL:
        context["charts"] = dumbbell(
            figures["scale"], figures["groups"], figures["expected"], figures["first"], figures["last"]
        )
    return render_pdf(TEMPLATES[kind], context, made_at=made_at)
