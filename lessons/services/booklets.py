"""A booklet is ordered by one person for themselves, and holds what they may read when it is made."""

import io

import pikepdf
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts import audit
from jobs.work import CannotBeDone, publish
from lessons.library.papers import booklet_pdf
from lessons.models import Booklet, Finding
from lessons.pages.findings import reading_of

STEPS = 3  # the findings are read, the pages are laid out, the file is kept


@transaction.atomic
def order_booklet(person, title, chosen) -> Booklet:
    """It is being made; asked for twice while it is in hand, it is one."""
    same = Booklet.objects.select_for_update().filter(ordered_by=person, title=title, chosen=chosen)
    if (waiting := same.in_hand().first()) is not None:
        return waiting
    booklet = Booklet.objects.create(ordered_by=person, title=title, chosen=chosen)
    audit.record(person, "findings.booklet ordered", booklet)
    publish(booklet)
    return booklet


def in_reach(booklet):
    """Of the chosen findings those that are shown to whoever asked for it, now."""
    return Finding.objects.allowed(booklet.ordered_by, "findings.view").published().filter(pk__in=booklet.chosen)


def is_stale(booklet) -> bool:
    """Whether something in it is not shown any more, or says something else."""
    if not booklet.is_done:
        return False
    now = {str(pk): version for pk, version in in_reach(booklet).values_list("pk", "version")}
    return any(now.get(key) != version for key, version in booklet.versions.items())


def build_booklet(booklet):
    """Write the PDF of a claimed booklet; the file and "done" become true together."""
    if not booklet.ordered_by.is_active:
        raise CannotBeDone("You cannot sign in any more, so there is no booklet for you.")
    rows = {finding.pk: finding for finding in in_reach(booklet).with_study().prefetch_related("files")}
    findings = [rows[pk] for pk in booklet.chosen if pk in rows]
    if not findings:
        raise CannotBeDone("None of these findings is shown to you any more. Choose others in the library.")
    readings = [reading_of(finding, by_name=False) for finding in findings]
    booklet.progress(1, STEPS)
    pdf = booklet_pdf(booklet.title, readings, timezone.localtime(booklet.queued_at))
    booklet.progress(2, STEPS)
    name = booklet.store(ContentFile(pdf), "pdf")
    with pikepdf.open(io.BytesIO(pdf)) as pages:
        count = len(pages.pages)
    versions = {finding.pk: finding.version for finding in findings}
    booklet.finish(file=name, pages=count, size=len(pdf), versions=versions, done=STEPS, total=STEPS)
