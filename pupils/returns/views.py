"""The grades of a data point: typed, checked, submitted, read and corrected; and the list of them."""

import json
import uuid
from functools import partial

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import allowed_rows, require
from accounts.middleware import login_not_required
from desks.boxes import SAFEGUARDING
from desks.cells import number
from desks.desk import Desk
from desks.writing import keep_form, not_signed_in, save, tell_saved
from papers.templatetags.plain import listed
from programmes.models import DataReturn
from pupils.returns import submitting, writing
from pupils.returns.answers import answer_of
from pupils.returns.forms import BesidesForm, CorrectForm
from pupils.returns.leaving import return_left_by
from pupils.returns.marks import REFUSED, is_refused
from pupils.returns.page import Grid, entered_words, list_of, names_in, reading_of, typed_since
from pupils.returns.pasting import TooMuch, read_pasted
from pupils.returns.rescaling import did_rescale
from pupils.returns.standing import Standing

LEFT = (
    "You are not a teacher of this partnership any more, so this did not go into its grades. What you typed is kept: "
    "tell the teachers who are there now."
)
TOO_MUCH = "This is more than the grades of a partnership. Copy only the rows that belong here."
NOTHING_FOUND = "No grade was found in this. Copy the rows with the pupils and their grades, and paste them here."
SINCE = "What you typed is not in them: it stands on their page."
FIXED = f"These grades were submitted meanwhile. {SINCE}"


def with_all(rows):
    return rows.select_related(
        "data_point",
        "submitted_by",
        "sheet",
        "partnership__programme",
        "partnership__partner_school",
        "partnership__specialist__user",
        "partnership__specialist__home_school",
    ).prefetch_related("partnership__partner_teachers__user")


def one(request, pk, action="returns.read"):
    """The return; once what is known of its pupils is erased there is none to read."""
    rows = with_all(allowed_rows(DataReturn, request.user, action))
    return get_object_or_404(rows.filter(partnership__programme__erased_at=None), pk=pk)


def to_enter(person, pk):
    """The return, if the person is a teacher of its partnership; None for anybody else."""
    if not person.may("returns.enter"):
        return None
    return with_all(DataReturn.objects.allowed(person, "returns.enter")).filter(pk=pk).first()


@require_safe
def returns(request):
    """The partnerships of a teacher, each with its data points and what is to be done."""
    today = timezone.localdate()
    rows = with_all(allowed_rows(DataReturn, request.user, "returns.enter"))
    rows = rows.order_by("-partnership__programme__starts_on", "partnership__ref", "data_point__due_on")
    return render(request, "pupils/returns/list.html", {"partnerships": list_of(rows, today), "today": today})


def kept_where(row):
    return SINCE if row.state == DataReturn.State.SUBMITTED else "What you typed is kept beside them."


