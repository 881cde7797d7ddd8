"""A selection of findings as a booklet: chosen, put in order, made by a worker, downloaded."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import allowed_rows, get_allowed
from lessons.forms.findings import BookletForm, FindingFilter
from lessons.library.offered import offered_of
from lessons.library.searching import narrowed, searched
from lessons.models import Booklet, Finding
from lessons.models.booklets import MOST_IN_A_BOOKLET
from lessons.services import booklets


def selected(request, asked):
    """The findings that were ticked, in the order of the list; or all that were found. Only what they may read."""
    rows = allowed_rows(Finding, request.user, "findings.view").published()
    keys = [key for key in asked.getlist("finding") if key.isascii() and key.isdigit() and len(key) < 19]
    if "all" in asked:
        form = FindingFilter(asked, offered=offered_of(rows))
        keys = searched(narrowed(rows, form.asked), asked.get("q", ""), size=MOST_IN_A_BOOKLET + 1).keys
    places = {int(key): place for place, key in enumerate(dict.fromkeys(keys[: MOST_IN_A_BOOKLET + 1]))}
    return sorted(rows.filter(pk__in=places).with_study(), key=lambda finding: places[finding.pk])


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request):
    """Those chosen, with a number for each: the order in the booklet."""
    found = selected(request, request.POST if request.method == "POST" else request.GET)
    if not found:
        messages.warning(request, "Nothing is chosen. Tick the findings that go into the booklet.")
        return redirect("lessons:findings")
    if request.method != "POST":
        form = BookletForm(findings=found)
        return choose_page(request, form)
    form = BookletForm(request.POST, findings=found)
    if not form.is_valid():
        return choose_page(request, form, status=422)
    said = form.cleaned_data
    return redirect(booklets.order_booklet(request.user, said["title"], said["chosen"]))


def choose_page(request, form, status=200):
    rows = [
        (finding, form.place_of(finding) if form.is_bound else number)
        for number, finding in enumerate(form.findings[:MOST_IN_A_BOOKLET], start=1)
    ]
    context = {"form": form, "rows": rows, "most": MOST_IN_A_BOOKLET, "cut": len(form.findings) > MOST_IN_A_BOOKLET}
    return render(request, "lessons/findings/booklet_choose.html", context, status=status)


@require_safe
def booklet(request, pk):
    row = get_allowed(Booklet, request.user, "findings.view", pk=pk)
    return render(request, "lessons/findings/booklet.html", {"booklet": row, "is_stale": booklets.is_stale(row)})


@require_safe
def progress(request, pk):
    """The line that asks again by itself as long as there is something to wait for; nothing while nothing changed."""
    row = get_allowed(Booklet, request.user, "findings.view", pk=pk)
    if not request.htmx:
        return redirect(row)
    if request.GET.get("seen") == row.stage:
        return HttpResponse(status=204)
    context = {"booklet": row, "is_stale": booklets.is_stale(row)}
    return render(request, "lessons/findings/_booklet_progress.html", context)


@require_http_methods(["POST"])
def again(request, pk):
    """The same choice as it stands now: what is withdrawn is left out."""
    row = get_allowed(Booklet, request.user, "findings.view", pk=pk)
    return redirect(booklets.order_booklet(request.user, row.title, row.chosen))


@require_safe
def download(request, pk):
    """The file, as long as every finding in it is shown to this person as it stands there."""
    row = get_allowed(Booklet, request.user, "findings.view", pk=pk)
    if not row.is_done or not row.file:
        raise Http404
    if booklets.is_stale(row):
        messages.warning(request, "A finding in this booklet has been changed or withdrawn, so it is not handed out.")
        return redirect(row)
    audit.record(request.user, "findings.booklet downloaded", row)
    return FileResponse(row.file.open(), as_attachment=True, filename=f"findings-{row.pk}.pdf")
