"""The sheet of a research lesson: planned together, locked by its start, read afterwards."""

import uuid
from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from accounts.access import allowed_rows, require
from accounts.middleware import login_not_required
from desks.desk import Desk
from desks.writing import keep_form, not_signed_in, save, tell_saved
from lessons import services
from lessons.boxes import OF_LESSON, TICKS
from lessons.forms.studies import CancelForm, WhenForm, parts_of
from lessons.models import LessonPart, ResearchLesson
from lessons.pages.frame import frame_of
from lessons.pages.sheet import sheet_page, why_not_read
from lessons.views.studies import LEFT, sent, told_if_closed
from lessons.words import why_closed

LOCKED = (
    "The lesson has begun, so its predictions stay as they are. What you typed is kept, and stands beside the "
    "prediction as “typed after the lesson”."
)


def the_lesson(request, pk, action="studies.write"):
    return get_object_or_404(allowed_rows(ResearchLesson, request.user, action).with_study(), pk=pk)


def lesson_to_write(person, pk):
    """The lesson, and whether the person is a member of its study still, and it in there; 403 and 404 as everywhere for
    anyone else."""
    if person.may("studies.write"):
        row = ResearchLesson.objects.allowed(person, "studies.write").with_study().filter(pk=pk).first()
        if row is not None:
            return row, True
    left = services.lesson_left_by(person, pk)
    if left is None:
        require(person, "studies.write")
        raise Http404
    return left, False


def desk_of(lesson, person, is_member, read="lessons:sheet", boxes=None):
    """Where the words of any page of a lesson arrive; `read` names the page to go back to, `boxes` gives its boxes."""
    return Desk(
        name=f"sheet of research lesson {lesson.number}",
        sheet=lambda: services.fresh(lesson.sheet) if is_member else None,
        known=OF_LESSON,
        ticks=TICKS,
        write=partial(
            services.write_cells,
            person,
            lesson.sheet,
            closed=partial(services.why_lesson_closed_now, lesson),
            without_place=partial(services.without_place, lesson),
        ),
        keep_apart=partial(services.keep_apart, person, lesson.sheet),
        boxes=boxes or (lambda: sheet_page(person, lesson).boxes),
        write_url=reverse(read, args=[lesson.pk]),
        read_url=reverse(read, args=[lesson.pk]),
        apart=why_closed(lesson.study) if is_member else lesson.why_taken_out or LEFT,
        fixed=LOCKED,
        problem=why_not_read,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request, pk):
    if request.method == "POST":
        return written(request, pk)
    lesson = the_lesson(request, pk, "lessons.see")
    audit.record(request.user, "lessons.read", lesson, about="sheet")
    page = sheet_page(request.user, lesson)
    letters = [column.letter for column in page.columns]
    asked = request.GET.get("pupil", "")
    context = frame_of(page.me, lesson, "lessons:sheet") | {
        "page": page,
        "letter": asked if asked in letters else next(iter(letters), ""),
        "one": asked in letters,
        "client": uuid.uuid4(),
        "person_id": request.user.pk,
        "closed": why_closed(lesson.study),
        "is_today": lesson.day == timezone.localdate(),
        "cancel_form": CancelForm(action=reverse("lessons:lesson_cancel", args=[lesson.pk])),
    }
    return render(request, "lessons/sheet.html", context)


@told_if_closed
def written(request, pk):
    """Keep the boxes; then what a button asked for with them: a stage more, moved, removed, put back."""
    lesson, is_member = lesson_to_write(request.user, pk)
    desk = desk_of(lesson, request.user, is_member)
    cells, answer = keep_form(request, desk)
    if answer is not None:
        return answer
    back = reverse("lessons:sheet", args=[lesson.pk])
    verb, _, stage = request.POST.get("stage", "").partition("-")
    number = int(stage) if stage.isdecimal() and len(stage) < 19 else 0
    try:
        if verb == "add":
            number = services.add_stage(lesson).pk
        elif verb in {"up", "down"}:
            services.move_stage(lesson, number, up=verb == "up")
        elif verb == "remove":
            services.remove_stage(lesson, number)
        elif verb == "back":
            services.put_stage_back(lesson, number)
    except services.Refused as refused:
        messages.warning(request, str(refused))
    if verb == "remove":
        return redirect(f"{back}#removed")
    if number:
        return redirect(f"{back}#stage-{number}")
    tell_saved(request, desk, cells)
    return redirect(back)


