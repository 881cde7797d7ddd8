from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import get_allowed
from visits.events import invitations, standing
from visits.events.audience import audience, booked_then, removed_from
from visits.events.forms.running import PersonForm
from visits.models import Event, WrongState

CHANGED = "Someone else changed this event a moment ago. Look at it again."


@require_safe
def people(request, pk):
    """The list of whom the event expects, with what the rule says and what was corrected by hand."""
    event = get_allowed(Event, request.user, "events.manage", pk=pk)
    return people_page(request, event)


def people_page(request, event, form=None):
    expected = audience(event)
    context = {
        "event": event,
        "people": expected,
        "removed": removed_from(event),
        "numbers": standing.numbers(expected),
        "form": form or PersonForm(event=event, expected=expected),
        "may_change": event.is_planned and not event.register_closed_at,
    }
    return render(request, "events/people.html", context)


@require_POST
def put_on(request, pk):
    event = get_allowed(Event, request.user, "events.manage", pk=pk)
    form = PersonForm(request.POST, event=event, expected=audience(event))
    if not form.is_valid():
        return people_page(request, event, form)
    known = form.chosen()
    invitations.put_on_the_list(request.user, event, known)
    messages.success(request, f"{known.person} is on the list. Send the invitation from the event's page.")
    return redirect("events:people", event.pk)


@require_POST
def take_off(request, pk):
    event = get_allowed(Event, request.user, "events.manage", pk=pk)
    there = {str(one.person.pk): one.person for one in audience(event) if one.person}
    someone = there.get(request.POST.get("person", ""))
    if someone is None:
        messages.warning(request, "This person is not on the list any more.")
    elif someone.pk in {event.chair_id, event.minute_taker_id}:
        messages.warning(request, f"{someone} chairs or takes the minutes. Choose someone else for that first.")
    else:
        try:
            invitations.take_off_the_list(request.user, event, someone)
        except WrongState:
            messages.warning(request, f"{someone} is in the register. Correct it there.")
        else:
            messages.success(request, f"{someone} is off the list, and stays off it.")
    return redirect("events:people", event.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request, pk):
    """Check who gets an invitation, then send them."""
    rows = Event.objects.allowed(request.user, "events.manage")
    event = get_allowed(Event, request.user, "events.manage", pk=pk)
    if request.method == "POST":
        return send(request, event)
    event = get_object_or_404(rows.with_places(), pk=event.pk)
    expected = audience(event)
    new = invitations.to_be_invited(expected)
    gone = invitations.not_expected_any_more(event, expected)
    unable = [one for one in expected if one.person and not one.can_sign_in]
    may_send = event.is_planned and not event.is_past
    context = {
        "event": event,
        "new": new,
        "unable": unable,
        "gone": gone,
        "may_send": may_send,
        "booked": booked_then(event, expected),
        "numbers": standing.numbers(expected),
    }
    return render(request, "events/invite.html", context)


def send(request, event):
    try:
        written = invitations.send_invitations(request.user, event)
    except WrongState:
        messages.warning(request, "This event is cancelled or past, so nobody is invited to it any more.")
    else:
        n = len(written)
        if n:
            messages.success(request, f"{n} invitation{' is' if n == 1 else 's are'} on the way.")
        else:
            messages.info(request, "Everyone who can be invited has an invitation already.")
    return redirect(event)


@require_POST
def remind(request, pk):
    event = get_allowed(Event, request.user, "events.manage", pk=pk)
    if not event.is_planned or event.on < timezone.localdate():
        messages.warning(request, CHANGED)
        return redirect(event)
    sent, rested = invitations.remind(request.user, event)
    lately = f" {rested} had a reminder in the last three days and {'is' if rested == 1 else 'are'} left in peace."
    if sent:
        people = "1 person is" if sent == 1 else f"{sent} people are"
        messages.success(request, f"{people} reminded.{lately if rested else ''}")
    else:
        messages.info(request, f"Nobody is reminded.{lately}" if rested else "Everyone has answered.")
    return redirect(event)
