"""Frozen figures in, PDF out: what the worker does for one paper of money."""

import hashlib

from django.db import transaction
from django.utils import timezone

from funding.models import FundingLetter, MoneyReport
from papers.pdf import page_count, render_pdf
from papers.qr import qr_drawing

STEPS = 2  # the pages are laid out, the file is kept
STYLES = ("pdf/report.css", "pdf/money.css")
LETTER = "funding/pdf/letter.html"
TEMPLATES = {
    MoneyReport.Kind.STAGE: "funding/pdf/stage.html",
    MoneyReport.Kind.SCHOOL: "funding/pdf/school.html",
    MoneyReport.Kind.PROGRAMME: "funding/pdf/programme.html",
}


def build_report(report: MoneyReport):
    """Write the PDF of a claimed report from its frozen figures; the file and "done" become true together."""
    pdf = render(TEMPLATES[report.kind], report.figures, timezone.localtime(report.queued_at))
    report.progress(1, STEPS)
    report.keep(pdf, page_count(pdf), done=STEPS, total=STEPS)


def build_letter(letter: FundingLetter):
    """Write the PDF of a claimed letter: it is issued, and the one before superseded, in the same moment."""
    pdf = render_letter(letter.figures, timezone.localtime(letter.queued_at))
    letter.progress(1, STEPS)
    with transaction.atomic():
        earlier = FundingLetter.objects.in_force().filter(stage=letter.stage_id, school=letter.school_id)
        earlier.exclude(pk=letter.pk).update(superseded_at=timezone.now(), superseded_by=letter)
        letter.keep(pdf, page_count(pdf), sha256=hashlib.sha256(pdf).hexdigest(), done=STEPS, total=STEPS)


def render_letter(figures, made_at) -> bytes:
    qr = qr_drawing(figures["check_url"], "The address at which this letter is checked, for a phone")
    return render(LETTER, figures, made_at, qr=qr)


def render(template, figures, made_at, **more) -> bytes:
    """The PDF of these figures. Asks the database nothing."""
    context = {"f": figures, "made_at": made_at} | more
    return render_pdf(template, context, made_at=made_at, stylesheets=STYLES)
