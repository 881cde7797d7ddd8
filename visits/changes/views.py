from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import FormView

from accounts.access import allowed_rows
from papers.templatetags.plain import longday, plural_count
from visits import services
from visits.changes.forms import CHANGED, RESTS_NOW, SOMEONE, MoveForm, ProposeForm, SwapForm
from visits.changes.warning import in_the_way_of, is_sure, warnings_of
from visits.forms import who_is_booked
from visits.models import NotOpenToVisits, ProposedTime, Visit, WrongState
from visits.planning.objections import objections_to
from visits.planning.what_took import what_took
from visits.services.history import is_late
from visits.views import RESTS, VisitChanging

CHANGED_NOW = "This visit was changed a moment ago: look at it again."
ANSWERED = "This proposal is answered or taken back already, or it is your own. See how it stands."


class HalfDayView(VisitChanging, FormView):
    """Another half-day for one visit; `on` and `half` of the address are chosen already."""

    action = "visits.plan"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user, "visit": self.visit}

    def get_initial(self):
        given = {name: self.request.GET[name][:20] for name in ("on", "half") if self.request.GET.get(name)}
        return {"half": self.visit.half} | given

    def get_context_data(self, **kwargs):
        return super().get_context_data(visit=self.visit, is_late=is_late(self.visit), **kwargs)

    def form_valid(self, form):
        if form.is_to_be_asked:
            form.ask()
            return self.form_invalid(form)
        if form.save() is None:
            return self.form_invalid(form)
        messages.success(self.request, self.done(form.cleaned_data))
        return redirect(self.visit)


class VisitMove(HalfDayView):
    form_class = MoveForm
    template_name = "visits/changes/move.html"

    def done(self, given):
        return f"The visit is now on {when(given['on'], given['half'])}. Whoever it concerns is told by mail."


class VisitPropose(HalfDayView):
    form_class = ProposeForm
    template_name = "visits/changes/propose.html"

    def done(self, given):
        there = when(given["on"], given["half"])
        return f"{there} is proposed. The visit stays where it is until someone accepts."


def when(on, half):
    return f"{longday(on)}, {'morning' if half == 'am' else 'afternoon'}"


def plannable(request):
    """Planned visits of open programmes that the person may change."""
    return allowed_rows(Visit, request.user, "visits.plan").planned()


@require_POST
def confirm(request, pk):
    visit = get_object_or_404(plannable(request).with_standing(), pk=pk)
    if visit.is_resting:
        messages.warning(request, RESTS)
        return redirect(visit)
    seen = request.POST.get("seen", "")
    if seen.isdecimal() and int(seen) != visit.sequence:
        messages.warning(request, "This visit was changed a moment ago. Look at it again before you confirm.")
    elif took := what_took([visit], timezone.localdate()):
        messages.warning(request, f"Nothing was confirmed: {took[visit.pk]} then, so this visit must move.")
    elif services.confirm(request.user, [visit]):
        messages.success(request, "Confirmed: the half-day suits you.")
    else:
        messages.info(request, "You had confirmed this half-day already, or are not booked for it.")
    return redirect(visit)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_all(request):
    """The person's own half-days to come that wait for them, to be confirmed together."""
    rows = plannable(request).not_resting().waiting_for_person(request.user, timezone.localdate())
    everything = list(rows.with_standing())
    took = what_took(everything, timezone.localdate())
    visits = [visit for visit in everything if visit.pk not in took]
    if request.method != "POST":
        gone = [(visit, took[visit.pk]) for visit in everything if visit.pk in took]
        return render(request, "visits/changes/confirm.html", {"visits": visits, "gone": gone})
    ticked = set(request.POST.getlist("visit"))
    confirmed = services.confirm(request.user, [v for v in visits if f"{v.pk}:{v.sequence}" in ticked])
    left = [visit for visit in everything if visit.pk in pks_of(ticked) and visit not in confirmed]
    for visit in left:
        why = f"{capfirst(took[visit.pk])} then, so this visit must move." if visit.pk in took else CHANGED_NOW
        messages.warning(request, f"Not confirmed: {when(visit.on, visit.half)}. {why}")
    if len(confirmed) + len(left) < len(ticked):
        messages.warning(request, "What else was ticked does not wait for you any more.")
    if confirmed:
        messages.success(request, f"Confirmed: {plural_count(len(confirmed), 'half-day')}.")
    if not ticked:
        messages.warning(request, "Tick at least one half-day.")
    return redirect("visits:confirm_all" if left or len(confirmed) < len(visits) else "today")


def pks_of(ticked) -> set[int]:
    """The visits of boxes that name a visit and how it stood."""
    found = (box.partition(":")[0] for box in ticked)
    return {int(pk) for pk in found if pk.isdecimal()}


