from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import DetailView, FormView

from accounts.access import Allowed, allowed_rows, get_allowed
from papers.page_tables import on_a_page
from programmes.models import Programme
from visits.models import Plan
from visits.planning import pages
from visits.planning.faults import faults_of
from visits.planning.forms import AbsenceForm, OrderForm, WishesForm
from visits.planning.reading import settings_of
from visits.services import accepting, plans

ACTION = "plans.manage"
A_PAGE = 25
IN_HAND = "A plan for this programme is being worked out already. It has to be ready, or stopped, before the next one."
CLOSED = "This programme is closed, and nothing is planned in it any more."


class OfProgramme(Allowed, FormView):
    """A form about the planning of one programme that is not closed."""

    action = ACTION

    def dispatch(self, request, *args, **kwargs):
        self.programme = get_allowed(Programme, request.user, ACTION, slug=kwargs["slug"])
        if request.method == "POST" and self.programme.status == Programme.Status.CLOSED:
            messages.warning(request, CLOSED)
            return redirect("visits:plans", self.programme.slug)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(programme=self.programme, **kwargs)

    def to_plan(self, ordered):
        plan, new = ordered
        if not new:
            messages.warning(self.request, IN_HAND)
        return redirect(plan)


class PlansPage(OfProgramme):
    """How many visits have a half-day, what is wrong, and the order of a plan; then the earlier ones."""

    form_class = OrderForm
    template_name = "visits/plans/plans.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user, "programme": self.programme}

    def get_context_data(self, **kwargs):
        faults = faults_of(self.programme)
        return super().get_context_data(
            **pages.standing(self.programme),
            stopping=[fault for fault in faults if fault.stops],
            knowing=[fault for fault in faults if not fault.stops],
            earlier=pages.earlier_plans(self.programme),
            closed=self.programme.status == Programme.Status.CLOSED,
            **kwargs,
        )

    def form_valid(self, form):
        if any(fault.stops for fault in faults_of(self.programme)):
            return self.form_invalid(form)
        what = {"partnerships": form.chosen, "moves": form.cleaned_data["moves"], "asking": form.asking}
        return self.to_plan(plans.order_plan(self.request.user, self.programme, **what))


class AbsencePage(OfProgramme):
    """This person is away: what moves?"""

    form_class = AbsenceForm
    template_name = "visits/plans/absence.html"

    def get_initial(self):
        return {name: self.request.GET.get(name) for name in ("person", "first_on", "last_on")}

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "programme": self.programme,
            "teachers": pages.teachers_of(self.programme),
        }

    def form_valid(self, form):
        return self.to_plan(plans.replan_around(self.request.user, self.programme, form.away))


class WishesPage(OfProgramme):
    """What counts when half-days are proposed."""

    form_class = WishesForm
    template_name = "visits/plans/wishes.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": settings_of(self.programme)}

    def form_valid(self, form):
        form.save()
        messages.success(self.request, "Kept. The next plan goes by it; plans that are there stay as they are.")
        return redirect("visits:plans", self.programme.slug)


# One plan -------------------------------------------------------------------------------------------------------------


def plans_of(request):
    return allowed_rows(Plan, request.user, ACTION).select_related("programme__organisation", "ordered_by")


class PlanPage(Allowed, DetailView):
    """The proposal; before it is there how far it is."""

    action = ACTION
    model = Plan
    template_name = "visits/plans/plan.html"
    context_object_name = "plan"

    def get_queryset(self):
        return super().get_queryset().select_related("programme__organisation", "ordered_by", "accepted_by")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if not self.object.is_done:
            return context | {"scope": pages.scope_of(self.object)}
        shown = pages.plan_page(self.object, self.request.user)
        page = Paginator(shown["rows"], on_a_page(self.request.GET, A_PAGE)).get_page(self.request.GET.get("page"))
        return context | shown | {"page_obj": page, "rows": page.object_list}


@require_safe
def progress(request, pk):
    """The line that asks again by itself; once there is something else to see the page loads anew."""
    plan = get_object_or_404(plans_of(request), pk=pk)
    if not request.htmx:
        return redirect(plan)
    acceptance = plan.acceptance if plan.is_done else None
    job = acceptance or plan
    if request.GET.get("seen") == job.stage:
        return HttpResponse(status=204)
    if job.is_done or (acceptance and not acceptance.in_hand):
        return HttpResponse(headers={"HX-Redirect": plan.get_absolute_url()})
    if acceptance:
        return render(request, "visits/plans/_writing.html", {"plan": plan, "acceptance": acceptance})
    return render(request, "visits/plans/_progress.html", {"plan": plan})


@require_POST
def stop(request, pk):
    plan = get_object_or_404(plans_of(request), pk=pk)
    if not plans.stop_plan(request.user, plan):
        messages.info(request, "There is nothing to stop any more.")
    return redirect(plan)


@require_POST
def again(request, pk):
    """The same question on the rows of now."""
    plan = get_object_or_404(plans_of(request), pk=pk)
    if plan.programme.status == Programme.Status.CLOSED:
        messages.warning(request, CLOSED)
        return redirect(plan)
    fresh, new = plans.order_plan(
        request.user, plan.programme, partnerships=plan.partnerships, moves=plan.moves, asking=plan.asking
    )
    if not new:
        messages.warning(request, IN_HAND)
    return redirect(fresh)


class ComparePage(PlanPage):
    """Two plans of one programme side by side."""

    template_name = "visits/plans/compare.html"

    def get_context_data(self, **kwargs):
        rows = plans_of(self.request).filter(programme=self.object.programme_id, state=Plan.State.DONE)
        other = get_object_or_404(rows.exclude(pk=self.object.pk), pk=self.kwargs["other"])
        if not self.object.is_done:
            raise Http404
        pair = (self.object, other)
        return {"plan": self.object, "other": other, "pair": pair, **pages.compare_page(self.object, other)}


class AcceptPage(PlanPage):
    """Check your answers: what is booked and moved, and whom it concerns; then all of it is written, or nothing."""

    template_name = "visits/plans/accept.html"

    def get_queryset(self):
        return super().get_queryset().filter(state=Plan.State.DONE)

    def get_context_data(self, **kwargs):
        check = accepting.check_plan(self.object)
        finders = accepting.cover_finders(self.object.programme, check)
        return {"plan": self.object, **pages.accept_page(self.object, check, finders), **kwargs}

    def get(self, request, *args, **kwargs):
        self.object = plan = self.get_object()
        acceptance = plan.acceptance
        if plan.accepted_at or (acceptance and acceptance.in_hand):
            return redirect(plan)
        return self.render_to_response(self.get_context_data())

    def post(self, request, *args, **kwargs):
        plan = self.get_object()
        if plan.programme.status == Programme.Status.CLOSED:
            messages.warning(request, CLOSED)
            return redirect(plan)
        acceptance, new = plans.order_acceptance(request.user, plan)
        if acceptance is None:
            messages.info(request, "This plan is accepted already.")
        elif not new:
            messages.info(request, f"{acceptance.asked_by} has accepted this plan already: it is being written.")
        return redirect(plan)
