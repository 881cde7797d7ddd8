"""Studies: the list, the beginning, the page of one, and who belongs to it."""

import datetime as dt
import uuid
from functools import partial, wraps

from django.contrib import messages
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic import ListView

from accounts import audit
from accounts.access import allowed_rows, require
from accounts.middleware import login_not_required
from desks.boxes import SAFEGUARDING
from desks.desk import Desk
from desks.writing import keep_form, not_signed_in, save, tell_saved
from lessons import services
from lessons.boxes import OF_STUDY
from lessons.forms.studies import CasePupilsForm, PersonForm, StartForm, open_to_study
from lessons.models import Study, StudyReader
from lessons.pages.studies import boxes_of_study, study_page, with_question
from lessons.words import standing_of_study, why_closed
from papers.page_tables import on_a_page

LEFT = (
    "You are not a member of this study any more, so this did not go into it. Your words are kept: whoever chairs the "
    "group sees them."
)
SHOWN_FOR = dt.timedelta(days=60)


def sent(request):
    """What was posted, be it nothing."""
    return request.POST if request.method == "POST" else None


def may_see(person):
    """Studies of which a person sees the dates and how they stand, or more."""
    require(person, "studies.follow")
    followed = Study.objects.allowed(person, "studies.follow")
    return Study.objects.allowed(person, "studies.read") | followed


