from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed_rows, get_allowed
from visits.events import register, standing
from visits.events.audience import audience, people_of
from visits.events.forms.running import GuestForm
from visits.models import Attendance, Event, WrongState

BLANK_ROWS = 6
MOST_FOUND = 8
NOT_LISTED = "This person is not on the list any more. If they are here, add them below."
NO_REGISTER = "This event has no register: it is cancelled, or its day has not come."


@require_safe
def sheet(request, pk):
    """The sign-in sheet, to be printed: those expected, and blank rows for whoever comes besides."""
    rows = allowed_rows(Event, request.user, "events.record").with_places()
    event = get_object_or_404(rows, pk=pk)
    people = [one for one in audience(event) if one.person]
    return render(request, "events/sheet.html", {"event": event, "people": people, "blank": range(BLANK_ROWS)})


@require_safe
def attendance(request, pk):
    event = get_object_or_404(allowed_rows(Event, request.user, "events.record").with_places(), pk=pk)
    return register_page(request, event, GuestForm(instance=Attendance(event=event, walk_in=True)))


def register_page(request, event, form):
    expected, asked = audience(event), " ".join(request.GET.get("q", "").split())[:100]
    context = {
        "event": event,
        "people": expected,
        "numbers": standing.numbers(expected),
        "is_open": register.is_open(event, timezone.localdate()),
        "q": asked,
        "found": not_expected(event, expected, asked) if asked else [],
        "form": form,
        "most": MOST_FOUND,
        "closed": closed_word(event),
    }
    if request.htmx and request.htmx.target == "found":
        return render(request, "events/_found.html", context)
    return render(request, "events/attendance.html", context)


def not_expected(event, expected, asked):
    """Those of the programme who are not on the list and whose name or school has each word."""
    there, words = {one.person.pk for one in expected if one.person}, asked.lower().split()
    rows = (known for known in people_of(event.programme) if known.person.pk not in there)
    return [known for known in rows if all(word in known.label.lower() for word in words)]


@require_POST
def mark(request, pk):
    """One tap: the state that the button says, for a person or a guest."""
    event = get_object_or_404(allowed_rows(Event, request.user, "events.record").with_places(), pk=pk)
    present, who = request.POST.get("present") == "yes", request.POST.get("who", "")
    try:
        marked = mark_one(request.user, event, who, present)
    except WrongState:
        messages.warning(request, NOT_LISTED if register.is_open(event, timezone.localdate()) else NO_REGISTER)
        return load_again() if request.htmx else redirect("events:attendance", event.pk)
    if not request.htmx:
        return redirect(f"{reverse('events:attendance', args=[event.pk])}#{who}")
    event.refresh_from_db(fields=["register_closed_at"])
    return whatever_is_new(request, event, request.POST, marked)


@require_safe
def news(request, pk):
    """For a page of the register that is open: what others have marked since, and 204 where there is nothing new."""
    event = get_allowed(Event, request.user, "events.record", pk=pk)
    return whatever_is_new(request, event, request.GET)


def whatever_is_new(request, event, page, marked=None):
    """The entry that was marked, every other one that the page shows otherwise, and the count of all of them.

    The page says what it shows: the list and the count are then of one moment, whoever else marks.
    """
    if page.get("closed", "") != closed_word(event):
        return load_again()
    expected = audience(event)
    shown = [mark for mark in page.getlist("shown") if mark.partition(" ")[0] != marked]
    other, new, gone = standing.unlike(expected, shown)
    if marked is None and not (other or new or gone):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    context = {
        "event": event,
        "one": next((one for one in new if one.key == marked), None),
        "other": other,
        "new": [one for one in new if one.key != marked],
        "gone": gone,
        "numbers": standing.numbers(expected),
    }
    return render(request, "events/_marked.html", context)


def load_again():
    """For htmx: so much is different that the whole page is asked for."""
    return HttpResponse(headers={"HX-Refresh": "true"})


def closed_word(event):
    return "closed" if event.register_closed_at else "open"


def mark_one(person, event, who, present):
    """`who` is p and the number of a person, or g and the number of a guest's row."""
    one = next((one for one in audience(event) if one.key == who), None)
    if one is None:
        raise WrongState(f"event {event.pk} does not list {who[:10]}")
    if one.person:
        register.mark(person, event, one.person, present)
    else:
        register.mark_guest(person, one.row, present)
    return who


@require_POST
def walk_in(request, pk):
    event = get_allowed(Event, request.user, "events.record", pk=pk)
    known = next((k for k in people_of(event.programme) if str(k.person.pk) == request.POST.get("person")), None)
    if known is None:
        messages.warning(request, "Nobody of the programme was chosen. Search again, or add a name and school.")
        return redirect("events:attendance", event.pk)
    try:
        register.walk_in(request.user, event, known)
    except WrongState:
        messages.warning(request, NO_REGISTER)
    else:
        messages.success(request, f"{known.person} is here.")
    return redirect("events:attendance", event.pk)


@require_POST
def guest(request, pk):
    event = get_object_or_404(allowed_rows(Event, request.user, "events.record").with_places(), pk=pk)
    form = GuestForm(request.POST, instance=Attendance(event=event, walk_in=True))
    if not form.is_valid():
        return register_page(request, event, form)
    name = form.cleaned_data["guest_name"]
    try:
        new = register.guest(request.user, event, name, form.cleaned_data["guest_school"])
    except WrongState:
        messages.warning(request, NO_REGISTER)
    else:
        messages.success(request, f"{name} is here." if new else f"{name} is on the list already.")
    return redirect("events:attendance", event.pk)


@require_POST
def close(request, pk):
    event = get_allowed(Event, request.user, "events.record", pk=pk)
    try:
        absent = register.close_register(request.user, event)
    except WrongState:
        messages.warning(request, NO_REGISTER)
    else:
        if absent is None:
            messages.info(request, "Someone else closed the register before. You can still correct it.")
        else:
            messages.success(request, f"The register is closed: {absent} absent. You can still correct it.")
    return redirect("events:attendance", event.pk)
