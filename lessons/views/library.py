"""The library: what studies found, searched, read, put on paper, and built on by others."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import allowed_rows, get_allowed
from accounts.middleware import login_not_required
from desks.cells import number
from lessons.forms.findings import FindingFilter
from lessons.library.offered import offered_of
from lessons.library.papers import poster_pdf
from lessons.library.searching import ON_A_PAGE, narrowed, searched, with_marks
from lessons.models import Finding, FindingCitation, FindingFile, Study
from lessons.pages.findings import built_on, may_cite_in, own_unshown, reading_of
from lessons.services import findings as services
from lessons.views.studies import told_if_closed


@require_safe
def library(request):
    """Everything that is shown to this person, found by words and narrowed."""
    rows = allowed_rows(Finding, request.user, "findings.view").published()
    form = FindingFilter(request.GET, offered=offered_of(rows))
    asked_page = number(request.GET.get("page", "")) or 1
    search = searched(narrowed(rows, form.asked), request.GET.get("q", ""), asked_page)
    found = with_marks(rows, search.keys, search.query)
    asked = {name: value for name, value in {"q": search.asked, **form.asked}.items() if value}
    context = {
        "filter": form,
        "search": search,
        "page_obj": Paginator(range(search.count), ON_A_PAGE).get_page(asked_page),
        "found": found,
        "asked": asked.items(),
        "query": urlencode(asked),
        "mended_query": urlencode(asked | {"q": search.mended}),
        "is_narrowing": bool(form.asked),
        "waiting": own_unshown(request.user) if not asked else [],
    }
    return render(request, "lessons/findings/library.html", context)


def readable(request, pk):
    """What this person may read: a draft is on the page of its authors."""
    return get_object_or_404(allowed_rows(Finding, request.user, "findings.view").with_study(), pk=pk)


@require_safe
def finding(request, pk):
    row = readable(request, pk)
    is_author = request.user.may("studies.write") and (
        Finding.objects.allowed(request.user, "studies.write").filter(pk=row.pk).exists()
    )
    if not row.is_published:
        return redirect("lessons:finding_agree", row.pk)
    reading = reading_of(row)
    context = {
        "reading": reading,
        "finding": row,
        "is_author": is_author,
        "has_agreed": request.user in reading.authors,
        "built_on": built_on(request.user, row),
        "studies": may_cite_in(request.user, row),
    }
    return render(request, "lessons/findings/finding.html", context)


def file_response(file):
    """To be kept and not to be opened in our name: whatever is in it, the browser takes it for a file."""
    name = f"finding-{file.finding_id}-{file.pk}.{file.kind}"
    response = FileResponse(file.file.open(), as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
def finding_file(request, pk):
    file = get_allowed(FindingFile, request.user, "findings.view", pk=pk)
    return file_response(file)


@require_safe
def poster(request, pk):
    row = readable(request, pk)
    if not row.is_published:
        raise Http404
    audit.record(request.user, "findings.poster", row)
    return pdf_response(poster_pdf(reading_of(row, by_name=False), public_address(request, row)), f"poster-{row.pk}")


def pdf_response(pdf, name):
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="finding-{name}.pdf"'
    return response


def public_address(request, row):
    return request.build_absolute_uri(reverse("lessons:finding_public", args=[row.slug])) if row.is_public else ""


# Without a sign-in ----------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def public(request, slug):
    """What all its authors have agreed to show to anybody. Withdrawn, the page says so and nothing else."""
    row = services.on_the_public_page(slug)
    if row is None:
        if services.was_public(slug):
            return render(request, "lessons/findings/gone.html", status=410)
        raise Http404
    return render(request, "lessons/findings/public.html", {"reading": reading_of(row, by_name=False), "finding": row})


@login_not_required
@require_safe
def public_poster(request, slug):
    row = services.on_the_public_page(slug)
    if row is None:
        raise Http404
    return pdf_response(poster_pdf(reading_of(row, by_name=False), public_address(request, row)), f"poster-{row.pk}")


@login_not_required
@require_safe
def public_file(request, slug, pk):
    row = services.on_the_public_page(slug)
    file = row and row.files.filter(is_shown=True, pk=pk).first()
    if file is None:
        raise Http404
    return file_response(file)


# Building on it -------------------------------------------------------------------------------------------------------


@require_POST
def cite(request, pk):
    """A study of the person's builds on the finding."""
    own = allowed_rows(Study, request.user, "studies.write").filter(finished_at=None)
    row = get_object_or_404(allowed_rows(Finding, request.user, "findings.view").published(), pk=pk)
    asked, rows = request.POST.get("study", ""), own.exclude(pk=row.study_id)
    study = get_object_or_404(rows, pk=asked if asked.isascii() and asked.isdigit() and len(asked) < 19 else None)
    services.cite(request.user, study, row)
    messages.success(request, "Added to what is already known in your study.")
    return redirect(row)


@require_POST
@told_if_closed
def uncite(request, pk):
    rows = allowed_rows(FindingCitation, request.user, "studies.write").select_related("study", "finding")
    citation = get_object_or_404(rows, pk=pk)
    services.uncite(request.user, citation)
    messages.success(request, "Your study does not name this finding any more.")
    if request.POST.get("from") != "finding":
        return redirect(citation.study)
    readable_still = Finding.objects.allowed(request.user, "findings.view").filter(pk=citation.finding_id)
    return redirect(citation.finding if readable_still.exists() else "lessons:findings")
