from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic import CreateView, ListView, UpdateView

from accounts import audit
from accounts.access import Allowed, allowed_rows, get_allowed
from papers.sheets import csv_bytes, xlsx_bytes
from programmes.models import Partnership
from reports.models import SavedView
from reports.roster.forms import NewViewForm, SavedViewForm
from reports.roster.nudges import send_nudges, sent_words
from reports.roster.page import Roster, row_about

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def roster(request):
    made = Roster(request.user, allowed_rows(Partnership, request.user, "roster.view"), request.GET)
    if made.programme is None:
        return render(request, "reports/roster/empty.html")
    return render(
        request, "reports/roster/roster.html", made.page(SavedView.objects.allowed(request.user, "roster.view"))
    )


@require_safe
def table(request, ending):
    made = Roster(request.user, allowed_rows(Partnership, request.user, "roster.view"), request.GET)
    if made.programme is None:
        raise Http404
    columns, rows = made.table()
    audit.record(request.user, "roster.downloaded", made.programme, about=ending)
    if ending == "csv":
        response = HttpResponse(csv_bytes(columns, rows), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(xlsx_bytes(columns, rows, "Roster"), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="roster-{made.programme.slug}.{ending}"'
    return response


@require_POST
def nudge(request, pk):
    """Nudge everyone for whom this partnership waits. With htmx the answer stands where the button was."""
    rows = allowed_rows(Partnership, request.user, "nudges.send").with_people()
    row = row_about(request.user, get_object_or_404(rows.select_related("programme__organisation"), pk=pk))
    sent, left_out = send_nudges(request.user, row.nudges)
    words = sent_words(sent, left_out) or "Nothing waits for anyone who can sign in, so there is nobody to nudge."
    if request.htmx:
        return render(request, "reports/roster/_nudged.html", nudged(request, row.partnership) | {"told": words})
    (messages.success if sent else messages.warning)(request, words)
    return redirect(f"{reverse('reports:roster')}?{asked_before(request).urlencode()}")


def nudged(request, partnership):
    """The row as it stands now, and the button above the roster, which counts whom the roster could nudge now."""
    query = asked_before(request)
    query["programme"] = str(partnership.programme_id)
    made = Roster(request.user, allowed_rows(Partnership, request.user, "roster.view"), query)
    return {
        "row": row_about(request.user, partnership),
        "back": made.back,
        "roster": made,
        "nudges_url": made.address(made.asked.query, "reports:nudges"),
    }


def asked_before(request):
    """The roster's own question, from which the person came."""
    return QueryDict(request.POST.get("back", "").partition("?")[2], mutable=True)


@require_http_methods(["GET", "POST"])
def nudges(request):
    """Check which mails go out to whom, and who is left out; then send those that are ticked."""
    made = Roster(request.user, allowed_rows(Partnership, request.user, "nudges.send"), request.GET)
    if made.programme is None:
        return redirect("reports:roster")
    back, ticked = made.address(made.asked.query), None
    if request.method == "POST":
        ticked = set(request.POST.getlist("nudge"))
        sent, left_out = send_nudges(request.user, [nudge for nudge in made.nudges if nudge.key in ticked])
        if sent or left_out:
            (messages.success if sent else messages.warning)(request, sent_words(sent, left_out))
            return redirect(back)
    context = {
        "roster": made,
        "letters": made.letters(ticked),
        "left_out": [nudge for nudge in made.nudges if nudge.rests],
        "unreachable": made.unreachable,
        "back": back,
        "error": "" if ticked is None else "Tick at least one mail, or go back to the roster.",
    }
    return render(request, "reports/roster/nudges.html", context)


class SavedViewList(Allowed, ListView):
    action = "roster.view"
    model = SavedView
    template_name = "reports/roster/views.html"

    def get_queryset(self):
        return super().get_queryset().select_related("programme")


class SavedViewCreate(Allowed, CreateView):
    action = "roster.view"
    model = SavedView
    form_class = NewViewForm
    template_name = "reports/roster/view_form.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user, "query": self.request.GET}

    def form_valid(self, form):
        if not kept(form):
            return self.form_invalid(form)
        self.object = form.instance
        messages.success(self.request, f"“{self.object.name}” is saved. You find it above the roster.")
        return redirect(self.object.address)


class SavedViewUpdate(Allowed, UpdateView):
    action = "roster.view"
    model = SavedView
    form_class = SavedViewForm
    template_name = "reports/roster/view_form.html"
    success_url = reverse_lazy("reports:saved_views")

    def form_valid(self, form):
        return redirect(self.success_url) if kept(form) else self.form_invalid(form)


def kept(form):
    """Whether the view is saved. Of two tabs that give one name at once, one is told."""
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError:
        form.add_error("name", "You have a view of this name already. Give this one another name.")
        return False
    return True


@require_POST
def view_delete(request, pk):
    view = get_allowed(SavedView, request.user, "roster.view", pk=pk)
    view.delete()
    messages.success(request, f"“{view.name}” is deleted. The partnerships stay as they are.")
    return redirect("reports:saved_views")