def desk_of(person, row, teaches):
    closed = writing.why_closed(row)
    return Desk(
        name=f"{row.data_point} grades",
        sheet=lambda: writing.sheet_of(row) if teaches else None,
        known=writing.FIELD,
        ticks=writing.TICKS,
        write=partial(writing.write_grades, person, row),
        keep_apart=partial(writing.keep_beside, person, row),
        boxes=lambda: Grid(Standing(row), person).boxes if teaches else [],
        write_url=reverse("pupils:return", args=[row.pk]),
        read_url=reverse("pupils:return", args=[row.pk]),
        apart=LEFT if not teaches else closed and f"{closed} {kept_where(row)}",
        fixed=FIXED,
        did=partial(did_rescale, row),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def data_return(request, pk):
    """The grid for its teachers while it is open; for everyone else, and afterwards, the return to be read."""
    row = to_enter(request.user, pk)
    if request.method == "POST":
        return written(request, pk, row)
    if row is not None and not writing.why_closed(row):
        return grid(request, row)
    row = one(request, pk)
    teaches = to_enter(request.user, pk) is not None
    reading = reading_of(request.user, row)
    if reading["now"] or reading["versions"]:
        audit.record(request.user, "returns.viewed", row)
    context = reading | {
        "row": row,
        "entered": entered_words(row),
        "may_correct": not writing.why_closed(writing.once_opened(row)) and may_correct(request.user, row),
        "teaches": teaches,
        "since": typed_since(row) if teaches and row.state == DataReturn.State.SUBMITTED else [],
        "today": timezone.localdate(),
    }
    return render(request, "pupils/returns/read.html", context)


def may_correct(person, row):
    return (
        row.state == DataReturn.State.SUBMITTED
        and person.may("returns.correct")
        and DataReturn.objects.allowed(person, "returns.correct").filter(pk=row.pk).exists()
    )


def grid(request, row):
    audit.record(request.user, "returns.viewed", row)
    page = Grid(Standing(row), request.user)
    chosen = number(request.GET.get("pupil", "1")) or 1
    context = {
        "row": row,
        "page": page,
        "sheet_version": row.sheet.version if page.standing.sheet else 0,
        "opened": row.versions.exclude(opened_at=None).select_related("opened_by").last(),
        "versions": reading_of(request.user, row)["versions"],
        "client": uuid.uuid4(),
        "person_id": request.user.pk,
        "me": str(request.user),
        "current": min(chosen, len(page.rows) or 1),
        "one": "pupil" in request.GET,
        "entered": entered_words(row, page.standing),
        "since": typed_since(row) if page.standing.was_submitted else [],
        "safeguarding": SAFEGUARDING,
        "today": timezone.localdate(),
    }
    return render(request, "pupils/returns/grid.html", context)


def written(request, pk, row):
    teaches = row is not None
    row = row or return_left_by(request.user, pk)
    if row is None:
        require(request.user, "returns.enter")
        raise Http404
    desk = desk_of(request.user, row, teaches)
    cells, answer = keep_form(request, desk)
    if answer is not None:
        return answer
    if is_refused(writing.sheet_of(row), cells):
        messages.info(request, REFUSED)
    if "check" in request.POST:
        return redirect("pupils:return_check", pk=pk)
    if "next" in request.POST:
        return redirect(f"{desk.write_url}?pupil={number(request.POST['next'])}")
    tell_saved(request, desk, cells)
    return redirect(desk.write_url)


@login_not_required
@require_http_methods(["GET", "POST"])
def autosave(request, pk):
    if answer := not_signed_in(request):
        return answer
    row = to_enter(request.user, pk)
    teaches = row is not None
    row = row or return_left_by(request.user, pk)
    if row is None:
        require(request.user, "returns.enter")
        raise Http404
    return save(request, desk_of(request.user, row, teaches))


@require_http_methods(["GET", "HEAD", "POST"])
def paste(request, pk):
    """A block from a spreadsheet: looked at, then put into the boxes. A page asks by JSON, and fills them itself."""
    row = one(request, pk, "returns.enter")
    if why := writing.why_closed(row):
        messages.warning(request, why)
        return redirect("pupils:return", pk=pk)
    asked = asked_of(request)
    standing = Standing(row)
    context = {"row": row, "text": asked.get("text", ""), "error": ""}
    if request.method == "POST":
        try:
            found = read_pasted(context["text"], standing, max(0, number(asked.get("from", "1")) - 1))
        except TooMuch:
            found, context["error"] = None, TOO_MUCH
        if request.content_type == "application/json":
            return JsonResponse(in_json(found, standing))
        if found and not found.texts:
            context["error"] = " ".join(found.told if found.why else [NOTHING_FOUND, *found.told])
        elif found:
            return shown_pasted(request, row, standing, found)
    audit.record(request.user, "returns.viewed", row)
    return render(request, "pupils/returns/paste.html", context, status=422 if context["error"] else 200)


def in_json(found, standing):
    """What goes into which box, which of it is no grade, and what there is to say."""
    if found is None:
        return {"cells": {}, "unclear": [], "told": [TOO_MUCH]}
    answers = {box: answer_of(text, standing.programme.scale, standing.grades) for box, text in found.texts.items()}
    cells = {box: answer.words or answer.text for box, answer in answers.items()}
    return {"cells": cells, "unclear": sorted(found.unclear), "told": found.told}


def asked_of(request):
    """What was sent, by a form or by JSON; nothing where it is neither."""
    if request.content_type != "application/json":
        return request.POST
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return {name: str(sent.get(name, "")) for name in ("text", "from")} if isinstance(sent, dict) else {}


def shown_pasted(request, row, standing, found):
    audit.record(request.user, "returns.viewed", row)
    lines = [
        {"line": line, "text": text, "answer": answer_of(text, standing.programme.scale, standing.grades)}
        for line in standing.rows
        if (text := found.texts.get(line.grade.field)) is not None
    ]
    context = {"row": row, "lines": lines, "found": found, "client": uuid.uuid4(), "total": len(standing.rows)}
    return render(request, "pupils/returns/pasted.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request, pk):
    """All answers once more, what is missing and what stands out; then the declaration, which submits and locks."""
    row = one(request, pk, "returns.enter")
    if request.method == "POST":
        return submitted(request, row)
    if writing.why_closed(row):
        return redirect("pupils:return", pk=pk)
    return checked(request, row)


def checked(request, row, form=None):
    audit.record(request.user, "returns.viewed", row)
    page = Grid(Standing(row), request.user)
    form = form or besides_form(row, page.standing, {"version": row.sheet.version if page.standing.sheet else 0})
    context = {
        "row": row,
        "page": page,
        "form": form,
        "standing": page.standing,
        "first_row": first_of(request.user, page) if page.without_first else None,
        "sheet_version": row.sheet.version if page.standing.sheet else 0,
        "declaration": submitting.DECLARATION,
        "entered": entered_words(row, page.standing),
    }
    return render(request, "pupils/returns/check.html", context, status=422 if form and form.errors else 200)


def besides_form(row, standing, initial, data=None):
    """Asks why other grades than the missing ones were changed; None where none was."""
    changed = submitting.changed_besides(standing)
    if not changed:
        return None
    who = listed([line.name for line in changed])
    asked = {"programme": row.partnership.programme, "names": names_in(row.partnership)}
    return BesidesForm(data, initial=initial, changed=f"the grade{'s' if len(changed) > 1 else ''} of {who}", **asked)


def first_of(person, page):
    """The partnership's return at the first data point."""
    rows = DataReturn.objects.allowed(person, "returns.enter").filter(partnership=page.partnership)
    return rows.filter(data_point=page.first_point).select_related("data_point").first()


def submitted(request, row):
    form = besides_form(row, Standing(row), {}, request.POST)
    if form and not form.is_valid() and not writing.why_closed(row):
        return checked(request, row, form)
    try:
        because = form.cleaned_data["reason"] if form else ""
        submitting.submit(request.user, row, number(request.POST.get("version")), because)
    except (submitting.NotAsSeen, submitting.NoReason):
        messages.warning(
            request, "A grade was changed a moment ago, so nothing is submitted. Look through them again, then submit."
        )
        return redirect("pupils:return_check", pk=row.pk)
    except submitting.NotComplete:
        messages.warning(request, "Nothing is submitted: a pupil has neither a grade nor a reason yet.")
        return redirect("pupils:return_check", pk=row.pk)
    except submitting.NotOpen as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, f"The {row.data_point} grades are submitted. Thank you.")
    return redirect("pupils:return", pk=row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, pk):
    """A reason opens a submitted return again."""
    row = one(request, pk, "returns.correct")
    teaches = to_enter(request.user, pk) is not None
    names = names_in(row.partnership) if teaches else None
    reading = reading_of(request.user, row)
    missing = reading["lacking"]
    programme = row.partnership.programme
    form = CorrectForm(request.POST or None, programme=programme, names=names, missing=len(missing))
    if row.state != DataReturn.State.SUBMITTED or writing.why_closed(writing.once_opened(row)):
        messages.warning(request, writing.why_closed(writing.once_opened(row)) or "These grades are open already.")
        return redirect("pupils:return", pk=pk)
    if request.method == "POST" and form.is_valid():
        try:
            reason, for_missing = form.cleaned_data["reason"], form.is_for_missing
            submitting.open_again(request.user, row, reason, for_missing=for_missing)
        except submitting.NotOpen as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, "The grades are open. What was submitted is kept as a version of its own.")
        address = reverse("pupils:return", args=[pk])
        return redirect(f"{address}#first" if missing else address)
    context = {"row": row, "form": form, "missing": missing, "teaches": teaches}
    context |= {"on_other_scale": reading["on_other_scale"]}
    return render(request, "pupils/returns/correct.html", context)
