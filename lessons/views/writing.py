"""The editor of a visit record, by form and by itself. No words that arrive here are lost."""

import uuid

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import require
from accounts.middleware import login_not_required
from accounts.second_factor import has_second_factor
from lessons import forms, services
from lessons.models import VisitRecord
from lessons.models.records import why_not_written
from lessons.pages import SAFEGUARDING, editor_of
from papers.templatetags.plain import said
from visits.models import Visit

LEFT = (
    "You are not a teacher of this partnership any more, so this did not go into the record. Your words are kept: ask "
    "the coordinator, or the teachers who are there now."
)
FIXED = (
    "A teacher has signed the record meanwhile, so this did not go into it. Your words are kept below: to change the "
    "record, choose “Change it” there, or add a correction once both have signed."
)


def visit_to_write(person, pk):
    """The visit, and whether the person is a teacher of it still; 403 and 404 as everywhere for anyone else."""
    if person.may("records.write"):
        visit = (
            Visit.objects.allowed(person, "records.write").with_people().select_related("step").filter(pk=pk).first()
        )
        if visit is not None:
            return visit, True
    left = services.visit_left_by(person, pk)
    if left is None:
        require(person, "records.write")
        raise Http404
    return left, False


def record_of(person, visit):
    return VisitRecord.objects.allowed(person, "records.write").with_visit().filter(visit=visit).first()


@require_http_methods(["GET", "HEAD", "POST"])
def write(request, visit):
    visit, teaches = visit_to_write(request.user, visit)
    if request.method == "POST":
        return written(request, visit, teaches)
    if not teaches:
        raise Http404
    if why := why_not_written(visit, timezone.localdate()):
        messages.warning(request, why)
        return redirect(visit)
    record = record_of(request.user, visit)
    if record is not None and not record.is_draft:
        return redirect(record)
    lacking = services.what_is_lacking(record) if record is not None and "lacking" in request.GET else []
    return shown(request, visit, record, lacking)


def shown(request, visit, record, lacking):
    editor = editor_of(request.user, visit, record)
    errors = dict(lacking)
    for box in editor.boxes:
        box.error = errors.get(box.field, box.error)
    if editor.presences:
        audit.record(request.user, "records.viewed", record or visit)
    context = {
        "editor": editor,
        "visit": visit,
        "client": uuid.uuid4(),
        "lacking": lacking,
        "safeguarding": SAFEGUARDING,
        "person_id": request.user.pk,
    }
    return render(request, "lessons/write.html", context)


def written(request, visit, teaches):
    """Keep what was posted: then on to the record, back to the boxes, or to where two texts stand side by side."""
    settles = "settle" in request.POST
    client, cells = forms.settled_cells(request.POST) if settles else forms.cells_of_form(request.POST)
    record = record_of(request.user, visit) if teaches else None
    cells = cells if settles else services.changed(record, cells)
    if not teaches or why_not_written(visit, timezone.localdate()):
        return kept_apart(request, visit, cells, client, LEFT if not teaches else "")
    outcomes = services.write_cells(request.user, visit, cells, client) if cells or record is None else []
    texts = {cell.field: cell.text for cell in cells}
    clashes = [(outcome, texts[outcome.field]) for outcome in outcomes if outcome.state != services.State.SAVED]
    if clashes:
        return conflict(request, visit, clashes)
    if "all_there" in request.POST:
        return redirect(f"{reverse('lessons:write', args=[visit.pk])}#pupils")
    if "more" in request.POST:
        return redirect(f"{reverse('lessons:write', args=[visit.pk])}#actions")
    if any(services.why_not_read(visit, cell.field, cell.text) for cell in cells):
        messages.warning(request, "Saved. Something cannot be read as it stands: what it is, is said below.")
    else:
        messages.success(request, "Saved.")
    return redirect("lessons:record", visit=visit.pk)


def kept_apart(request, visit, cells, client, why):
    """The words of someone who has left, or of a visit that has no record: kept, told, and shown to copy."""
    why = why or f"{why_not_written(visit, timezone.localdate())} Your words are kept."
    if cells:
        services.keep_left_words(request.user, visit, cells, client)
    typed = [(labels_of(request, visit, None)(cell.field), cell.text) for cell in cells if cell.text]
    return render(request, "lessons/kept.html", {"visit": visit, "why": why, "typed": typed}, status=409)


def labels_of(request, visit, record):
    boxes = {box.field: box for box in editor_of(request.user, visit, record).boxes}
    return lambda name: boxes[name].label if name in boxes else name.replace("-", " ").capitalize()


def conflict(request, visit, clashes):
    """Two texts for one box, side by side: nothing is lost whichever is chosen."""
    record = record_of(request.user, visit)
    boxes = {box.field: box for box in editor_of(request.user, visit, record).boxes}
    rows = [
        {
            "field": outcome.field,
            "label": boxes[outcome.field].label if outcome.field in boxes else outcome.field,
            "choices": dict(boxes[outcome.field].choices) if outcome.field in boxes else {},
            "is_text": outcome.field not in boxes or boxes[outcome.field].kind == "area",
            "mine": mine,
            "theirs": outcome.theirs,
            "by": outcome.by,
            "at": outcome.at,
            "version": outcome.version,
        }
        for outcome, mine in clashes
    ]
    for row in rows:
        row["mine_words"] = row["choices"].get(row["mine"], row["mine"])
        row["theirs_words"] = row["choices"].get(row["theirs"], row["theirs"])
    fixed = any(outcome.state == services.State.FIXED for outcome, _ in clashes)
    context = {"visit": visit, "rows": rows, "fixed": FIXED if fixed else ""}
    return render(request, "lessons/conflict.html", context, status=409)


# What the page saves by itself ----------------------------------------------------------------------------------------


def problem(status, error, words):
    return JsonResponse({"error": error, "words": words}, status=status)


@login_not_required
@require_http_methods(["GET", "POST"])
def autosave(request, visit):
    """POST: boxes that changed. GET: a new token for a page whose writer has signed in again. 401, never a redirect."""
    person = request.user
    if not person.is_authenticated or (person.needs_second_factor and not has_second_factor(request)):
        return problem(401, "signed out", "You are signed out.")
    visit, teaches = visit_to_write(person, visit)
    if request.method == "GET":
        return JsonResponse({"who": person.pk, "token": get_token(request)})
    try:
        who, client, cells = forms.cells_of_json(request.body)
    except forms.NotOurs:
        return problem(400, "not ours", "This page is out of date. Copy what you typed, and load it again.")
    if who != person.pk:
        return problem(403, "someone else", "Someone else is signed in in this browser.")
    why = LEFT if not teaches else why_not_written(visit, timezone.localdate())
    if why:
        services.keep_left_words(person, visit, cells, client)
        return problem(410, "kept apart", why)
    outcomes = services.write_cells(person, visit, cells, client)
    states = {outcome.field: in_json(outcome) for outcome in outcomes}
    for cell in cells:
        if why := services.why_not_read(visit, cell.field, cell.text):
            states[cell.field]["problem"] = why
    answer = {"cells": states, "at": said(timezone.now(), "H:i")}
    lost = any(outcome.state != services.State.SAVED for outcome in outcomes)
    return JsonResponse(answer, status=409 if lost else 200)


def in_json(outcome):
    by = str(outcome.by) if outcome.by else ""
    return {
        "state": outcome.state,
        "version": outcome.version,
        "theirs": outcome.theirs,
        "by": by,
        "at": said(outcome.at, "H:i") if by else "",
    }
