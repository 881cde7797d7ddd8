from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from django.views.generic import DetailView, ListView

from accounts.access import Allowed, allowed_rows, get_allowed
from programmes import hub
from programmes.forms.consultants import ConsultantForm
from programmes.models import Area, Partnership, Programme
from programmes.services import consultants
from programmes.setting_up import tasks_of


class ProgrammeList(Allowed, ListView):
    action = "programmes.view"
    model = Programme
    paginate_by = 50
    template_name = "programmes/list.html"

    def get_queryset(self):
        rows = super().get_queryset().select_related("organisation")
        return rows.annotate(partnership_count=Count("partnerships")).order_by("status", "-starts_on", "name")

    def get_context_data(self, **kwargs):
        return super().get_context_data(may_set_up=self.request.user.may("programmes.set_up"), **kwargs)


class ProgrammeDetail(Allowed, DetailView):
    action = "programmes.view"
    model = Programme
    template_name = "programmes/detail.html"

    def get_queryset(self):
        parts = ["data_points", "expectations", "success_criteria", "timetable"]
        return super().get_queryset().select_related("organisation").prefetch_related(*parts)

    def get_context_data(self, **kwargs):
        person, programme = self.request.user, self.object
        partnerships = []
        if person.may("partnerships.view"):
            partnerships = Partnership.objects.allowed(person, "partnerships.view").filter(programme=programme)
            partnerships = partnerships.order_by().values_list("status").annotate(Count("pk"))
        counts = dict(partnerships)
        areas = Area.objects.allowed(person, self.action).filter(programme=programme)
        opens = hub.doors(person, programme)
        return super().get_context_data(
            **(how_far(programme) if opens("programmes.set_up") else {}),
            has_records=any(step.records for step in programme.timetable.all()),
            areas=areas.prefetch_related("consultants__user"),
            naming=ConsultantForm(user=person, programme=programme) if opens("consultants.name") else None,
            list_url=reverse("reports:roster" if person.may("roster.view") else "programmes:partnerships"),
            statuses=[(status, counts[status]) for status in Partnership.Status if status in counts],
            partnership_count=sum(counts.values()),
            ways=hub.ways(person, programme),
            may_recruit=opens("recruiting.manage"),
            may_see_results=opens("results.view"),
            **kwargs,
        )


def how_far(programme):
    """For whoever sets the programme up: how many of its tasks are completed, and which comes next."""
    if programme.status != Programme.Status.DRAFT:
        return {"may_set_up": True}
    tasks = tasks_of(programme)
    left = [task for task in tasks if task.missing]
    return {
        "may_set_up": True,
        "tasks_done": len(tasks) - len(left),
        "tasks_count": len(tasks),
        "next_task": next(iter(left), None),
    }


@require_POST
def consultant_add(request, slug):
    programme = get_allowed(Programme, request.user, "consultants.name", slug=slug)
    form = ConsultantForm(request.POST, user=request.user, programme=programme)
    if form.is_valid():
        row = consultants.name_consultant(request.user, form.cleaned_data["area"], form.cleaned_data["consultant"])
        messages.success(request, f"{row.user} is a consultant of {row.area} now.")
    else:
        messages.warning(request, "Choose an area of this programme and one of your area consultants.")
    return back_to(request, programme)


def back_to(request, programme):
    """The page on which the button stood: the areas of a programme that is being set up, or the programme."""
    if request.POST.get("from") == "areas":
        return redirect("programmes:areas", slug=programme.slug)
    return redirect(programme)


@require_POST
def consultant_remove(request, pk):
    areas = allowed_rows(Area, request.user, "consultants.name")
    row = get_object_or_404(consultants.consultants_in(areas), pk=pk)
    consultants.remove_consultant(request.user, row)
    messages.success(request, f"{row.user} is no longer a consultant of {row.area}.")
    return back_to(request, row.area.programme)
