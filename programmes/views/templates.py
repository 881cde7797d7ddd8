from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import allowed_rows, get_allowed
from accounts.models import Organisation
from programmes.forms.term_dates import USUAL
from programmes.forms.timetables import TemplateForm, TemplateStepForm
from programmes.models import TemplateStep, TimetableTemplate
from programmes.services import timetables as services
from programmes.timetables import load_templates

ACTION = "programmes.set_up"


def own_template(request, pk):
    """A template of the person's organisation: those that are shipped may be used and copied, not changed."""
    template = get_allowed(TimetableTemplate, request.user, ACTION, pk=pk)
    if template.is_shipped:
        raise Http404
    return template


def in_weeks(steps):
    """Each step with its weeks in words."""
    for step in steps:
        weeks = f"week {step.first_week}"
        if step.last_week > step.first_week:
            weeks = f"weeks {step.first_week} to {step.last_week}"
        step.when = f"{USUAL[step.half_term - 1]}, {weeks}"
    return steps


@require_safe
def template_list(request):
    rows = allowed_rows(TimetableTemplate, request.user, ACTION)
    load_templates()  # what is shipped is written on its first use: no row of anybody's changes by it
    templates = rows.select_related("organisation").prefetch_related("steps").order_by("organisation", "name")
    return render(request, "programmes/templates.html", {"templates": templates})


@require_safe
def template_detail(request, pk):
    template = get_allowed(TimetableTemplate, request.user, ACTION, pk=pk)
    steps = in_weeks(list(template.steps.all()))
    return render(request, "programmes/template.html", {"template": template, "steps": steps})


@require_POST
def template_copy(request, pk):
    template = get_allowed(TimetableTemplate, request.user, ACTION, pk=pk)
    organisation = template.organisation or allowed_rows(Organisation, request.user, ACTION).order_by("pk").first()
    copy = services.copy_template(request.user, template, organisation)
    messages.success(request, f"“{copy}” is yours to change.")
    return redirect("programmes:template", pk=copy.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def template_change(request, pk):
    template = own_template(request, pk)
    form = TemplateForm(request.POST or None, instance=template)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("programmes:template", pk=template.pk)
    back = reverse("programmes:template", args=[template.pk])
    context = {"form": form, "title": "Name of the template", "back": back, "back_text": "Back to the template"}
    return render(request, "programmes/set_up_form.html", context)


@require_POST
def template_delete(request, pk):
    template = own_template(request, pk)
    services.delete_template(request.user, template)
    messages.success(request, f"“{template}” is deleted. Timetables that were made of it stay as they are.")
    return redirect("programmes:templates")


@require_http_methods(["GET", "HEAD", "POST"])
def template_step(request, pk, step=None):
    """A new step, or one that stands."""
    template = own_template(request, pk)
    row = get_object_or_404(template.steps, pk=step) if step else TemplateStep(template=template)
    form = TemplateStepForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        services.keep_template_step(request.user, form.save(commit=False))
        return redirect("programmes:template", pk=template.pk)
    title = f"Change “{row.name}”" if step else "Add a step"
    back = reverse("programmes:template", args=[template.pk])
    context = {
        "form": form,
        "title": title,
        "caption": template.name,
        "back": back,
        "back_text": "Back to the template",
    }
    return render(request, "programmes/set_up_form.html", context)


@require_POST
def template_step_move(request, pk, step):
    template = own_template(request, pk)
    row = get_object_or_404(template.steps, pk=step)
    services.move_template_step(request.user, row, up=request.POST.get("to") != "later")
    return redirect(f"{reverse('programmes:template', args=[template.pk])}#step-{row.pk}")


@require_POST
def template_step_remove(request, pk, step):
    template = own_template(request, pk)
    row = get_object_or_404(template.steps, pk=step)
    services.remove_template_step(request.user, row)
    messages.success(request, f"“{row.name}” is taken out of the template.")
    return redirect("programmes:template", pk=template.pk)
