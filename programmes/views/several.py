from django.contrib import messages
from django.db.models import Count
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import FormView

from accounts.access import Allowed, get_allowed
from programmes.forms.several import SchoolsMoveForm, SpecialistsMoveForm
from programmes.models import PartnerSchool, Programme, SpecialistTeacher
from programmes.services import several
from programmes.views.schools import counted as said_of_schools


class MoveSeveral(Allowed, FormView):
    """Tick several, choose one step for all, check, and write it in one go."""

    action = "recruiting.manage"
    template_name = "programmes/several.html"
    model = field = list_page = None

    def dispatch(self, request, *args, **kwargs):
        self.programme = get_allowed(Programme, request.user, self.action, slug=kwargs["slug"])
        return super().dispatch(request, *args, **kwargs)

    def rows(self):
        rows = self.model.objects.allowed(self.request.user, self.action).filter(programme=self.programme)
        return self.in_order(rows)

    def get_form_kwargs(self):
        rows, only = self.rows(), self.request.GET.get(self.field, "")
        shown = list(rows.filter(**{self.field: only}) if only in self.choices.values else rows)
        ticked = shown if "all" in self.request.GET else []
        return super().get_form_kwargs() | {"rows": rows, "shown": shown, "ticked": ticked}

    def get_context_data(self, **kwargs):
        counts = dict(self.rows().order_by().values_list(self.field).annotate(Count("pk")))
        only = self.request.GET.get(self.field, "")
        return super().get_context_data(
            programme=self.programme,
            back=reverse(self.list_page, args=[self.programme.slug]),
            field=self.field,
            only=only if only in self.choices.values else "",
            counts=[(choice, counted(choice, counts[choice])) for choice in self.choices if choice in counts],
            total=sum(counts.values()),
            one=self.one,
            many=self.many,
            **kwargs,
        )

    def form_valid(self, form):
        step = self.request.POST.get("step")
        if step == "edit":
            return self.render_to_response(self.get_context_data(form=form))
        able = self.able(form)
        if step != "confirm" or not able:
            return self.check(form, form.look())
        try:
            moved = form.move(self.request.user, self.programme, able)
        except several.Overtaken:
            return self.check(form, form.look(), changed=True)
        words = f"1 {self.one} is" if len(moved) == 1 else f"{len(moved)} {self.many} are"
        messages.success(self.request, f"{words} moved: {form.step_words[:1].lower()}{form.step_words[1:]}.")
        return redirect(self.list_page, self.programme.slug)

    def able(self, form):
        """Of those that are ticked the ones that the check page has shown as able."""
        shown = self.request.POST.getlist("able")
        return [row.pk for row in form.cleaned_data["who"] if str(row.pk) in shown]

    def check(self, form, look, changed=False):
        context = self.get_context_data(form=form, look=look, changed=changed)
        return self.response_class(request=self.request, template=["programmes/several_check.html"], context=context)


def counted(choice, n):
    return f"{n} {said_of_schools(choice, n) if isinstance(choice, PartnerSchool.Stage) else choice.label.lower()}"


class SpecialistsMove(MoveSeveral):
    model, field, choices = SpecialistTeacher, "status", SpecialistTeacher.Status
    form_class, list_page = SpecialistsMoveForm, "programmes:specialists"
    one, many = "specialist teacher", "specialist teachers"

    def in_order(self, rows):
        return rows.select_related("user", "home_school").order_by("user__last_name", "user__first_name", "pk")


class SchoolsMove(MoveSeveral):
    model, field, choices = PartnerSchool, "stage", PartnerSchool.Stage
    form_class, list_page = SchoolsMoveForm, "programmes:schools"
    one, many = "school", "schools"

    def in_order(self, rows):
        return rows.select_related("school", "area").order_by("school__name", "pk")
