"""The funding plan: drawn up, read, put in force, changed."""

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import get_allowed
from funding.forms.plans import ItemForm, PlanForm, SharesForm, StageForm
from funding.models import FundingPlan, PlanItem, Stage, WrongState
from funding.plan_changes import changed
from funding.services import planning
from funding.views.doors import plan_of
from programmes.models import Programme

ACTION = "money.plan"
form_page = require_http_methods(["GET", "HEAD", "POST"])
SAME = "Somebody else saved the same a moment ago, and nothing of yours was saved. Look again."


@require_safe
def plan(request, slug):
    row = plan_of(request, slug, "money.view")
    approving, paying = planning.people_for(row)
    items = list(row.items.select_related("step", "stage"))
    context = {
        "plan": row,
        "programme": row.programme,
        "stages": row.stages.select_related("data_point").prefetch_related("items"),
        "required": [item for item in items if item.kind == PlanItem.Kind.REQUIRED],
        "beside": [item for item in items if item.kind != PlanItem.Kind.REQUIRED],
        "approving": approving,
        "paying": paying,
        "gaps": [] if row.is_in_force else planning.gaps(row),
        "changes": [(change, changed(change)) for change in row.changes.select_related("by")],
        "may_change": request.user.may(ACTION),
    }
    return render(request, "funding/plan.html", context)


@form_page
def draw_up(request, slug):
    """A new plan, with what the timetable funds and a stage for each data point."""
    programme = get_allowed(Programme, request.user, ACTION, slug=slug)
    if FundingPlan.objects.allowed(request.user, ACTION).filter(programme=programme).exists():
        return redirect("funding:plan", slug)
    blank = FundingPlan(programme=programme)
    form = PlanForm(request.POST or None, instance=blank, plan=blank)
    if request.method == "POST" and form.is_valid():
        try:
            row = planning.draw_up(request.user, form.save(commit=False))
        except IntegrityError:
            form.add_error(None, SAME)
        else:
            messages.success(request, "The plan is drawn up. Look at its stages and items, then put it in force.")
            return redirect(row)
    lead = (
        "What the timetable funds becomes the plan\u2019s items, and each data point a stage. All of it can be changed."
    )
    without = planning.nothing_to_begin_with(programme)
    may_set_up = request.user.may("programmes.set_up")
    return page(request, programme, form, "Draw up a funding plan", lead=lead, without=without, may_set_up=may_set_up)


def page(request, programme, form, title, **more):
    context = {"programme": programme, "form": form, "title": title} | more
    return render(request, "funding/plan_form.html", context, status=422 if form.errors else 200)


def ask(request, row, form, title, **more):
    """A change of the plan: of one in force first what it makes of every school's money."""
    if request.method != "POST" or not form.is_valid():
        return page(request, row.programme, form, title, plan=row, **more)
    seen = None
    try:
        if form.wants_preview:
            seen = planning.preview(row, form.save)
            form.show_preview()
        else:
            planning.change(request.user, row, form.save, form.why)
            messages.success(request, "The plan is changed.")
            return redirect(row)
    except WrongState as why:
        form.add_error(None, str(why))
    except IntegrityError:
        form.add_error(None, SAME)
    return page(request, row.programme, form, title, seen=seen, plan=row, **more)


@form_page
def settings(request, slug):
    row = plan_of(request, slug, ACTION)
    form = PlanForm(request.POST or None, instance=again(request, row), plan=row)
    return ask(request, row, form, "Funder, budget and rate")


def again(request, row):
    """The row for a form to write into, so that the one on the page stays as it stands."""
    return FundingPlan.objects.allowed(request.user, ACTION).get(pk=row.pk)


@form_page
def shares(request, slug):
    row = plan_of(request, slug, ACTION)
    form = SharesForm(request.POST or None, instance=again(request, row), plan=row)
    return ask(request, row, form, "Shares of the stages")


@form_page
def stage_add(request, slug):
    row = plan_of(request, slug, ACTION)
    form = StageForm(request.POST or None, instance=Stage(plan=row), plan=row)
    return ask(request, row, form, "Add a stage")


@form_page
def stage_change(request, slug, pk):
    row = plan_of(request, slug, ACTION)
    found = get_object_or_404(row.stages.all(), pk=pk)
    form = StageForm(request.POST or None, instance=found, plan=row)
    return ask(request, row, form, f"{found.name} stage", stage=found)


@require_POST
def stage_delete(request, slug, pk):
    row = plan_of(request, slug, ACTION)
    found = get_object_or_404(row.stages.all(), pk=pk)
    if row.is_in_force:
        messages.error(request, "The plan is in force, so its stages stay. Set the share to 0 instead.")
        return redirect(row)
    try:
        planning.change(request.user, row, found.delete)
    except ProtectedError:
        messages.error(request, f"{found} names items of its own. Take these out of the stage first.")
    else:
        messages.success(request, f"{found} is taken out.")
    return redirect(row)


@form_page
def item_add(request, slug):
    row = plan_of(request, slug, ACTION)
    kind = PlanItem.Kind.OPTIONAL
    form = ItemForm(request.POST or None, instance=PlanItem(plan=row, kind=kind), plan=row)
    return ask(request, row, form, "Add an item")


@form_page
def item_change(request, slug, pk):
    row = plan_of(request, slug, ACTION)
    found = get_object_or_404(row.items.select_related("step"), pk=pk)
    form = ItemForm(request.POST or None, instance=found, plan=row)
    return ask(request, row, form, str(found))


@require_POST
def activate(request, slug):
    row = plan_of(request, slug, ACTION)
    try:
        planning.activate(request.user, row)
    except WrongState as why:
        messages.error(request, f"The plan is not in force yet. {why}")
    else:
        messages.success(request, "The plan is in force. Every partnership that is agreed has its releases.")
    return redirect(row)
