"""A member's own notes at a lesson."""

import uuid
from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import login_not_required
from desks.boxes import Box
from desks.desk import Desk
from desks.writing import keep_form, not_signed_in, save
from lessons import services
from lessons.boxes import OF_PRIVATE_NOTE
from lessons.pages.frame import frame_of
from lessons.pages.studies import reader_of
from lessons.views.sheet import lesson_to_write, the_lesson
from lessons.views.studies import told_if_closed
from lessons.words import why_closed

LEFT = (
    "You are not a member of this study any more, so this did not go into your notes. Your words are kept, and nobody "
    "else reads them."
)


def desk_of(lesson, person, is_member):
    def sheet():
        note = services.own_note(person, lesson) if is_member else None
        return note and note.sheet

    address = reverse("lessons:private", args=[lesson.pk])
    return Desk(
        name=f"private notes at lesson {lesson.number}",
        sheet=sheet,
        known=OF_PRIVATE_NOTE,
        write=partial(services.write_private, person, lesson),
        keep_apart=partial(services.keep_private_apart, person, lesson),
        boxes=lambda: [box_of(services.own_note(person, lesson))],
        write_url=address,
        read_url=address,
        apart=why_closed(lesson.study) if is_member else lesson.why_taken_out or LEFT,
    )


def box_of(note) -> Box:
    found = note.sheet.notes.filter(field="private").first() if note else None
    text, version = (found.text, found.version) if found else ("", 0)
    return Box("private", "My notes", text=text, version=version, lines=12)


@require_http_methods(["GET", "HEAD", "POST"])
def private(request, pk):
    if request.method == "POST":
        lesson, is_member = lesson_to_write(request.user, pk)
        _, answer = keep_form(request, desk_of(lesson, request.user, is_member))
        if answer is None:
            messages.success(request, "Saved.")
        return answer or redirect("lessons:private", pk=lesson.pk)
    lesson = the_lesson(request, pk)
    note = services.own_note(request.user, lesson)
    context = frame_of(reader_of(request.user, lesson.study), lesson, "lessons:private") | {
        "box": box_of(note),
        "note": note,
        "version": note.sheet.version if note else 0,
        "client": uuid.uuid4(),
        "person_id": request.user.pk,
        "closed": why_closed(lesson.study),
    }
    return render(request, "lessons/talking/private.html", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def autosave(request, pk):
    if answer := not_signed_in(request):
        return answer
    lesson, is_member = lesson_to_write(request.user, pk)
    return save(request, desk_of(lesson, request.user, is_member))


@require_POST
@told_if_closed
def share(request, pk):
    lesson = the_lesson(request, pk)
    note = services.own_note(request.user, lesson)
    if note is None:
        raise Http404
    if request.POST.get("shared") == "no":
        if services.share_note(request.user, lesson, shared=False):
            messages.success(request, "Your notes are yours alone again.")
    elif services.share_note(request.user, lesson, shared=True):
        messages.success(request, "Your notes stand on the page of the discussion, with your name.")
    return redirect("lessons:private", pk=lesson.pk)
