from django.contrib import messages
from django.db.models import Count
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic import DetailView, ListView

from accounts.access import Allowed, get_allowed
from programmes.forms.release import ReleaseForm
from programmes.forms.specialists import (
    AddSpecialistForm,
    ConflictForm,
    NominationForm,
    SpecialistFilter,
    SpecialistForm,
    SpecialistMoveForm,
)
from programmes.models import ConflictOfInterest, Nomination, Partnership, Programme, SpecialistTeacher
from programmes.services import specialists
from programmes.services.against import against_week
from programmes.views.telling import tell_against

form_page = require_http_methods(["GET", "HEAD", "POST"])


class SpecialistList(Allowed, ListView):
    action = "specialists.view"
    model = SpecialistTeacher
    paginate_by = 100
    template_name = "programmes/specialists.html"

    def get_queryset(self):
        person = self.request.user
        self.programme = get_allowed(Programme, person, self.action, slug=self.kwargs["slug"])
        rows = super().get_queryset().filter(programme=self.programme)
        self.counts = dict(rows.order_by().values_list("status").annotate(Count("pk")))
        self.filter = SpecialistFilter(self.request.GET or None, programme=self.programme)
        rows = (
            self.filter.narrowed(rows).with_taken().select_related("user", "home_school", "consultant", "buddy__user")
        )
        return rows.order_by("user__last_name", "user__first_name", "pk")

    def get_context_data(self, **kwargs):
        person, query = self.request.user, self.request.GET.copy()
        query.pop("page", None)
        managing = Programme.objects.allowed(person, "recruiting.manage").filter(pk=self.programme.pk).exists()
        return super().get_context_data(
            programme=self.programme,
            filter=self.filter,
            managing=managing,
            total=sum(self.counts.values()),
            statuses=[(s, self.counts[s]) for s in SpecialistTeacher.Status if s in self.counts],
            query=query.urlencode(),
            **kwargs,
        )


class SpecialistDetail(Allowed, DetailView):
    action = "specialists.view"
    model = SpecialistTeacher
    template_name = "programmes/specialist.html"

    def get_queryset(self):
        people = ["user", "home_school", "programme__organisation", "consultant", "buddy__user", "coach__user"]
        return super().get_queryset().with_taken().select_related(*people).prefetch_related("coached__user")

    def get_context_data(self, **kwargs):
        person, row = self.request.user, self.object
        managing = SpecialistTeacher.objects.allowed(person, "recruiting.manage").filter(pk=row.pk).exists()
        nominations = Nomination.objects.allowed(person, "recruiting.manage").filter(specialist=row)
        conflicts = ConflictOfInterest.objects.allowed(person, "recruiting.manage").filter(specialist=row)
        partnerships = Partnership.objects.allowed(person, "partnerships.view").filter(specialist=row)
        return super().get_context_data(
            managing=managing,
            nomination=nominations.first(),
            conflicts=conflicts.select_related("school"),
            partnerships=partnerships.with_people().with_acceptances().order_by("ref"),
            steps=row.steps.select_related("by"),
            next_steps=specialists.next_steps(row),
            **kwargs,
        )


@form_page
def specialist_add(request, slug):
    programme = get_allowed(Programme, request.user, "recruiting.manage", slug=slug)
    form = AddSpecialistForm(request.POST or None, user=request.user, programme=programme)
    if form.is_valid() and (row := form.save()):
        another = "another" in request.POST
        then = "" if another else " Record the nomination next."
        messages.success(request, f"{row} is in the list as {row.ref}, nominated.{then}")
        return redirect(request.path if another else row)
    back = reverse("programmes:specialists", args=[slug])
    context = {"title": "Add a specialist teacher", "caption": programme.title, "back": back}
    return render(request, "programmes/form.html", context | {"form": form, "back_text": "Back to specialist teachers"})


def managed(request, pk):
    rows = SpecialistTeacher.objects.allowed(request.user, "recruiting.manage")
    row = get_allowed(SpecialistTeacher, request.user, "recruiting.manage", pk=pk)
    return rows.select_related("user", "home_school", "programme__organisation").get(pk=row.pk)


def of_row(row, form, title):
    """What a page with one form about someone shows."""
    back = {"back": row.get_absolute_url(), "back_text": f"Back to {row}"}
    return {"row": row, "form": form, "title": title, "caption": f"{row}, {row.home_school}", **back}


@form_page
def specialist_change(request, pk):
    row = managed(request, pk)
    form = SpecialistForm(request.POST or None, instance=row, user=request.user)
    if form.is_valid() and form.save():
        messages.success(request, f"What stands about {row} is saved.")
        return redirect(row)
    return render(request, "programmes/form.html", of_row(row, form, "Teaching, support and outcome"))


@form_page
def specialist_nomination(request, pk):
    row = managed(request, pk)
    standing = Nomination.objects.allowed(request.user, "recruiting.manage").filter(specialist=row).first()
    nomination = standing or Nomination(specialist=row)
    form = NominationForm(request.POST or None, instance=nomination, user=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, f"The nomination of {row} is saved. Only coordinators read it.")
        return redirect(row)
    return render(request, "programmes/nomination.html", of_row(row, form, "Nomination"))


@form_page
def specialist_move(request, pk):
    row = managed(request, pk)
    form = SpecialistMoveForm(request.POST or None, specialist=row)
    if form.is_valid() and form.save(request.user):
        messages.success(request, f"{row}: {row.get_status_display().lower()}.")
        return redirect(row)
    running = Partnership.objects.allowed(request.user, "partnerships.view").filter(specialist=row).not_over()
    running = running.select_related("partner_school")
    context = of_row(row, form, "What happens next?") | {"running": running}
    return render(request, "programmes/specialist_move.html", context)


@form_page
def specialist_conflicts(request, pk):
    row = managed(request, pk)
    form = ConflictForm(request.POST or None, instance=ConflictOfInterest(specialist=row), user=request.user)
    if form.is_valid():
        conflict = form.save()
        messages.success(request, f"{row} and {conflict.school} will not be suggested as a pair.")
        return redirect(row)
    return render(request, "programmes/conflict.html", of_row(row, form, "Declare a conflict of interest"))


@require_POST
def conflict_remove(request, pk):
    conflict = get_allowed(ConflictOfInterest, request.user, "recruiting.manage", pk=pk)
    specialists.withdraw_conflict(request.user, conflict)
    messages.success(request, f"The conflict of interest with {conflict.school} is taken back.")
    return redirect(conflict.specialist)


@form_page
def specialist_release(request, pk):
    """The release pattern: the coordinator keeps anybody's, a specialist teacher the own."""
    row = get_allowed(SpecialistTeacher, request.user, "release.keep", pk=pk)
    own = row.user_id == request.user.pk
    form = ReleaseForm(request.POST or None, instance=row, user=request.user, own=own, name=str(row))
    if form.is_valid():
        form.save()
        messages.success(request, f"{'Your' if own else 'The'} usual half-days are saved.")
        tell_against(request, against_week(request.user, row.user), "this week")
        return redirect(request.path if own else row)
    stands = SpecialistTeacher.objects.allowed(request.user, "release.keep").with_taken()
    stands = stands.select_related("user", "home_school", "programme", "consultant", "buddy__user", "coach__user")
    return render(
        request,
        "programmes/release.html",
        {"form": form, "own": own, "row": stands.prefetch_related("coached__user").get(pk=row.pk)},
    )
