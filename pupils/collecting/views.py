"""Collecting the grades of a programme: which are in, the template to send round, and the file that comes back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views import View
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import get_allowed, require
from papers.downloads import table_response
from programmes.models import Partnership, Programme
from pupils.collecting.forms import GradesForm
from pupils.collecting.reading import read
from pupils.collecting.rows import mended
from pupils.collecting.standing import ACTION, asked_of, points_of
from pupils.collecting.template import COLUMNS, owed_rows
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


class Collect(View):
    """Uploaded or pasted; looked at; put into the drafts."""

    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request, *args, **kwargs):
        require(request.user, ACTION)
        self.programme = get_allowed(Programme, request.user, ACTION, slug=kwargs["slug"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        return self.ask(GradesForm())

    def post(self, request, *args, **kwargs):
        data = request.POST
        if "mended" in data:
            data = {"pasted": mended(data.get("pasted", ""), data)}
        form = GradesForm(data, request.FILES)
        if not form.is_valid():
            return self.ask(form, status=422)
        text = form.cleaned_data["pasted"]
        reading = read(text, self.programme, Partnership.objects.allowed(request.user, ACTION))
        reading.ignored = form.cleaned_data["ignored"]
        if reading.problems or "change" in request.POST:
            return self.ask(GradesForm({"pasted": text}), reading, text, status=422 if reading.problems else 200)
        if "save" not in request.POST or not reading.drafts:
            audit.record(request.user, "returns.viewed", self.programme)
            return self.page("look", reading=reading, text=text, ahead=ahead(reading.points))
        return self.save(text, reading)

    def save(self, text, reading):
        try:
            upload = keep_drafts(self.request.user, self.programme, reading)
        except Overtaken:
            messages.error(self.request, "Nothing is saved: a teacher typed grades a moment ago. Look again.")
            return self.ask(GradesForm({"pasted": text}))
        grades = "1 grade is" if upload.grades == 1 else f"{upload.grades:,} grades are"
        drafts = "1 draft" if upload.returns == 1 else f"{upload.returns} drafts"
        messages.success(self.request, f"{grades} in {drafts}. A teacher of each partnership checks and submits them.")
        return redirect("pupils:collect", self.programme.slug)

    def ask(self, form, reading=None, text="", status=200):
        if reading is not None and reading.problems:
            rows = reading.rows
            links = [(row, cell) for row in rows for cell in row.cells or [None]][:10]
            return self.page("mend", status, form=form, reading=reading, rows=rows, links=links, text=text)
        uploads = self.programme.returns_uploads.select_related("by")[:10]
        points = points_of(self.programme, self.request.user)
        more = {"today": timezone.localdate(), "closed": closed(self.programme)}
        return self.page("collect", status, form=form, points=points, uploads=uploads, **more)

    def page(self, name, status=200, **context):
        context |= {"programme": self.programme}
        return render(self.request, f"pupils/collecting/{name}.html", context, status=status)


def closed(programme):
    if programme.erased_at:
        return "The pupil data of this programme has been erased."
    return "The programme is closed." if programme.status == Programme.Status.CLOSED else ""


def ahead(points):
    """Data points whose day is so far ahead that another may be meant, each with how far."""
    today = timezone.localdate()
    far = [(point, (point.due_on - today).days) for point in points]
    return [(point, f"{round(days / 30.4)} months") for point, days in far if days > FAR_AHEAD]
