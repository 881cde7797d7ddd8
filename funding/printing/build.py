"""Frozen figures in, PDF out: what the worker does for one paper of money."""

from django.utils import timezone

from funding.models import MoneyReport
from papers.pdf import page_count, render_pdf

STEPS = 2  # the pages are laid out, the file is kept
STYLES = ("pdf/report.css", "pdf/money.css")
TEMPLATES = {
    MoneyReport.Kind.STAGE: "funding/pdf/stage.html",
}


def build_report(report: MoneyReport):
    """Write the PDF of a claimed report from its frozen figures; the file and "done" become true together."""
    pdf = render(TEMPLATES[report.kind], report.figures, timezone.localtime(report.queued_at))
    report.progress(1, STEPS)
    report.keep(pdf, page_count(pdf), done=STEPS, total=STEPS)


def render(template, figures, made_at) -> bytes:
    """The PDF of these figures. Asks the database nothing."""
    return render_pdf(template, {"f": figures, "made_at": made_at}, made_at=made_at, stylesheets=STYLES)
