"""Facts in, PDF out: what the worker does for one letter."""

import io

import pikepdf
from django.core.files.base import ContentFile
from django.utils import timezone

from papers.pdf import render_pdf

STEPS = 2  # the pages are laid out, the file is kept


def build(letter):
    """Write the PDF of a claimed letter from its frozen facts; the file and "done" become true together."""
    pdf = render(letter.facts, timezone.localtime(letter.queued_at))
    letter.progress(1, STEPS)
    name = letter.store(ContentFile(pdf), "pdf")
    with pikepdf.open(io.BytesIO(pdf)) as pages:
        count = len(pages.pages)
    letter.finish(file=name, pages=count, size=len(pdf), done=STEPS, total=STEPS)


def render(facts, made_at) -> bytes:
    """The PDF of these facts. Asks the database nothing."""
    return render_pdf("programmes/pdf/heads_letter.html", {"f": facts, "made_at": made_at}, made_at=made_at)
