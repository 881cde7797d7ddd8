from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import allowed_rows, get_allowed
from papers.downloads import table_response
from programmes.models import Partnership, Programme
from reports.kinds.progress import on_page
from reports.progress.completeness import completeness_page, completeness_table
from reports.progress.page import Followed, brief, progress_page
from reports.progress.tables import pupils_table


def partnership_of(request, pk):
    rows = allowed_rows(Partnership, request.user, "progress.view").with_people()
    return get_object_or_404(rows, pk=pk)


@require_safe
def of_partnership(request, pk) -> HttpResponse:
    partnership = partnership_of(request, pk)
    audit.record(request.user, "progress.viewed", partnership)
    page = progress_page(Followed(request.user, partnership.programme, partnership), request.GET)
    may_aim = request.user.may("pupils.edit") and (
        Partnership.objects.allowed(request.user, "pupils.edit").filter(pk=partnership.pk).exists()
    )
    offers = on_page(request.user, page, partnership)
    context = {"page": page, "partnership": partnership, "may_aim": may_aim, "offers": offers}
    return render(request, "reports/progress/partnership.html", context)


@require_safe
def of_partnership_table(request, pk, ending) -> HttpResponse:
    partnership = partnership_of(request, pk)
    table = pupils_table(Followed(request.user, partnership.programme, partnership), request.GET.get("to", ""))
    response = table_response(f"progress-{partnership.programme.slug}-{partnership.pk}", ending, *table, "Progress")
    audit.record(request.user, "progress.downloaded", partnership, about=ending)
    return response


@require_safe
def of_programme(request, slug) -> HttpResponse:
    programme = get_allowed(Programme, request.user, "progress.view", slug=slug)
    audit.record(request.user, "progress.viewed", programme)
    page = progress_page(Followed(request.user, programme), request.GET)
    if "years" in request.GET and page["years_url"] and not page["may_compare"]:
        return redirect(page["years_url"])
    context = {"page": page, "offers": on_page(request.user, page)}
    return render(request, "reports/progress/programme.html", context)


@require_safe
def brief_of_programme(request, slug) -> HttpResponse:
    """Counts without any pupil, which Today asks for once it is there."""
    programme = get_allowed(Programme, request.user, "progress.view", slug=slug)
    if not request.htmx:
        return redirect("reports:followed", slug)
    return render(request, "reports/progress/brief.html", {"page": brief(Followed(request.user, programme))})


@require_safe
def of_programme_table(request, slug, ending) -> HttpResponse:
    programme = get_allowed(Programme, request.user, "progress.view", slug=slug)
    table = pupils_table(Followed(request.user, programme), request.GET.get("to", ""))
    response = table_response(f"progress-{programme.slug}", ending, *table, "Progress")
    audit.record(request.user, "progress.downloaded", programme, about=ending)
    return response


@require_safe
def completeness(request, slug) -> HttpResponse:
    programme = get_allowed(Programme, request.user, "returns.view", slug=slug)
    page = completeness_page(request.user, programme, only_owing="owing" in request.GET)
    return render(request, "reports/progress/completeness.html", {"page": page})


@require_safe
def completeness_file(request, slug, ending) -> HttpResponse:
    programme = get_allowed(Programme, request.user, "returns.view", slug=slug)
    table = completeness_table(completeness_page(request.user, programme))
    response = table_response(f"grades-in-{programme.slug}", ending, *table, "Grades in")
    audit.record(request.user, "completeness.downloaded", programme, about=ending)
    return response
