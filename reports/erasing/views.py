from django.contrib import messages
from django.core import signing
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import allowed_rows
from papers.downloads import table_response
from programmes.models import Programme
from pupils.models import Erasure
from pupils.retention import erasing as services
from reports.erasing import copies
from reports.erasing.forms import ConfirmForm, HowForm
from reports.erasing.kept import kept_table
from reports.erasing.page import answers, page
from reports.models import ProgrammeCopy

ACTION = "pupils.erase"


def programme_of(request, slug):
    rows = allowed_rows(Programme, request.user, ACTION).exclude(status=Programme.Status.DRAFT)
    return get_object_or_404(rows.select_related("organisation"), slug=slug)


@require_safe
def look(request, slug):
    """What would go, counted now, or how far it is. The way on is offered when nothing stands in it."""
    programme = programme_of(request, slug)
    form = HowForm(request.GET if "how" in request.GET or "submit" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("reports:erase_confirm", slug, form.cleaned_data["how"])
    audit.record(request.user, "pupils.erasure looked at", programme)
    return render(request, "reports/erasing/look.html", page(programme) | {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request, slug, how):
    """Check your answers. What is erased is what was counted on the page that was confirmed, or nothing."""
    programme = programme_of(request, slug)
    found = page(programme)
    if how not in Erasure.How or found["begun"] or programme.erased_at or found["still_open"]:
        return redirect("reports:erasing", slug)
    counts = services.counted(programme)
    form = ConfirmForm(request.POST or None, programme=programme, initial={"how": how})
    if request.method == "POST" and form.is_valid():
        return erase(request, programme, form.cleaned_data["how"])
    context = found | {
        "form": form,
        "answers": answers(programme, counts, how),
        "seen": signing.dumps(counts, salt=SALT + slug),
    }
    return render(request, "reports/erasing/confirm.html", context)


SALT = "what would go of "


def erase(request, programme, how):
    try:
        seen = signing.loads(request.POST.get("seen", ""), salt=SALT + programme.slug)
        services.order_erasure(request.user, programme, how, seen)
    except (signing.BadSignature, services.CountsChanged):
        messages.warning(request, "Something came or went since you looked, so nothing is erased. Look at it again.")
    except services.Refused as refused:
        messages.warning(request, str(refused))
    return redirect("reports:erasing", programme.slug)


@require_safe
def progress(request, slug):
    """The line that asks again by itself as long as something goes; nothing while nothing changed."""
    programme = programme_of(request, slug)
    found = page(programme)
    if not request.htmx or found["erasure"] is None:
        return redirect("reports:erasing", slug)
    if request.GET.get("seen") == found["erasure"].stage:
        return HttpResponse(status=204)
    return render(request, "reports/erasing/_progress.html", found)


@require_POST
def copy(request, slug):
    copies.order_copy(request.user, programme_of(request, slug))
    return redirect("reports:exports") if "from_exports" in request.POST else redirect("reports:erasing", slug)


@require_safe
def copy_progress(request, slug):
    """As `progress`, of the copy."""
    programme = programme_of(request, slug)
    found = page(programme)
    if not request.htmx or found["copy"] is None:
        return redirect("reports:erasing", slug)
    if request.GET.get("seen") == found["copy"].stage:
        return HttpResponse(status=204)
    return render(request, "reports/erasing/_copy.html", found)


@require_safe
def copy_download(request, slug):
    programme = programme_of(request, slug)
    rows = allowed_rows(ProgrammeCopy, request.user, ACTION).filter(programme=programme, state="done")
    newest = rows.exclude(file="").first()
    if newest is None:
        raise Http404
    audit.record(request.user, "programme.copy downloaded", newest)
    return FileResponse(newest.file.open(), as_attachment=True, filename=f"{programme.slug}.zip")


@require_safe
def kept_grades(request, slug, ending):
    """The grades that were kept of nobody in particular: each place by a reference that means nothing."""
    programme = programme_of(request, slug)
    if not page(programme)["kept"]:
        return redirect("reports:erasing", slug)
    audit.record(request.user, "pupils.kept grades downloaded", programme, about=ending)
    return table_response(f"grades-kept-{programme.slug}", ending, *kept_table(programme), "Grades")


@require_POST
def go_on(request, slug):
    programme = programme_of(request, slug)
    erasure = get_object_or_404(allowed_rows(Erasure, request.user, ACTION), programme=programme, state="failed")
    try:
        services.go_on(request.user, erasure)
    except services.Refused as refused:
        messages.info(request, str(refused))
    return redirect("reports:erasing", slug)
