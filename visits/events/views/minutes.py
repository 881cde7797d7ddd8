from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import allowed_rows, get_allowed
from programmes.services import actions
from visits.events import arranging, register
from visits.events.audience import audience
from visits.events.forms.running import ActionForm, MinutesForm
from visits.models import Event


@require_http_methods(["GET", "HEAD", "POST"])
def minutes(request, pk):
    event = get_object_or_404(allowed_rows(Event, request.user, "events.record").with_places(), pk=pk)
    form = MinutesForm(
        request.POST or None, event=event, initial={"text": event.minutes, "seen": event.minutes_version}
    )
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["text"]
        if arranging.keep_minutes(request.user, event, typed, form.cleaned_data["seen"]):
            messages.success(request, "The minutes are saved.")
            return redirect(event)
        event.refresh_from_db()
        form = MinutesForm(event=event, initial={"text": typed, "seen": event.minutes_version})
        return render(request, "events/minutes.html", {"event": event, "form": form, "theirs": event.minutes})
    return render(request, "events/minutes.html", {"event": event, "form": form})


@require_POST
def add_action(request, pk):
    event = get_allowed(Event, request.user, "events.record", pk=pk)
    form = ActionForm(request.POST, event=event, expected=audience(event))
    if not form.is_valid():
        return render(request, "events/action.html", {"event": event, "form": form})
    action = register.add_action(request.user, event, form.instance)
    messages.success(request, f"{action.owner} has the action until {action.due_on:%-d %B}.")
    return redirect(event)


@require_POST
def action_done(request, pk, action):
    """By its owner, or by whoever keeps the event's minutes."""
    event = get_allowed(Event, request.user, "events.view", pk=pk)
    row = get_object_or_404(event.actions, pk=action)
    records = Event.objects.allowed(request.user, "events.record").filter(pk=event.pk).exists()
    if row.owner_id == request.user.pk or records:
        actions.finish(request.user, row)
        messages.success(request, f"Done: {row.what}")
    else:
        messages.warning(request, f"This is {row.owner}'s action: {row.owner} says when it is done.")
    return redirect(event)
