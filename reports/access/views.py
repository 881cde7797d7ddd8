from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import get_allowed, require
from pupils.models import TargetPupil
from reports.access import files

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
def of_pupil(request, pk):
    pupil = get_allowed(TargetPupil, request.user, "pupils.everything", pk=pk)
    words = {
        "title": f"Everything on pupil {pupil.ref}",
        "back": pupil.get_absolute_url(),
        "back_text": "Back to the pupil",
        "template": "reports/access/_about_pupil.html",
    }
    if request.method != "POST":
        audit.record(request.user, "access.looked at", pupil)
    return page(request, words, pupil=pupil)


@require_http_methods(METHODS)
def of_person(request, pk):
    require(request.user, "access.person")
    found = files.person_asked_for(request.user, pk)
    if found is None:
        raise Http404
    person, organisation = found
    words = {
        "title": f"Everything on {person}",
        "back": reverse("accounts:people"),
        "back_text": "Back to people",
        "template": "reports/access/_about_person.html",
    }
    return page(request, words, person=person, organisation=organisation)


@require_http_methods(METHODS)
def of_oneself(request):
    words = {
        "title": "Everything that is kept on you",
        "back": reverse("accounts:account"),
        "back_text": "Back to your account",
        "template": "reports/access/_about_oneself.html",
    }
    return page(request, words, person=request.user)


def page(request, words, **about):
    """What the file holds, the button that asks for it, and how far it is."""
    if request.method == "POST":
        files.order_file(request.user, **about)
        return redirect(request.path)
    return render(request, "reports/access/page.html", words | {"file": files.newest(request.user, **about)})


@require_safe
def progress(request, pk):
    """The line that asks again by itself as long as the file is being made; nothing while nothing changed."""
    file = get_object_or_404(files.files_for(request.user), pk=pk)
    if not request.htmx:
        return redirect("accounts:account")
    if request.GET.get("seen") == file.how_far:
        return HttpResponse(status=204)
    return render(request, "reports/access/_progress.html", {"file": file})


@require_safe
def download(request, pk, ending):
    file = get_object_or_404(files.files_for(request.user), pk=pk)
    if not file.is_done or not file.file or ending not in {"pdf", "json"}:
        raise Http404
    audit.record(request.user, "access.downloaded", file.pupil or file.person, about=ending)
    name = files.file_name(file, ending)
    if ending == "pdf":
        return FileResponse(file.file.open(), as_attachment=True, filename=name)
    response = HttpResponse(files.as_json(file), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
