"""Papers of money that a worker makes: asked for, waited for, downloaded."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import allowed_rows
from funding.models import MoneyReport
from funding.services import papers
from funding.views.doors import plan_of
from funding.views.school import parts_of

ACTION = "money.school"


@require_POST
def order_stage(request, slug, pk):
    plan = plan_of(request, slug, "money.view")
    stage = get_object_or_404(plan.stages.all(), pk=pk)
    return told(request, *papers.order_stage(request.user, plan, stage))


@require_POST
def order_programme(request, slug):
    return told(request, *papers.order_programme(request.user, plan_of(request, slug, "money.view")))


@require_POST
def order_school(request, urn):
    """Of one organiser: where a school takes part with several, the form names it."""
    school, parts = parts_of(request, urn)
    organisers = {part.plan.programme.organisation_id: part.plan.programme.organisation for part in parts}
    asked = request.POST.get("organisation", "")
    organiser = organisers.get(int(asked)) if asked.isdecimal() else next(iter(organisers.values()), None)
    if organiser is None:
        messages.info(request, "No money is planned for this school yet, so there is no statement.")
        return redirect("funding:school", urn)
    return told(request, *papers.order_school(request.user, organiser, school))


def told(request, report, new):
    if not new and report.is_done:
        messages.info(request, "Nothing has changed since this was made, so it is the newest there is.")
    return redirect(report)


def paper_of(request, pk) -> MoneyReport:
    rows = allowed_rows(MoneyReport, request.user, ACTION)
    rows = rows.select_related("organisation", "plan__programme__organisation", "stage", "school", "ordered_by")
    return get_object_or_404(rows, pk=pk)


@require_safe
def paper(request, pk):
    row = paper_of(request, pk)
    return render(request, "funding/paper.html", {"paper": row, "newer": row.is_done and papers.is_out_of_date(row)})


@require_safe
def progress(request, pk):
    """The line that asks again by itself as long as there is something to wait for; nothing while nothing changed."""
    row = paper_of(request, pk)
    if not request.htmx:
        return redirect(row)
    if request.GET.get("seen") == row.how_far:
        return HttpResponse(status=204)
    return render(request, "funding/_paper_progress.html", {"paper": row})


@require_POST
def again(request, pk):
    return told(request, *papers.order_again(request.user, paper_of(request, pk)))


@require_safe
def download(request, pk):
    """The file, for whoever may see the money it is about at this moment."""
    row = paper_of(request, pk)
    if not row.is_done or not row.file:
        raise Http404
    audit.record(request.user, "money report downloaded", row)
    return FileResponse(row.file.open(), as_attachment=True, filename=f"{row.file_title}.pdf")
