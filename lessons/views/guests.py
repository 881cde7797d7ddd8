"""Who is invited to observe one lesson."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from lessons import services
from lessons.forms.guests import GuestForm
from lessons.pages.frame import frame_of
from lessons.pages.studies import reader_of
from lessons.views.sheet import the_lesson
from lessons.views.studies import sent, told_if_closed
from lessons.words import why_closed


@require_http_methods(["GET", "HEAD", "POST"])
@told_if_closed
def guests(request, pk):
    lesson = the_lesson(request, pk)
    closed = why_closed(lesson.study) or why_none(lesson)
    if request.method == "POST" and closed:
        messages.warning(request, f"{closed} Nothing was changed.")
        return redirect("lessons:guests", pk=lesson.pk)
    form = GuestForm(sent(request), lesson=lesson, action=reverse("lessons:guests", args=[lesson.pk]))
    if request.method == "POST" and form.is_valid() and invited(request, lesson, form):
        return redirect("lessons:guests", pk=lesson.pk)
    context = frame_of(reader_of(request.user, lesson.study), lesson, "lessons:guests") | {
        "guests": services.guests_of(lesson),
        "form": form,
        "closed": closed,
    }
    return render(request, "lessons/talking/guests.html", context, status=422 if form.errors else 200)


def why_none(lesson):
    if lesson.why_cancelled:
        return f"This lesson was cancelled: {lesson.why_cancelled}"
    return "This lesson is over, so nobody else is invited to it." if lesson.is_ended else ""


def invited(request, lesson, form):
    data = form.cleaned_data
    try:
        guest, waits = services.invite_guest(request.user, lesson, **data)
    except services.Refused as refused:
        form.add_error("email", str(refused))
        return False
    name = f"{data['first_name']} {data['last_name']}" if waits else guest.person
    how = "is invited by email to Lesson Study, and then" if waits else "is told by email, and"
    messages.success(request, f"{name} {how} can observe this lesson until {guest.until:%-d %B %Y}.")
    return True


@require_POST
def end(request, pk, guest):
    lesson = the_lesson(request, pk)
    row = next((row for row in services.guests_of(lesson) if row.pk == guest), None)
    if row is None:
        raise Http404
    if services.end_guest(request.user, row):
        messages.success(request, f"{row.name or row.person.email} cannot observe this lesson any more.")
    return redirect("lessons:guests", pk=lesson.pk)
