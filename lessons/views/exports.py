"""What is taken out of the notebook: the sheet of a lesson on paper, a study as PDF, the bundle of its authors."""

from django.http import Http404, HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from accounts import audit
from lessons.exports.sheets import PAPERS, sheet_pdf
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
