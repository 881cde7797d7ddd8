from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import CreateView, UpdateView

from accounts import audit
from accounts.access import Allowed, allowed_rows, get_allowed
from papers.downloads import table_response
from programmes.forms.actions import ActionForm, NoteForm
from programmes.models import ActionItem, Programme
from programmes.services import actions

SHOWN = {"": "Open", "overdue": "Overdue", "done": "Done", "all": "All"}


def chosen(request, programme):
    """The actions of the plan that the person may see, and those of them that are asked for."""
    everything = allowed_rows(ActionItem, request.user, "actions.view").filter(programme=programme)
    show, today = request.GET.get("show", ""), timezone.localdate()
    if show == "overdue":
        rows = everything.overdue(today)
    elif show == "done":
        rows = everything.exclude(done_on=None)
    else:
        rows = everything if show == "all" else everything.open()
    return everything, rows.select_related("owner", "partnership").prefetch_related("notes")


def may_manage(person, programme):
    return any(m.organisation_id == programme.organisation_id for m in person.memberships_granting("actions.manage"))


@require_safe
def plan(request, slug):
    programme = get_allowed(Programme, request.user, "actions.view", slug=slug)
    everything, rows = chosen(request, programme)
    today = timezone.localdate()
    return render(
        request,
        "programmes/actions/plan.html",
        {
            "programme": programme,
            "actions": rows,
            "today": today,
            "show": request.GET.get("show", ""),
            "shown": SHOWN.items(),
            "open_count": everything.open().count(),
            "overdue_count": everything.overdue(today).count(),
            "may_manage": may_manage(request.user, programme),
        },
    )


@require_safe
def table(request, slug, ending):
    programme = get_allowed(Programme, request.user, "actions.view", slug=slug)
    columns, rows = actions.table_of(chosen(request, programme)[1])
    response = table_response(f"action-plan-{programme.slug}", ending, columns, rows, "Action plan")
    audit.record(request.user, "actions.downloaded", programme, about=ending)
    return response


class ActionWriting(Allowed):
    action = "actions.manage"
    model = ActionItem
    form_class = ActionForm
    template_name = "programmes/actions/form.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form):
        row = actions.keep_action(self.request.user, form.instance)
        messages.success(self.request, "The action is saved.")
        return redirect("programmes:actions", row.programme.slug)


class ActionAdd(ActionWriting, CreateView):
    def get_form_kwargs(self):
        programme = get_allowed(Programme, self.request.user, self.action, slug=self.kwargs["slug"])
        return super().get_form_kwargs() | {"instance": ActionItem(programme=programme)}


class ActionChange(ActionWriting, UpdateView):
    def get_queryset(self):
        return super().get_queryset().select_related("programme")


def get_action(request, pk):
    rows = allowed_rows(ActionItem, request.user, "actions.view")
    return get_object_or_404(rows.select_related("programme", "owner", "partnership", "made_by"), pk=pk)


@require_safe
def detail(request, pk):
    row = get_action(request, pk)
    return shown(request, row, NoteForm(programme=row.programme))


def shown(request, row, form):
    form.helper.form_action = reverse("programmes:action_note", args=[row.pk])
    context = {
        "row": row,
        "form": form,
        "notes": reversed(row.notes.select_related("by")),
        "today": timezone.localdate(),
        "may_manage": may_manage(request.user, row.programme),
    }
    return render(request, "programmes/actions/detail.html", context)


@require_POST
def note(request, pk):
    row = get_action(request, pk)
    form = NoteForm(request.POST, programme=row.programme)
    if not form.is_valid():
        return shown(request, row, form)
    actions.add_note(request.user, row, form.cleaned_data["text"])
    messages.success(request, "The note is added.")
    return redirect("programmes:action", row.pk)


@require_POST
def done(request, pk):
    row = get_action(request, pk)
    if actions.finish(request.user, row):
        messages.success(request, "Kept: the action is done.")
    else:
        messages.info(request, "This action was done already.")
    return redirect("programmes:action", row.pk)


@require_POST
def again(request, pk):
    row = get_action(request, pk)
    if actions.take_up_again(request.user, row):
        messages.success(request, "The action is open again.")
    else:
        messages.info(request, "This action is open already.")
    return redirect("programmes:action", row.pk)
