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
from papers.templatetags.plain import listed
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
    seen, meanwhile = None, []
    try:
        if form.wants_preview:
            seen, meanwhile = planning.preview(row, form.save), changed_since(row, form.previewed_since)
            form.show_preview()
        else:
            planning.change(request.user, row, form.save, form.why, form.since)
            messages.success(request, " ".join(["The plan is changed.", form.told]).strip())
            return redirect(row)
    except WrongState as why:
        form.add_error(None, str(why))
    except IntegrityError:
        form.add_error(None, SAME)
    return page(request, row.programme, form, title, seen=seen, meanwhile=meanwhile, plan=row, **more)


def changed_since(row, seen) -> list[str]:
    """What others have changed since this one, the last change that somebody has seen."""
    if seen is None:
        return []
    return [
        f"{change.by} has changed the plan since this was worked out: "
        f"{listed([f'{one.what} from {one.old} to {one.new}' for one in changed(change)])}."
        for change in row.changes.filter(pk__gt=seen).select_related("by").order_by("pk")
    ]


def to_change(request, slug):
    """The plan with the last change of it, read before anything else, so that no later one goes unseen."""
    row = plan_of(request, slug, ACTION)
    return row, {"data": request.POST or None, "plan": row, "since": planning.last_change(row)}


@form_page
def settings(request, slug):
    row, given = to_change(request, slug)
    form = PlanForm(instance=again(request, row), **given)
    return ask(request, row, form, "Funder, budget and rate")


def again(request, row):
    """The row for a form to write into, so that the one on the page stays as it stands."""
    return FundingPlan.objects.allowed(request.user, ACTION).get(pk=row.pk)


@form_page
def shares(request, slug):
    row, given = to_change(request, slug)
    form = SharesForm(instance=again(request, row), **given)
    return ask(request, row, form, "Shares of the stages")


@form_page
def stage_add(request, slug):
    row, given = to_change(request, slug)
    form = StageForm(instance=Stage(plan=row), **given)
    return ask(request, row, form, "Add a stage")


@form_page
def stage_change(request, slug, pk):
    row, given = to_change(request, slug)
    found = get_object_or_404(row.stages.all(), pk=pk)
    form = StageForm(instance=found, **given)
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
    row, given = to_change(request, slug)
    form = ItemForm(instance=PlanItem(plan=row, kind=PlanItem.Kind.OPTIONAL), **given)
    return ask(request, row, form, "Add an item")


@form_page
def item_change(request, slug, pk):
    row, given = to_change(request, slug)
    found = get_object_or_404(row.items.select_related("step"), pk=pk)
    form = ItemForm(instance=found, **given)
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
