from django.contrib import messages
from django.db import IntegrityError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed_rows, get_allowed
from programmes import setting_up
from programmes.forms.timetables import SavedTemplateForm, StepForm
from programmes.models import Programme, TimetableStep, TimetableTemplate
from programmes.services import timetables as services
from programmes.services.in_use import InUse
from programmes.timetables import load_templates

ACTION = "programmes.set_up"


def being_set_up(request, slug):
    """A programme that may still be changed: one that is closed stands as it is."""
    rows = allowed_rows(Programme, request.user, ACTION).open()
    return get_object_or_404(rows.select_related("organisation"), slug=slug)


@require_safe
def timetable(request, slug):
    programme = being_set_up(request, slug)
    calendar = services.calendar_for(programme)
    steps = services.with_trouble(programme, calendar)
    context = {
        "programme": programme,
        "steps": steps,
        "trouble": sum(bool(wrong) for _, wrong in steps),
        "has_term_dates": calendar.has_term_dates(programme.starts_on),
        "may_finish": setting_up.may_end(programme, "timetable"),
        "back": reverse("programmes:set_up", args=[slug]),
        "back_text": setting_up.back_words(programme),
    }
    return render(request, "programmes/timetable.html", context)


@require_safe
def timetable_choose(request, slug):
    programme = being_set_up(request, slug)
    load_templates()
    templates = TimetableTemplate.objects.allowed(request.user, ACTION).prefetch_related("steps")
    context = {
        "programme": programme,
        "templates": templates.order_by("organisation", "name"),
        "has_term_dates": services.calendar_for(programme).has_term_dates(programme.starts_on),
        "standing": programme.timetable.count(),
    }
    return render(request, "programmes/timetable_choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def timetable_place(request, slug, pk):
    """Looked at first, then written."""
    programme = being_set_up(request, slug)
    template = get_allowed(TimetableTemplate, request.user, ACTION, pk=pk)
    try:
        if request.method == "POST":
            steps = services.place_template(request.user, programme, template)
            has = "1 step" if len(steps) == 1 else f"{len(steps)} steps, all"
            messages.success(request, f"The timetable has {has} in term time.")
            return redirect("programmes:timetable", slug=slug)
        placed = services.preview(programme, template)
    except services.NoTermDates:
        messages.warning(request, f"Enter the term dates of {programme.academic_year} first.")
        return redirect("programmes:timetable_choose", slug=slug)
    except InUse as in_use:
        messages.warning(request, str(in_use))
        return redirect("programmes:timetable", slug=slug)
    standing = programme.timetable.count()
    context = {"programme": programme, "template": template, "placed": placed, "standing": standing}
    return render(request, "programmes/timetable_place.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def step(request, slug, pk=None):
    """A new step of the timetable, or one that stands."""
    programme = being_set_up(request, slug)
    row = get_object_or_404(programme.timetable, pk=pk) if pk else TimetableStep(programme=programme)
    row.programme = programme
    form = StepForm(
        request.POST or None, instance=row, calendar=services.calendar_for(programme), funded=programme.funded
    )
    if request.method == "POST" and form.is_valid():
        services.keep_step(request.user, form.save(commit=False))
        messages.success(request, f"“{row.name}” is saved.")
        return redirect("programmes:timetable", slug=slug)
    title = f"Change “{row.name}”" if pk else "Add a step"
    return render(request, "programmes/set_up_form.html", page_of(programme, form, title))


def page_of(programme, form, title):
    return {
        "form": form,
        "title": title,
        "caption": programme.title,
        "back": reverse("programmes:timetable", args=[programme.slug]),
        "back_text": "Back to the timetable",
    }


@require_POST
def step_move(request, slug, pk):
    programme = being_set_up(request, slug)
    row = get_object_or_404(programme.timetable, pk=pk)
    services.move_step(request.user, row, up=request.POST.get("to") != "later")
    return redirect(f"{reverse('programmes:timetable', args=[slug])}#step-{row.pk}")


@require_POST
def step_remove(request, slug, pk):
    programme = being_set_up(request, slug)
    row = get_object_or_404(programme.timetable, pk=pk)
    try:
        services.remove_step(request.user, row)
        messages.success(request, f"“{row.name}” is taken out of the timetable.")
    except InUse as in_use:
        messages.warning(request, str(in_use))
    return redirect("programmes:timetable", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def timetable_save(request, slug):
    """The timetable as a template, for next year or another programme."""
    programme = being_set_up(request, slug)
    form = SavedTemplateForm(request.POST or None, programme=programme, initial={"name": programme.name})
    if request.method == "POST" and form.is_valid():
        try:
            template = services.save_as_template(request.user, programme, **form.cleaned_data)
            return redirect("programmes:template", pk=template.pk)
        except services.NoTermDates:
            form.add_error(
                None, f"Enter the term dates of {programme.academic_year} first: a template counts in weeks."
            )
        except IntegrityError:
            form.add_error("name", "There is a timetable template of this name already.")
    title = "Save this timetable as a template"
    return render(request, "programmes/set_up_form.html", page_of(programme, form, title))
