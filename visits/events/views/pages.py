from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import DetailView

from accounts.access import Allowed, get_allowed
from papers.templatetags.plain import longday
from visits.calendar_file import PUBLISH, entry_of_event, one_entry_file
from visits.events import invitations, register, standing
from visits.events.audience import audience, booked_then
from visits.events.forms.running import ActionForm
from visits.events.running_order import timed
from visits.events.year import sight
from visits.models import Attendance, Event, WrongState


def may(person, action, event):
    return person.may(action) and Event.objects.allowed(person, action).filter(pk=event.pk).exists()


class EventDetail(Allowed, DetailView):
    action = "events.view"
    model = Event
    template_name = "events/detail.html"

    def get_queryset(self):
        return super().get_queryset().with_places()

    def get_context_data(self, **kwargs):
        person, event, today = self.request.user, self.object, timezone.localdate()
        expected = audience(event)
        records, manages = may(person, "events.record", event), may(person, "events.manage", event)
        mine = next((one for one in expected if one.person == person), None)
        slots, over = timed(event)
        return super().get_context_data(
            today=today,
            mine=mine,
            may_answer=mine is not None and event.is_planned and not event.is_past,
            may_manage=manages and event.is_planned,
            may_record=records,
            may_moderate=event.kind == Event.Kind.MODERATION and person.may("moderation.view"),
            takes_register=records and register.is_open(event, today),
            people=in_sight(person, event, expected, records),
            numbers=standing.numbers(expected),
            to_remind=invitations.to_be_reminded(event, expected) if manages and event.on >= today else [],
            gone=invitations.not_expected_any_more(event, expected) if manages and event.on >= today else [],
            booked=booked_then(event, expected) if manages and event.on >= today else [],
            without=standing.without(event, expected) if manages and event.on >= today else [],
            slots=slots,
            over=max(0, over),
            actions=event.actions.select_related("owner"),
            action_form=ActionForm(event=event, expected=expected) if records and event.on <= today else None,
            **kwargs,
        )


def in_sight(person, event, expected, records):
    """Those of the list whom this reader sees: all of them for whoever keeps the register, else the own area's."""
    if records:
        return expected
    if not person.may("attendance.view"):
        return None
    sees = sight(person, event.programme)
    return [one for one in expected if one.person and sees(one.person.pk, one.school.pk if one.school else None)]


@require_POST
def answer(request, pk):
    event = get_allowed(Event, request.user, "events.view", pk=pk)
    said = request.POST.get("answer")
    if said not in Attendance.Answer.values:
        messages.warning(request, "Say whether you come or not: press one of the two buttons.")
        return redirect(event)
    try:
        invitations.answer(request.user, event, said)
    except WrongState:
        messages.warning(request, "This event takes no answer of yours any more. Look at it again.")
    else:
        comes = "you come" if said == Attendance.Answer.ACCEPTED else "you cannot come"
        if event.series_id and request.POST.get("from") == "series":
            messages.success(request, f"Kept: {comes} on {longday(event.on)}.")
            return redirect(f"{reverse('events:series', args=[event.series_id])}#m{event.pk}")
        messages.success(request, f"Kept: {comes}.")
    return redirect(event)


@require_safe
def calendar(request, pk):
    """The event as a file for the reader's own calendar."""
    event = get_allowed(Event, request.user, "events.view", pk=pk)
    response = HttpResponse(one_entry_file(entry_of_event(event), PUBLISH), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="event-{event.pk}.ics"'
    return response
