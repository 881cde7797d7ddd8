from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import DetailView, ListView

from accounts import audit
from accounts.access import Allowed, allowed_rows, get_allowed
from accounts.models import School
from papers.downloads import table_response
from programmes.models import Programme
from reports import services
from reports.dashboards import dashboard
from reports.models import Report
from reports.readers import reader_for
from reports.results_page import places_page, results_page, table_of
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
        return super().get_queryset().select_related("programme", "school", "ordered_by").defer("figures")

    def get_context_data(self, **kwargs):
        return super().get_context_data(may_order=services.orderable(self.request.user), **kwargs)


@require_POST
def order_school(request, slug, school):
    programme = get_allowed(Programme, request.user, "reports.school", slug=slug)
    school = get_allowed(School, request.user, "reports.school", pk=school)
    # One role must open both: head of this school elsewhere and of another school here do not add up.
    here = {(m.organisation_id, m.school_id) for m in request.user.memberships_granting("reports.school")}
    if (programme.organisation_id, school.pk) not in here:
        raise Http404
    if not services.told_to(programme.organisation_id, school.pk).filter(pk=programme.pk).exists():
        raise Http404
    return told(request, *services.order_report(request.user, Report.Kind.SCHOOL, programme, school))


@require_POST
def order_programme(request, slug):
    programme = get_allowed(Programme, request.user, "reports.programme", slug=slug)
    return told(request, *services.order_report(request.user, Report.Kind.PROGRAMME, programme))


def told(request, report, new):
    if not new and report.is_done:
        messages.info(request, "Nothing has changed since this report was made, so it is the newest there is.")
    return redirect(report)


class ReportDetail(Allowed, DetailView):
    action = "reports.view"
    model = Report
    template_name = "reports/detail.html"

    def get_queryset(self):
        return super().get_queryset().select_related("programme__organisation", "school", "ordered_by")

    def get_context_data(self, **kwargs):
        newer = self.object.is_done and services.newer_figures_exist(self.object)
        return super().get_context_data(newer=newer, **kwargs)


@require_safe
def progress(request, pk):
    """The line that asks again by itself as long as there is something to wait for; nothing while nothing changed."""
    rows = allowed_rows(Report, request.user, "reports.view").select_related("programme", "school").defer("figures")
    report = get_object_or_404(rows, pk=pk)
    if not request.htmx:
        return redirect(report)
    if request.GET.get("seen") == report.how_far:
        return HttpResponse(status=204)
    return render(request, "reports/_progress.html", {"report": report})


@require_POST
def again(request, pk):
    report = get_allowed(Report, request.user, "reports.view", pk=pk)
    return redirect(services.order_again(request.user, report))


@require_safe
def download(request, pk):
    """The file, for whoever has the report's role in its place at this moment."""
    report = get_allowed(Report, request.user, "reports.view", pk=pk)
    if not report.is_done or not report.file:
        raise Http404
    audit.record(request.user, "reports.downloaded", report)
    return FileResponse(report.file.open(), as_attachment=True, filename=services.file_name(report))
