from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import DetailView, FormView

from accounts.access import Allowed, allowed_rows, get_allowed
from papers.page_tables import on_a_page
from programmes.forms.pairing import ChangeForm, DecisionForm, SettleForm, StartForm
from programmes.models import PairingRun, PartnerSchool, Programme
from programmes.services import pairing_pages, pairing_runs
from programmes.views.telling import tell_proposed

ACTION = "pairing.manage"
NEWER = "Newer suggestions have replaced these. Nothing was changed here."
A_PAGE = 100


class PairingPage(Allowed, DetailView):
    """How many schools wait for how many free places, and the button that asks for suggestions."""

    action = ACTION
    model = Programme
    template_name = "programmes/pairing.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **pairing_pages.standing(self.object),
            start=StartForm(rejected=len(pairing_runs.rejected(pairing_runs.latest(self.object)))),
            **kwargs,
        )


@require_POST
def start(request, slug):
    programme = get_allowed(Programme, request.user, ACTION, slug=slug)
    if programme.status == Programme.Status.CLOSED:
        messages.warning(request, "This programme is closed, and nobody is paired in it any more.")
        return redirect("programmes:pairing", programme.slug)
    form = StartForm(request.POST, rejected=1)
    form.full_clean()
    return redirect(pairing_runs.start(request.user, programme, **form.cleaned_data))


def runs_of(request):
    rows = allowed_rows(PairingRun, request.user, ACTION)
    return rows.select_related("programme__organisation", "asked_by")


class RunPage(Allowed, DetailView):
    """The suggestions with what was decided on each; before they are there how far they are."""

    action = ACTION
    model = PairingRun
    template_name = "programmes/pairing_run.html"
    context_object_name = "run"

    def get_queryset(self):
        return super().get_queryset().select_related("programme__organisation", "asked_by")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | page_of(self.object, self.request.GET) if self.object.is_done else context


def page_of(run, asked):
    shown = pairing_pages.run_page(run)
    page = Paginator(shown["rows"], on_a_page(asked, A_PAGE)).get_page(asked.get("page"))
    return shown | {"page_obj": page, "rows": page.object_list}


@require_safe
def progress(request, pk):
    """The line that asks again by itself; once there is something else to see the page loads anew."""
    run = get_object_or_404(runs_of(request), pk=pk)
    if not request.htmx:
        return redirect(run)
    if request.GET.get("seen") == run.stage:
        return HttpResponse(status=204)
    if run.is_done:
        return HttpResponse(headers={"HX-Redirect": run.get_absolute_url()})
    return render(request, "programmes/_pairing_progress.html", {"run": run})


def suggestion_of(run, school, specialist):
    """The key of a suggestion of this run; 404 for what it never suggested."""
    key = f"{school}-{specialist}"
    if run.result is None or key not in map(pairing_runs.key_of, run.result["pairs"]):
        raise Http404
    return key


@require_POST
def decide(request, pk, school, specialist):
    run = get_object_or_404(runs_of(request), pk=pk)
    key = suggestion_of(run, school, specialist)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Accept the suggestion or reject it.")
        return redirect(f"{run.get_absolute_url()}#pair-{key}")
    decision = form.cleaned_data["decision"]
    try:
        run = pairing_runs.decide(request.user, run, key, "" if decision == "undecided" else decision)
    except pairing_runs.Closed:
        messages.warning(request, NEWER)
        return redirect(run)
    if request.htmx:
        return render(request, "programmes/_suggestions.html", {"run": run, **page_of(run, request.GET)})
    return redirect(f"{back_to(request, run)}#pair-{key}")


def back_to(request, run):
    number = request.GET.get("page", "")
    return f"{run.get_absolute_url()}?page={number}" if number.isdecimal() else run.get_absolute_url()


@require_POST
def accept_the_rest(request, pk):
    run = get_object_or_404(runs_of(request), pk=pk)
    if not run.is_done:
        raise Http404
    try:
        number = pairing_runs.accept_the_rest(request.user, run)
    except pairing_runs.Closed:
        messages.warning(request, NEWER)
        return redirect(run)
    words = "1 suggestion is" if number == 1 else f"{number} suggestions are"
    messages.success(request, f"{words} accepted. Nothing is written yet: check and confirm them.")
    return redirect(run)


class ChangePage(Allowed, FormView):
    """Another specialist teacher for one school, from the ranked list."""

    action = ACTION
    form_class = ChangeForm
    template_name = "programmes/pairing_change.html"

    def dispatch(self, request, *args, **kwargs):
        self.run = get_object_or_404(runs_of(request), pk=kwargs["pk"])
        self.key = suggestion_of(self.run, kwargs["school"], kwargs["specialist"])
        self.shown = pairing_pages.change_page(self.run, self.key)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"best": self.shown["ranking"].best}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**self.shown, **kwargs)

    def form_valid(self, form):
        chosen = form.cleaned_data["specialist"]
        try:
            pairing_runs.decide(self.request.user, self.run, self.key, pairing_runs.ACCEPTED, chosen)
        except pairing_runs.Closed:
            messages.warning(self.request, NEWER)
        return redirect(f"{self.run.get_absolute_url()}#pair-{self.key}")


class CheckPage(Allowed, DetailView):
    """Check your answers: what will be proposed, and who is told."""

    action = ACTION
    model = PairingRun
    template_name = "programmes/pairing_check.html"
    context_object_name = "run"

    def get_queryset(self):
        return super().get_queryset().select_related("programme__organisation").filter(state="done")

    def get_context_data(self, **kwargs):
        shown = pairing_pages.check_page(self.object)
        asked = self.request.POST if self.request.method == "POST" else {}
        keys = asked.getlist("key") if asked else []
        rows = [(row, SettleForm(asked if row.key in keys else None, prefix=row.key, row=row)) for row in shown["rows"]]
        return super().get_context_data(**shown | {"rows": rows}, **kwargs)

    def post(self, request, pk):
        self.object = run = self.get_object()
        context = self.get_context_data()
        forms = {row.key: form for row, form in context["rows"] if form.is_bound}
        if not all(form.is_valid() for form in forms.values()):
            return self.render_to_response(context | {"invalid": True})
        chosen = {key: form.chosen for key, form in forms.items()}
        try:
            made = pairing_runs.confirm(request.user, run, request.POST.getlist("key"), chosen)
        except pairing_runs.Overtaken as overtaken:
            for sentence in overtaken.sentences:
                messages.error(request, sentence)
            messages.info(request, "Nothing was written. Your other choices are kept: check them, then confirm again.")
            return self.render_to_response(self.get_context_data())
        if made:
            words = "1 partnership is" if len(made) == 1 else f"{len(made)} partnerships are"
            tell_proposed(request, f"{words} proposed.", made, reverse("programmes:pairing", args=[run.programme.slug]))
        else:
            messages.info(request, "There was nothing to confirm: the accepted pairs are partnerships already.")
        return redirect("programmes:pairing", run.programme.slug)


class SchoolPage(Allowed, DetailView):
    """The best specialist teachers for one partner school, and why each of the others is not possible."""

    action = ACTION
    model = PartnerSchool
    template_name = "programmes/pairing_school.html"
    context_object_name = "partner_school"

    def get_queryset(self):
        return super().get_queryset().select_related("school", "programme__organisation")

    def get_context_data(self, **kwargs):
        own_school = "own_school" in self.request.GET
        return super().get_context_data(
            **pairing_pages.school_page(self.object, own_school),
            add_url=reverse("programmes:partnership_add", args=[self.object.programme.slug]),
            **kwargs,
        )
