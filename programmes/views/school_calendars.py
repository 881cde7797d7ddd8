"""The calendars of all schools of a programme: what each has entered, and many entries at once."""

from collections import defaultdict

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View
from django.views.decorators.http import require_safe

from accounts.access import get_allowed, require
from accounts.models import School
from programmes import closure_tables
from programmes.calendar import calendars_of
from programmes.forms.closure_tables import ClosureTableForm
from programmes.models import Programme, SchoolClosure
from programmes.services import closures
from programmes.services.school_calendars import ACTION, calendars_of_programme

MANAGE = "calendars.manage"


@require_safe
def calendars(request, slug):
    programme = get_allowed(Programme, request.user, MANAGE, slug=slug)
    rows = calendars_of_programme(request.user, programme)
    context = {
        "programme": programme,
        "rows": rows,
        "entered": sum(bool(row["inset"] or row["closed"] or row["no_go"]) for row in rows),
        "in_the_way": sum(row["visits"] for row in rows),
    }
    return render(request, "programmes/closures/calendars.html", context)


class EnterMany(View):
    """Pasted or uploaded; looked at; saved."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request, *args, **kwargs):
        require(request.user, MANAGE)
        self.programme = get_allowed(Programme, request.user, MANAGE, slug=kwargs["slug"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        return self.ask(ClosureTableForm())

    def post(self, request, *args, **kwargs):
        form = ClosureTableForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.ask(form)
        text = form.cleaned_data["pasted"]
        reading = self.read(text)
        if reading.problems or "change" in request.POST:
            return self.ask(ClosureTableForm({"pasted": text}), reading)
        if "save" not in request.POST or not reading.closures:
            return self.page("look", reading=reading, text=text)
        return self.save(text, reading)

    def read(self, text):
        """Against the calendars of all schools in the person's reach: a few queries for however many rows."""
        schools = list(School.objects.allowed(self.request.user, ACTION))
        days = calendars_of([self.programme.organisation_id])
        standing = defaultdict(list)
        for row in SchoolClosure.objects.allowed(self.request.user, ACTION):
            standing[row.school_id].append(row)
        return closure_tables.read(
            text,
            schools,
            lambda school: days.of(self.programme.organisation_id, school.pk),
            standing,
            timezone.localdate(),
        )

    def save(self, text, reading):
        try:
            saved = closures.keep_closures(self.request.user, [closure for _, closure in reading.closures])
        except closures.Overlaps as overlap:
            messages.error(self.request, f"Nothing is saved: someone entered days a moment ago. {overlap}")
            return self.ask(ClosureTableForm({"pasted": text}))
        schools = len({closure.school_id for closure in saved})
        entries = "1 entry" if len(saved) == 1 else f"{len(saved)} entries"
        messages.success(self.request, f"{entries} of {'1 school' if schools == 1 else f'{schools} schools'} saved.")
        hit = {url for visits in closures.hits(self.request.user, saved).values() for _, url in visits}
        if hit:
            words = "1 planned visit falls" if len(hit) == 1 else f"{len(hit)} planned visits fall"
            messages.warning(self.request, f"{words} on the new days. The calendars of the schools name them.")
        return redirect("programmes:calendars", self.programme.slug)

    def ask(self, form, reading=None):
        return self.page("enter", form=form, reading=reading, header=closure_tables.HEADER)

    def page(self, name, **context):
        return render(self.request, f"programmes/closures/{name}.html", {"programme": self.programme, **context})
