from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import require
from accounts.forms import with_button
from programmes import setting_up
from programmes.forms.consultants import ConsultantForm
from programmes.forms.settings import AreaForm, CriteriaForm, DataPointForm, SettingsForm, StaffForm
from programmes.models import Area, DataPoint, Programme
from programmes.services import areas as area_services
from programmes.services import data_points as point_services
from programmes.services import programmes as services
from programmes.services.in_use import InUse
from programmes.services.timetables import calendar_for
from programmes.views.checking import answers
from programmes.views.timetables import being_set_up

ACTION = "programmes.set_up"
FORM_METHODS = ["GET", "HEAD", "POST"]


def ask(request, form, title, programme=None, **more):
    """A page of one form, on the way back to the tasks."""
    name = "programmes:set_up" if programme else "programmes:list"
    back = reverse(name, args=[programme.slug] if programme else [])
    context = {
        "form": form,
        "title": title,
        "caption": programme and programme.title,
        "back": back,
        "back_text": setting_up.back_words(programme) if programme else "Back to all programmes",
    }
    return render(request, "programmes/set_up_form.html", context | more)


def saved(form, save, person) -> bool:
    """Whether the form's row is saved. Of two who save the same at once one is told, and keeps what was typed."""
    try:
        save(person, form.save(commit=False))
    except IntegrityError:
        form.add_error(None, "Someone else saved the same a moment ago, and nothing of yours was saved. Look again.")
        return False
    return True


@require_http_methods(FORM_METHODS)
def add(request):
    require(request.user, ACTION)
    form = SettingsForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        programme = services.add_programme(request.user, form.save(commit=False))
        return redirect("programmes:set_up", slug=programme.slug)
    lead = "A list of tasks follows. You can leave it and come back at any time. Nothing runs before you start it."
    return ask(request, form, "Add a programme", lead=lead)


@require_safe
def set_up(request, slug):
    """The list of tasks; of a programme that runs there are none left, but what each part says now can be changed."""
    programme = being_set_up(request, slug)
    tasks = setting_up.tasks_of(programme)
    if programme.status != Programme.Status.DRAFT:
        rows = answers(programme, {task.key: task for task in tasks})
        return render(request, "programmes/set_up.html", {"programme": programme, "rows": rows})
    done = sum(task.state == setting_up.State.DONE for task in tasks)
    context = {
        "programme": programme,
        "tasks": tasks,
        "done": done,
        "count": len(tasks),
        "missing": setting_up.missing_in(tasks),
        "draft": True,
    }
    return render(request, "programmes/set_up.html", context)


@require_http_methods(FORM_METHODS)
def settings(request, slug):
    programme = being_set_up(request, slug)
    form = SettingsForm(request.POST or None, user=request.user, instance=programme)
    if request.method == "POST" and form.is_valid():
        warnings = [] if "sure" in request.POST else form.warnings()
        if not warnings:
            services.save_settings(request.user, form.save(commit=False))
            return redirect("programmes:set_up", slug=slug)
        form.helper = with_button(form, "Yes, change it", name="sure")
        return ask(request, form, "Name, year and who takes part", programme, warnings=warnings)
    return ask(request, form, "Name, year and who takes part", programme)


@require_POST
def task_done(request, slug, task):
    programme = being_set_up(request, slug)
    if task not in setting_up.ENDED_BY_HAND:
        raise Http404
    services.mark_done(request.user, programme, task)
    return redirect("programmes:set_up", slug=slug)


@require_http_methods(FORM_METHODS)
def areas(request, slug):
    programme = being_set_up(request, slug)
    form = AreaForm(request.POST or None, instance=Area(programme=programme))
    if request.method == "POST" and form.is_valid() and saved(form, area_services.save_area, request.user):
        return redirect("programmes:areas", slug=slug)
    context = {
        "programme": programme,
        "areas": programme.areas.prefetch_related("consultants__user"),
        "form": form,
        "naming": ConsultantForm(user=request.user, programme=programme),
        "may_finish": setting_up.may_end(programme, "areas"),
        "back_words": setting_up.back_words(programme),
    }
    return render(request, "programmes/areas.html", context)