@login_not_required
@require_http_methods(["GET", "POST"])
def autosave(request, pk):
    if answer := not_signed_in(request):
        return answer
    lesson, is_member = lesson_to_write(request.user, pk)
    return save(request, desk_of(lesson, request.user, is_member))


# When, and who does what ----------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@told_if_closed
def plan(request, pk):
    lesson = the_lesson(request, pk)
    if why := why_closed(lesson.study):
        messages.warning(request, why)
        return redirect(lesson)
    people, case_pupils = lesson.study.current_members, list(lesson.study.case_pupils.all())
    form = WhenForm(sent(request), lesson=lesson)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        parts, watches = parts_of(request.POST, people, case_pupils)
        services.plan_lesson(request.user, lesson, data.get("visit"), data["on"], data["at"], parts, watches)
        messages.success(request, "Saved.")
        return redirect(lesson)
    if request.method == "POST":
        parts, watches = parts_of(request.POST, people, case_pupils)
    else:
        parts = [(row.person, row.part) for row in lesson.parts.all()]
        watches = [(row.person, row.case_pupil) for row in lesson.watches.all()]
    context = {
        "form": form,
        "lesson": lesson,
        "study": lesson.study,
        "rows": rows_of(people, case_pupils, parts, watches),
        "letters": [case_pupil.letter for case_pupil in case_pupils],
        "several": [several(part, people, parts) for part in (LessonPart.Part.CHAIRS, LessonPart.Part.RECORDS)],
    }
    return render(request, "lessons/plan.html", context, status=422 if form.errors else 200)


BY_TICK = [LessonPart.Part.TEACHES, LessonPart.Part.OBSERVES, LessonPart.Part.ADVISES]


def rows_of(people, case_pupils, parts, watches):
    """A row for each member: what they do, and whom they watch."""
    return [
        {
            "person": person,
            "parts": [(part, (person, part) in parts) for part in BY_TICK],
            "watches": [(one.letter, (person, one) in watches) for one in case_pupils],
        }
        for person in people
    ]


def several(part, people, parts):
    """Of what one member does: (part, who may be chosen, who is)."""
    return {"part": part, "people": people, "chosen": next((one for one, what in parts if what == part), None)}


# Its start, and what keeps it from one --------------------------------------------------------------------------------


@require_POST
@told_if_closed
def start(request, pk):
    lesson = the_lesson(request, pk)
    if request.POST.get("started") == "no":
        return start_taken_back(request, lesson)
    if services.start_lesson(request.user, lesson):
        messages.success(request, "The lesson has begun, and the predictions are locked.")
    elif why := lesson.why_cancelled:
        messages.warning(request, f"This lesson was cancelled ({why}), so it was not started.")
        return redirect(lesson)
    return redirect("lessons:observe", pk=lesson.pk) if request.POST.get("then") == "observe" else redirect(lesson)


def start_taken_back(request, lesson):
    try:
        if services.take_start_back(request.user, lesson):
            messages.success(request, "The start is taken back. Predictions can be changed again.")
    except services.Refused as refused:
        messages.warning(request, str(refused))
    return redirect(lesson)


@require_POST
@told_if_closed
def cancel(request, pk):
    lesson = the_lesson(request, pk)
    if request.POST.get("cancelled") == "no":
        if services.take_cancelling_back(request.user, lesson):
            messages.success(request, "The lesson is on again.")
        return redirect(lesson)
    form = CancelForm(request.POST, action=reverse("lessons:lesson_cancel", args=[lesson.pk]))
    if not form.is_valid():
        messages.warning(request, "Say why the lesson is cancelled. Nothing was changed.")
        return redirect(f"{reverse('lessons:sheet', args=[lesson.pk])}#cancel")
    if services.cancel_lesson(request.user, lesson, form.cleaned_data["because"]):
        messages.success(request, "The lesson is cancelled. Its plan stays.")
    else:
        messages.warning(request, "The lesson has begun or was cancelled already, so nothing was changed.")
    return redirect(lesson)
