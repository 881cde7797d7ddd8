"""A visit record on paper, as its reader sees it on the screen."""

from django.utils import timezone

from lessons.pages.records import reading_of
from papers.pdf import render_pdf


def record_pdf(reader, record) -> bytes:
    made_at = timezone.localtime()
    context = {"r": reading_of(reader, record), "visit": record.visit, "record": record, "made_at": made_at}
    return render_pdf("lessons/pdf/record.html", context, made_at, stylesheets=("pdf/report.css", "pdf/record.css"))
