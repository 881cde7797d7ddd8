"""What was observed, for the group: side by side, and typed in from paper."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import allowed_rows
from desks.boxes import SAFEGUARDING
from lessons.forms import observing
from lessons.models import ResearchLesson
from lessons.pages.frame import frame_of
from lessons.pages.observing import sheet_of_paper
from lessons.pages.studies import reader_of
from lessons.pages.timeline import timeline_of
from lessons.views.observing import Place


@require_safe
def timeline(request, pk):
    rows = allowed_rows(ResearchLesson, request.user, "studies.read").with_study()
    lesson = get_object_or_404(rows.prefetch_related("study__case_pupils", "sheet__notes"), pk=pk)
    audit.record(request.user, "lessons.read", lesson)
    me = reader_of(request.user, lesson.study)
    context = frame_of(me, lesson, "lessons:timeline") | {
        "timeline": timeline_of(request.user, lesson, request.GET),
        "writes": me.is_member,
    }
    return render(request, "lessons/observing/timeline.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def from_paper(request, pk):
    """What was written on paper in the lesson, typed in later: a table of stages and pupils."""
    place = Place(request.user, pk)
    if not place.is_open and request.method != "POST":
        raise Http404
    typed = request.POST if request.method == "POST" else {}
    table = sheet_of_paper(place.lesson, typed)
    if request.method == "POST" and not (table.unread and place.is_open):
        return kept_from_paper(request, place, table)
    context = {
        "table": table,
        "lesson": place.lesson,
        "client": observing.client_of(typed.get("client")) if typed else uuid.uuid4(),
        "safeguarding": SAFEGUARDING,
    }
    return render(request, "lessons/observing/paper.html", context)


def kept_from_paper(request, place, table):
    kept = observing.kept_of_paper(request.POST, place.lesson.day)
    count = place.keep(kept, from_paper=True)
    if place.apart:
        typed = [("From paper", item.text) for item in kept]
        return render(request, "desks/kept.html", {"desk": place, "typed": typed}, status=409)
    if not kept:
        messages.warning(request, "Nothing was typed in. Fill in the boxes for which you have notes.")
        return redirect("lessons:from_paper", pk=place.lesson.pk)
    messages.success(
        request, f"{count} {'note is' if count == 1 else 'notes are'} kept, marked as typed in from paper."
    )
    return redirect(reverse("lessons:timeline" if place.is_member else "lessons:observe", args=[place.lesson.pk]))
