from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.generic import ListView

from accounts import audit
from accounts.access import Allowed, get_allowed
from papers.sheets import csv_bytes, xlsx_bytes
from programmes.models import Programme
from visits.events import standing
from visits.events.audience import audiences
from visits.events.forms.choosing import EventFilter, open_programmes
from visits.events.presets import steps_without_event
from visits.events.year import table_of, year_of
from visits.models import Event

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VIEWS = {"past", "register", "all"}


class EventList(Allowed, ListView):
    action = "events.view"
    model = Event
    paginate_by = 50
    template_name = "events/list.html"

    def get_queryset(self):
        everything, today = super().get_queryset(), timezone.localdate()
        asked = self.request.GET.get("when", "")
        self.when = asked if asked in VIEWS else ""
        self.filter = EventFilter(self.request.GET or None, user=self.request.user, rows=everything)
        self.to_close = Event.objects.allowed(self.request.user, "events.record").without_register(today)
        rows = self.filter.narrowed(everything).with_places()
        if self.when == "past":
            return rows.filter(on__lt=today).order_by("-on", "-starts_at", "pk")
        if self.when == "register":
            return rows.filter(pk__in=self.to_close.values("pk"))
        if self.when == "all":
            return rows
        return rows.filter(on__gte=today).next_of_each_series(today).with_later_meetings()

    def get_context_data(self, **kwargs):
        context, person = super().get_context_data(filter=self.filter, when=self.when, **kwargs), self.request.user
        query = self.request.GET.copy()
        query.pop("page", None)
        managing = person.may("events.manage")
        return context | {
            "rows": in_words(person, context["object_list"]),
            "to_close": self.to_close.count(),
            "steps": steps_without_event(open_programmes(person).values("pk")) if managing and not self.when else [],
            "years": years_of(person),
            "managing": managing,
            "may_add": managing and open_programmes(person).exists(),
            "query": query.urlencode(),
            "today": timezone.localdate(),
        }


def years_of(person):
    """The programmes whose attendance the person may look at and that have an event."""
    if not person.may("attendance.view"):
        return []
    events = Event.objects.allowed(person, "attendance.view")
    return Programme.objects.allowed(person, "attendance.view").filter(pk__in=events.values("programme"))


def in_words(person, events):
    """Each event with how it stands for this reader, and whether someone must act."""
    today, lists = timezone.localdate(), audiences(events)
    records = set(
        Event.objects.allowed(person, "events.record").filter(pk__in=lists).values_list("pk", flat=True)
        if person.may("events.record")
        else ()
    )
    rows = []
    for event in events:
        mine = next((one for one in lists[event.pk] if one.person == person), None)
        if event.pk in records:
            rows.append((event, *standing.in_words(event, standing.numbers(lists[event.pk]), today), mine))
        else:
            rows.append((event, *standing.in_words_for(event, mine, today), mine))
    return rows


@require_safe
def year(request, slug):
    programme = get_allowed(Programme, request.user, "attendance.view", slug=slug)
    open_registers = Event.objects.allowed(request.user, "attendance.view").filter(programme=programme)
    context = {
        "programme": programme,
        "still_open": open_registers.without_register(timezone.localdate()).select_related("area"),
        **year_of(request.user, programme),
    }
    return render(request, "events/year.html", context)


@require_safe
def year_table(request, slug, ending):
    programme = get_allowed(Programme, request.user, "attendance.view", slug=slug)
    if ending not in {"csv", "xlsx"}:
        raise Http404
    columns, rows = table_of(year_of(request.user, programme))
    audit.record(request.user, "events.year downloaded", programme, about=ending)
    if ending == "csv":
        response = HttpResponse(csv_bytes(columns, rows), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(xlsx_bytes(columns, rows, "Attendance"), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="attendance-{programme.slug}.{ending}"'
    return response