class StudyList(ListView):
    paginate_by = 50
    template_name = "lessons/studies.html"

    def get_paginate_by(self, queryset):
        return on_a_page(self.request.GET, self.paginate_by)

    def get_queryset(self):
        person = self.request.user
        self.read = set(Study.objects.allowed(person, "studies.read").values_list("pk", flat=True))
        return (
            with_question(may_see(person))
            .order_by(F("finished_at").desc(nulls_first=True), "-begun_at", "pk")
            .distinct()
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        person = self.request.user
        context["rows"] = [row_of(study, study.pk in self.read) for study in context["object_list"]]
        open_ones = open_to_study(person) if person.may("studies.start") else None
        context["partnerships"] = list(open_ones.with_people()) if open_ones is not None else []
        return context


def row_of(study, reads):
    question = study.sheet.question[0].text if study.sheet.question else ""
    lessons = list(study.research_lessons.all())
    standing = standing_of_study(study, lessons, bool(question), bool(study.case_pupils.all()))
    return {
        "study": study,
        "question": question if reads else "",
        "standing": standing,
        "done": sum(lesson.is_ended for lesson in lessons),
        "lessons": len(lessons),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def start(request, partnership):
    row = get_object_or_404(open_to_study(checked(request.user, "studies.start")).with_people(), pk=partnership)
    form = StartForm(sent(request), person=request.user, partnership=row)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        study = services.start_study(
            request.user, row, data["lessons"], form.texts, list(data["pupils"]), data["client"]
        )
        messages.success(request, "The study has started. Its lessons are below.")
        return redirect(study)
    if form.fields["pupils"].queryset:
        audit.record(request.user, "pupils.viewed", row)
    context = {"form": form, "partnership": row}
    return render(request, "lessons/study_start.html", context, status=422 if form.errors else 200)


def checked(person, action):
    require(person, action)
    return person


@require_safe
def study(request, pk):
    row = get_object_or_404(may_see(request.user).with_people().distinct(), pk=pk)
    page = study_page(request.user, row)
    if any(pupil.name for pupil in page.pupils):
        audit.record(request.user, "pupils.viewed", row)
    context = {"page": page, "study": row, "safeguarding": SAFEGUARDING}
    if page.me.is_member and not row.is_finished:
        context |= people_forms(row)
    return render(request, "lessons/study.html", context)


def people_forms(row, *sent, which=""):
    """Those that add a member and a reader; `sent` belongs to one of them."""
    today = timezone.localdate()
    return {
        "member_form": PersonForm(
            *(sent if which == "member" else ()),
            people=services.may_be_members(row),
            action=reverse("lessons:member_add", args=[row.pk]),
            label="Add to the study",
            prefix="member",
        ),
        "reader_form": PersonForm(
            *(sent if which == "reader" else ()),
            people=services.may_be_readers(row),
            action=reverse("lessons:reader_add", args=[row.pk]),
            label="Show it to them",
            prefix="reader",
            until=(today, today + SHOWN_FOR),
        ),
    }


def told_if_closed(view):
    """What changes a study: whoever asks for it once the study stays as it is, from an older page, is told why."""

    @wraps(view)
    def told(request, *args, **kwargs):
        try:
            return view(request, *args, **kwargs)
        except services.Closed as closed:
            messages.warning(request, str(closed))
            return redirect(closed.study)

    return told


# What its members do ------------------------------------------------------------------------------------------------


def own_study(request, pk):
    return get_object_or_404(allowed_rows(Study, request.user, "studies.write").with_people(), pk=pk)


def study_to_write(person, pk):
    """The study, and whether the person is a member still; 403 and 404 as everywhere for anyone else."""
    if person.may("studies.write"):
        row = Study.objects.allowed(person, "studies.write").with_people().filter(pk=pk).first()
        if row is not None:
            return row, True
    left = services.study_left_by(person, pk=pk)
    if left is None:
        require(person, "studies.write")
        raise Http404
    return left, False


def desk_of(row, person, is_member):
    return Desk(
        name="study",
        sheet=lambda: services.fresh(row.sheet) if is_member else None,
        known=OF_STUDY,
        write=partial(
            services.write_cells,
            person,
            row.sheet,
            closed=partial(services.why_closed_now, row),
            without_place=partial(services.without_pupil, row),
        ),
        keep_apart=partial(services.keep_apart, person, row.sheet),
        boxes=lambda: boxes_of_study(row),
        write_url=reverse("lessons:study_write", args=[row.pk]),
        read_url=reverse("lessons:study", args=[row.pk]),
        apart=why_closed(row) if is_member else LEFT,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def write(request, pk):
    row, is_member = study_to_write(request.user, pk)
    desk = desk_of(row, request.user, is_member)
    if request.method == "POST":
        cells, answer = keep_form(request, desk)
        if answer is None:
            tell_saved(request, desk, cells)
        return answer or redirect(row)
    if not is_member:
        raise Http404
    if desk.apart:
        messages.warning(request, desk.apart)
        return redirect(row)
    context = {
        "study": row,
        "boxes": boxes_of_study(row),
        "version": row.sheet.version,
        "client": uuid.uuid4(),
        "person_id": request.user.pk,
        "safeguarding": SAFEGUARDING,
    }
    return render(request, "lessons/study_write.html", context)


@login_not_required
@require_http_methods(["GET", "POST"])
def autosave(request, pk):
    if answer := not_signed_in(request):
        return answer
    row, is_member = study_to_write(request.user, pk)
    return save(request, desk_of(row, request.user, is_member))


@require_http_methods(["GET", "HEAD", "POST"])
@told_if_closed
def case_pupils(request, pk):
    row = own_study(request, pk)
    if why := why_closed(row):
        messages.warning(request, why)
        return redirect(row)
    form = CasePupilsForm(sent(request), person=request.user, study=row)
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_case_pupils(request.user, row, list(form.cleaned_data["pupils"]))
        except services.Refused as refused:
            form.add_error("pupils", str(refused))
        else:
            messages.success(request, "The case pupils are chosen.")
            return redirect(row)
    audit.record(request.user, "pupils.viewed", row)
    context = {
        "form": form,
        "title": "Case pupils",
        "caption": row.label,
        "back": row.get_absolute_url(),
        "back_text": "Back to the study",
    }
    return render(request, "programmes/form.html", context, status=422 if form.errors else 200)


def with_people_form(request, row, forms):
    page = study_page(request.user, row)
    form = next(form for form in forms.values() if form.is_bound)
    context = {"page": page, "study": row, "safeguarding": SAFEGUARDING, "form": form} | forms
    return render(request, "lessons/study.html", context, status=422)


@require_POST
@told_if_closed
def member_add(request, pk):
    row = own_study(request, pk)
    forms = people_forms(row, request.POST, which="member")
    form = forms["member_form"]
    if not form.is_valid():
        return with_people_form(request, row, forms)
    try:
        services.add_member(request.user, row, form.cleaned_data["someone"])
    except services.Refused as refused:
        form.add_error(None, str(refused))
        return with_people_form(request, row, forms)
    messages.success(request, f"{form.cleaned_data['someone']} is in the study.")
    return redirect(f"{row.get_absolute_url()}#people")


@require_POST
@told_if_closed
def member_end(request, pk, person):
    row = own_study(request, pk)
    someone = next((one for one in row.current_members if one.pk == person), None)
    if someone is None:
        raise Http404
    try:
        services.end_member(request.user, row, someone)
    except services.Refused as refused:
        messages.warning(request, str(refused))
        return redirect(f"{row.get_absolute_url()}#people")
    messages.success(request, f"{someone} is not in the study any more. What they wrote stays.")
    return redirect("lessons:studies" if someone == request.user else f"{row.get_absolute_url()}#people")


@require_POST
@told_if_closed
def reader_add(request, pk):
    row = own_study(request, pk)
    forms = people_forms(row, request.POST, which="reader")
    form = forms["reader_form"]
    if not form.is_valid():
        return with_people_form(request, row, forms)
    someone, until = form.cleaned_data["someone"], form.cleaned_data["until"]
    if services.add_reader(request.user, row, someone, until):
        messages.success(request, f"{someone} can read the study until {until:%-d %B %Y}.")
    else:
        messages.warning(request, f"The study is shown to {someone} already. End that first to name another day.")
    return redirect(f"{row.get_absolute_url()}#people")


@require_POST
def reader_end(request, pk):
    rows = StudyReader.objects.allowed(checked(request.user, "studies.write"), "studies.write")
    reader = get_object_or_404(rows.select_related("study", "person"), pk=pk)
    if services.end_reader(request.user, reader):
        messages.success(request, f"{reader.person} cannot read the study any more.")
    return redirect(f"{reader.study.get_absolute_url()}#people")


@require_POST
@told_if_closed
def lessons(request, pk):
    """One lesson more, or the last one less."""
    row = own_study(request, pk)
    if why := why_closed(row):
        messages.warning(request, why)
        return redirect(row)
    try:
        if request.POST.get("do") == "remove":
            services.take_last_lesson_out(request.user, row)
            messages.success(request, "The lesson is taken out.")
        else:
            lesson = services.add_lesson(request.user, row)
            messages.success(request, f"Lesson {lesson.number} is added.")
    except services.Refused as refused:
        messages.warning(request, str(refused))
    return redirect(f"{row.get_absolute_url()}#lessons")


@require_POST
def finish(request, pk):
    row = own_study(request, pk)
    if request.POST.get("finished") == "no":
        if services.go_on_with_study(request.user, row):
            messages.success(request, "The study goes on.")
    elif services.finish_study(request.user, row):
        messages.success(request, "The study is finished. It stays as it is.")
    return redirect(row)
