"""What arrives for any sheet, by form and by itself. No words that arrive here are lost."""

from dataclasses import replace

from django.contrib import messages
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone

from accounts.second_factor import has_second_factor
from desks import cells as forms
from desks import services
from papers.templatetags.plain import said

# By form --------------------------------------------------------------------------------------------------------------


def keep_form(request, desk):
    """(the cells that changed, None), or (those, the page to answer with) where not all of it went into the sheet."""
    settles = "settle" in request.POST
    client, cells = forms.settled_cells(request.POST, desk.known) if settles else sent_cells(request, desk)
    if desk.apart:
        return cells, kept_apart(request, desk, cells, client)
    outcomes = desk.write(cells, client) if cells or desk.sheet() is None else []
    if why := why_apart(outcomes):
        return cells, told_apart(request, replace(desk, apart=why), cells)
    texts = {cell.field: cell.text for cell in cells}
    clashes = [(outcome, texts[outcome.field]) for outcome in outcomes if outcome.state != services.State.SAVED]
    return cells, conflict(request, desk, clashes) if clashes else None


def sent_cells(request, desk):
    client, cells = forms.cells_of_form(desk.given(request.POST), desk.known, desk.ticks)
    return client, services.changed(desk.sheet(), cells)


def tell_saved(request, desk, cells):
    if any(desk.problem(cell.field, cell.text) for cell in cells):
        messages.warning(request, "Saved. Something cannot be read as it stands: what it is, is said below.")
    else:
        messages.success(request, "Saved.")


def kept_apart(request, desk, cells, client):
    """The words of someone who has left, or of what takes none any more: kept, told, and shown to copy."""
    if cells:
        desk.keep_apart(cells, client)
    return told_apart(request, desk, cells)


def why_apart(outcomes):
    """The sentence, where the sheet was closed while the words were on their way."""
    return next((outcome.why for outcome in outcomes if outcome.state == services.State.APART), "")


def told_apart(request, desk, cells):
    typed = [(desk.label_of(cell.field), cell.text) for cell in cells if cell.text]
    return render(request, "desks/kept.html", {"desk": desk, "typed": typed}, status=409)


def conflict(request, desk, clashes):
    """Two texts for one box, side by side: nothing is lost whichever is chosen."""
    rows = [clash_of(desk, outcome, mine) for outcome, mine in clashes]
    fixed = [outcome.why or desk.fixed for outcome, _ in clashes if outcome.state == services.State.FIXED]
    context = {"desk": desk, "rows": rows, "fixed": " ".join(dict.fromkeys(fixed))}
    return render(request, "desks/conflict.html", context, status=409)


def clash_of(desk, outcome, mine):
    box = desk.box_of(outcome.field)
    choices = dict(box.choices) if box else {}
    return {
        "field": outcome.field,
        "label": desk.label_of(outcome.field),
        "is_text": box is None or box.kind == "area",
        "mine": mine,
        "mine_words": choices.get(mine, mine),
        "theirs": outcome.theirs,
        "theirs_words": choices.get(outcome.theirs, outcome.theirs),
        "by": outcome.by,
        "at": outcome.at,
        "version": outcome.version,
    }


# What a page saves by itself ------------------------------------------------------------------------------------------


def problem(status, error, words):
    return JsonResponse({"error": error, "words": words}, status=status)


def not_signed_in(request):
    """The answer 401, never a redirect, to whoever's session has ended; None where somebody is signed in."""
    person = request.user
    if not person.is_authenticated or (person.needs_second_factor and not has_second_factor(request)):
        return problem(401, "signed out", "You are signed out.")
    return None


def save(request, desk):
    """POST: boxes that changed. GET: a new token for a page whose writer has signed in again, and what others wrote.

    Both tell, of the boxes, which were written by anybody since the version of the sheet that the page knows.
    """
    person = request.user
    if request.method == "GET":
        since = forms.number(request.GET["since"]) if "since" in request.GET else None
        return JsonResponse({"who": person.pk, "token": get_token(request)} | told(desk, since))
    try:
        who, client, cells, since = forms.cells_of_json(request.body, desk.known)
    except forms.NotOurs:
        return problem(400, "not ours", "This page is out of date. Copy what you typed, and load it again.")
    if who != person.pk:
        return problem(403, "someone else", "Someone else is signed in in this browser.")
    if desk.apart:
        desk.keep_apart(cells, client)
        return problem(410, "kept apart", desk.apart)
    outcomes = desk.write(cells, client)
    if why := why_apart(outcomes):
        return problem(410, "kept apart", why)
    states = {outcome.field: in_json(outcome, desk) for outcome in outcomes}
    for cell in cells:
        if why := desk.problem(cell.field, cell.text):
            states[cell.field]["problem"] = why
    answer = {"cells": states, "at": said(timezone.now(), "H:i")} | told(desk, since)
    lost = any(outcome.state != services.State.SAVED for outcome in outcomes)
    return JsonResponse(answer, status=409 if lost else 200)


def told(desk, since):
    """The version of the sheet, and the boxes written after the one that the page knows; nothing for one that names
    none."""
    sheet = desk.sheet()
    if sheet is None:
        return {}
    rows = services.news(sheet, since) if since is not None else []
    return {
        "version": sheet.version,
        "locked": sheet.locked,
        "news": [
            {
                "field": note.field,
                "text": note.text,
                "version": note.version,
                "by": str(note.written_by),
                "at": said(note.written_at, "H:i"),
            }
            for note in rows
        ],
    }


def in_json(outcome, desk):
    by = str(outcome.by) if outcome.by else ""
    more = {"words": outcome.why or desk.fixed} if outcome.state == services.State.FIXED else {}
    if outcome.state == services.State.CONFLICT and (did := desk.did(outcome)):
        more = {"did": did}
    return more | {
        "state": outcome.state,
        "version": outcome.version,
        "theirs": outcome.theirs,
        "by": by,
        "at": said(outcome.at, "H:i") if by else "",
    }
