from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.generic import CreateView, FormView, UpdateView

from accounts.access import Allowed, allowed_rows, require
from programmes.models import Programme
from visits.events import arranging, hosts, presets, series
from visits.events.forms.choosing import EventChoice, open_programmes
from visits.events.forms.writing import CancelForm, EventForm, NewEventForm
from visits.models import Event, WrongState


@require_safe
def choose(request):
    require(request.user, "events.manage")
    form = EventChoice(request.GET or None, user=request.user)
    if form.is_valid():
        chosen = form.cleaned_data
        area = f"&area={chosen['area'].pk}" if chosen.get("area") else ""
        address = redirect("events:create", chosen["programme"].slug)
        address["Location"] += f"?kind={chosen['kind']}{area}"
        return address
    return render(request, "events/choose.html", {"form": form, "programmes": open_programmes(request.user)})


class EventWriting(Allowed):
    action = "events.manage"
    model = Event
    template_name = "events/form.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}


class EventCreate(EventWriting, CreateView):
    """The form starts as an event of the chosen kind, area or step of the timetable usually is."""

    form_class = NewEventForm

    def dispatch(self, request, *args, **kwargs):
        programmes = allowed_rows(Programme, request.user, self.action).exclude(status=Programme.Status.CLOSED)
        self.programme = get_object_or_404(programmes, slug=kwargs["slug"])
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": Event(programme=self.programme, area=self.asked("areas"))}

    def get_initial(self):
        step, kind, area = self.asked("timetable"), self.request.GET.get("kind"), self.asked("areas")
        usual = presets.of_kind(kind if kind in Event.Kind.values else Event.Kind.TRAINING)
        usual = presets.of_step(step) if step else usual
        return usual | {"area": area, "rotates": area is not None} | host_of(area)

    def asked(self, part):
        """The area or the step that the address names, where it is one of this programme's."""
        given = self.request.GET.get({"areas": "area", "timetable": "step"}[part], "")
        return getattr(self.programme, part).filter(pk=given).first() if given.isdecimal() else None

    def form_valid(self, form):
        rhythm = form.cleaned_data["rhythm"]
        if not rhythm:
            event = arranging.add_event(self.request.user, form.instance)
            messages.success(self.request, "The event is in the calendar.")
            return redirect(event)
        return self.check_series(form, rhythm, form.cleaned_data["until"])

    def check_series(self, form, rhythm, until):
        rotates = form.cleaned_data.get("rotates", False)
        if "back" in self.request.POST:
            return self.form_invalid(form)
        if "checked" not in self.request.POST:
            days = series.days_of(form.instance, rhythm, until)
            event = form.instance
            turn = hosts.rota(event.area, days, event.host) if rotates and event.area else [event.host] * len(days)
            return self.render_to_response(
                self.get_context_data(form=form, checking=list(zip(days, turn, strict=True)))
            )
        made = series.add_series(self.request.user, form.instance, rhythm, until, rotates=rotates)
        messages.success(self.request, f"{made.events.count()} meetings are in the calendar.")
        return redirect("events:series", made.pk)

    def get_template_names(self):
        return ["events/check_series.html"] if self.checking else ["events/form.html"]

    checking = False

    def get_context_data(self, checking=None, **kwargs):
        self.checking = checking is not None
        return super().get_context_data(programme=self.programme, checking=checking, typed=self.request.POST, **kwargs)


def host_of(area):
    """The next school in turn, its head and one of its teachers."""
    turns = hosts.turns(area) if area else []
    if not turns:
        return {}
    chair, minute_taker = hosts.who_runs_it(area.programme, turns[0].school)
    return {
        "host": turns[0].school.pk,
        "chair": chair and chair.pk,
        "minute_taker": minute_taker and minute_taker.pk,
    }


class EventUpdate(EventWriting, UpdateView):
    """An event that was cancelled meanwhile says so on its own page; what was typed can be added as a new one."""

    form_class = EventForm

    def dispatch(self, request, *args, **kwargs):
        if request.user.may(self.action):
            rows = allowed_rows(Event, request.user, self.action).of_open_programmes()
            rows = rows.filter(pk=kwargs["pk"], status=Event.Status.CANCELLED)
            if event := rows.select_related("programme", "area").first():
                return self.offer_anew(event) if request.method == "POST" else self.say_that_it_was_cancelled(event)
        return super().dispatch(request, *args, **kwargs)

    def say_that_it_was_cancelled(self, event):
        messages.warning(self.request, f"This event was cancelled, so nothing of it is changed: {event.when}.")
        return redirect(event)

    def offer_anew(self, event):
        programme = event.programme
        new = Event(programme=programme, area=event.area)
        form = NewEventForm(self.request.POST, instance=new, user=self.request.user)
        form.helper.form_action = reverse("events:create", args=[programme.slug])
        form.add_error(
            None,
            f"This event was cancelled meanwhile ({event.cancelled_because}), so nothing of it is changed. What you "
            "typed is still here: add it as a new event if it shall take place after all.",
        )
        return render(self.request, self.template_name, {"form": form, "object": new, "programme": programme})

    def get_queryset(self):
        return super().get_queryset().of_open_programmes().standing().with_places()

    def get_context_data(self, **kwargs):
        return super().get_context_data(programme=self.object.programme, **kwargs)

    def form_valid(self, form):
        try:
            told = arranging.change_event(self.request.user, form.instance, form.cleaned_data["sequence"])
        except WrongState:
            return self.tell_of_the_other(form)
        if told:
            people = "1 person who was invited is" if told == 1 else f"{told} people who were invited are"
            messages.success(self.request, f"The event is changed, and {people} told.")
        else:
            messages.success(self.request, "The event is changed.")
        return redirect(form.instance)

    def tell_of_the_other(self, form):
        """What was typed stays; saving once more puts it over what the other person saved."""
        theirs = get_object_or_404(self.get_queryset(), pk=form.instance.pk)
        form.data = form.data.copy()
        form.data["sequence"] = theirs.sequence
        form.add_error(
            None,
            f"Someone else changed this event a moment ago: it is {theirs.title}, {theirs.when}"
            f"{f', {theirs.where}' if theirs.where else ''} now. What you typed is still here; "
            "save again if it shall stand instead.",
        )
        return self.form_invalid(form)


class EventCancel(Allowed, FormView):
    action = "events.manage"
    form_class = CancelForm
    template_name = "events/cancel.html"

    def dispatch(self, request, *args, **kwargs):
        rows = allowed_rows(Event, request.user, self.action).of_open_programmes().standing()
        self.event = get_object_or_404(rows.with_places(), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        invited = self.event.attendances.filter(invited_at__isnull=False).count()
        return super().get_context_data(event=self.event, invited=0 if self.event.is_past else invited, **kwargs)

    def form_valid(self, form):
        try:
            told = arranging.cancel_event(self.request.user, self.event, form.cleaned_data["reason"])
        except WrongState:
            messages.warning(self.request, "Someone else changed this event a moment ago. Look at it again.")
        else:
            whom = f" {told} {'person is' if told == 1 else 'people are'} told." if told else ""
            messages.success(self.request, f"The event is cancelled.{whom}")
        return redirect(self.event)
