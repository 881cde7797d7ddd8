from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import CreateView, DetailView, FormView, ListView, UpdateView

from accounts.access import Allowed, get_allowed, require
from visits import services
from visits.forms import CancelForm, PartnershipChoice, VisitForm, may_be_visited
from visits.models import Visit, WrongState


class VisitList(Allowed, ListView):
    action = "visits.view"
    model = Visit
    paginate_by = 50
    template_name = "visits/list.html"

    def get_queryset(self):
        rows, today = super().get_queryset().with_people(), timezone.localdate()
        self.when = self.request.GET.get("when", "")
        if self.when == "past":
            return rows.filter(on__lt=today).order_by("-on", "-half", "pk")
        return rows if self.when == "all" else rows.filter(on__gte=today)

    def get_context_data(self, **kwargs):
        person = self.request.user
        may_plan = person.may("visits.plan") and may_be_visited(person).exists()
        return super().get_context_data(when=self.when, may_plan=may_plan, today=timezone.localdate(), **kwargs)


class VisitDetail(Allowed, DetailView):
    action = "visits.view"
    model = Visit
    template_name = "visits/detail.html"

    def get_queryset(self):
        return super().get_queryset().with_people()

    def get_context_data(self, **kwargs):
        person, visit = self.request.user, self.object
        mine = person.may("visits.plan") and Visit.objects.allowed(person, "visits.plan").filter(pk=visit.pk).exists()
        return super().get_context_data(
            may_change=mine and visit.is_planned,
            may_have_taken_place=mine and visit.is_planned and visit.on <= timezone.localdate(),
            **kwargs,
        )


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
    def get_form_kwargs(self):
        rows = may_be_visited(self.request.user).with_people()
        partnership = get_object_or_404(rows, pk=self.kwargs["partnership"])
        return super().get_form_kwargs() | {"instance": Visit(partnership=partnership)}


class VisitUpdate(VisitWriting, UpdateView):
    def get_queryset(self):
        return super().get_queryset().with_people().filter(status=Visit.Status.PLANNED)


class VisitCancel(Allowed, FormView):
    action = "visits.plan"
    form_class = CancelForm
    template_name = "visits/cancel.html"

    def dispatch(self, request, *args, **kwargs):
        self.visit = get_allowed(Visit.objects.with_people(), request.user, self.action, pk=kwargs["pk"])
        if not self.visit.is_planned:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(visit=self.visit, **kwargs)

    def form_valid(self, form):
        try:
            services.cancel_visit(self.request.user, self.visit, form.cleaned_data["reason"])
        except WrongState:
            messages.warning(self.request, "Someone else changed this visit a moment ago. Look at it again.")
        else:
            messages.success(self.request, "The visit is cancelled, and the half-day is free again.")
        return redirect(self.visit)


@require_POST
def took_place(request, pk):
    visit = get_allowed(Visit, request.user, "visits.plan", pk=pk)
    if visit.on > timezone.localdate():
        messages.warning(request, "This visit is still to come, so it cannot have taken place.")
        return redirect(visit)
    try:
        services.visit_took_place(request.user, visit)
    except WrongState:
        messages.warning(request, "Someone else changed this visit a moment ago. Look at it again.")
    return redirect(visit)