@require_http_methods(FORM_METHODS)
def area_change(request, slug, pk):
    programme = being_set_up(request, slug)
    area = get_object_or_404(programme.areas, pk=pk)
    form = AreaForm(request.POST or None, instance=area, button="Save the name")
    if request.method == "POST" and form.is_valid() and saved(form, area_services.save_area, request.user):
        return redirect("programmes:areas", slug=slug)
    back = reverse("programmes:areas", args=[slug])
    return ask(request, form, "Rename the area", programme, back=back, back_text="Back to the areas")


@require_POST
def area_delete(request, slug, pk):
    programme = being_set_up(request, slug)
    area = get_object_or_404(programme.areas, pk=pk)
    try:
        area_services.delete_area(request.user, area)
        messages.success(request, f"“{area}” is deleted.")
    except InUse as in_use:
        if any(area_services.inside(area)):
            messages.warning(request, f"{in_use} Move them to another area first.")
            return redirect("programmes:area_move", slug=slug, pk=pk)
        messages.warning(request, f"{in_use} Change the area on their own pages first.")
    return redirect("programmes:areas", slug=slug)


@require_http_methods(FORM_METHODS)
def data_points(request, slug):
    programme = being_set_up(request, slug)
    calendar = calendar_for(programme)
    form = DataPointForm(request.POST or None, instance=DataPoint(programme=programme), calendar=calendar)
    if request.method == "POST" and form.is_valid() and saved(form, point_services.save_data_point, request.user):
        return redirect("programmes:data_points", slug=slug)
    context = {
        "programme": programme,
        "points": programme.data_points.all(),
        "form": form,
        "suggested": point_services.suggested(programme, calendar),
        "may_finish": setting_up.may_end(programme, "data_points"),
        "back_words": setting_up.back_words(programme),
    }
    return render(request, "programmes/data_points.html", context)


@require_POST
def data_points_suggest(request, slug):
    programme = being_set_up(request, slug)
    point_services.use_suggested(request.user, programme, calendar_for(programme))
    return redirect("programmes:data_points", slug=slug)


@require_http_methods(FORM_METHODS)
def data_point_change(request, slug, pk):
    programme = being_set_up(request, slug)
    point = get_object_or_404(programme.data_points, pk=pk)
    form = DataPointForm(request.POST or None, instance=point, calendar=calendar_for(programme))
    if request.method == "POST" and form.is_valid() and saved(form, point_services.save_data_point, request.user):
        return redirect("programmes:data_points", slug=slug)
    back = reverse("programmes:data_points", args=[slug])
    return ask(request, form, "Change the data point", programme, back=back, back_text="Back to the data points")


@require_POST
def data_point_delete(request, slug, pk):
    programme = being_set_up(request, slug)
    point = get_object_or_404(programme.data_points, pk=pk)
    try:
        point_services.delete_data_point(request.user, point)
        messages.success(request, f"“{point}” is deleted.")
    except InUse as in_use:
        messages.warning(request, str(in_use))
    return redirect("programmes:data_points", slug=slug)


@require_http_methods(FORM_METHODS)
def criteria(request, slug):
    programme = being_set_up(request, slug)
    form = CriteriaForm(request.POST or None, programme=programme)
    if request.method == "POST" and form.is_valid():
        services.save_criteria(request.user, programme, form.targets)
        return redirect("programmes:set_up", slug=slug)
    lead = "The results say beside each of them whether it is met. Leave blank what does not count for this programme."
    return ask(request, form, "When is the programme a success?", programme, lead=lead)


@require_http_methods(FORM_METHODS)
def staff(request, slug):
    programme = being_set_up(request, slug)
    form = StaffForm(request.POST or None, instance=programme, calendar=calendar_for(programme))
    if request.method == "POST" and form.is_valid():
        services.save_task(request.user, form.save(commit=False), "staff", list(form.fields))
        return redirect("programmes:set_up", slug=slug)
    title = "Training places and review of the agreement" if programme.funded else "Review of the agreement"
    return ask(request, form, title, programme)