@require_POST
def answer(request, pk):
    """Accept or decline the time that somebody else proposed."""
    visit, proposal = proposal_of(request, pk)
    accept = request.POST.get("answer") == "accept"
    if accept and (refused := refused_then(request.user, visit, proposal)):
        messages.warning(request, f"{refused} So the visit stays where it is.")
        return redirect(visit)
    try:
        services.answer_proposal(request.user, proposal, accept=accept)
    except services.Taken as taken:
        for booking in taken.bookings:
            messages.warning(request, who_is_booked(request.user, booking, "So the visit stays where it is."))
        if not taken.bookings:
            messages.warning(request, SOMEONE)
    except NotOpenToVisits:
        messages.warning(request, RESTS)
    except WrongState:
        messages.warning(request, ANSWERED)
    else:
        messages.success(
            request,
            f"Accepted: the visit is now on {when(proposal.on, proposal.half)}."
            if accept
            else f"Declined. {proposal.by} is told, and the visit stays where it is.",
        )
    return redirect(visit)


def refused_then(user, visit, proposal) -> str:
    """What was entered since the time was proposed and keeps the visit away from it."""
    wanted = {visit.pk: (proposal.on, proposal.half)}
    return " ".join(objections_to(user, [visit], wanted, timezone.localdate())[visit.pk].refused)


@require_POST
def withdraw(request, pk):
    visit, proposal = proposal_of(request, pk)
    coordinates = ProposedTime.objects.allowed(request.user, "plans.manage").filter(pk=pk).exists()
    mine = proposal.by_id == request.user.pk or coordinates
    try:
        if not mine:
            raise WrongState
        services.withdraw(request.user, proposal)
    except NotOpenToVisits:
        messages.warning(request, RESTS)
    except WrongState:
        messages.warning(request, "This proposal is answered or taken back already, or it is not yours.")
    else:
        messages.success(request, "Taken back: the visit stays where it is.")
    return redirect(visit)


def proposal_of(request, pk):
    rows = allowed_rows(ProposedTime, request.user, "visits.plan").select_related("visit", "by")
    proposal = get_object_or_404(rows, pk=pk)
    return proposal.visit, proposal


class VisitSwap(VisitChanging, FormView):
    """With which visit, then a page to check what goes where; POST does it."""

    action = "visits.plan"
    template_name = "visits/changes/swap.html"

    def get_form(self, form_class=None):
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        return SwapForm(given if "other" in given else None, user=self.request.user, visit=self.visit)

    def get(self, request, *args, **kwargs):
        form = self.get_form()
        return self.check(form.cleaned_data["other"]) if form.is_valid() else self.form_invalid(form)

    def check(self, other, problems=()):
        rows = [(self.visit, other), (other, self.visit)]
        found = self.objections(other)
        refused = [sentence for one in found.values() for sentence in one.refused]
        context = {"visit": self.visit, "other": other, "problems": [*problems, *refused], "is_refused": bool(refused)}
        context["rows"] = [(visit, to, found[visit.pk].warned) for visit, to in rows]
        context["sure"] = warnings_of(found.values())
        context["late"] = [visit for visit, _ in rows if is_late(visit)]
        return render(self.request, "visits/changes/swap_check.html", context)

    def objections(self, other):
        pair = [self.visit, other]
        wanted = {one.pk: (to.on, to.half) for one, to in (pair, reversed(pair))}
        return objections_to(self.request.user, pair, wanted, timezone.localdate())

    def form_invalid(self, form):
        return self.render_to_response({"form": form, "visit": self.visit})

    def form_valid(self, form):
        other, user = form.cleaned_data["other"], self.request.user
        found = self.objections(other).values()
        if any(one.refused for one in found) or not is_sure(self.request, found):
            return self.check(other)
        seen = [int(given) if given.isdecimal() else None for given in f"{self.request.POST.get('seen')}:".split(":")]
        try:
            services.swap_visits(user, self.visit, other, self.request.POST.get("reason", "")[:200], seen=seen[:2])
        except services.CannotMove as error:
            return self.check(other, in_the_way_of(user, error))
        except NotOpenToVisits:
            return self.check(other, [RESTS_NOW])
        except WrongState:
            messages.warning(self.request, CHANGED)
        else:
            messages.success(self.request, f"Swapped: this visit is now on {when(other.on, other.half)}.")
        return redirect(self.visit)


@require_POST
def lock(request, pk):
    """Whether the planner leaves the visit where it is."""
    visit = get_object_or_404(allowed_rows(Visit, request.user, "plans.manage").open_to_change(), pk=pk)
    is_locked = request.POST.get("lock") == "yes"
    services.lock_visit(request.user, visit, is_locked)
    messages.success(
        request, "Kept: the planner " + ("leaves this visit where it is." if is_locked else "may move it.")
    )
    return redirect(visit)
