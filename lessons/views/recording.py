"""The editor of a visit record."""

import uuid
from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts import audit
from accounts.access import require
from accounts.middleware import login_not_required
from desks.boxes import SAFEGUARDING
from desks.cells import boxes_of
from desks.desk import Desk
from desks.writing import keep_form, not_signed_in, save, tell_saved
from lessons import services
from lessons.models import VisitRecord
from lessons.models.records import why_not_written
from lessons.pages.records import editor_of
from lessons.services.rows import FIELD
from papers.templatetags.plain import longday
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


def desk_of(person, visit, teaches):
    record = record_of(person, visit) if teaches else None
    closed = why_not_written(visit, timezone.localdate())
    return Desk(
        name=f"record of {longday(visit.on)}",
        sheet=lambda: services.sheet_of_record(visit) if teaches else None,
        known=FIELD,
        write=partial(services.write_record, person, visit),
        keep_apart=partial(services.keep_beside_record, person, visit),
        boxes=lambda: editor_of(person, visit, record).boxes,
        write_url=reverse("lessons:write", args=[visit.pk]),
        read_url=reverse("lessons:record", args=[visit.pk]),
        apart=LEFT if not teaches else closed and f"{closed} Your words are kept.",
        fixed=FIXED,
        problem=partial(services.why_not_read, visit),
        given=with_all_there,
    )


def with_all_there(data):
    """A button says of all the target pupils that they were there."""
    if "all_there" not in data:
        return data
    return data.dict() | {name: "present" for name in boxes_of(data) if name.startswith("presence-")}


@require_http_methods(["GET", "HEAD", "POST"])
def write(request, visit):
    visit, teaches = visit_to_write(request.user, visit)
    if request.method == "POST":
        return written(request, visit, desk_of(request.user, visit, teaches))
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
        "version": record.sheet.version if record else 0,
        "client": uuid.uuid4(),
        "lacking": lacking,
        "safeguarding": SAFEGUARDING,
        "person_id": request.user.pk,
    }
    return render(request, "lessons/write.html", context)


def written(request, visit, desk):
    """Keep what was posted: then on to the record, back to the boxes, or to where two texts stand side by side."""
    cells, answer = keep_form(request, desk)
    if answer is not None:
        return answer
    if "all_there" in request.POST:
        return redirect(f"{desk.write_url}#pupils")
    if "more" in request.POST:
        return redirect(f"{desk.write_url}#actions")
    tell_saved(request, desk, cells)
    return redirect(desk.read_url)


@login_not_required
@require_http_methods(["GET", "POST"])
def autosave(request, visit):
    if answer := not_signed_in(request):
        return answer
    visit, teaches = visit_to_write(request.user, visit)
    return save(request, desk_of(request.user, visit, teaches))
