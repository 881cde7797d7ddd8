from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import UpdateView

from accounts.access import Allowed, allowed_rows, get_allowed, require
from visits.events import running_order
from visits.events.forms.running import SlotForm
from visits.models import Event, Slot


@require_safe
def order(request, pk):
    event = get_allowed(Event, request.user, "events.record", pk=pk)
    return order_page(request, event, SlotForm(event=event))


def order_page(request, event, form):
    slots, over = running_order.timed(event)
    context = {"event": event, "slots": slots, "over": max(0, over), "spare": max(0, -over), "form": form}
    return render(request, "events/order.html", context)


@require_POST
def add(request, pk):
    event = get_allowed(Event, request.user, "events.record", pk=pk)
    form = SlotForm(request.POST, event=event)
    if not form.is_valid():
        return order_page(request, event, form)
    slot = running_order.put_slot(request.user, event, form.instance, form.cleaned_data["after"])
    return redirect(address_of(slot))


def address_of(slot):
    return f"{reverse('events:order', args=[slot.event_id])}#slot-{slot.pk}"


@require_POST
def fill(request, pk):
    event = get_allowed(Event, request.user, "events.record", pk=pk)
    new = running_order.add_slot_for_each_school(request.user, event)
    if new:
        messages.success(request, f"{new} five-minute slot{'' if new == 1 else 's'} added.")
    else:
        messages.info(request, "Every school that is expected has its slot already.")
    return redirect("events:order", event.pk)


def slots_of(user):
    """Slots of the events whose running order the person keeps."""
    return running_order.slots_in(allowed_rows(Event, user, "events.record"))


@require_POST
def move(request, pk):
    slot = get_object_or_404(slots_of(request.user), pk=pk)
    running_order.move_slot(request.user, slot, -1 if request.POST.get("to") == "earlier" else 1)
    return redirect(address_of(slot))


@require_POST
def remove(request, pk):
    slot = get_object_or_404(slots_of(request.user), pk=pk)
    running_order.remove_slot(request.user, slot)
    messages.success(request, f"“{slot.what}” is out of the running order.")
    return redirect("events:order", slot.event_id)


class SlotUpdate(UpdateView):
    http_method_names = Allowed.http_method_names
    model = Slot
    form_class = SlotForm
    template_name = "events/slot.html"

    def dispatch(self, request, *args, **kwargs):
        require(request.user, "events.record")
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        return slots_of(self.request.user)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"event": self.object.event}

    def form_valid(self, form):
        slot = running_order.put_slot(self.request.user, form.instance.event, form.instance, form.cleaned_data["after"])
        return redirect(address_of(slot))
