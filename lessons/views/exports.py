"""What is taken out of the notebook: the sheet of a lesson on paper, a study as PDF, the bundle of its authors."""

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from accounts import audit
from accounts.access import allowed_rows
from lessons.exports import orders
from lessons.exports.sheets import PAPERS, sheet_pdf
from lessons.exports.studies import with_words
from lessons.forms.exports import BundleForm, PdfForm
from lessons.models import Study, StudyExport
from lessons.views.sheet import the_lesson
from lessons.views.studies import sent


def name_of(study, *words):
    """The name of a file: it tells the programme and the partnership's reference, and no person."""
    partnership = study.partnership
    return slugify("-".join([*words, partnership.programme.slug, partnership.ref or str(study.pk)]))


def as_file(content, kind, name):
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def paper(request, pk):
    """The sheet for those who observe on paper, by letters only: for all who may see it, its guests among them."""
    lesson = the_lesson(request, pk, "lessons.see")
    size = request.GET.get("size", "a3")
    if size not in PAPERS:
        raise Http404
    audit.record(request.user, "lessons.printed", lesson, about=size)
    name = name_of(lesson.study, "lesson", str(lesson.number), size)
    return as_file(sheet_pdf(request.user, lesson, size), "application/pdf", f"{name}.pdf")


# A study --------------------------------------------------------------------------------------------------------------


def the_study(request, pk):
    return get_object_or_404(with_words(allowed_rows(Study, request.user, "studies.write").with_people()), pk=pk)


def looking(request, study):
    """What both forms need to find words that may be names."""
    return {"find": lambda kind: orders.suspects_for(request.user, study, kind), "digest": orders.digest_of}


def ordered(request, study, form):
    return redirect(orders.order_export(request.user, study, form.kind, form.looked_at))


def with_found(request, study, found):
    """What the page says of words that may be names; that they were shown is recorded."""
    if found:
        audit.record(request.user, "pupils.viewed", study)
    return {"study": study, "found": found, "shown": orders.digest_of(found)}


@require_http_methods(["GET", "HEAD", "POST"])
def study_pdf(request, pk):
    """Whom a PDF is for is asked first; then it is being made."""
    study = the_study(request, pk)
    names = orders.names_for(request.user, study)
    asked = request.GET.get("names")
    form = PdfForm(sent(request), names=names, **looking(request, study))
    if form.is_valid() and not form.must_look:
        return ordered(request, study, form)
    found = form.found
    if not form.is_bound and asked == "no":
        found = orders.suspects_for(request.user, study, StudyExport.Kind.LETTERS)
    context = with_found(request, study, found) | {
        "form": form,
        "names": names,
        "letters": [pupil.letter for pupil in study.case_pupils.all()],
        "chosen": form.data.get("names", asked),
        "photos": "photos" in form.data,
    }
    return render(request, "lessons/exports/whom.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def study_bundle(request, pk):
    study = the_study(request, pk)
    form = BundleForm(sent(request), **looking(request, study))
    if form.is_valid() and not form.must_look:
        return ordered(request, study, form)
    found = form.found if form.is_bound else orders.suspects_for(request.user, study, StudyExport.Kind.BUNDLE)
    context = with_found(request, study, found) | {"form": form}
    return render(request, "lessons/exports/bundle.html", context, status=422 if form.errors else 200)


def the_export(request, pk):
    rows = allowed_rows(StudyExport, request.user, "studies.write")
    return get_object_or_404(rows.select_related("study__partnership__programme"), pk=pk)


@require_safe
def export(request, pk):
    return render(request, "lessons/exports/export.html", {"export": the_export(request, pk)})


@require_safe
def progress(request, pk):
    """The line that asks again by itself as long as there is something to wait for; nothing while nothing changed."""
    row = the_export(request, pk)
    if not request.htmx:
        return redirect(row)
    if request.GET.get("seen") == row.stage:
        return HttpResponse(status=204)
    return render(request, "lessons/exports/_progress.html", {"export": row})


@require_safe
def download(request, pk):
    row = the_export(request, pk)
    if not row.is_done or not row.file:
        raise Http404
    audit.record(request.user, "studies.export downloaded", row, about=row.kind)
    name = name_of(row.study, "study", *(["names-pupils"] if row.names_pupils else []))
    return FileResponse(row.file.open(), as_attachment=True, filename=f"{name}.{row.ending}")
