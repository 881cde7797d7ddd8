"""Figures in, PDF out: what the worker does for one report or pack."""

from django.utils import timezone

from papers.pdf import page_count, render_pdf
from reports.kinds import KINDS

PAPER, PAGE = "papers/pdf.html", "reports/page.html"  # the frames of a report
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
    template, context = drawing(kind, figures, made_at, PAPER)
    return render_pdf(template, context, made_at=made_at)


def drawing(kind, figures, made_at, frame) -> tuple[str, dict]:
    """The template of a report and what it shows; the `frame` makes a paper or a page of it."""
    drawn = KINDS[kind].drawn(figures, frame == PAPER)
    return KINDS[kind].template, {"frame": frame, "f": figures, "made_at": made_at, **drawn}
