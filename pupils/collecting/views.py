"""Collecting the grades of a programme: which are in, the template to send round, and the file that comes back."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views import View
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import get_allowed, require
from papers.downloads import table_response
from papers.sheets import mended
from programmes.models import Partnership, Programme
from pupils.collecting.forms import GradesForm
from pupils.collecting.reading import read
from pupils.collecting.standing import ACTION, asked_of, points_of
from pupils.collecting.template import COLUMNS, owed_rows
from pupils.collecting.waiting import keep, waiting
from pupils.collecting.writing import Overtaken, keep_drafts

FAR_AHEAD = 60  # days


@require_safe
def template(request, slug, point, ending):
    """The pupils owed at a data point, to be filled in and sent back."""
    programme = get_allowed(Programme, request.user, ACTION, slug=slug)
    asked = next((row for row in programme.data_points.all() if row.pk == point), None)
    if asked is None:
        raise Http404
    rows = owed_rows(programme, asked, asked_of(programme, request.user))
    audit.record(request.user, "returns.template", programme, about=str(asked.pk))
    title = f"{asked} grades"
    return table_response(slugify(f"grades {programme.slug} {asked.name}"), ending, COLUMNS, rows, title)


class Page(View):
    """A page about the grades of a programme whose coordinator the person is."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request, *args, **kwargs):
        require(request.user, ACTION)
        self.programme = get_allowed(Programme, request.user, ACTION, slug=kwargs["slug"])
        return super().dispatch(request, *args, **kwargs)

    def page(self, name, status=200, **context):
        context |= {"programme": self.programme}
        return render(self.request, f"pupils/collecting/{name}.html", context, status=status)


class Collect(Page):
    """Uploaded or pasted; what is a table waits to be looked at."""

    def get(self, request, *args, **kwargs):
        return self.ask(GradesForm())

    def post(self, request, *args, **kwargs):
        form = GradesForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.ask(form, status=422)
        keep(request.user, self.programme, form.cleaned_data["pasted"], form.cleaned_data["ignored"])
        return redirect("pupils:collect_look", self.programme.slug)

    def ask(self, form, status=200):
        uploads = self.programme.returns_uploads.select_related("by")[:10]
        points = points_of(self.programme, self.request.user)
        more = {"today": timezone.localdate(), "closed": closed(self.programme)}
        more["waiting"] = waiting(self.request.user, self.programme)
        return self.page("collect", status, form=form, points=points, uploads=uploads, **more)


class Look(Page):
    """What the rows that wait say: mended here, put into the drafts, or set aside."""

    def get(self, request, *args, **kwargs):
        if (row := waiting(request.user, self.programme)) is None:
            return self.nothing()
        text, reading = self.read(row)
        audit.record(request.user, "returns.viewed", self.programme)
        form = GradesForm(initial={"pasted": text})
        if not reading.problems:
            return self.page("look", reading=reading, form=form, text=text, ahead=ahead(reading.points))
        return self.page("mend", form=form, reading=reading)

    def post(self, request, *args, **kwargs):
        if (row := waiting(request.user, self.programme)) is None:
            return self.nothing()
        if "set_aside" in request.POST:
            row.delete()
            messages.success(request, "The rows are set aside: nothing of them is saved.")
            return redirect("pupils:collect", self.programme.slug)
        if "mended" in request.POST:
            keep(request.user, self.programme, mended(row.content["text"], request.POST), row.content["ignored"])
        _, reading = self.read(row)
        if "save" in request.POST and reading.drafts and not reading.problems:
            return self.save(row, reading)
        return redirect("pupils:collect_look", self.programme.slug)

    def read(self, row):
        text = row.content["text"]
        reading = read(text, self.programme, Partnership.objects.allowed(self.request.user, ACTION))
        reading.ignored = row.content["ignored"]
        return text, reading

    def save(self, row, reading):
        try:
            with transaction.atomic():
                upload = keep_drafts(self.request.user, self.programme, reading)
                row.delete()
        except Overtaken:
            messages.error(self.request, "Nothing is saved: a teacher typed grades a moment ago. Look again.")
            return redirect("pupils:collect_look", self.programme.slug)
        grades = "1 grade is" if upload.grades == 1 else f"{upload.grades:,} grades are"
        drafts = "1 draft" if upload.returns == 1 else f"{upload.returns} drafts"
        messages.success(self.request, f"{grades} in {drafts}. A teacher of each partnership checks and submits them.")
        return redirect("pupils:collect", self.programme.slug)

    def nothing(self):
        messages.info(self.request, "No rows wait to be looked at. They are in the drafts, or were set aside.")
        return redirect("pupils:collect", self.programme.slug)


def closed(programme):
    if programme.erased_at:
        return "The pupil data of this programme has been erased."
    return "The programme is closed." if programme.status == Programme.Status.CLOSED else ""


def ahead(points):
    """Data points whose day is so far ahead that another may be meant, each with how far."""
    today = timezone.localdate()
    far = [(point, (point.due_on - today).days) for point in points]
    return [(point, f"{round(days / 30.4)} months") for point, days in far if days > FAR_AHEAD]
