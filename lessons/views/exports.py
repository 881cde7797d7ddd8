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
from lessons.forms.exports import PdfForm
from lessons.models import Study, StudyExport
from lessons.views.sheet import the_lesson


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


@require_http_methods(["GET", "HEAD", "POST"])
def study_pdf(request, pk):
    """Whom a PDF is for is asked first; then it is being made."""
    study = the_study(request, pk)
    names = orders.names_for(request.user, study)
    asked = request.GET.get("names")
    form = PdfForm(
        request.POST if request.method == "POST" else None,
        names=names,
        find=lambda: orders.names_typed_in(request.user, study),
    )
    if request.method == "POST" and form.is_valid() and not form.must_look:
        named = form.cleaned_data["names"] == "yes"
        kind = StudyExport.Kind.NAMED if named else StudyExport.Kind.LETTERS
        return redirect(orders.order_export(request.user, study, kind))
    if form.found or asked == "no":
        found = form.found or orders.names_typed_in(request.user, study)
        audit.record(request.user, "pupils.viewed", study)
    else:
        found = []
    context = {
        "form": form,
        "study": study,
        "names": names,
        "letters": [pupil.letter for pupil in study.case_pupils.all()],
        "chosen": form.data.get("names", asked),
        "found": found,
    }
    return render(request, "lessons/exports/whom.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def study_bundle(request, pk):
    study = the_study(request, pk)
    if request.method == "POST":
        return redirect(orders.order_export(request.user, study, StudyExport.Kind.BUNDLE))
    return render(request, "lessons/exports/bundle.html", {"study": study})


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
