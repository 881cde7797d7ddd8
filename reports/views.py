from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import ListView
from django_htmx.http import HttpResponseClientRefresh

from accounts import audit
from accounts.access import Allowed, allowed_rows, get_allowed, require
from accounts.models import School
from papers.downloads import sheets_response, table_response
from programmes.models import Programme
from reports import services
from reports.build import PAGE, drawing
from reports.dashboards import dashboard
from reports.kinds import KINDS
from reports.models import SUBJECTS, Report
from reports.readers import reader_for
from reports.results_page import places_page, results_page, table_of
from reports.rounds.page import one_by_one, programmes_of
from reports.years import compare, earlier_of, table_of_years


@require_safe
def today(request):
    return render(request, "reports/today.html", dashboard(request.user, request.acting))


@require_safe
def results(request, slug):
    programme = get_allowed(Programme, request.user, "results.view", slug=slug)
    return render(request, "reports/results.html", results_page(request.user, programme, request.GET.get("by", "")))


@require_safe
def places(request, slug):
    programme = get_allowed(Programme, request.user, "pupils.reference", slug=slug)
    if programme.erased_at:
        messages.info(request, "The pupils behind these figures are erased, so there are no rows to show.")
        return redirect("reports:results", slug=slug)
    audit.record(request.user, "pupils.listed", programme)
    return render(request, "reports/places.html", places_page(request.user, programme, request.GET))


@require_safe
def results_table(request, slug, ending):
    programme = get_allowed(Programme, request.user, "results.view", slug=slug)
    response = table_response(f"results-{programme.slug}", ending, *table_of(request.user, programme), "Results")
    audit.record(request.user, "results.downloaded", programme, about=ending)
    return response


@require_safe
def years_table(request, slug, ending):
    programme = get_allowed(Programme, request.user, "results.view", slug=slug)
    comparison = compare(reader_for(request.user, programme), earlier_of(request.user, programme))
    response = table_response(f"years-{programme.slug}", ending, *table_of_years(comparison), "Year on year")
    audit.record(request.user, "results.downloaded", programme, about=f"years {ending}")
    return response


class ReportList(Allowed, ListView):
    action = "reports.view"
    model = Report
    paginate_by = 50
    template_name = "reports/list.html"

    def get_queryset(self):
        rows = one_by_one(super().get_queryset(), self.request.user)
        rows = rows.select_related("programme", "ordered_by", *SUBJECTS)
        return rows.select_related("partnership__partner_school", "specialist__user").defer("figures")

    def get_context_data(self, **kwargs):
        may_order = services.orderable(self.request.user)
        may_export = self.request.user.may("reports.programme")
        found = {"of_all": programmes_of(self.request.user), "own_schools": own_schools(self.request.user)}
        return super().get_context_data(may_order=may_order, may_export=may_export, **found, **kwargs)


def own_schools(person):
    """The schools of which this person enters the headline percentages."""
    return School.objects.allowed(person, "headlines.enter")


@require_POST
def order(request):
    require(request.user, "reports.view")
    report = services.asked_for(request.user, request.POST)
    return told(request, *services.order_report(request.user, report.kind, report.programme, **report.about))


def told(request, report, new):
    if not new and report.is_done:
        messages.info(request, "Nothing has changed since this report was made, so it is the newest there is.")
    return redirect(report)


@require_safe
def detail(request, pk):
    """The report as a page once it is made; until then how far it is. Reading it is written down like a download."""
    rows = allowed_rows(Report, request.user, "reports.view")
    report = get_object_or_404(rows.select_related("programme__organisation", "ordered_by", *SUBJECTS), pk=pk)
    kind = KINDS[report.kind]
    context = {"report": report, "whose": kind.whose}
    if not report.is_done or not services.may_be_read(report):
        return render(request, "reports/waiting.html", context | {"taken_back": report.is_done})
    audit.record(request.user, "reports.read", report)
    template, shown = drawing(report.kind, report.figures, timezone.localtime(report.queued_at), PAGE)
    newer = services.newer_figures_exist(report) and kind.may_order(request.user, report)
    return render(request, template, context | shown | {"newer": newer})


@require_safe
def progress(request, pk):
    """The line that asks again by itself as long as there is something to wait for; nothing while nothing changed, and
    the page anew once it shows the report."""
    rows = allowed_rows(Report, request.user, "reports.view").select_related("programme", "school").defer("figures")
    report = get_object_or_404(rows, pk=pk)
    if not request.htmx:
        return redirect(report)
    if request.GET.get("seen") == report.how_far:
        return HttpResponse(status=204)
    if report.is_done:
        return HttpResponseClientRefresh()
    return render(request, "reports/_progress.html", {"report": report})


@require_POST
def again(request, pk):
    report = get_allowed(Report, request.user, "reports.view", pk=pk)
    if not KINDS[report.kind].may_order(request.user, report):
        raise Http404
    return redirect(services.order_again(request.user, report))


@require_safe
def download(request, pk, ending="pdf"):
    """The file, for whoever has the report's role in its place at this moment, or its figures as tables."""
    report = get_allowed(Report, request.user, "reports.view", pk=pk)
    if not report.is_done or not report.file or not services.may_be_read(report):
        raise Http404
    name = services.file_name(report)
    if ending == "pdf":
        response = FileResponse(report.file.open(), as_attachment=True, filename=f"{name}.pdf")
    else:
        tables = KINDS[report.kind].tables(report.figures)
        response = sheets_response(name, ending, tables, report.get_kind_display(), about=services.told_about(report))
    audit.record(request.user, "reports.downloaded", report, about=ending)
    return response
