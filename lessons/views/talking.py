"""After a lesson: the interviews of its case pupils, the discussion, and what goes into the next plan."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import audit
from desks.cells import number
from desks.writing import keep_form, tell_saved
from lessons import services
from lessons.pages.discussion import LEAST_MINUTES, discussion_page
from lessons.pages.frame import frame_of
from lessons.pages.interviews import MOST_MINUTES, interviews_page
from lessons.views.sheet import desk_of, lesson_to_write, the_lesson
from lessons.views.studies import told_if_closed
from lessons.words import why_closed


def context_of(request, page, current):
    """What both pages have: the frame, and what saves their boxes."""
    lesson = page.lesson
    closed = why_closed(lesson.study)
    return frame_of(page.me, lesson, current) | {
        "page": page,
        "client": uuid.uuid4(),
        "person_id": request.user.pk,
        "closed": closed,
        "writes": page.me.is_member and not closed,
    }


def keep_boxes(request, pk, read, page_of):
    """(the lesson, the desk, the cells that changed, the page to answer with where not all went into the sheet)."""
    lesson, is_member = lesson_to_write(request.user, pk)
    desk = desk_of(lesson, request.user, is_member, read, boxes=lambda: page_of(request.user, lesson).boxes)
    return lesson, desk, *keep_form(request, desk)


def read_lesson(request, pk, page):
    """The lesson for whoever may read it, and the record that they did."""
    lesson = the_lesson(request, pk, "studies.read")
    audit.record(request.user, "lessons.read", lesson, about=page)
    return lesson


@require_http_methods(["GET", "HEAD", "POST"])
def interviews(request, pk):
    if request.method == "POST":
        lesson, desk, cells, answer = keep_boxes(request, pk, "lessons:interviews", interviews_page)
        if answer is None:
            tell_saved(request, desk, cells)
        return answer or redirect("lessons:interviews", pk=lesson.pk)
    page = interviews_page(request.user, read_lesson(request, pk, "interviews"))
    letters = [interview.letter for interview in page.interviews]
    asked = request.GET.get("pupil", "")
    context = context_of(request, page, "lessons:interviews") | {
        "letter": asked if asked in letters else next(iter(letters), ""),
        "minutes": MOST_MINUTES,
    }
    return render(request, "lessons/talking/interviews.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@told_if_closed
def discussion(request, pk):
    """A button of the form says that the member agrees: the words typed with it are kept first."""
    if request.method == "POST":
        lesson, _, _, answer = keep_boxes(request, pk, "lessons:discussion", discussion_page)
        if answer is None and "agree" in request.POST:
            return agreed(request, lesson)
        if answer is None:
            messages.success(request, "Saved.")
        return answer or redirect("lessons:discussion", pk=lesson.pk)
    page = discussion_page(request.user, read_lesson(request, pk, "discussion"))
    context = context_of(request, page, "lessons:discussion") | {"minutes": LEAST_MINUTES}
    return render(request, "lessons/talking/discussion.html", context)


def agreed(request, lesson):
    try:
        services.agree(request.user, lesson, number(request.POST["agree"]))
    except services.Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, "You agree that this is what the group said.")
    return redirect(f"{reverse('lessons:discussion', args=[lesson.pk])}#agree")


@require_POST
@told_if_closed
def begin_with(request, pk):
    """The plan of the lesson before stands in this one wherever it had none."""
    lesson = the_lesson(request, pk)
    earlier = number(request.POST.get("lesson"))
    if why := why_closed(lesson.study):
        messages.warning(request, why)
        return redirect(lesson)
    try:
        taken = services.begin_with_plan(request.user, lesson, earlier)
    except services.Refused as refused:
        messages.warning(request, str(refused))
        return redirect(lesson)
    if taken:
        messages.success(request, f"This lesson begins with the plan of lesson {earlier}. The predictions are new.")
    else:
        messages.warning(request, "This lesson has a plan already, so nothing was changed.")
    return redirect(lesson)
