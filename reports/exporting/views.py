"""The page on which a coordinator takes away what the organisation has here: tables of everything, and programmes as
folders that load again."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import allowed_rows, get_allowed
from accounts.models import Organisation
from programmes.models import Programme
from reports.exporting.files import left_out, order_export
from reports.exporting.tables import ALL
from reports.models import OrganisationExport, ProgrammeCopy

ACTION = "reports.programme"


def newest(user, organisation):
    return allowed_rows(OrganisationExport, user, ACTION).filter(organisation=organisation).first()


@require_safe
def exports(request):
    """Those of the organisations that this person coordinates."""
    organisations = list(allowed_rows(Organisation, request.user, ACTION))
    files, copies = {}, {}
    for export in allowed_rows(OrganisationExport, request.user, ACTION).order_by("queued_at", "pk"):
        files[export.organisation_id] = export
    for copy in allowed_rows(ProgrammeCopy, request.user, ACTION).order_by("queued_at", "pk"):
        copies[copy.programme_id] = copy
    programmes = allowed_rows(Programme, request.user, ACTION).exclude(status=Programme.Status.DRAFT)
    context = {
        "organisations": [(organisation, files.get(organisation.pk)) for organisation in organisations],
        "programmes": [
            (programme, copies.get(programme.pk))
            for programme in programmes.select_related("organisation").order_by("-starts_on", "name")
        ],
        "tables": len(ALL),
        "left_out": sorted({why for _, why in left_out()}),
    }
    return render(request, "reports/exporting/page.html", context)


@require_POST
def order(request, pk):
    order_export(request.user, get_allowed(Organisation, request.user, ACTION, pk=pk))
    return redirect("reports:exports")


@require_safe
def progress(request, pk):
    """The line that asks again by itself as long as the file is being made; nothing while nothing changed."""
    organisation = get_allowed(Organisation, request.user, ACTION, pk=pk)
    export = newest(request.user, organisation)
    if not request.htmx or export is None:
        return redirect("reports:exports")
    if request.GET.get("seen") == export.stage:
        return HttpResponse(status=204)
    return render(request, "reports/exporting/_export.html", {"organisation": organisation, "export": export})


@require_safe
def download(request, pk):
    organisation = get_allowed(Organisation, request.user, ACTION, pk=pk)
    rows = allowed_rows(OrganisationExport, request.user, ACTION).filter(organisation=organisation, state="done")
    export = rows.exclude(file="").first()
    if export is None:
        raise Http404
    audit.record(request.user, "export.downloaded", export)
    return FileResponse(export.file.open(), as_attachment=True, filename=f"everything-{organisation.pk}.zip")
