from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.generic import CreateView, DetailView, FormView, ListView, UpdateView

from accounts.access import Allowed, allowed_rows, require
from programmes.models import Partnership
from visits import services
from visits.forms import CancelForm, PartnershipChoice, VisitForm, may_be_visited
from visits.models import Visit, WrongState
from visits.services.history import is_late
from visits.words import history_of, standings_of

RESTS = "This partnership is paused: its visits rest as they are, and nothing is planned until it goes on."


class VisitList(Allowed, ListView):
    action = "visits.view"
    model = Visit
    paginate_by = 50
    template_name = "visits/list.html"

    def get_queryset(self):
        self.everything, today = super().get_queryset(), timezone.localdate()
        asked = self.request.GET.get("when", "")
        self.when = asked if asked in {"past", "waiting", "all"} else ""
        rows = self.everything.with_standing()
        if self.when == "past":
            return rows.filter(on__lt=today).order_by("-on", "-half", "pk")
        if self.when == "waiting":
            return rows.waiting_for_a_record(today)
        return rows if self.when == "all" else rows.standing().filter(on__gte=today)

    def get_context_data(self, **kwargs):
        person, today = self.request.user, timezone.localdate()
        context = super().get_context_data(**kwargs)
        standings = standings_of(context["object_list"], today)
        for visit in context["object_list"]:
            visit.now = standings[visit.pk]
        return context | {
            "when": self.when,
            "today": today,
            "plan_url": where_to_plan(person),
            "may_read_records": person.may("records.view"),
            "may_move_many": person.may("plans.manage"),
            "may_see_cover": person.may("cover.view"),
            "cancelled": 0 if self.when else cancelled_to_come(self.everything, today),
            "waiting": self.everything.waiting_for_a_record(today).count(),
        }


def cancelled_to_come(rows, today) -> int:
    return rows.filter(on__gte=today, status=Visit.Status.CANCELLED).count()


def where_to_plan(person):
    """The page on which to add a visit; the choice before it is spared whoever has one partnership. "" for nobody."""
    if not person.may("visits.plan"):
        return ""
    first = may_be_visited(person).values_list("pk", flat=True)[:2]
    return reverse("visits:create", args=[first[0]]) if len(first) == 1 else reverse("visits:choose") if first else ""


class VisitDetail(Allowed, DetailView):
    action = "visits.view"
    model = Visit
    template_name = "visits/detail.html"

    def get_queryset(self):
        return super().get_queryset().with_standing()

    def get_context_data(self, **kwargs):
        person, visit, today = self.request.user, self.object, timezone.localdate()
        may_cancel = person.may("visits.plan") and (
            Visit.objects.allowed(person, "visits.plan").planned().filter(pk=visit.pk).exists()
        )
        mine = may_cancel and not visit.is_resting
        schools, to_come = dict(visit.people_and_schools), visit.is_planned and visit.on >= today
        proposal = visit.proposal if mine else None
        standing = standings_of([visit], today)[visit.pk]
        must_move, asks = standing.code == "move", mine and to_come and not visit.proposal
        return super().get_context_data(
            today=today,
            standing=standing,
            there=[(booking, schools.get(booking.person)) for booking in visit.bookings.all()],
            history=history_of(visit),
            may_change=mine,
            may_cancel=may_cancel,
            may_lock=mine and to_come and person.may("plans.manage"),
            must_move=must_move,
            may_confirm=asks and not must_move and person in visit.waiting_for,
            may_propose=asks and person in visit.partnership.teachers,
            may_answer=proposal and proposal.by_id != person.pk,
            may_take_back=proposal and proposal.by_id == person.pk,
            may_write_record=self.reaches("records.write") and visit.partnership.programme.status != "closed",
            may_read_record=bool(visit.signed_off_at) and self.reaches("records.view"),
            may_open_partnership=person.may("partnerships.view"),
            **kwargs,
        )

    def reaches(self, action):
        person = self.request.user
        return person.may(action) and Visit.objects.allowed(person, action).filter(pk=self.object.pk).exists()


@require_safe
def choose_partnership(request):
    require(request.user, "visits.plan")
    form = PartnershipChoice(request.GET or None, user=request.user)
    if form.is_valid():
        return redirect("visits:create", form.cleaned_data["partnership"].pk)
    return render(request, "visits/choose.html", {"form": form})


class VisitWriting(Allowed):
    action = "visits.plan"
    model = Visit
    form_class = VisitForm
    template_name = "visits/form.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form):
        visit = form.save()
        if visit is None:
            return self.form_invalid(form)
        messages.success(self.request, "The visit is saved.")
        return redirect(visit)


class VisitCreate(VisitWriting, CreateView):
    def dispatch(self, request, *args, **kwargs):
        rows = allowed_rows(Partnership, request.user, self.action).with_people()
        self.partnership = get_object_or_404(rows, pk=kwargs["partnership"])
        if self.partnership.is_paused:
            messages.warning(request, RESTS)
            return redirect(self.partnership)
        if not self.partnership.is_open_to_visits:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": Visit(partnership=self.partnership)}


class VisitChanging(Allowed):
    """A change of a visit; while its partnership is paused a sentence takes its place, where the change would plan."""

    while_paused = False

    def dispatch(self, request, *args, **kwargs):
        rows = allowed_rows(Visit, request.user, self.action).planned().with_people()
        self.visit = get_object_or_404(rows, pk=kwargs["pk"])
        if self.visit.is_resting and not self.while_paused:
            messages.warning(request, RESTS)
            return redirect(self.visit)
        return super().dispatch(request, *args, **kwargs)


class VisitUpdate(VisitChanging, VisitWriting, UpdateView):
    def get_object(self, queryset=None):
        return self.visit


class VisitCancel(VisitChanging, FormView):
    """Nobody is out of class for a visit that is cancelled, so that a pause does not keep anyone from it."""

    action = "visits.plan"
    while_paused = True
    form_class = CancelForm
    template_name = "visits/cancel.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            visit=self.visit, is_past=self.visit.on < timezone.localdate(), is_late=is_late(self.visit), **kwargs
        )

    def form_valid(self, form):
        try:
            services.cancel_visit(self.request.user, self.visit, form.cleaned_data["reason"])
        except WrongState:
            messages.warning(self.request, "Someone else changed this visit a moment ago. Look at it again.")
        else:
            messages.success(self.request, "The visit is cancelled, and the half-day is free again.")
        return redirect(self.visit)
